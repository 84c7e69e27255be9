"""A voice for the demo's bot that is a tone, and the tone. ``python -m benchmarks.bot`` is a bot with it."""

import asyncio
import math
import struct

from callbox.demo.bot import Call, EchoBot
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


class _WhistlingCall(Call):
    def __init__(self) -> None:
        super().__init__()
        self._whistler = self._echo = Whistler(self.tell)


class WhistlingBot(EchoBot):
    """Whistles from the first moment on."""

    def new_call(self) -> Call:
        return _WhistlingCall()


async def main() -> None:
    """``python -m benchmarks.bot``: prints the address of its start request."""
    bot = WhistlingBot()
    await bot.start("127.0.0.1")
    print(bot.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
