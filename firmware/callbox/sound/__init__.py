"""Sound between the device and the transport: the gate, the playout."""
