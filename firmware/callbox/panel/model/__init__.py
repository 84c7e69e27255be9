"""Messages of the panel, access, replay and clock offset: no clock, thread or I/O."""
