"""From the network to the loudspeaker: jitter buffer, concealment, time-scaling."""
