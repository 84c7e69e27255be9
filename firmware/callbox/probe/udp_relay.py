"""Bad network in this process: a UDP relay that loses and delays packets, and a transport whose media go through it."""

import asyncio
import time
from collections import OrderedDict

from aiortc import RTCSessionDescription

from callbox.probe.model.candidates import addresses, with_candidate
from callbox.probe.model.network_impairment import NetworkImpairment, is_rtp
from callbox.probe.model.networks import ImpairedDirection
from callbox.rtvi.errors import TransportStartError
from callbox.rtvi.media import Media
from callbox.rtvi.transport import TransportListener
from callbox.transports.small_webrtc import SmallWebRTCTransport

Address = tuple[str, int]
_TRANSACTIONS = 200
"""STUN requests whose sender is remembered for the answer."""


class UdpRelay:
    """Relay between a client and a server, with a socket for each. Event loop only."""

    def __init__(self, impairment: NetworkImpairment, seed: int) -> None:
        self._directions = [ImpairedDirection(impairment, f"{seed}/{side}") for side in range(2)]
        self._sockets: list[asyncio.DatagramTransport] = []
        self._peers: list[Address | None] = [None, None]
        self._transactions: OrderedDict[bytes, Address] = OrderedDict()
        self._first_sound_s: float | None = None
        self.ports: list[int] = []
        """Of the client's side, and the server's."""

    @property
    def lost(self) -> tuple[int, int]:
        """Packets of sound that were lost: of the client, of the server."""
        return self._directions[0].lost, self._directions[1].lost

    async def start(self) -> None:
        """Open both sockets."""
        loop = asyncio.get_running_loop()
        for side in range(2):
            socket, _ = await loop.create_datagram_endpoint(
                lambda side=side: _Receiver(self, side),  # type: ignore[misc]
                local_addr=("0.0.0.0", 0),  # noqa: S104 - as any ICE candidate: the peer may be on another machine
            )
            self._sockets.append(socket)
            self.ports.append(socket.get_extra_info("sockname")[1])

    def stop(self) -> None:
        """Close both."""
        for socket in self._sockets:
            socket.close()

    def use_server(self, address: Address) -> None:
        """Send the client's packets there."""
        self._peers[1] = address

    def take(self, side: int, packet: bytes, sender: Address) -> None:
        """Take a packet of the client (`side` 0) or the server (1)."""
        peer = self._peers[1 - side]
        if side == 0:
            self._peers[0] = sender
        if packet and packet[0] < 2 and len(packet) >= 20:  # STUN (RFC 7983, 7)
            identity, is_request = packet[8:20], packet[0] == 0
            if side == 0 and is_request:
                self._transactions[identity] = sender
                if len(self._transactions) > _TRANSACTIONS:
                    self._transactions.popitem(last=False)
            elif side == 1 and not is_request:
                peer = self._transactions.get(identity, peer)
        if peer is None or not packet:
            return
        now_s, is_sound = time.monotonic(), is_rtp(packet) if len(packet) > 1 else False
        if is_sound and self._first_sound_s is None:
            self._first_sound_s = now_s
        since_s = None if self._first_sound_s is None else now_s - self._first_sound_s
        loop = asyncio.get_running_loop()
        for at_s in self._directions[side].release_times(now_s, is_sound=is_sound, since_first_sound_s=since_s):
            loop.call_later(at_s - now_s, self._send, 1 - side, packet, peer)

    def _send(self, side: int, packet: bytes, peer: Address) -> None:
        if not self._sockets[side].is_closing():
            self._sockets[side].sendto(packet, peer)


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, relay: UdpRelay, side: int) -> None:
        self._relay, self._side = relay, side

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """As asyncio's."""
        self._relay.take(self._side, data, addr)


class ImpairedWebRTCTransport(SmallWebRTCTransport):
    """SmallWebRTC whose media go through a bad network; the HTTP requests don't."""

    def __init__(
        self, media: Media | None, listener: TransportListener, impairment: NetworkImpairment, seed: int
    ) -> None:
        super().__init__(media, listener)
        self._impairment, self._seed = impairment, seed
        self.relays: list[UdpRelay] = []
        """One for each peer connection."""

    async def close(self) -> None:
        """As `SmallWebRTCTransport.close`."""
        await super().close()
        for relay in self.relays:
            relay.stop()

    async def _exchange(
        self, offer: RTCSessionDescription, *, restart: bool
    ) -> tuple[RTCSessionDescription, str | None]:
        own = addresses(offer.sdp)
        if not own:
            raise TransportStartError("A bad network needs IPv4, and this machine has no IPv4 address.")
        relay = UdpRelay(self._impairment, self._seed)
        await relay.start()
        self.relays.append(relay)
        offer = RTCSessionDescription(with_candidate(offer.sdp, own[0][0], relay.ports[1]), offer.type)
        answer, identity = await super()._exchange(offer, restart=restart)
        servers = addresses(answer.sdp)
        if not servers:
            raise TransportStartError("A bad network needs IPv4, and the bot's server has no UDP candidate over IPv4.")
        relay.use_server(servers[0])
        return RTCSessionDescription(with_candidate(answer.sdp, own[0][0], relay.ports[0]), answer.type), identity
