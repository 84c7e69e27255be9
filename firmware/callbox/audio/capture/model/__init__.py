"""What of the pre-roll is sent: no clock, thread or I/O."""
