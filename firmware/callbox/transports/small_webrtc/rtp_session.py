"""RTP of `OpusMedia` over one peer connection: packets past aiortc, with copies and resets as the network needs."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from aiortc import RTCRtpReceiver, RTCRtpSender

from callbox.rtvi.errors import SessionLostError
from callbox.rtvi.media import DirectSendMedia, NetworkReport, OpusMedia
from callbox.system.event_loop import call_in_loop
from callbox.transports.aiortc_patches import rtp_fast_path, rtp_hooks
from callbox.transports.aiortc_patches.srtp_socket import SrtpSocket
from callbox.transports.rtp.redundancy import Redundancy
from callbox.transports.rtp.remote_jitter_buffer import RemoteJitterBuffer
from callbox.transports.rtp.sequence_rewriter import SequenceRewriter
from callbox.transports.task_set import internal_error

log = logging.getLogger(__name__)


class Transceiver(Protocol):
    """aiortc's RTCRtpTransceiver, as far as it is used."""

    @property
    def sender(self) -> RTCRtpSender:
        """Sender of the microphone."""

    @property
    def receiver(self) -> RTCRtpReceiver:
        """Receiver of the bot."""


class RtpSession:
    """RTP of one transceiver. Event loop only, but `DirectSendMedia` sends in the capture thread.

    `on_first`: the bot's first packet has arrived; `on_defect`: an unexpected exception has ended the session.
    """

    def __init__(
        self,
        transceiver: Transceiver,
        media: OpusMedia,
        on_first: Callable[[], None],
        on_defect: Callable[[SessionLostError], None],
    ) -> None:
        self._sender, self._receiver = transceiver.sender, transceiver.receiver
        self._media: OpusMedia | None = media
        self._on_first: Callable[[], None] | None = on_first
        self._on_defect = on_defect
        self._lock = threading.Lock()  # for these three: packets leave in one thread, reports come in the other
        self._rewriter = SequenceRewriter()
        self._remote_buffer = RemoteJitterBuffer()
        self._redundancy = Redundancy(time.monotonic())
        self._incoming_lost = 0
        self._begun = False
        self._packetizer = rtp_fast_path.RtpPacketizer(self._sender)
        self._srtp: SrtpSocket | None = None
        self._stop_in_loop = call_in_loop(self._stop_direct_send)
        self._fail_in_loop = call_in_loop(self._fail)
        self._end_direct_send: Callable[[], None] | None = None
        rtp_hooks.use_packets(self._sender)
        self._stream = rtp_hooks.replace_jitter_buffer(self._receiver, self._on_rtp)
        rtp_hooks.hook_rtcp(self._sender, lambda: self._rewriter.ssrc, self._report)

    def begin(self) -> None:
        """Install the hooks; when an answer is set: until the first aiortc may still change the sender's transport."""
        if not self._begun:
            self._begun = True
            rtp_hooks.hook_send(self._sender.transport, self._send_first)
            rtp_fast_path.install_receive_fast_path(self._receiver, self._stream, self._on_rtp)

    def end(self) -> None:
        """Stop: nothing is written to the media any more, nor sent."""
        self._stop_direct_send()
        self._media = None
        if self._srtp:
            self._srtp.close()

    @property
    def packets_received(self) -> int:
        """Packets of any kind received over the connection."""
        return rtp_fast_path.packets_received(self._receiver)

    def _stop_direct_send(self) -> None:
        if self._end_direct_send:
            self._end_direct_send()
            self._end_direct_send = None

    def _on_rtp(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_s: float) -> None:
        if self._media is None:
            return
        try:
            self._media.write_rtp(ssrc, sequence_number, timestamp, payload, arrived_s)
            if self._on_first:
                on_first, self._on_first = self._on_first, None
                on_first()
        except Exception as error:
            self._fail(error)

    async def send(self, payload: bytes, timestamp: int) -> bool:
        """Send a packet of Opus past aiortc. False: aiortc is to send it. Raises `ConnectionError`."""
        packet = self._packetizer.packet(payload, timestamp)
        if packet is None or self._srtp is None:
            return False
        self._send(packet, self._srtp)
        return True

    def _send_first(self, data: bytes) -> None:
        if self._media is None:
            return
        if self._srtp is None:
            self._srtp = SrtpSocket(self._sender.transport)
        self._packetizer.set_template(data)
        try:
            self._send(data, self._srtp)
            if isinstance(self._media, DirectSendMedia):
                self._end_direct_send = self._media.start_direct_send(self._send_direct)
        except ConnectionError:
            raise
        except Exception as error:
            self._fail(error)

    def _send_direct(self, payload: bytes, timestamp: int) -> None:
        # In the capture thread.
        packet = self._packetizer.packet(payload, timestamp)
        if packet is None or self._srtp is None:
            return
        try:
            self._send(packet, self._srtp)
        except ConnectionError:  # the next packet goes through `send`, which raises it to aiortc
            self._stop_in_loop()
        except Exception as error:
            self._fail_in_loop(error)

    def _send(self, data: bytes, srtp: SrtpSocket) -> None:
        quiet = self._media is not None and self._media.is_quiet
        with self._lock:
            again = self._remote_buffer.packets_to_resend(time.monotonic(), quiet=quiet)
            packets = self._rewriter.packets(data, self._redundancy.copies, again)
        for packet in packets:
            srtp.send(packet)

    async def _report(self, highest: int, lost: int, jitter: int) -> None:
        incoming_lost = await self._lost_here()
        now_s = time.monotonic()
        with self._lock:
            missed = self._rewriter.read(highest, lost, jitter)
            copies = self._redundancy.copies
            self._redundancy.report(now_s, lost=missed.lost, incoming_lost=incoming_lost > self._incoming_lost)
            self._incoming_lost = incoming_lost
            self._remote_buffer.report(
                now_s, lost=missed.lost, mixed=missed.mixed, copies=max(copies, self._redundancy.copies)
            )
        if self._redundancy.copies != copies:
            log.info(
                "%.1f %% lost on the way to the bot: each packet is sent %d times",
                missed.fraction * 100, 1 + self._redundancy.copies,
            )  # fmt: skip
        if self._media is None:
            return
        report = NetworkReport(missed.fraction, await self._round_trip_ms(), self._redundancy.copies)
        try:
            self._media.on_network(report)
        except Exception as error:
            self._fail(error)

    async def _lost_here(self) -> int:
        stats = await self._receiver.getStats()
        return sum(found.packetsLost for found in stats.values() if found.type == "inbound-rtp")

    async def _round_trip_ms(self) -> float | None:
        stats = await self._sender.getStats()
        for found in stats.values():
            if found.type == "remote-inbound-rtp" and found.roundTripTime is not None:
                return float(found.roundTripTime) * 1000
        return None

    def _fail(self, error: Exception) -> None:
        """End with `error`, which is not raised: aiortc would close its connection without a reason."""
        self.end()
        log.error("A defect in the media", exc_info=error)
        self._on_defect(internal_error(error))
