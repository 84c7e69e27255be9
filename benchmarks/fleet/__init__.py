"""What a fleet asks of a broker, measured: `make bench-fleet`."""
