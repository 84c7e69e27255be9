"""States of the gate, trimming of the pre-roll: no clock, thread or I/O."""
