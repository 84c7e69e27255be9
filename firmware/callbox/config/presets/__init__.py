"""Presets of boards: which there are, and which one counts."""
