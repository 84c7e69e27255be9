"""Real parts for tests: a broker, a sound card that is paced, a Pipecat server."""
