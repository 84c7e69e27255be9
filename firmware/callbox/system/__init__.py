"""Files, journal, systemd and facts of the host."""
