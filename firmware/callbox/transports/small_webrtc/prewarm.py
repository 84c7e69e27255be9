"""Preparation of the next call: a peer connection with its certificate, sockets, candidates and offer, beside an open
HTTP connection. The bot's server sees an open socket only.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.media import Media
from callbox.rtvi.protocol.ice_servers import as_servers
from callbox.rtvi.transport import TransportListener
from callbox.transports.aiortc_patches import loopback
from callbox.transports.http_preconnect import HttpPreconnect
from callbox.transports.small_webrtc.peer_connection import PeerConnection
from callbox.transports.small_webrtc.transport import SmallWebRTCTransport

log = logging.getLogger(__name__)

MAX_AGE_S = 600.0
"""Age at which an offer is made anew."""
MAX_AGE_WITH_STUN_S = 60.0
"""The same with a STUN or TURN server: a NAT keeps an unused mapping for 120 s at least (RFC 4787, 4.3)."""

ALLOCATION_WAIT_S = 1.0
"""How long a TURN server may be silent; the connection is made anew then."""
CLOSE_S = 1.0
"""How long the end of the preparation waits for what it closes."""


class PrewarmedSmallWebRTC(HttpPreconnect):
    """`TransportFactory` that prepares a peer connection. `ice_servers` as for `SmallWebRTCTransport`."""

    def __init__(self, keep_alive: HttpPool, url: str, ice_servers: Sequence[Mapping[str, Any] | str] = ()) -> None:
        super().__init__(keep_alive, url)
        self._ice_servers = as_servers(ice_servers)
        self._prepared_peer: _Prepared | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def __call__(self, media: Media | None, listener: TransportListener) -> SmallWebRTCTransport:
        """A new transport, which takes the prepared peer connection if that fits."""
        return SmallWebRTCTransport(media, listener, ice_servers=self._ice_servers, prepared=self.take)

    @property
    def is_armed(self) -> bool:
        """Whether a peer connection is prepared and still usable."""
        return self._prepared_peer is not None and self._prepared_peer.is_fresh

    async def take(self, media: Media | None, ice_servers: Sequence[Mapping[str, Any]]) -> PeerConnection | None:
        """The prepared peer connection, which the caller owns; None: none is usable that was made with these.

        With a TURN server that costs one round trip to it, `ALLOCATION_WAIT_S` at most.
        """
        ready = self._prepared_peer
        if ready is None or ready.media is not media or tuple(ice_servers) != self._ice_servers or not ready.is_fresh:
            return None
        self._prepared_peer = None
        try:
            if await ready.peer.has_turn_allocation(ALLOCATION_WAIT_S):
                return ready.peer
        except BaseException:
            self._close(ready.peer)
            raise
        log.info("The TURN allocation of the prepared connection is gone; another one is made")
        self._close(ready.peer)
        return None

    async def _prepare(self, media: Media | None) -> None:
        # Unknown addresses: nothing would say that the network has changed.
        if not self.is_armed and loopback.host_addresses():
            self._drop()
            max_age_s = MAX_AGE_WITH_STUN_S if self._ice_servers else MAX_AGE_S
            self._prepared_peer = await _make(media, self._ice_servers, max_age_s, self.keep_alive.now_s)
        await super()._prepare(media)

    def _drop(self) -> None:
        ready, self._prepared_peer = self._prepared_peer, None
        if ready is not None:
            self._close(ready.peer)

    def _close(self, peer: PeerConnection) -> None:
        """Close `peer` beside: aioice asks a TURN server that is gone for half a minute to end the allocation."""
        closing = asyncio.create_task(peer.close(), name="webrtc close")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _release(self) -> None:
        self._drop()
        if self._closing:
            _, late = await asyncio.wait(self._closing, timeout=CLOSE_S)
            for task in late:
                task.cancel()
        await super()._release()


class _Prepared:
    """Peer connection whose offer is made."""

    def __init__(
        self,
        peer: PeerConnection,
        media: Media | None,
        addresses: list[str],
        max_age_s: float,
        now_s: Callable[[], float],
    ) -> None:
        self.peer, self.media = peer, media
        self._addresses, self._until_s, self._now_s = addresses, now_s() + max_age_s, now_s

    @property
    def is_fresh(self) -> bool:
        return bool(self._addresses) and self._now_s() < self._until_s and loopback.host_addresses() == self._addresses


async def _make(
    media: Media | None, ice_servers: Sequence[Mapping[str, Any]], max_age_s: float, now_s: Callable[[], float]
) -> _Prepared:
    loopback.allow_loopback()
    addresses = loopback.host_addresses()
    peer = PeerConnection(media, ice_servers)
    try:
        await peer.offer()
    except BaseException:
        await peer.close()
        raise
    return _Prepared(peer, media, addresses, max_age_s, now_s)
