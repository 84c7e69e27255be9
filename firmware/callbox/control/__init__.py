"""Call control, status, lamps and remote commands, decided without clock, thread or I/O."""
