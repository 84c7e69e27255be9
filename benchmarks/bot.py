"""A voice for the demo's bot that is a tone, and the tone."""

import math
import struct

from callbox.demo.echo_speech import EchoSpeaker
from callbox_device.model import pcm

TONE = b"".join(
    struct.pack("<h", int(8000 * math.sin(2 * math.pi * 400 * place / pcm.RATE_HZ)))
    for place in range(pcm.PERIOD_FRAMES)  # eight whole waves, so that period follows period without a click
)


class Whistler(EchoSpeaker):
    """Says nothing back."""

    def receive(self, sound: bytes) -> None:
        """Not listening."""

    def next_period(self) -> bytes:
        """The tone."""
        return TONE
