"""RTP arithmetic: packets, sequence numbers, redundancy, the remote jitter buffer. Pure."""
