"""Mutation testing: `make mutate ROOM=…`."""
