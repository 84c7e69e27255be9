"""Measurement of a bot from the caller's side: ``callbox probe``."""
