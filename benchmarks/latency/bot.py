"""The bot of these calls, whistling from client-ready on: ``python -m benchmarks.latency.bot HOST``."""

import asyncio
import sys

from benchmarks.bot import TONE, Whistler
from callbox.demo.bot import Call, EchoBot
from callbox.rtvi.protocol.messages import Message
from callbox_device.model import pcm


class LateWhistler(Whistler):
    """Silent at first."""

    may_whistle = False

    def next_period(self) -> bytes:
        return TONE if self.may_whistle else pcm.SILENT_PERIOD


class LateCall(Call):
    def __init__(self) -> None:
        super().__init__()
        self._whistler = self._echo = LateWhistler(self.tell)

    def on_message(self, message: Message) -> None:
        super().on_message(message)
        if message.type == "client-ready":
            self._whistler.may_whistle = True


class LateBot(EchoBot):
    def new_call(self) -> Call:
        return LateCall()


async def main() -> None:
    bot = LateBot()
    await bot.start(sys.argv[1])
    print(bot.url, bot.offer_url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
