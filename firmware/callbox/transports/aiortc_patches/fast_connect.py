"""All that this program touches inside aiortc (1.16) and aioice (0.13) to be connected sooner. What each saves:

- `ask_briefly`: a STUN or TURN server that doesn't answer is waited for `GATHER_S`, not 5 s;
- `check_at_once`: connectivity checks go out every 20 ms as ever (RFC 8445, 14.2), but the first that succeeds is
  acted upon at once, not at the next stroke of that clock;
- `Channel`: texts go out with OPEN, without waiting for its acknowledgement (RFC 8832, 6): one round trip; and both in
  the packet that brings the cookie back (RFC 9260, 5.1: "may be bundled with pending outbound DATA chunks"): another.

Only instances are changed, never the libraries themselves.
"""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from aioice import Connection
from aiortc import RTCDataChannel, RTCSctpTransport
from aiortc.rtcsctptransport import CookieEchoChunk

from callbox.transports.aiortc_patches.compat import changed

GATHER_S = 1
"""A STUN server at the other end of the world answers within a third of it, and is asked a second time after 0.5 s."""
CHECK_PERIOD_S = 0.02
PACKET_BYTES = 1200
"""Of chunks in one packet: what aiortc itself puts into one."""


def hindrance(sctp: type = RTCSctpTransport, connection: type = Connection) -> str | None:
    """What isn't any more what this module knows; None: all is well."""
    looked_up = (
        (connection, "connect", "_check_periodic"),
        (connection, "gather_candidates", "get_component_candidates"),
        (sctp, "_receive_chunk", "_send_chunk"),
        (sctp, "_transmit", "_send_chunk"),
        (sctp, "_data_channel_flush", "_data_channel_queue"),
        (sctp, "_data_channel_send", "_data_channel_flush"),
    )
    if reason := changed(looked_up):
        return reason
    parameters = {
        (sctp, "_send_chunk"): ["self", "chunk"],
        (sctp, "_data_channel_send"): ["self", "channel", "data"],
        (connection, "get_component_candidates"): ["self", "component", "addresses", "timeout"],
        (connection, "_check_periodic"): ["self"],
    }
    for (kind, method), names in parameters.items():
        function = getattr(kind, method, None)
        if function is None or list(inspect.signature(function).parameters) != names:
            return f"{kind.__name__}.{method} does not take {', '.join(names[1:])}"
    return None


def ice_connection(sctp: RTCSctpTransport) -> Connection:
    """The ICE connection that carries `sctp`."""
    connection: Connection = sctp.transport.transport._connection
    return connection


def ask_briefly(connection: Connection) -> None:
    """Let gathering end after `GATHER_S`, with the candidates that are known by then."""
    brief = functools.partial(connection.get_component_candidates, timeout=GATHER_S)
    setattr(connection, "get_component_candidates", brief)  # noqa: B010 - a method


def check_at_once(connection: Connection, spawn: Callable[[Any, str], Any]) -> None:
    """Let `connect` return when a pair is found. `spawn` runs a coroutine as long as the connection lasts."""
    aioice: Any = connection
    check_next: Callable[[], bool] = aioice._check_periodic

    async def go_on() -> None:
        more = True
        while more:
            await asyncio.sleep(CHECK_PERIOD_S)
            more = check_next()

    def begin() -> bool:
        more = check_next()
        if not aioice._check_list:
            return more  # candidates are still to come: aioice looks again
        if more:
            spawn(go_on(), "ice checks")
        return False  # from here on it waits for the outcome

    aioice._check_periodic = begin


class Channel:
    """A data channel of ours that takes texts from the beginning. Event loop only."""

    def __init__(self, sctp: RTCSctpTransport, channel: RTCDataChannel) -> None:
        self._sctp: Any = sctp
        self._channel = channel
        self._deliver: Callable[[Any], Awaitable[None]] = sctp._send_chunk
        setattr(sctp, "_send_chunk", self._send_chunk)  # noqa: B010 - a method

    def send(self, text: str) -> bool:
        """Send one text as soon as it can go; whether it still can."""
        if self._channel.readyState not in ("connecting", "open"):
            return False
        self._sctp._data_channel_send(self._channel, text)
        return True

    async def _send_chunk(self, chunk: Any) -> None:
        if not isinstance(chunk, CookieEchoChunk):
            await self._deliver(chunk)
            return
        del self._sctp._send_chunk  # once: from now on aiortc's own
        first, later = _filled([chunk, *await self._waiting()])
        await self._deliver(_Together(first))
        for each in later:
            await self._deliver(each)

    async def _waiting(self) -> list[Any]:
        """What waits for the association, as chunks: aiortc numbers them and keeps them until they are acknowledged."""
        sctp, found = self._sctp, []

        async def keep(chunk: Any) -> None:
            found.append(chunk)

        state, sctp._association_state = sctp._association_state, sctp.State.ESTABLISHED
        sctp._send_chunk = keep
        try:
            await sctp._data_channel_flush()  # nothing in it yields to the loop
        finally:
            sctp._association_state = state
            del sctp._send_chunk
        return found


class _Together:
    """Chunks for one packet."""

    def __init__(self, chunks: list[Any]) -> None:
        self._chunks = chunks

    def __bytes__(self) -> bytes:
        return b"".join(bytes(chunk) for chunk in self._chunks)


def _filled(chunks: list[Any]) -> tuple[list[Any], list[Any]]:
    """As many of `chunks` as one packet takes, the first in any case; and the others."""
    size = 0
    for place, chunk in enumerate(chunks):
        size += len(bytes(chunk))
        if place and size > PACKET_BYTES:
            return chunks[:place], chunks[place:]
    return chunks, []
