"""How a simulated box behaves: no clock, thread or I/O."""
