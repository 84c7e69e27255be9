"""The way of `OpusMedia`'s packets through one peer connection: straight in, and out with what the network needs."""

import asyncio
import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from aiortc import RTCRtpReceiver, RTCRtpSender

from callbox.rtvi.errors import SessionLostError
from callbox.rtvi.media import DirectSendMedia, NetworkReport, OpusMedia
from callbox.transports.aiortc_patches import rtp_fast_path, rtp_hooks, srtp_socket
from callbox.transports.aiortc_patches.srtp_socket import SrtpSocket
from callbox.transports.rtp.redundancy import Redundancy
from callbox.transports.rtp.remote_jitter_buffer import RemoteJitterBuffer
from callbox.transports.rtp.sequence_rewriter import SequenceRewriter
from callbox.transports.task_set import internal_error

log = logging.getLogger(__name__)


class Transceiver(Protocol):
    """aiortc's, as far as it matters."""

    @property
    def sender(self) -> RTCRtpSender:
        """Ours."""

    @property
    def receiver(self) -> RTCRtpReceiver:
        """The bot's sound."""


@functools.cache
def is_possible() -> bool:
    """Whether this aiortc lets packets through; says so once if not."""
    hindrance = rtp_hooks.hindrance() or rtp_fast_path.hindrance() or srtp_socket.hindrance()
    if hindrance is not None:
        log.warning("Sound takes the slow way, because aiortc has changed: %s", hindrance)
    return hindrance is None


class RtpSession:
    """Event loop only, except where said: `DirectSendMedia` sends in the microphone's thread.

    `on_first`: the bot's first packet has come; `on_defect`: nothing is handed on any more.
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
        self._numbering = SequenceRewriter()
        self._ear = RemoteJitterBuffer()
        self._redundancy = Redundancy(time.monotonic())
        self._incoming_lost = 0
        self._begun = False
        self._outgoing = rtp_fast_path.Outgoing(self._sender)
        self._wire: SrtpSocket | None = None
        self._loop = asyncio.get_running_loop()
        self._send_no_more: Callable[[], None] | None = None
        self._stream = rtp_hooks.divert(self._receiver, self._take)
        rtp_hooks.overhear(self._sender, lambda: self._numbering.ssrc, self._report)

    def begin(self) -> None:
        """Call when an answer is set: until the first aiortc may still change the sender's transport."""
        if not self._begun:
            self._begun = True
            rtp_hooks.intercept(self._sender.transport, self._send_first)
            rtp_fast_path.shorten(self._receiver, self._stream, self._take)

    def end(self) -> None:
        """Nothing is handed to the media any more, nor taken from it."""
        self._go_straight_no_more()
        self._media = None
        if self._wire:
            self._wire.close()

    @property
    def packets_received(self) -> int:
        """Packets of any kind that came over the connection."""
        return rtp_fast_path.packets_received(self._receiver)

    def _go_straight_no_more(self) -> None:
        if self._send_no_more:
            self._send_no_more()
            self._send_no_more = None

    def _take(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_s: float) -> None:
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
        """Send a packet of Opus the short way. False: hand it to aiortc. Raises `ConnectionError`."""
        packet = self._outgoing.packet(payload, timestamp)
        if packet is None or self._wire is None:
            return False
        self._send(packet, self._wire)
        return True

    def _send_first(self, data: bytes) -> None:
        if self._media is None:
            return
        if self._wire is None:
            self._wire = SrtpSocket(self._sender.transport)
        self._outgoing.learn(data)
        try:
            self._send(data, self._wire)
            if isinstance(self._media, DirectSendMedia):
                self._send_no_more = self._media.start_direct_send(self._send_straight)
        except ConnectionError:
            raise
        except Exception as error:
            self._fail(error)

    def _send_straight(self, payload: bytes, timestamp: int) -> None:
        # The microphone's thread.
        packet = self._outgoing.packet(payload, timestamp)
        if packet is None or self._wire is None:
            return
        try:
            self._send(packet, self._wire)
        except ConnectionError:  # the next packet takes the way of `send`, where aiortc is told
            self._tell(self._go_straight_no_more)
        except Exception as error:
            self._tell(self._fail, error)

    def _tell(self, call: Callable[..., None], *values: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *values)
        except RuntimeError:  # the loop has ended
            log.debug("too late", exc_info=True)

    def _send(self, data: bytes, wire: SrtpSocket) -> None:
        quiet = self._media is not None and self._media.is_quiet
        with self._lock:
            again = self._ear.leap(time.monotonic(), quiet=quiet)
            packets = self._numbering.packets(data, self._redundancy.copies, again)
        for packet in packets:
            wire.send(packet)

    async def _report(self, highest: int, lost: int, jitter: int) -> None:
        incoming_lost = await self._lost_here()
        now_s = time.monotonic()
        with self._lock:
            missed = self._numbering.read(highest, lost, jitter)
            copies = self._redundancy.copies
            self._redundancy.report(now_s, lost=missed.lost, incoming_lost=incoming_lost > self._incoming_lost)
            self._incoming_lost = incoming_lost
            self._ear.report(now_s, lost=missed.lost, mixed=missed.mixed, copies=copies)
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
        """Not raised: aiortc would end its connection without a word."""
        self.end()
        log.error("A defect in the media", exc_info=error)
        self._on_defect(internal_error(error))
