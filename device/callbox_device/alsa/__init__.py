"""Microphone and loudspeaker over pyalsaaudio."""
