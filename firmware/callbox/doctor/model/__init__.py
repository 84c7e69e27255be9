"""Codes, thresholds, findings, recordings and their texts: no clock, thread or I/O."""
