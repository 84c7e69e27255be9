"""Behaviour of a simulated box: no clock, thread or I/O."""
