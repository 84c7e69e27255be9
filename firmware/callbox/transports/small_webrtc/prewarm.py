"""Preparation of the next call: a peer connection with its certificate, sockets, candidates and offer, beside an open
HTTP connection. The bot's server sees an open socket only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import aioice.ice

from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.media import Media
from callbox.rtvi.transport import TransportListener
from callbox.transports.aiortc_patches import loopback
from callbox.transports.http_preconnect import HttpPreconnect
from callbox.transports.small_webrtc.peer_connection import PeerConnection
from callbox.transports.small_webrtc.transport import SmallWebRTCTransport

MAX_AGE_S = 600.0
"""Age at which an offer is made anew."""
MAX_AGE_WITH_STUN_S = 60.0
"""The same with a STUN or TURN server: a NAT keeps an unused mapping for 120 s at least (RFC 4787, 4.3)."""


class PrewarmedSmallWebRTC(HttpPreconnect):
    """`TransportFactory` that prepares a peer connection. `ice_servers` as for `SmallWebRTCTransport`."""

    def __init__(self, keep_alive: HttpPool, url: str, ice_servers: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(keep_alive, url)
        self._ice_servers = tuple(ice_servers)
        self._prepared_peer: _Prepared | None = None

    def __call__(self, media: Media | None, listener: TransportListener) -> SmallWebRTCTransport:
        """A new transport, which takes the prepared peer connection if that fits."""
        return SmallWebRTCTransport(media, listener, ice_servers=self._ice_servers, prepared=self.take)

    @property
    def is_armed(self) -> bool:
        """Whether a peer connection is prepared and still usable."""
        return self._prepared_peer is not None and self._prepared_peer.is_fresh

    def take(self, media: Media | None, ice_servers: Sequence[Mapping[str, Any]]) -> PeerConnection | None:
        """The prepared peer connection, which the caller owns; None: none is usable that was made with these."""
        ready = self._prepared_peer
        if ready is None or ready.media is not media or tuple(ice_servers) != self._ice_servers or not ready.is_fresh:
            return None
        self._prepared_peer = None
        return ready.peer

    async def _prepare(self, media: Media | None) -> None:
        if not self.is_armed:
            await self._drop()
            max_age_s = MAX_AGE_WITH_STUN_S if self._ice_servers else MAX_AGE_S
            self._prepared_peer = await _make(media, self._ice_servers, max_age_s, self.keep_alive.now_s)
        await super()._prepare(media)

    async def _drop(self) -> None:
        ready, self._prepared_peer = self._prepared_peer, None
        if ready is not None:
            await ready.peer.close()

    async def _release(self) -> None:
        await self._drop()
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
        return self._now_s() < self._until_s and _addresses() == self._addresses


async def _make(
    media: Media | None, ice_servers: Sequence[Mapping[str, Any]], max_age_s: float, now_s: Callable[[], float]
) -> _Prepared:
    loopback.allow_loopback()
    addresses = _addresses()
    peer = PeerConnection(media, ice_servers)
    try:
        await peer.offer()
    except BaseException:
        await peer.close()
        raise
    return _Prepared(peer, media, addresses, max_age_s, now_s)


def _addresses() -> list[str]:
    """Addresses of which candidates are made."""
    return sorted(aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=True))
