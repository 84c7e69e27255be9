"""One peer connection of aiortc: an offer, an answer, a data channel, audio in both directions.

For one network path: `SmallWebRTCTransport` replaces it by another when the path has gone.
"""

import asyncio
import importlib
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCCertificate,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from callbox.rtvi.errors import ConnectionTimeoutError, RTVIError, SessionLostError
from callbox.rtvi.media import Media, OpusMedia
from callbox.rtvi.protocol.ice_servers import IceServers, TurnServer, select
from callbox.rtvi.protocol.media_errors import CONNECTION
from callbox.transports import tracks
from callbox.transports.aiortc_patches import compat, monotonic_time, ntp_time, rtcp_tasks
from callbox.transports.small_webrtc import sdp
from callbox.transports.task_set import TaskSet

if TYPE_CHECKING or compat.unsupported_reason() is None:  # else what these import may be gone
    from callbox.transports.aiortc_patches import fast_connect, port_probe, turn_allocation, turn_check
    from callbox.transports.small_webrtc import rtp_session

log = logging.getLogger(__name__)

MAX_DIRECT_S = 8.0
"""Time for a path past a TURN server that gives no relayed candidate; then the call fails with the server's reason."""
CONSENT_S = 30
"""How long a bot may answer no check of ICE (RFC 7675): aioice (0.13) sends six, one each 5 s."""
_NO_DTLS, _NO_PATH = CONNECTION["no dtls"].text(), CONNECTION["no path"].text()


async def _start_nothing(*_: object) -> None:
    """In place of what aiortc would start."""


def warm_up() -> None:
    """Import what aiortc imports for the first connection. Any thread."""
    RTCCertificate.generateCertificate()
    importlib.import_module("cryptography.hazmat.primitives.serialization")  # pyOpenSSL's, when it uses a certificate


class PeerListener(Protocol):
    """Events of a peer connection, in the event loop; none before `attach`, none after `detach`."""

    def on_text(self, peer: "PeerConnection", text: str) -> None:
        """Take a text of the data channel."""

    def on_disconnected(self, peer: "PeerConnection", error: RTVIError, *, path_lost: bool) -> None:
        """Take the end of a connection that was up. `path_lost`: by the end of its socket here, not by the bot."""

    def on_audio(self, peer: "PeerConnection", *, started: bool) -> None:
        """Take the arrival of the bot's first packet, or the end of its track."""


