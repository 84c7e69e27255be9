"""Fast path of RTP past aiortc (1.16), for streams whose first packet went through it.

aiortc makes a packet of each frame of a track, and wakes a task for each packet received: two thirds of the processor
time of a call in Python. Beside the hooks of `rtp_hooks`:

- `RtpPacketizer` makes the packets after the first, with its header as the template, and counts them where aiortc's
  sender counts its own, so that sender reports and statistics stay right;
- `install_receive_fast_path` replaces `datagram_received` of an ICE connection's protocols, which asyncio looks up for
  every packet: packets of a known stream go to SRTP, to aiortc's statistics and to `on_packet` at once, before aioice
  tries to read them as STUN. All others go to aioice.
"""

import time
from collections.abc import Callable
from typing import Any

import pylibsrtp
from aiortc import RTCRtpReceiver, RTCRtpSender

from callbox.transports.aiortc_patches.ntp_time import ntp_time
from callbox.transports.aiortc_patches.rtp_hooks import OnPacket, Stream
from callbox.transports.rtp.packet import FIXED_BYTES, HeaderTemplate, payload_of

_SENDER, _TRANSPORT = "_RTCRtpSender__", "_RTCDtlsTransport__"
_STREAMS = "_RTCRtpReceiver__remote_streams"
_SENT = tuple(_SENDER + name for name in ("packet_count", "octet_count", "rtp_timestamp", "ntp_timestamp"))


class RtpPacketizer:
    """Packetizer of a sender's packets after its first. One thread at a time."""

    def __init__(self, sender: RTCRtpSender) -> None:
        self._sender: dict[str, Any] = vars(sender)
        self._template: HeaderTemplate | None = None
        self._first_timestamp = 0

    def set_template(self, first: bytes) -> None:
        """Take the header of `first`, the packet that aiortc made, as the template."""
        self._template = HeaderTemplate(first, self._first_timestamp)

    def packet(self, payload: bytes, timestamp: int) -> bytes | None:
        """The next packet, counted; None: the first, which aiortc is to make. `timestamp` in ticks of 48 kHz."""
        template, sender = self._template, self._sender
        if template is None:
            self._first_timestamp = timestamp
            return None
        packet = template.packet(payload, timestamp)
        packets, octets, stamp, ntp = _SENT
        sender[packets] += 1
        sender[octets] += len(payload)
        sender[stamp] = template.timestamp
        sender[ntp] = ntp_time()
        return packet


class _StatsPacket:
    """Attributes of a packet that aiortc's `StreamStatistics.add` reads."""

    __slots__ = ("sequence_number", "timestamp")

    def __init__(self, sequence_number: int, timestamp: int) -> None:
        self.sequence_number = sequence_number
        self.timestamp = timestamp


def packets_received(receiver: RTCRtpReceiver) -> int:
    """Packets that have come over the receiver's connection, as aiortc's statistics count them."""
    return int(vars(receiver.transport)[_TRANSPORT + "rx_packets"])


def install_receive_fast_path(
    receiver: RTCRtpReceiver, known: Callable[[], Stream | None], on_packet: OnPacket
) -> None:
    """Hand packets of the stream that `known` returns (payload type and SSRC) to `on_packet`, past aiortc."""
    aiortc: Any = receiver.transport
    connection: Any = aiortc.transport._connection
    streams: dict[int, Any] = getattr(receiver, _STREAMS)
    counts: dict[str, Any] = vars(aiortc)
    packets, octets = _TRANSPORT + "rx_packets", _TRANSPORT + "rx_bytes"

    def with_fast_path(slow_path: Callable[[bytes, Any], None]) -> Callable[[bytes, Any], None]:
        def datagram_received(data: bytes, address: Any) -> None:
            stream = known()
            # SRTP leaves the header readable (RFC 3711, 3.1). What STUN begins with is below its two bits (RFC 7983);
            # RTCP's packet types are no payload types of ours (RFC 5761, 4).
            if (
                stream is None
                or len(data) < FIXED_BYTES
                or data[0] >> 6 != 2
                or data[1] & 0x7F != stream[0]
                or data[8:12] != stream[1]
            ):
                slow_path(data, address)
                return
            counts[packets] += 1
            counts[octets] += len(data)
            try:
                packet: bytes = aiortc._rx_srtp.unprotect(data)
            except pylibsrtp.Error:  # not from the bot, or a duplicate
                return
            number, timestamp = int.from_bytes(packet[2:4]), int.from_bytes(packet[4:8])
            ssrc = int.from_bytes(stream[1])
            streams[ssrc].add(_StatsPacket(number, timestamp))
            on_packet(ssrc, number, timestamp, payload_of(packet), time.monotonic())

        return datagram_received

    for protocol in connection._protocols:
        protocol.datagram_received = with_fast_path(protocol.datagram_received)
