"""From the microphone to the network: pre-roll, gate, encoder."""
