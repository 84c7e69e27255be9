"""The demo's bot, sounding a tone from the first moment, in a process of its own."""

import asyncio
import math
import struct

from callbox.demo.bot import Call, EchoBot
from callbox.demo.parrot import Parrot
from callbox_device import pcm

TONE = b"".join(
    struct.pack("<h", int(8000 * math.sin(2 * math.pi * 400 * place / pcm.RATE_HZ)))
    for place in range(pcm.PERIOD_FRAMES)  # eight whole waves, so that period follows period without a click
)


class Whistler(Parrot):
    """Says nothing back."""

    def hear(self, sound: bytes) -> None:
        """Not listening."""

    def speak(self) -> bytes:
        """The tone."""
        return TONE


class WhistlingBot(EchoBot):
    """Whistles to everybody."""

    def new_call(self) -> Call:
        """A call with the tone."""
        call = Call()
        call._parrot = Whistler(call.tell)
        return call


async def main() -> None:
    bot = WhistlingBot()
    await bot.start()
    print(bot.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
