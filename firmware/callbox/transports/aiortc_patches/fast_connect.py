"""Faster set-up of ICE and SCTP, inside aiortc (1.16) and aioice (0.13). What each function saves:

- `limit_gathering`: gathering waits `MAX_GATHER_S` for a STUN or TURN server that doesn't answer, not 5 s;
- `nominate_immediately`: connectivity checks go out every 20 ms (RFC 8445, 14.2), and the first that succeeds ends
  the wait at once, not at the next tick of 20 ms;
- `resolve_mdns_beside`: other candidates are tried while mDNS names are looked up, which takes 1 s for unknown ones;
- `EarlyDataChannel`: texts go out with OPEN, without waiting for its acknowledgement (RFC 8832, 6): one round trip;
  and both in the packet with COOKIE ECHO (RFC 9260, 5.1: "may be bundled with pending outbound DATA chunks"): another.

Only instances are changed, never the libraries themselves.
"""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aioice import Candidate, Connection
from aioice.mdns import is_mdns_hostname
from aiortc import RTCDataChannel, RTCSctpTransport
from aiortc.rtcsctptransport import SCTP_DATA_LAST_FRAG, WEBRTC_DCEP, CookieEchoChunk

from callbox.rtvi.protocol.ice_servers import TurnServer
from callbox.text import one_line

log = logging.getLogger(__name__)

MAX_GATHER_S = 1
"""A STUN server at the other end of the world answers within a third of it, and is asked a second time after 0.5 s."""
CHECK_PERIOD_S = 0.02
PACKET_BYTES = 1200
"""Chunks of one packet, together: as much as aiortc itself puts into one."""


def ice_connection(sctp: RTCSctpTransport) -> Connection:
    """The ICE connection that carries `sctp`."""
    connection: Connection = sctp.transport.transport._connection
    return connection


def set_turn_server(connection: Connection, turn: TurnServer) -> None:
    """Use a TURN server whose URL aiortc can't parse: one with an IPv6 address."""
    connection.turn_server = (turn.url.host, turn.url.port)
    connection.turn_transport, connection.turn_ssl = turn.url.transport, turn.url.scheme == "turns"
    connection.turn_username, connection.turn_password = turn.username, turn.password


def resolve_mdns_beside(connection: Connection, spawn: Callable[[Any, str], Any]) -> None:
    """Add remote candidates with mDNS names in tasks of their own: a name that is unknown takes 1 s."""
    add = connection.add_remote_candidate

    async def resolve(candidate: Candidate) -> None:
        try:
            await add(candidate)
        except (OSError, ValueError) as error:  # no multicast here, or another program holds its port
            log.info("The candidate %s is not used: %s", one_line(candidate.host, 80), error)

    async def add_remote_candidate(candidate: Candidate | None) -> None:
        if candidate is not None and is_mdns_hostname(candidate.host):
            spawn(resolve(candidate), "mDNS candidate")
            await asyncio.sleep(0)  # aioice counts it as being resolved before it hears of the end of candidates
        else:
            await add(candidate)

    setattr(connection, "add_remote_candidate", add_remote_candidate)  # noqa: B010 - a method


def hook_path_loss(connection: Connection, on_lost: Callable[[], None]) -> None:
    """Call `on_lost` when the socket of the nominated pair ends by itself, as one to a TURN server over TCP can."""
    aioice: Any = connection
    lose = aioice.protocol_lost

    def protocol_lost(protocol: Any) -> None:
        if not aioice._closing and any(pair.protocol is protocol for pair in aioice._nominated.values()):
            on_lost()
        lose(protocol)

    aioice.protocol_lost = protocol_lost


def has_ended(connection: Connection) -> bool:
    """Whether `connection` has been closed: by itself, unless its peer connection is being closed."""
    aioice: Any = connection
    return bool(aioice._closing)


