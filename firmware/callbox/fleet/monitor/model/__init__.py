"""State of boxes and of the fleet, its rows and metrics: no clock, thread or I/O."""
