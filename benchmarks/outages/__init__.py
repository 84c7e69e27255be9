"""What a broker that is away does to a box, and how the box comes back: `make bench-outages`."""
