"""MQTT: topics and payloads (`model`, pure), and the connection to the broker."""
