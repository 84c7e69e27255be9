"""Gestures, LED patterns, sample formats, names and volume: no clock, thread or I/O."""
