"""One page that is open somewhere: what waits to be sent to it, and what it may do."""

import asyncio

import msgspec
from websockets.asyncio.server import ServerConnection

from callbox.panel.model.clock_sync import PageClock
from callbox.panel.model.server_messages import Message

LIMIT = 1000
"""Messages that wait. A page that is behind by more, ten seconds of sound, is of no use any more."""


class Page:
    """Event loop only."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._waiting: asyncio.Queue[str | bytes] = asyncio.Queue(LIMIT)
        self._is_behind = False
        self.clock = PageClock()
        self.may_act = False
        """Whether it has said the token."""
        self.wrong_tokens = 0
        self.is_pressing = False
        """Whether its finger is on the button."""

    def tell(self, message: Message | bytes) -> None:
        """Send `message` soon: sound as it is, all else as JSON. Never blocks."""
        self.send(message if isinstance(message, bytes) else encode(message))

    def refuse(self, reason: str) -> None:
        """Say why not."""
        self.tell({"type": "refused", "text": reason})

    def send(self, message: str | bytes) -> None:
        """Send what is encoded already."""
        if self._is_behind:
            return
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            self._is_behind = True
            self._connection.transport.abort()

    async def write(self) -> None:
        """Send what waits, until cancelled or the page is gone."""
        while True:
            await self._connection.send(await self._waiting.get())


def encode(message: Message) -> str:
    """One message as a page gets it."""
    return msgspec.json.encode(message).decode()