def limit_gathering(connection: Connection) -> None:
    """End gathering after `MAX_GATHER_S`, with the candidates that are known by then.

    Gathering that is cancelled ends only when `close` knows of its sockets, and `close` waits for that. aioice (0.13)
    adds them when all are open; cancelled or closed before, it leaves them to the event loop, which keeps them open for
    good.
    """
    aioice: Any = connection
    gather = functools.partial(connection.get_component_candidates, timeout=MAX_GATHER_S)
    close: Callable[[], Awaitable[None]] = connection.close
    running: set[asyncio.Task[list[Candidate]]] = set()

    async def end(gathering: asyncio.Task[list[Candidate]]) -> None:
        while not (gathering.done() or aioice._protocols):  # noqa: ASYNC110 - aioice has no event
            await asyncio.sleep(0.001)
        gathering.cancel()
        await asyncio.wait([gathering])

    async def get_component_candidates(component: int, addresses: list[str]) -> list[Candidate]:
        gathering = asyncio.create_task(gather(component, addresses), name="ice gathering")
        running.add(gathering)
        gathering.add_done_callback(running.discard)
        try:
            return await asyncio.shield(gathering)
        except asyncio.CancelledError:
            await end(gathering)
            raise

    async def close_all() -> None:
        for gathering in [*running]:
            await end(gathering)
        await close()

    setattr(connection, "get_component_candidates", get_component_candidates)  # noqa: B010 - a method
    setattr(connection, "close", close_all)  # noqa: B010


def nominate_immediately(connection: Connection, spawn: Callable[[Any, str], Any]) -> None:
    """Return from `connect` as soon as a pair is found. `spawn` runs a coroutine as long as the connection lasts."""
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


class EarlyDataChannel:
    """Data channel that takes texts before it is open. Event loop only."""

    def __init__(self, sctp: RTCSctpTransport, channel: RTCDataChannel) -> None:
        self._sctp: Any = sctp
        self._channel = channel
        self._send: Callable[[Any], Awaitable[None]] = sctp._send_chunk
        setattr(sctp, "_send_chunk", self._send_chunk)  # noqa: B010 - a method

    def send(self, text: str) -> bool:
        """Send one text as soon as possible. False: the channel is closed, and it is not sent."""
        if self._channel.readyState not in ("connecting", "open"):
            return False
        self._sctp._data_channel_send(self._channel, text)
        return True

    @property
    def unacknowledged(self) -> int:
        """Texts, the last ones sent, that the peer's SCTP has not acknowledged: it may have got them all the same."""
        sctp = self._sctp
        ends = [
            chunk.flags & SCTP_DATA_LAST_FRAG
            for chunk in (*sctp._sent_queue, *sctp._outbound_queue)
            if chunk.protocol != WEBRTC_DCEP
        ]
        waiting = [text for _, protocol, text in sctp._data_channel_queue if protocol != WEBRTC_DCEP]
        return sum(map(bool, ends)) + len(waiting)

    async def _send_chunk(self, chunk: Any) -> None:
        if not isinstance(chunk, CookieEchoChunk):
            await self._send(chunk)
            return
        del self._sctp._send_chunk  # once: from now on aiortc's own
        first, later = _pack([chunk, *await self._waiting()])
        await self._send(_Bundle(first))
        for each in later:
            await self._send(each)

    async def _waiting(self) -> list[Any]:
        """Chunks that wait for the association; aiortc numbers them and keeps them until they are acknowledged."""
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


class _Bundle:
    """Chunks for one packet."""

    def __init__(self, chunks: list[Any]) -> None:
        self._chunks = chunks

    def __bytes__(self) -> bytes:
        return b"".join(bytes(chunk) for chunk in self._chunks)


def _pack(chunks: list[Any]) -> tuple[list[Any], list[Any]]:
    """`chunks` split into those of one packet, the first in any case, and the others."""
    size = 0
    for place, chunk in enumerate(chunks):
        size += len(bytes(chunk))
        if place and size > PACKET_BYTES:
            return chunks[:place], chunks[place:]
    return chunks, []
