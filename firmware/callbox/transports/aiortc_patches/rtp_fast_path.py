"""The short ways of RTP past aiortc (1.16), for streams whose first packet went the long one.

aiortc makes each packet of what its track hands over, and wakes a task for each that comes: two thirds of what a call
costs in Python. So, beside what `rtp_hooks` replaces:

- `Outgoing` makes the packets after the first, by its pattern, and counts them where aiortc's sender counts its own:
  its sender reports and statistics go on telling the truth;
- `shorten` replaces the `datagram_received` of an ICE connection's protocols, which asyncio looks up anew for every
  packet: those of a stream that is known go to SRTP, to aiortc's statistics and to `take` at once, before anybody tries
  to read STUN in them. Everything else goes as ever.
"""

import time
from collections.abc import Callable
from typing import Any

import pylibsrtp
from aioice.ice import Connection, StunProtocol
from aiortc import RTCDtlsTransport, RTCRtpReceiver, RTCRtpSender

from callbox.transports.aiortc_patches.compat import changed
from callbox.transports.aiortc_patches.rtp_hooks import Stream, Take
from callbox.transports.rtp.packet import FIXED_BYTES, Pattern, payload_of

_SENDER, _TRANSPORT = "_RTCRtpSender__", "_RTCDtlsTransport__"
_STREAMS = "_RTCRtpReceiver__remote_streams"
_SENT = tuple(_SENDER + name for name in ("packet_count", "octet_count", "rtp_timestamp", "ntp_timestamp"))
_NTP_EPOCH_S = 2_208_988_800
"""From 1900, when NTP's time begins, to 1970 (RFC 868)."""


def hindrance(
    receiver: type = RTCRtpReceiver, sender: type = RTCRtpSender, transport: type = RTCDtlsTransport
) -> str | None:
    """What of aiortc isn't any more what this module knows; None: all is well."""
    looked_up = (
        *((sender, "_run_rtp", name) for name in _SENT),
        (receiver, "_handle_rtp_packet", _STREAMS),
        (transport, "_recv_next", _TRANSPORT + "rx_packets"),
        (transport, "_recv_next", _TRANSPORT + "rx_bytes"),
        (transport, "_recv_next", "_rx_srtp"),
        (StunProtocol, "datagram_received", "data_received"),
        (Connection, "close", "_protocols"),
    )
    return changed(looked_up)


class Outgoing:
    """The packets of a sender after its first. One thread at a time."""

    def __init__(self, sender: RTCRtpSender) -> None:
        self._sender: dict[str, Any] = vars(sender)
        self._pattern: Pattern | None = None
        self._first_timestamp = 0

    def learn(self, first: bytes) -> None:
        """What aiortc made of the first."""
        self._pattern = Pattern(first, self._first_timestamp)

    def packet(self, payload: bytes, timestamp: int) -> bytes | None:
        """The next packet, counted; None: aiortc shall make this one, which is the first."""
        pattern, sender = self._pattern, self._sender
        if pattern is None:
            self._first_timestamp = timestamp
            return None
        packet = pattern.packet(payload, timestamp)
        packets, octets, stamp, ntp = _SENT
        sender[packets] += 1
        sender[octets] += len(payload)
        sender[stamp] = pattern.timestamp
        sender[ntp] = int((time.time() + _NTP_EPOCH_S) * (1 << 32))
        return packet


class _Seen:
    """As much of a packet as aiortc's `StreamStatistics.add` looks at."""

    __slots__ = ("sequence_number", "timestamp")

    def __init__(self, sequence_number: int, timestamp: int) -> None:
        self.sequence_number = sequence_number
        self.timestamp = timestamp


def packets_received(receiver: RTCRtpReceiver) -> int:
    """Over all of the receiver's connection, as aiortc's statistics say."""
    return int(vars(receiver.transport)[_TRANSPORT + "rx_packets"])


def shorten(receiver: RTCRtpReceiver, known: Callable[[], Stream | None], take: Take) -> None:
    """From now on packets of the stream `known` (its payload type and SSRC) go the short way."""
    aiortc: Any = receiver.transport
    connection: Any = aiortc.transport._connection
    streams: dict[int, Any] = getattr(receiver, _STREAMS)
    counts: dict[str, Any] = vars(aiortc)
    packets, octets = _TRANSPORT + "rx_packets", _TRANSPORT + "rx_bytes"

    def beside(the_long_way: Callable[[bytes, Any], None]) -> Callable[[bytes, Any], None]:
        def datagram_received(data: bytes, address: Any) -> None:
            stream = known()
            # SRTP leaves the header readable (RFC 3711, 3.1). What STUN begins with is below its two bits (RFC 7983);
            # what RTCP has in place of the SSRC's first byte is no matter.
            if (
                stream is None
                or len(data) < FIXED_BYTES
                or data[0] >> 6 != 2
                or data[1] & 0x7F != stream[0]
                or data[8:12] != stream[1]
            ):
                the_long_way(data, address)
                return
            counts[packets] += 1
            counts[octets] += len(data)
            try:
                packet: bytes = aiortc._rx_srtp.unprotect(data)
            except pylibsrtp.Error:  # not from the bot, or come twice
                return
            number, timestamp = int.from_bytes(packet[2:4]), int.from_bytes(packet[4:8])
            ssrc = int.from_bytes(stream[1])
            streams[ssrc].add(_Seen(number, timestamp))
            take(ssrc, number, timestamp, payload_of(packet), time.monotonic())

        return datagram_received

    for protocol in connection._protocols:
        protocol.datagram_received = beside(protocol.datagram_received)
