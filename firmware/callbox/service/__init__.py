"""The running service: one TaskGroup, events in, effects performed."""
