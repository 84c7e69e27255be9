"""Topics, payloads, commands, discovery and outbox: no clock, thread or I/O."""
