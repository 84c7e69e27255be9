"""Microphone and loudspeaker over alsa-lib."""
