"""SmallWebRTC over aiortc: one peer connection to one Pipecat bot.

Audio-only offer (one transceiver, sendrecv), one data channel; Pipecat needs no more.
Sources: Pipecat 1.14 ``transports/smallwebrtc``; client-js small-webrtc-transport 1.10.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from callbox.rtvi import rest
from callbox.rtvi.errors import ConnectionTimeoutError, RTVIError, SessionLostError, TransportStartError
from callbox.rtvi.media import Media
from callbox.rtvi.transport import APIRequest, Participant, TransportListener
from callbox.transports import loopback, signalling, tracks

log = logging.getLogger(__name__)

PING_PERIOD_S = 1.0
"""Once it has seen a ping, a Pipecat server drops messages and sound after 3 s without one."""


class SmallWebRTCTransport:
    """Fulfils `callbox.rtvi.Transport`. `ice_servers` is used when the auth bundle brings none.

    None are asked by default: aiortc would wait 5 s for a STUN server that doesn't answer, and on one
    network host candidates suffice.
    """

    def __init__(
        self, media: Media | None, listener: TransportListener, *, ice_servers: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        self._media = media
        self._listener = listener
        self._ice_servers = tuple(ice_servers)
        self._pc: RTCPeerConnection | None = None
        self._channel: RTCDataChannel | None = None
        self._open: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._connected = False
        self._closed = False
        self._pc_id: str | None = None
        loopback.allow_loopback()

    @property
    def bot(self) -> Participant:
        """The bot, by its ``pc_id``."""
        return Participant(self._pc_id or "bot", "bot")

    @property
    def max_message_bytes(self) -> int:
        """What aiortc and Pipecat both announce as the data channel's ``max-message-size``."""
        return 262_144

    async def connect(self, params: Mapping[str, Any], request: APIRequest | None) -> None:
        """Offer, answer, ICE, DTLS, data channel."""
        target = signalling.offer_target(params, request)
        pc = self._pc = self._new_peer_connection(target.ice_servers or self._ice_servers)
        self._open = asyncio.get_running_loop().create_future()
        await pc.setLocalDescription(await pc.createOffer())
        answer = await self._exchange(pc, target)
        try:
            await pc.setRemoteDescription(answer)
        except Exception as error:  # aiortc raises what its parsers happen to raise
            reason = str(error) or type(error).__name__
            raise TransportStartError(
                f"{rest.shown(target.url)} answered with an SDP that can't be used: {reason}", status=200
            ) from error
        await self._open
        self._connected = True
        self._spawn(self._ping(), "webrtc ping")

    def send(self, text: str) -> None:
        """Send one text over the data channel."""
        if self._channel is not None and self._channel.readyState == "open":
            self._channel.send(text)

    def set_mic_enabled(self, enabled: bool) -> None:
        """Tell the bot by ``trackStatus``; sound flows on (silence), so that its VAD is not left hanging."""
        self.send(signalling.signal("trackStatus", receiver_index=0, enabled=enabled))

    async def close(self) -> None:
        """Close the peer connection; the server learns it from DTLS at once."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        if self._open is not None and not self._open.done():
            self._open.cancel()
        if self._pc is not None:
            await self._pc.close()

    # -- connecting ------------------------------------------------------------------------------

    def _new_peer_connection(self, ice_servers: Sequence[Mapping[str, Any]]) -> RTCPeerConnection:
        servers = [
            RTCIceServer(urls=server["urls"], username=server.get("username"), credential=server.get("credential"))
            for server in ice_servers
        ]
        pc = RTCPeerConnection(RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        if self._media is not None:
            pc.addTransceiver(tracks.CapturedTrack(self._media), direction="sendrecv")
        channel = self._channel = pc.createDataChannel("chat", ordered=True)
        channel.on("open", self._on_open)
        channel.on("message", self._on_text)
        channel.on("close", self._on_channel_closed)
        pc.on("track", self._on_track)
        pc.on("connectionstatechange", self._on_connection_state)
        return pc

    async def _exchange(self, pc: RTCPeerConnection, target: signalling.OfferTarget) -> RTCSessionDescription:
        body: dict[str, Any] = {
            "sdp": pc.localDescription.sdp,
            "type": pc.localDescription.type,
            "pc_id": None,
            "restart_pc": False,
        }
        if target.request_data is not None:
            body["request_data"] = target.request_data  # the one spelling that every route of the server reads
        try:
            answer = await rest.post_json(target.url, body, target.headers)
        except rest.Refusal as refusal:
            raise TransportStartError(refusal.text, status=refusal.status) from None
        sdp, kind = answer.get("sdp"), answer.get("type")
        if not isinstance(sdp, str) or kind != "answer":
            raise TransportStartError(
                f"{rest.shown(target.url)} answered without an SDP answer: this is no WebRTC bot.", status=200
            )
        if self._media is not None and not tracks.answers_audio(sdp):
            raise TransportStartError(
                f"The bot at {rest.shown(target.url)} answered without audio: it can't be spoken to.", status=200
            )
        self._pc_id = answer["pc_id"] if isinstance(answer.get("pc_id"), str) else None
        return RTCSessionDescription(sdp, kind)

    # -- what aiortc tells -----------------------------------------------------------------------

    def _on_open(self) -> None:
        if self._media is not None:
            self.set_mic_enabled(self._media.mic_enabled)
        if self._open is not None and not self._open.done():
            self._open.set_result(None)

    def _on_text(self, text: str | bytes) -> None:
        if self._closed or not isinstance(text, str):
            return
        kind = signalling.read_signal(text)
        if kind is None:
            self._listener.on_message(text)
        elif kind == "peerLeft":
            self._lost(None)
        else:
            log.debug("Signalling %r ignored", kind)

    def _on_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self._media is not None:
            self._spawn(tracks.play(track, self._media), "webrtc receive")

    def _on_channel_closed(self) -> None:
        self._lost(SessionLostError("The bot closed the connection."))

    def _on_connection_state(self) -> None:
        if self._pc is not None and self._pc.connectionState in ("failed", "closed"):
            self._lost(SessionLostError("The connection to the bot broke."))

    def _lost(self, error: RTVIError | None) -> None:
        if self._closed:
            return
        if self._connected:
            self._connected = False
            self._listener.on_lost(error)
        elif self._open is not None and not self._open.done():
            self._open.set_exception(
                ConnectionTimeoutError(
                    "The bot answered, but no media connection came up. Is there a firewall between it and this box?"
                )
                if error
                else SessionLostError("The bot hung up while the connection was being made.")
            )

    # -- tasks -----------------------------------------------------------------------------------

    def _spawn(self, work: Any, name: str) -> None:
        task: asyncio.Task[None] = asyncio.create_task(self._watch(work), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, work: Any) -> None:
        try:
            await work
        except MediaStreamError:
            pass  # the track ended: the connection tells why
        except Exception as error:
            log.exception("A defect in the WebRTC transport")
            self._lost(SessionLostError(f"The connection failed inside: {type(error).__name__}: {error}"))

    async def _ping(self) -> None:
        while True:
            self.send(f"ping: {time.time_ns() // 1_000_000}")
            await asyncio.sleep(PING_PERIOD_S)
