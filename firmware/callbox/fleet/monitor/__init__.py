"""The boxes of a broker, for people and for Prometheus."""
