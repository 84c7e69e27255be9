"""What the box tells a broker: topics and payloads (pure), and the connection to it."""
