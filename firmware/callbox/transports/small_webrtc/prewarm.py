"""What can be done for the next call while there is none: a peer connection with its certificate, sockets, candidates
and offer, beside an open HTTP connection. The bot's server notices an open socket, and nothing else.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import aioice.ice

from callbox.rtvi.http_pool import KeepAlive
from callbox.rtvi.media import Media
from callbox.rtvi.transport import TransportListener
from callbox.transports.aiortc_patches import loopback
from callbox.transports.http_preconnect import WarmLine
from callbox.transports.small_webrtc.peer_connection import Peer
from callbox.transports.small_webrtc.transport import SmallWebRTCTransport

FRESH_S = 600.0
"""An offer is made anew after so long."""
FRESH_WITH_STUN_S = 60.0
"""A router forgets the way that a STUN server has shown (RFC 4787, 4.3: not before 120 s)."""


class ArmedSmallWebRTC(WarmLine):
    """A `TransportFactory` that also has a peer connection ready. `ice_servers` as for `SmallWebRTCTransport`."""

    def __init__(self, keep_alive: KeepAlive, url: str, ice_servers: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(keep_alive, url)
        self._ice_servers = tuple(ice_servers)
        self._ready: _Ready | None = None

    def __call__(self, media: Media | None, listener: TransportListener) -> SmallWebRTCTransport:
        """A fresh transport, which takes what is ready when it comes to that."""
        return SmallWebRTCTransport(media, listener, ice_servers=self._ice_servers, prepared=self.take)

    @property
    def is_armed(self) -> bool:
        """Whether a peer connection is ready that is still good."""
        return self._ready is not None and self._ready.is_good

    def take(self, media: Media | None, ice_servers: Sequence[Mapping[str, Any]]) -> Peer | None:
        """The peer that is ready, if it was made of these and is still good: it is the caller's from now on."""
        ready = self._ready
        if ready is None or ready.media is not media or tuple(ice_servers) != self._ice_servers or not ready.is_good:
            return None
        self._ready = None
        return ready.peer

    async def _prepare(self, media: Media | None) -> None:
        if not self.is_armed:
            await self._drop()
            fresh_s = FRESH_WITH_STUN_S if self._ice_servers else FRESH_S
            self._ready = await _make(media, self._ice_servers, fresh_s)
        await super()._prepare(media)

    async def _drop(self) -> None:
        ready, self._ready = self._ready, None
        if ready is not None:
            await ready.peer.close()

    async def _let_go(self) -> None:
        await self._drop()
        await super()._let_go()


class _Ready:
    """A peer connection whose offer is made."""

    def __init__(self, peer: Peer, media: Media | None, addresses: list[str], until_s: float) -> None:
        self.peer, self.media = peer, media
        self._addresses, self._until_s = addresses, until_s

    @property
    def is_good(self) -> bool:
        return asyncio.get_running_loop().time() < self._until_s and _addresses() == self._addresses


async def _make(media: Media | None, ice_servers: Sequence[Mapping[str, Any]], fresh_s: float) -> _Ready:
    loopback.allow_loopback()
    addresses = _addresses()
    peer = Peer(media, ice_servers)
    try:
        await peer.offer()
    except BaseException:
        await peer.close()
        raise
    return _Ready(peer, media, addresses, asyncio.get_running_loop().time() + fresh_s)


def _addresses() -> list[str]:
    """What candidates are made of."""
    return sorted(aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=True))
