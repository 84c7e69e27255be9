"""Hostile inputs for each entry point of a running box, from a seed: ``make fuzz``."""
