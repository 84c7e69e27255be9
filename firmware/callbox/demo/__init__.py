"""The box on any Linux machine: a small bot, a simulated board, a terminal."""
