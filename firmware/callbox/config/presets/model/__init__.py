"""Presets, and which one a machine's hardware asks for. Pure."""
