"""A box that lives through what a box lives through, compressed and seeded: ``make soak``."""
