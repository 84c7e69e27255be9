"""Hooks into aiortc (1.16) for RTP packets received and sent, and for receiver reports.

aiortc's public interface knows frames only, behind a jitter buffer that doesn't drain (its issue 543). Four instance
attributes are replaced, each of which aiortc looks up for every packet:

- a receiver's jitter buffer by `_PacketTap`: statistics and receiver reports stay aiortc's own;
- a DTLS transport's `_send_rtp`, which takes RTP and RTCP before protection. The same packet may be sent twice:
  aiortc's SRTP policy allows it (`allow_repeat_tx`);
- a sender's `_handle_rtcp_packet`, to read receiver reports: the public statistics lack the highest number received;
- a sender's encoder, by one that takes packets only: aiortc makes an encoder and a resampler for a track that has
  encoded already.

The decoder's thread of a receiver sleeps without frames: it ends the track with the connection.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiortc import RTCDtlsTransport, RTCRtpReceiver, RTCRtpSender
from aiortc.rtp import RtcpRrPacket, RtcpSrPacket, RtpPacket, is_rtcp

_BUFFER = "_RTCRtpReceiver__jitter_buffer"
_ENCODER = "_RTCRtpSender__encoder"

OnPacket = Callable[[int, int, int, bytes, float], None]
"""SSRC, sequence number, timestamp, payload, arrival in seconds (monotonic): as `OpusMedia.write_rtp`."""
Stream = tuple[int, bytes]
"""Payload type, and the four bytes of the SSRC."""
OnReceiverReport = Callable[[int, int, int], Awaitable[None]]
"""Highest sequence number received, packets lost since the beginning, jitter in ticks of 48 kHz (RFC 3550, 6.4.1)."""


class _PacketTap:
    """Takes the place of aiortc's `JitterBuffer`: passes each packet on, and never has a frame to decode."""

    def __init__(self, on_packet: OnPacket) -> None:
        self._on_packet = on_packet
        self.stream: Stream | None = None

    def add(self, packet: RtpPacket) -> tuple[bool, None]:
        self.stream = packet.payload_type, packet.ssrc.to_bytes(4)
        self._on_packet(packet.ssrc, packet.sequence_number, packet.timestamp, packet.payload, time.monotonic())
        return False, None


def replace_jitter_buffer(receiver: RTCRtpReceiver, on_packet: OnPacket) -> Callable[[], Stream | None]:
    """Pass the receiver's packets to `on_packet`, in the event loop; its track gets no frames, and ends with it.

    Returns a function that returns the stream of the last packet; None before the first.
    """
    tap = _PacketTap(on_packet)
    setattr(receiver, _BUFFER, tap)
    return lambda: tap.stream


class Packet(Protocol):
    """An encoded packet."""

    pts: int
    """Timestamp in ticks of the RTP clock."""

    def __bytes__(self) -> bytes:
        """Payload."""


class _PacketEncoder:
    """Takes the place of aiortc's `Encoder` for a track of packets."""

    def pack(self, packet: Packet) -> tuple[list[bytes], int]:
        return [bytes(packet)], packet.pts


def use_packets(sender: RTCRtpSender) -> None:
    """Let `sender`, whose track gives encoded packets, make no encoder."""
    setattr(sender, _ENCODER, _PacketEncoder())


def hook_send(transport: RTCDtlsTransport, on_send: Callable[[bytes], None]) -> None:
    """Pass RTP that is to be sent to `on_send`, once DTLS is connected. RTCP, and RTP before that, stay aiortc's."""
    aiortc: Any = transport
    deliver: Callable[[bytes], Awaitable[None]] = aiortc._send_rtp

    async def send_rtp(data: bytes) -> None:
        if is_rtcp(data) or transport.state != "connected":  # aiortc raises
            await deliver(data)
        else:
            on_send(data)

    aiortc._send_rtp = send_rtp


def hook_rtcp(sender: RTCRtpSender, ssrc: Callable[[], int | None], report: OnReceiverReport) -> None:
    """Call `report` for each report block on the stream that `ssrc` returns, after aiortc has read it."""
    aiortc: Any = sender
    handle = aiortc._handle_rtcp_packet

    async def handle_rtcp_packet(packet: object) -> None:
        await handle(packet)
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for info in packet.reports:
                if info.ssrc == ssrc():
                    await report(info.highest_sequence, info.packets_lost, info.jitter)

    aiortc._handle_rtcp_packet = handle_rtcp_packet
