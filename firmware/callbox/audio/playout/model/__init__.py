"""Jitter buffer, delay estimator, decision logic and time-scaling: no clock, thread or I/O."""
