"""Decisions about settings files. Pure."""
