"""What the world is told: topics and payloads (pure), and paho."""
