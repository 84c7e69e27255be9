"""Audio between the device and the transport: capture, playout, echo."""
