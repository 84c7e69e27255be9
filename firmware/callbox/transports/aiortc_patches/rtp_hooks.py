"""All that this program touches inside aiortc (1.16): RTP as it comes, and as it goes.

aiortc's public interface knows frames only, behind a jitter buffer that doesn't drain (its issue 543). Three instance
attributes are replaced, each one that aiortc looks up anew for every packet:

- a receiver's jitter buffer by `_Tap`: everything around it, statistics and receiver reports, stays aiortc's own;
- a DTLS transport's `_send_rtp`, which takes RTP and RTCP before protection. A packet that is given twice goes twice,
  bit by bit the same: aiortc allows repetition in its SRTP policy (`allow_repeat_tx`);
- a sender's `_handle_rtcp_packet`, to read receiver reports: the public statistics lack the highest number received.

The decoder's thread of a receiver is left asleep: it is what ends the track when the connection does.
"""

import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiortc import RTCDtlsTransport, RTCRtpReceiver, RTCRtpSender
from aiortc.rtp import RtcpRrPacket, RtcpSrPacket, RtpPacket, is_rtcp

from callbox.transports.aiortc_patches.compat import changed

_BUFFER = "_RTCRtpReceiver__jitter_buffer"

Take = Callable[[int, int, int, bytes, float], None]
"""As `OpusMedia.write_rtp`."""
Stream = tuple[int, bytes]
"""Payload type, and the four bytes of the SSRC."""
Report = Callable[[int, int, int], Awaitable[None]]
"""The highest number received, how many are lost since the beginning, and the jitter in 48 kHz ticks."""


class _Tap:
    """In the place of aiortc's `JitterBuffer`: takes each packet, and never has a frame to decode."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self.stream: Stream | None = None

    def add(self, packet: RtpPacket) -> tuple[bool, None]:
        self.stream = packet.payload_type, packet.ssrc.to_bytes(4)
        self._take(packet.ssrc, packet.sequence_number, packet.timestamp, packet.payload, time.monotonic())
        return False, None


def hindrance(
    receiver: type = RTCRtpReceiver, sender: type = RTCRtpSender, transport: type = RTCDtlsTransport
) -> str | None:
    """What of aiortc isn't any more what this module knows; None: all is well."""
    looked_up = (
        (receiver, "_handle_rtp_packet", _BUFFER),
        (receiver, "__init__", _BUFFER),
        (sender, "_run_rtp", "_send_rtp"),
        (transport, "_handle_rtcp_data", "_handle_rtcp_packet"),
        (transport, "_setup_srtp", "allow_repeat_tx"),
    )
    if reason := changed(looked_up):
        return reason
    parameters = {(transport, "_send_rtp"): ["self", "data"], (sender, "_handle_rtcp_packet"): ["self", "packet"]}
    for (kind, method), names in parameters.items():
        function = getattr(kind, method, None)
        if not inspect.iscoroutinefunction(function) or list(inspect.signature(function).parameters) != names:
            return f"{kind.__name__}.{method} does not take {names[1]}"
    return None


def divert(receiver: RTCRtpReceiver, take: Take) -> Callable[[], Stream | None]:
    """From now on the receiver's packets go to `take`, in the event loop; its track has no frames, and ends as ever.

    Returns what tells the stream that came last.
    """
    tap = _Tap(take)
    setattr(receiver, _BUFFER, tap)
    return lambda: tap.stream


def intercept(transport: RTCDtlsTransport, pass_on: Callable[[bytes], None]) -> None:
    """From now on RTP that is to be sent goes to `pass_on`, once there is a connection. RTCP goes as ever."""
    aiortc: Any = transport
    deliver: Callable[[bytes], Awaitable[None]] = aiortc._send_rtp

    async def send_rtp(data: bytes) -> None:
        if is_rtcp(data) or transport.state != "connected":  # which it complains of
            await deliver(data)
        else:
            pass_on(data)

    aiortc._send_rtp = send_rtp


def overhear(sender: RTCRtpSender, ssrc: Callable[[], int | None], report: Report) -> None:
    """From now on tell `report` of each receiver report on the stream `ssrc`, after aiortc has read it."""
    aiortc: Any = sender
    handle = aiortc._handle_rtcp_packet

    async def handle_rtcp_packet(packet: object) -> None:
        await handle(packet)
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for info in packet.reports:
                if info.ssrc == ssrc():
                    await report(info.highest_sequence, info.packets_lost, info.jitter)

    aiortc._handle_rtcp_packet = handle_rtcp_packet
