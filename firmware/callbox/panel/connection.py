"""Connection of one page: its send queue, its permissions and the limits of what it sends."""

import asyncio

import msgspec
from websockets.asyncio.server import ServerConnection

from callbox.panel.model.clock_sync import ClockOffset
from callbox.panel.model.rate_limit import PageRateLimit
from callbox.panel.model.server_messages import Message
from callbox.text import one_line

MAX_WAITING = 1000
"""Messages in the send queue. A page that is behind by more, ten seconds of sound, is disconnected."""


class PageConnection:
    """Connection to a page of the panel. Event loop only."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._waiting: asyncio.Queue[str | bytes] = asyncio.Queue(MAX_WAITING)
        self._is_behind = False
        self.clock = ClockOffset()
        self.rate_limit = PageRateLimit()
        self.may_act = False
        """Whether it has sent the token."""
        self.wrong_tokens = 0
        self.pressing: set[str] = set()
        """Names of the buttons that it holds down."""
        self.requests: set[asyncio.Task[None]] = set()
        """Requests that aren't finished."""

    def send(self, message: Message | bytes) -> None:
        """Queue `message`: sound as it is, all else as JSON. Never blocks."""
        self.send_encoded(message if isinstance(message, bytes) else encode(message))

    def refuse(self, reason: object) -> None:
        """Tell the page why a request is refused, in one line."""
        self.send({"type": "refused", "text": one_line(reason)})

    def send_encoded(self, message: str | bytes) -> None:
        """Queue what is encoded already."""
        if self._is_behind:
            return
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            self._is_behind = True
            self._connection.transport.abort()

    async def write(self) -> None:
        """Send what is queued, until cancelled or the page is closed."""
        while True:
            await self._connection.send(await self._waiting.get())


def encode(message: Message) -> str:
    """One message as a page gets it."""
    return msgspec.json.encode(message).decode()
