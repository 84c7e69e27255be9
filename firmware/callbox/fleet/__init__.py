"""Many boxes: a table of all that a broker knows of (pure, but for its ear), and simulated ones that tell it."""
