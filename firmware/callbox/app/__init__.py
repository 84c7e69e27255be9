"""The composition root and the running service."""
