"""The demo's bot, which begins each call with text that can't be encoded, is long, or holds control characters.

``python -m tests.system.soak.hostile_bot PORT`` obeys lines on stdin, and answers each by a line: ``down``, ``up``, ``leave``,
``vanish``, ``mood MOOD`` (of `FaultyBot`).
"""

import asyncio
import json
import os
import sys
import threading
from typing import Any

from tests.rig.faulty_bot import GOOD, FaultyBot, FaultyCall

from callbox.demo.bot import Call, EchoBot
from callbox.rtvi.protocol.messages import Message

TEXTS = ("\ud800", "line\n<3>callbox: forged", "\x1b[2J\x07", "\u202eright to left", "\x00", "x" * 50_000)
BURST = 30
"""Pairs of speech events at once."""


class HostileCall(Call):
    """Hostile text after each client-ready; the call goes on."""

    def on_message(self, message: Message) -> None:
        super().on_message(message)
        if message.type != "client-ready":
            return
        for text in TEXTS:
            for type_, data in _messages(text):
                self._send(type_, data)
        for _ in range(BURST):
            self.tell("user-started-speaking")
            self.tell("user-stopped-speaking")
        self.tell("user-started-speaking")

    def _send(self, type_: str, data: Any) -> None:
        # In ASCII: JSON may carry a lone surrogate, UTF-8 can't.
        assert self._channel
        self._channel.send(json.dumps({"label": "rtvi-ai", "type": type_, "id": "1", "data": data}))


class HostileBot(EchoBot):
    """As `EchoBot`."""

    def new_call(self) -> Call:
        return HostileCall()


def _messages(text: str) -> list[tuple[str, Any]]:
    return [
        ("error", {"error": text, "fatal": False}),
        ("server-message", {text: [text]}),
        ("metrics", {"ttfb": [{"processor": text, "value": 1.0}], text: text}),
        ("bot-output", {"text": text, "aggregated_by": "sentence"}),
        ("user-transcription", {"text": text, "final": True, "timestamp": text, "user_id": text}),
    ]


class ObedientCall(HostileCall, FaultyCall):
    """Hostile text in a good mood; wrong in one way in another one."""

    def on_message(self, message: Message) -> None:
        if self.mood == GOOD:
            super().on_message(message)
        else:
            FaultyCall.on_message(self, message)


class ObedientBot(FaultyBot):
    """Obeys `order`."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def new_call(self) -> FaultyCall:
        self.calls = [call for call in self.calls if not call._over]
        self.calls.append(ObedientCall(self.mood))
        return self.calls[-1]

    async def order(self, line: str) -> None:
        what, _, mood = line.partition(" ")
        match what:
            case "up":
                await self.start(port=self._port)
            case "down":  # whoever asks later is told that there is no such session
                calls, self._calls = list(self._calls.values()), {}
                self._sessions.clear()
                assert self._runner
                await self._runner.cleanup()
                await self._all(call._pc.close() for call in calls)
            case "leave":
                await self._all(call.end() for call in list(self._calls.values()))
            case "vanish":
                await self._all(call._pc.close() for call in list(self._calls.values()))
            case "mood":
                self.mood = mood

    @staticmethod
    async def _all(ends: Any) -> None:
        await asyncio.wait(
            [asyncio.ensure_future(end) for end in ends] or [asyncio.ensure_future(asyncio.sleep(0))], timeout=2
        )


async def serve(port: int) -> None:
    bot, loop, orders = ObedientBot(port), asyncio.get_running_loop(), asyncio.Queue[str]()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(orders.put_nowait, line.strip())
        os._exit(0)  # whoever gave them has ended

    await bot.order("up")
    threading.Thread(target=read, daemon=True).start()
    print("up", flush=True)
    while True:
        await bot.order(await orders.get())
        print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
