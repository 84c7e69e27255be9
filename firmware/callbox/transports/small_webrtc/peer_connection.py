"""One peer connection of aiortc: an offer, an answer, a data channel, sound both ways.

Lives for one network path. `SmallWebRTCTransport` replaces it by another when the path has gone.
"""

import asyncio
import functools
import importlib
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

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
from callbox.transports import tracks
from callbox.transports.aiortc_patches import fast_connect
from callbox.transports.small_webrtc import rtp_session, sdp
from callbox.transports.task_set import Tasks

log = logging.getLogger(__name__)

_NO_PATH = "The bot answered, but no media connection came up. Is there a firewall between it and this box?"


def warm_up() -> None:
    """Let aiortc import what it would for the first connection. Any thread."""
    RTCCertificate.generateCertificate()
    importlib.import_module("cryptography.hazmat.primitives.serialization")  # pyOpenSSL's, when it uses a certificate


@functools.cache
def may_take_shortcuts() -> bool:
    """Whether aiortc and aioice are as `fast_connect` knows them; says so once if not."""
    hindrance = fast_connect.hindrance()
    if hindrance is not None:
        log.warning("Connecting takes the long way, because aiortc or aioice has changed: %s", hindrance)
    return hindrance is None


class Owner(Protocol):
    """Whom a peer tells. All in the event loop; nothing comes before `Peer.adopt`, nor after `Peer.retire`."""

    def on_text(self, peer: "Peer", text: str) -> None:
        """A text came over the data channel."""

    def on_down(self, peer: "Peer", error: RTVIError) -> None:
        """The connection was up, and is no more."""

    def on_sound(self, peer: "Peer", *, started: bool) -> None:
        """The bot's first sound has come, or its track has ended."""


