"""SmallWebRTC: a session with one Pipecat bot, over as many peer connections as the network takes.

Audio-only offer (one transceiver, sendrecv), one data channel; Pipecat needs no more.
Sources: Pipecat 1.14 ``transports/smallwebrtc``; client-js small-webrtc-transport 1.10.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiortc import RTCSessionDescription

from callbox.rtvi import failover, http_client
from callbox.rtvi.errors import RTVIError, SessionLostError, TransportStartError
from callbox.rtvi.media import Media
from callbox.rtvi.protocol.auth_bundle import snake_keys
from callbox.rtvi.protocol.ice_servers import as_servers
from callbox.rtvi.transport import APIRequest, Participant, TransportListener
from callbox.text import one_line
from callbox.transports.aiortc_patches import loopback
from callbox.transports.small_webrtc import signalling
from callbox.transports.small_webrtc.peer_connection import PeerConnection
from callbox.transports.small_webrtc.reconnect import LivenessMonitor
from callbox.transports.small_webrtc.sdp import usable_answer
from callbox.transports.task_set import TaskSet

log = logging.getLogger(__name__)

Prepared = Callable[[Media | None, Sequence[Mapping[str, Any]]], Awaitable[PeerConnection | None]]
"""Returns a peer connection prepared for this media and these ICE servers, if there is one."""

_PROOF_PERIOD_S = 0.05


class SmallWebRTCTransport:
    """Transport (`callbox.rtvi.Transport`) to a SmallWebRTC bot. `ice_servers` is used when the auth bundle brings
    none: URLs, or mappings as RTCPeerConnection takes them. Raises `RTVIError` for anything else.

    None are asked by default: one that doesn't answer would hold up an offer for 1 s, and on one
    network host candidates suffice. `prepared` is asked for the first peer connection.
    """

    def __init__(
        self,
        media: Media | None,
        listener: TransportListener,
        *,
        ice_servers: Sequence[Mapping[str, Any] | str] = (),
        prepared: Prepared | None = None,
    ) -> None:
        self._media = media
        self._listener = listener
        self._ice_servers = as_servers(ice_servers)
        self._prepared = prepared
        self._target = signalling.OfferTarget("")
        self._pc_id: str | None = None
        self._peer: PeerConnection | None = None
        self._monitor = LivenessMonitor(self, listener.reconnection)
        self._retiring: set[asyncio.Task[None]] = set()
        self._unsent: deque[str] = deque()  # all of an outage: requests and answers are among them
        self._tasks = TaskSet(self._lost)
        self._connected = self._over = self._closed = self._is_replaced = False
        self._has_audio = False
        loopback.allow_loopback()

    @property
    def bot(self) -> Participant:
        """The bot, by its ``pc_id``."""
        return Participant(self._pc_id or "bot", "bot")

    @property
    def endpoint(self) -> str | None:
        """URL that the offer goes to (None before `connect`); then the one that answered it."""
        return self._target.url

    @property
    def max_message_bytes(self) -> int:
        """Limit that aiortc and Pipecat both announce as the data channel's ``max-message-size``, in bytes."""
        return 262_144

    async def connect(self, params: Mapping[str, Any], request: APIRequest | None) -> None:
        """Offer, answer, ICE, DTLS, data channel."""
        self._target = signalling.offer_target(params, request)
        self._peer = await self._new_peer()
        await self._negotiate(self._peer)
        self._connected = True
        self._tasks.spawn(self._monitor.ping(), "webrtc ping")
        if self._watched:
            self._tasks.spawn(self._monitor.watch(), "webrtc watch")

    def send(self, text: str) -> None:
        """Send one text over the data channel; in an outage, keep it."""
        if self._monitor.is_reconnecting or self._peer is None or not self._peer.send(text):
            self._unsent.append(text)

    def set_mic_enabled(self, enabled: bool) -> None:
        """Tell the bot by ``trackStatus``; sound flows on (silence), so that its VAD is not left hanging."""
        self.send(signalling.signal("trackStatus", receiver_index=0, enabled=enabled))

    async def is_alive(self, within_s: float) -> bool:
        """Whether a packet of any kind arrives within `within_s`."""
        received = await self.packets_received()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while await self.packets_received() == received:  # noqa: ASYNC110 - nothing in aiortc tells of a packet
                    await asyncio.sleep(_PROOF_PERIOD_S)
                return True
        return False

    async def close(self) -> None:
        """Close the peer connection; the server learns it from DTLS at once."""
        self._closed = True
        self._tasks.cancel()
        if self._peer is not None:
            await asyncio.gather(self._peer.close(), *self._retiring)

    # -- a peer connection -------------------------------------------------------------------------

    async def _new_peer(self) -> PeerConnection:
        ice_servers = self._target.ice_servers or self._ice_servers
        # Not while reconnecting: what is prepared is for the next call.
        prepared = None if self._connected or self._prepared is None else self._prepared(self._media, ice_servers)
        peer = (await prepared if prepared else None) or PeerConnection(self._media, ice_servers)
        peer.attach(self)
        return peer

    async def _negotiate(self, peer: PeerConnection, *, restart: bool = False) -> None:
        """Offer `peer`, take the answer, wait until the data channel is open; in haste, until DTLS is connected."""
        # After a restart the id is another one: Pipecat makes one for each peer connection, and keeps the session.
        answer, pc_id = await self._exchange(await peer.offer(), restart=restart)
        try:
            await peer.accept(answer)
        except Exception as error:  # aiortc raises what its parsers happen to raise
            reason = one_line(str(error) or type(error).__name__, 200)
            raise TransportStartError(
                f"The bot at {self._endpoint} answered with an SDP that can't be used: {reason}.", status=200
            ) from error
        await (peer.wait_connected() if self._listener.in_haste and not restart else peer.wait_channel_open())
        self._pc_id = pc_id
        if self._media is not None:
            peer.send(signalling.signal("trackStatus", receiver_index=0, enabled=self._media.mic_enabled))

    async def _exchange(
        self, offer: RTCSessionDescription, *, restart: bool
    ) -> tuple[RTCSessionDescription, str | None]:
        body: dict[str, Any] = {"sdp": offer.sdp, "type": offer.type, "pc_id": self._pc_id, "restart_pc": restart}
        if self._target.request_data is not None:
            body["request_data"] = self._target.request_data  # the one spelling that every route of the server reads
        target = self._target
        fallback_urls = () if restart else target.fallback_urls  # another server doesn't know the session
        request = APIRequest(target.url, target.headers, body, fallback_urls, target.answer_s)
        try:
            answer, request = await failover.post_first(request, self._listener.keep_alive)
        except http_client.HttpError as refusal:
            raise TransportStartError(refusal.text, status=refusal.status) from None
        self._target = replace(target, url=request.endpoint)
        sdp, pc_id = answer.get("sdp"), answer.get("pc_id")
        if sdp is None and "session_id" in snake_keys(answer):
            raise TransportStartError(
                f"{self._endpoint} takes start requests, no offers: give it as APIRequest(URL) (start_url of a box).",
                status=200,
            )
        if not isinstance(sdp, str) or answer.get("type") != "answer":
            raise TransportStartError(
                f"{self._endpoint} answered without an SDP answer: this is no WebRTC bot.", status=200
            )
        try:
            sdp = usable_answer(sdp, audio=self._media is not None)
        except ValueError as error:
            raise TransportStartError(f"The bot at {self._endpoint} {error}", status=200) from error
        return RTCSessionDescription(sdp, "answer"), pc_id if isinstance(pc_id, str) else None

    @property
    def _watched(self) -> bool:
        """Whether the session reconnects: only audio shows that the network has gone."""
        return self._media is not None and self._listener.reconnection.enabled

    @property
    def _endpoint(self) -> str:
        return http_client.redact_url(self._target.url)

    # -- what reconnection asks for (reconnect.Reconnectable) ---------------------------------------------------

    async def packets_received(self) -> int:
        """Packets received over the current peer connection."""
        return await self._peer.packets_received() if self._peer else 0

    def ping(self) -> None:
        """Send a ping."""
        if self._peer is not None:
            self._peer.send(f"ping: {time.time_ns() // 1_000_000}")

    async def is_known(self) -> bool:
        """Whether the server still has our session: adds no candidate to it. Raises `http_client.HttpError`
        if that is unknown.

        Without this, a server that was restarted would give us another bot, which gets no client-ready.
        """
        try:
            body: dict[str, Any] = {"pc_id": self._pc_id, "candidates": []}
            await http_client.patch_json(self._target.url, body, self._target.headers, self._listener.keep_alive)
        except http_client.HttpError as refusal:
            if refusal.status in (400, 404):  # 400 is what a session's own URL says
                return False
            if refusal.status in (405, 501):
                # Before Pipecat 0.0.91 there is no PATCH, which says nothing of the session: its bot's socket does.
                return self._peer is None or not await self._peer.is_remote_port_closed()
            raise
        return True

    async def restart(self) -> None:
        """Replace the peer connection; the bot goes on. Raises `RTVIError`."""
        peer = await self._new_peer()
        try:
            await self._negotiate(peer, restart=True)
        except BaseException:
            await peer.close()
            raise
        old, self._peer = self._peer, peer
        self._is_replaced = True
        if old is not None:
            # The first seconds of an outage; signals are told anew for each connection, pings are of no use later.
            carried = [text for text in old.unacknowledged if signalling.is_message(text)]
            self._unsent.extendleft(reversed(carried))
            # Not before: a bot whose peer is closed by DTLS leaves.
            retiring = asyncio.create_task(old.close(), name="webrtc close")
            self._retiring.add(retiring)
            retiring.add_done_callback(self._retiring.discard)

    def on_reconnecting(self, reason: str) -> None:
        """Keep texts: nothing arrives any more."""
        self._listener.on_reconnecting(reason)

    def on_reconnected(self) -> None:
        """Send the texts that were kept: the session goes on."""
        unsent, self._unsent = list(self._unsent), deque()
        for text in unsent:
            self.send(text)
        is_replaced, self._is_replaced = self._is_replaced, False
        self._listener.on_reconnected(unsent if is_replaced else None)

    def on_given_up(self, error: RTVIError) -> None:
        """End the session: reconnecting has ended without success."""
        self._lost(error)

    # -- peer_connection.PeerListener --------------------------------------------------------------

    def on_text(self, peer: PeerConnection, text: str) -> None:
        """A text of the bot."""
        if self._closed:
            return
        kind = signalling.read_signal(text)
        if kind is None:
            self._listener.on_message(text)
        elif kind == "peerLeft":
            if self._connected:
                self._lost(None)
            else:
                peer.fail(SessionLostError("The bot hung up while the connection was being made."))
        elif kind == "renegotiate":
            self._tasks.spawn(self._renegotiate(peer), "webrtc renegotiate")
        else:
            log.debug("Signalling %r ignored", kind)

    def on_disconnected(self, peer: PeerConnection, error: RTVIError, *, path_lost: bool) -> None:
        """Take the end of a connection. The current one ends the session, unless it is being replaced or its path was
        lost.
        """
        if peer is not self._peer or self._monitor.is_reconnecting:
            return
        if path_lost and self._watched:
            self._monitor.on_path_lost()
        else:
            self._lost(error)

    def on_audio(self, peer: PeerConnection, *, started: bool) -> None:
        """Tell that the bot's track began or ended, each once, and nothing after the session's end."""
        if peer is self._peer and not self._closed and not self._over and started != self._has_audio:
            self._has_audio = started
            self._listener.on_track(self.bot, started=started)

    async def _renegotiate(self, peer: PeerConnection) -> None:
        try:
            answer, _ = await self._exchange(await peer.offer(), restart=False)
            await peer.accept(answer)
        except Exception as error:
            log.warning("The bot asked to renegotiate, which failed: %s", error)

    def _lost(self, error: RTVIError | None) -> None:
        if self._connected and not self._closed:
            self._connected = False
            self._over = True
            self._listener.on_lost(error)
