"""The demo's bot, which begins each call with text that can't be encoded, is long, or holds control characters."""

import json
from typing import Any

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