class Peer:
    """`media` None: messages only. Can be made, and its `offer`, long before there is anybody to `adopt` it."""

    def __init__(self, media: Media | None, ice_servers: Sequence[Mapping[str, Any]]) -> None:
        servers = [
            RTCIceServer(urls=server["urls"], username=server.get("username"), credential=server.get("credential"))
            for server in ice_servers
        ]
        self._media = media
        self._owner: Owner | None = None
        self._reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._up = False
        self._failed: RTVIError | None = None
        self._tasks = Tasks(self._on_down)
        self._captured = tracks.outgoing_track(media, self._on_down) if media else None
        self._path: rtp_session.RtpPath | None = None
        pc = self._pc = RTCPeerConnection(RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        if self._captured:
            transceiver = pc.addTransceiver(self._captured, direction="sendrecv")
            if isinstance(media, OpusMedia):
                transceiver.setCodecPreferences(sdp.opus_only())
                if rtp_session.is_possible():
                    self._path = rtp_session.RtpPath(transceiver, media, self._on_first_packet, self._on_down)
                    if isinstance(self._captured, tracks.OpusTrack):
                        self._captured.send = self._path.send
        self._channel: RTCDataChannel = pc.createDataChannel("chat", ordered=True)
        self._early: fast_connect.Channel | None = None
        if pc.sctp and may_take_shortcuts():
            self._early = fast_connect.Channel(pc.sctp, self._channel)
            ice = fast_connect.ice_connection(pc.sctp)
            fast_connect.ask_briefly(ice)
            fast_connect.check_at_once(ice, self._tasks.spawn)
        self._channel.on("open", self._on_open)
        self._channel.on("message", self._on_message)
        self._channel.on("close", lambda: self._on_down(SessionLostError("The bot closed the connection.")))
        pc.on("track", self._on_track)
        pc.on("connectionstatechange", self._on_connection_state)

    async def offer(self) -> RTCSessionDescription:
        """An offer with all candidates; again on a connection that is up: for renegotiation."""
        if self._pc.signalingState == "have-local-offer":  # made ahead
            return self._offered()
        await self._pc.setLocalDescription(await self._pc.createOffer())
        return self._offered()

    def _offered(self) -> RTCSessionDescription:
        offer = self._pc.localDescription
        return RTCSessionDescription(sdp.with_opus_wishes(offer.sdp), offer.type)

    async def accept(self, answer: RTCSessionDescription) -> None:
        """Take the bot's answer; `opened` waits for the rest. Raises what aiortc's parsers raise."""
        await self._pc.setRemoteDescription(answer)
        if self._path:
            self._path.begin()

    def adopt(self, owner: Owner) -> None:
        """From now on tell `owner`."""
        self._owner = owner

    async def reached(self) -> None:
        """Wait until sound flows and texts are taken. Raises `ConnectionTimeoutError` or `SessionLostError`."""
        await self._come(self._reached)

    async def opened(self) -> None:
        """Wait until the bot has said that it takes texts: up to three round trips later. Raises as `reached`."""
        await self._come(self._opened)

    async def _come(self, so_far: "asyncio.Future[None]") -> None:
        await asyncio.shield(so_far)
        if self._failed:  # in the very moment
            raise self._failed
        self._up = True

    async def packets_received(self) -> int:
        """How many packets of any kind have come; 0 for a connection without sound."""
        if self._path:  # asked several times a second: all of aiortc's statistics would cost more than the sound
            return self._path.packets_received
        stats = await self._pc.getStats()
        return sum(report.packetsReceived for report in stats.values() if report.type == "transport")

    def send(self, text: str) -> bool:
        """Send one text; whether there is a channel for it."""
        if self._early:
            return self._early.send(text)
        if self._channel.readyState != "open":
            return False
        self._channel.send(text)
        return True

    def fail(self, error: RTVIError) -> None:
        """It won't open, whatever aiortc says: the bot hung up meanwhile."""
        self._failed = self._failed or error
        for so_far in (self._reached, self._opened):
            if not so_far.done():
                so_far.set_exception(error)
                so_far.exception()  # retrieved: nobody waits for both

    def retire(self) -> None:
        """Another takes over: no sound is captured or played any more, nothing is told. `close` follows."""
        self._owner = None
        if self._path:
            self._path.end()
        if self._captured:
            self._captured.stop()
        self._tasks.cancel()

    async def close(self) -> None:
        """Close the connection; the other side learns it from DTLS at once."""
        self.retire()
        self._reached.cancel()
        self._opened.cancel()
        await self._pc.close()

    # -- what aiortc tells -----------------------------------------------------------------------

    def _on_open(self) -> None:
        for so_far in (self._reached, self._opened):
            if not so_far.done():
                so_far.set_result(None)

    def _on_message(self, text: str | bytes) -> None:
        if self._owner and isinstance(text, str):
            self._owner.on_text(self, text)

    def _on_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self._media is not None:
            self._tasks.spawn(self._listen(track, self._media), "webrtc receive")

    async def _listen(self, track: MediaStreamTrack, media: Media) -> None:
        try:
            if self._path:
                await tracks.until_end(track)
            else:
                await tracks.play(track, media, self._on_first_packet)
        except MediaStreamError:
            pass  # the track ended: the connection tells why
        finally:
            self._tell_sound(started=False)

    def _on_first_packet(self) -> None:
        self._tell_sound(started=True)

    def _tell_sound(self, *, started: bool) -> None:
        if self._owner:
            self._owner.on_sound(self, started=started)

    def _on_connection_state(self) -> None:
        state = self._pc.connectionState
        if state == "connected" and self._early and not self._reached.done():
            self._reached.set_result(None)
        elif state in ("failed", "closed"):
            self._on_down(SessionLostError("The connection to the bot broke."))

    def _on_down(self, error: SessionLostError) -> None:
        if not self._up:
            self.fail(error if self._opened.done() else ConnectionTimeoutError(_NO_PATH))
        elif self._owner:
            self._owner.on_down(self, error)
