"""The settings file: what may be in it, and how it is read."""
