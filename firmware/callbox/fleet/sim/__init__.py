"""Simulated boxes on a real broker."""