class PeerConnection:
    """One connection. `media` None: messages only. Can be made, with its offer, long before a listener is attached."""

    def __init__(self, media: Media | None, ice_servers: Sequence[Mapping[str, Any]]) -> None:
        ntp_time.wrap_ntp_time()
        monotonic_time.measure_intervals()
        rtcp_tasks.keep_running()
        servers = select(ice_servers)
        for reason in servers.skipped:
            log.warning("A STUN or TURN server is not used: %s", reason)
        self._media = media
        self._listener: PeerListener | None = None
        self._connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._channel_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._up = False
        self._path_lost = False
        self._turn = servers.turn
        self._failed: RTVIError | None = None
        self._sent: deque[str] = deque()  # what is acknowledged is taken out
        self._tasks = TaskSet(self._on_disconnected)
        self._closing: asyncio.Task[None] | None = None
        self._captured = tracks.outgoing_track(media, self._on_disconnected) if media else None
        self._rtp: rtp_session.RtpSession | None = None
        pc = self._pc = RTCPeerConnection(
            RTCConfiguration(iceServers=_for_aiortc(servers), bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        if self._captured:
            transceiver = pc.addTransceiver(self._captured, direction="sendrecv")
            if isinstance(media, OpusMedia):
                transceiver.setCodecPreferences(sdp.opus_only())
                if compat.unsupported_reason() is None:
                    self._rtp = rtp_session.RtpSession(transceiver, media, self._on_first_packet, self._on_disconnected)
                    if isinstance(self._captured, tracks.OpusTrack):
                        self._captured.send = self._rtp.send
        self._channel: RTCDataChannel = pc.createDataChannel("chat", ordered=True)
        self._early: fast_connect.EarlyDataChannel | None = None
        if pc.sctp and compat.unsupported_reason() is None:
            self._early = fast_connect.EarlyDataChannel(pc.sctp, self._channel)
            ice = fast_connect.ice_connection(pc.sctp)
            if servers.turn and servers.turn.url.is_ipv6:
                fast_connect.set_turn_server(ice, servers.turn)
            fast_connect.limit_gathering(ice)
            fast_connect.hook_path_loss(ice, self._on_path_lost)
            fast_connect.resolve_mdns_beside(ice, self._tasks.spawn)
            fast_connect.nominate_immediately(ice, self._tasks.spawn)
        self._channel.on("open", self._on_open)
        self._channel.on("message", self._on_message)
        self._channel.on("close", lambda: self._on_ended("closed"))
        pc.on("track", self._on_track)
        pc.on("connectionstatechange", self._on_connection_state)

    async def offer(self) -> RTCSessionDescription:
        """An offer with all candidates; on a connection that is up: for renegotiation."""
        if self._pc.signalingState == "have-local-offer":  # prepared
            return self._offered()
        await self._pc.setLocalDescription(await self._pc.createOffer())
        return self._offered()

    def _offered(self) -> RTCSessionDescription:
        offer = self._pc.localDescription
        return RTCSessionDescription(sdp.add_opus_fmtp(offer.sdp), offer.type)

    async def accept(self, answer: RTCSessionDescription) -> None:
        """Take the bot's answer; `wait_channel_open` waits for the rest. Raises what aiortc's parsers raise."""
        if self._turn and compat.unsupported_reason() is None and " typ relay" not in self._pc.localDescription.sdp:
            self._tasks.spawn(self._explain_missing_relay(self._turn), "webrtc turn check")
        await self._pc.setRemoteDescription(answer)
        if self._rtp:
            self._rtp.begin()

    def attach(self, listener: PeerListener) -> None:
        """Send events to `listener` from now on."""
        self._listener = listener

    async def wait_connected(self) -> None:
        """Wait until DTLS is connected and texts can be sent. Raises `ConnectionTimeoutError` or `SessionLostError`."""
        await self._wait(self._connected)

    async def wait_channel_open(self) -> None:
        """Wait until the data channel is open: up to three round trips later. Raises as `wait_connected`."""
        await self._wait(self._channel_open)

    async def _wait(self, so_far: "asyncio.Future[None]") -> None:
        await asyncio.shield(so_far)
        if self._failed:  # before this task ran
            raise self._failed
        self._up = True

    async def packets_received(self) -> int:
        """Packets of any kind received; 0 for a connection without audio."""
        if self._rtp:  # several times a second: all of aiortc's statistics would cost more than the audio
            return self._rtp.packets_received
        stats = await self._pc.getStats()
        return sum(report.packetsReceived for report in stats.values() if report.type == "transport")

    async def has_turn_allocation(self, within_s: float) -> bool:
        """Whether the server still has the TURN allocation of the offer, asked within `within_s`; True without one."""
        sctp = self._pc.sctp
        if sctp is None or compat.unsupported_reason() is not None:
            return True
        return await turn_allocation.is_alive(fast_connect.ice_connection(sctp), within_s)

    async def is_remote_port_closed(self) -> bool:
        """Whether the bot's socket of this connection is known to be closed; takes half a second at most."""
        sctp = self._pc.sctp
        if sctp is None or compat.unsupported_reason() is not None:
            return False
        return await port_probe.is_port_closed(sctp.transport)

    def send(self, text: str) -> bool:
        """Send one text. False: the data channel is not open, and it is not sent."""
        if self._early:
            if not self._early.send(text):
                return False
            self._sent.append(text)
            while len(self._sent) > self._early.unacknowledged:
                self._sent.popleft()
            return True
        if self._channel.readyState != "open":
            return False
        self._channel.send(text)
        return True

    @property
    def unacknowledged(self) -> list[str]:
        """Texts that were sent and not acknowledged, in their order; without the patches of aiortc: none are known."""
        count = self._early.unacknowledged if self._early else 0
        return list(self._sent)[max(len(self._sent) - count, 0) :]

    def fail(self, error: RTVIError) -> None:
        """End the waits with `error`: the bot hung up meanwhile."""
        self._failed = self._failed or error
        for so_far in (self._connected, self._channel_open):
            if not so_far.done():
                so_far.set_exception(error)
                so_far.exception()  # marks it as retrieved: only one of them may be awaited

    def detach(self) -> None:
        """Stop audio and events, before another takes over. `close` follows."""
        self._listener = None
        if self._rtp:
            self._rtp.end()
        if self._captured:
            self._captured.stop()
        self._tasks.cancel()

    async def close(self) -> None:
        """Close the connection; the bot learns it from DTLS at once. Goes on when its caller is cancelled."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="webrtc close")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        self.detach()
        self._connected.cancel()
        self._channel_open.cancel()
        # A connection that comes up in this moment: aiortc (1.16) would start, for good, what `close` has just stopped.
        for transceiver in self._pc.getTransceivers():
            setattr(transceiver.sender, "send", _start_nothing)  # noqa: B010 - a method
            setattr(transceiver.receiver, "receive", _start_nothing)  # noqa: B010
        if self._pc.sctp:
            # All media are bundled in its transports.
            for part in (self._pc.sctp, self._pc.sctp.transport, self._pc.sctp.transport.transport):
                setattr(part, "start", _start_nothing)  # noqa: B010
        closing = {asyncio.ensure_future(self._pc.close())}
        # aiortc (1.16) closes itself when its tasks end; cancelled then, by the event loop's end, it lets others wait.
        if own := getattr(self._pc, "_RTCPeerConnection__closeTask", None):
            closing.add(own)
        ended, waiting = await asyncio.wait(closing, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        for task in ended:
            if not task.cancelled():
                task.result()

    # -- events of aiortc -----------------------------------------------------------------------

    async def _explain_missing_relay(self, turn: TurnServer) -> None:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + MAX_DIRECT_S
        reason = await turn_check.failure(turn)
        if reason is None:
            return
        log.warning("%s", reason)
        await asyncio.sleep(until_s - loop.time())
        if not self._connected.done():
            self.fail(ConnectionTimeoutError(f"No media connection with the bot came up. {reason}"))

    def _on_path_lost(self) -> None:
        self._path_lost = True

    def _on_open(self) -> None:
        for so_far in (self._connected, self._channel_open):
            if not so_far.done():
                so_far.set_result(None)

    def _on_message(self, text: str | bytes) -> None:
        if self._listener and isinstance(text, str):
            self._listener.on_text(self, text)

    def _on_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self._media is not None:
            self._tasks.spawn(self._receive(track, self._media), "webrtc receive")

    async def _receive(self, track: MediaStreamTrack, media: Media) -> None:
        try:
            if self._rtp:
                await tracks.drain(track)
            else:
                await tracks.play(track, media, self._on_first_packet)
        except MediaStreamError:
            pass  # the track ended; the connection's state has the reason
        finally:
            self._notify_audio(started=False)

    def _on_first_packet(self) -> None:
        self._notify_audio(started=True)

    def _notify_audio(self, *, started: bool) -> None:
        if self._listener:
            self._listener.on_audio(self, started=started)

    def _on_connection_state(self) -> None:
        state = self._pc.connectionState
        if state == "connected" and self._early and not self._connected.done():
            self._connected.set_result(None)
        elif state in ("failed", "closed"):
            self._on_ended("broken")

    def _on_ended(self, cause: str) -> None:
        """Take the end of the connection. `cause`: as it looks; aiortc closes all else when ICE has given up."""
        sctp = self._pc.sctp
        if sctp and compat.unsupported_reason() is None and fast_connect.has_ended(fast_connect.ice_connection(sctp)):
            cause = "gone"
        elif self._path_lost:
            cause = "broken"
        self._on_disconnected(SessionLostError(CONNECTION[cause].text(limit_s=CONSENT_S)))

    def _on_disconnected(self, error: SessionLostError) -> None:
        if not self._up:
            has_path = self._pc.iceConnectionState == "completed"
            early = SessionLostError(_NO_DTLS) if has_path else ConnectionTimeoutError(_NO_PATH)
            self.fail(error if self._channel_open.done() else early)
        elif self._listener:
            self._listener.on_disconnected(self, error, path_lost=self._path_lost)


def _for_aiortc(servers: IceServers) -> list[RTCIceServer]:
    """`servers` for aiortc's public interface, which takes no IPv6 addresses."""
    found = [RTCIceServer(urls=str(servers.stun))] if servers.stun else []
    if servers.turn and not servers.turn.url.is_ipv6:
        turn = servers.turn
        found.append(RTCIceServer(urls=str(turn.url), username=turn.username, credential=turn.password))
    return found
