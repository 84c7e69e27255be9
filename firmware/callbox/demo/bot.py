"""A small RTVI bot that repeats what was said.

SmallWebRTC signalling over aiohttp, media and messages over aiortc, as a Pipecat server: enough to try the box without
one, and to test it against a second implementation of the protocol.
"""

import argparse
import asyncio
import contextlib
import functools
import logging
import signal
import uuid
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiohttp import web
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from callbox import __version__
from callbox.demo.echo_speech import EchoSpeaker, VoiceTrack
from callbox.rtvi.errors import MalformedMessageError
from callbox.rtvi.protocol.messages import LABEL, Message, decode, encode
from callbox.text import one_line, parse_json
from callbox.transports.aiortc_patches import loopback
from callbox.transports.small_webrtc.signalling import signal as signalling
from callbox.transports.tracks import mono_pieces

log = logging.getLogger(__name__)
T = TypeVar("T")

RTVI_VERSION = "2.1.0"
MAX_TEXT = 200
"""Characters of what was written that are said back."""
REOFFER_WITHIN_S = 30.0
"""A call whose path has failed is kept so long for a re-offer, as Pipecat keeps it."""


class EchoBot:
    """The server. `start` it in a running loop; `stop` ends every call.

    Tests subclass it to misbehave: `answer_start`, `answer_offer` and `on_message` are the places.
    """

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._calls: dict[str, Call] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._sessions: dict[str, str | None] = {}
        """Why it rang, by session; None: it didn't."""
        self.url = ""
        """Where the start request goes, once started."""
        self.offer_url = ""
        """Where an offer can go without one."""
        loopback.allow_loopback()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen. Port 0: any free one."""
        app = web.Application()
        app.router.add_get("/status", self._status)
        app.router.add_post("/start", self.answer_start)
        app.router.add_post("/api/offer", self.answer_offer)
        app.router.add_patch("/api/offer", self._answer_patch)
        app.router.add_post("/sessions/{session}/api/offer", self._answer_session)
        app.router.add_patch("/sessions/{session}/api/offer", self._answer_session)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        address = self._runner.addresses[0]
        self.url = f"http://{host}:{address[1]}/start"
        self.offer_url = f"http://{host}:{address[1]}/api/offer"

    async def stop(self) -> None:
        """End every call, and stop listening; returns when all connections are closed."""
        await self._end_calls()
        if self._runner:
            await self._runner.cleanup()
        await self._end_calls()  # whose offers were being answered

    async def _end_calls(self) -> None:
        await asyncio.gather(*(call.end() for call in self._calls.values()), *self._closing)

    async def answer_start(self, request: web.Request) -> web.StreamResponse:
        """POST /start."""
        session = str(uuid.uuid4())
        try:
            body = parse_json(await request.read()).get("body")
        except (ValueError, AttributeError):
            body = None
        self._sessions[session] = _ring_reason(body)
        return web.json_response({"sessionId": session})

    async def answer_offer(self, request: web.Request) -> web.StreamResponse:
        """POST /api/offer. With the `pc_id` of a call: a re-offer, which keeps the call."""
        try:
            offer = parse_json(await request.read())
            description = RTCSessionDescription(offer["sdp"], offer["type"])
            pc_id, is_restart = offer.get("pc_id"), offer.get("restart_pc") is True
        except (ValueError, KeyError, TypeError, AttributeError):
            return web.json_response({"detail": "an offer is {sdp, type}"}, status=422)
        call = self._calls.get(pc_id) if isinstance(pc_id, str) else None
        is_new = call is None
        if call is None:
            pc_id, call = f"EchoBot#{uuid.uuid4().hex}", self.new_call()
            session = request.match_info.get("session", "")
            call.ring_reason = self._sessions.get(session) or _ring_reason(offer.get("request_data"))
            self._calls[pc_id] = call
            call.when_over = functools.partial(self._on_over, pc_id)
        try:
            answer = await call.answer(description, restart=is_restart)
        except Exception as error:  # aiortc raises what its parsers happen to raise
            if is_new:
                await call.end()
            return web.json_response({"detail": f"the offer can't be used: {one_line(error)}"}, status=400)
        return web.json_response({"sdp": answer.sdp, "type": answer.type, "pc_id": pc_id})

    def _on_over(self, pc_id: str, call: "Call") -> None:
        self._calls.pop(pc_id, None)
        closing = asyncio.ensure_future(call.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def new_call(self) -> "Call":
        """The call that answers a first offer."""
        return Call()

    async def _answer_patch(self, request: web.Request) -> web.StreamResponse:
        # Offers of Callbox hold all their candidates: those in a PATCH are ignored.
        try:
            pc_id = parse_json(await request.read()).get("pc_id")
        except (ValueError, AttributeError):
            return web.json_response({"detail": "a patch is {pc_id, candidates}"}, status=422)
        if not isinstance(pc_id, str) or pc_id not in self._calls:
            return web.json_response({"detail": "Peer connection not found"}, status=404)
        return web.json_response({"status": "success"})

    async def _answer_session(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["session"] not in self._sessions:
            return web.Response(status=404, text="Invalid or not-yet-ready session_id")
        return await (self._answer_patch if request.method == "PATCH" else self.answer_offer)(request)

    async def _status(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ready", "transports": ["webrtc"]})


def _ring_reason(request_data: object) -> str | None:
    ring = request_data.get("ring") if isinstance(request_data, dict) else None
    reason = ring.get("reason") if isinstance(ring, dict) else None
    return one_line(reason, MAX_TEXT) or None if isinstance(reason, str) else None


class Call:
    """One call: a peer connection, a data channel, what was said. A re-offer brings another peer connection."""

    def __init__(self) -> None:
        self._open: set[RTCPeerConnection] = set()
        self._answering = asyncio.Lock()
        self._pc: RTCPeerConnection = self._new_pc()
        """That of the moment; another one takes its place as soon as it is connected, and not before."""
        self._pending: set[RTCPeerConnection] = set()
        self._was_connected = False
        self._channel: RTCDataChannel | None = None
        self._echo = EchoSpeaker(self.tell)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._expiry: asyncio.TimerHandle | None = None
        self._over = False
        self.ring_reason: str | None = None
        """Why it rang before this call; None: it didn't."""
        self.when_over: Any = None

    async def answer(self, offer: RTCSessionDescription, *, restart: bool = False) -> RTCSessionDescription:
        """The answer to `offer`; `restart`: by a new peer connection. Raises what aiortc raises."""
        # Goes on when its caller is cancelled: aiortc would leave the sockets open that it has just made.
        return await asyncio.shield(self._start(self._answer(offer, restart=restart)))

    async def _answer(self, offer: RTCSessionDescription, *, restart: bool) -> RTCSessionDescription:
        async with self._answering:
            pc, is_first = self._pc, self._pc.remoteDescription is None
            if restart and not is_first:
                pc = self._new_pc()
                self._pending.add(pc)
            if restart or is_first:
                pc.on("datachannel", self._on_channel)
                pc.on("track", self._on_track)
                pc.on("connectionstatechange", lambda: self._on_state(pc))
            try:
                await pc.setRemoteDescription(offer)
                has_audio = any(transceiver.kind == "audio" for transceiver in pc.getTransceivers())
                if has_audio and not any(sender.track for sender in pc.getSenders()):
                    pc.addTrack(VoiceTrack(self._echo))  # else a client that only wants messages
                await pc.setLocalDescription(await pc.createAnswer())
            except BaseException:
                if pc is not self._pc:
                    self._pending.discard(pc)
                    await self._close(pc)
                raise
            return pc.localDescription

    def tell(self, type_: str, data: Any = None, identity: str | None = None) -> None:
        """Send one RTVI message, if the data channel is open."""
        if self._channel and self._channel.readyState == "open":
            self._channel.send(encode(Message(type_, data, identity)))

    def on_message(self, message: Message) -> None:
        """Answer a message of the client."""
        data = message.data if isinstance(message.data, dict) else {}
        if message.type == "client-ready":
            about = {"library": "callbox-demo-bot", "library_version": __version__}
            self.tell("bot-ready", {"version": RTVI_VERSION, "about": about}, message.id)
            if self.ring_reason:
                self._write(f"I rang because: {self.ring_reason}")
        elif message.type == "disconnect-bot":
            self._start(self.end())
        elif message.type == "client-message" and data.get("t") == "echo":
            self.tell("server-response", {"t": "echo", "d": data.get("d")}, message.id)
        elif message.type == "client-message" and data.get("t") == "interrupt":
            self._echo.interrupt()
        elif message.type == "send-text":
            self._echo.interrupt()
            self._write(f"You wrote: {one_line(str(data.get('content')), MAX_TEXT)}")
        else:
            self.tell("error-response", {"error": f"Unsupported type {message.type}"}, message.id)

    def _write(self, text: str) -> None:
        self.tell("bot-output", {"text": text, "aggregated_by": "sentence", "will_be_spoken": False})

    async def end(self) -> None:
        """Hang up."""
        if self._over:
            return
        self._over = True
        if self._channel and self._channel.readyState == "open":
            self._channel.send(signalling("peerLeft"))
            await asyncio.sleep(0.05)  # let it out before the connection closes
        await self.close()
        self._finish()

    async def close(self) -> None:
        """Close all peer connections, as soon as no answer is being made; returns when their sockets are closed."""
        async with self._answering:
            for pc in list(self._open):
                await self._close(pc)

    async def _close(self, pc: RTCPeerConnection) -> None:
        await pc.close()  # waits too if it is being closed
        self._open.discard(pc)

    def _new_pc(self) -> RTCPeerConnection:
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._open.add(pc)
        return pc

    def _on_channel(self, channel: RTCDataChannel) -> None:
        self._channel = channel
        channel.on("message", self._on_text)

    def _on_text(self, text: str | bytes) -> None:
        if isinstance(text, str) and LABEL in text:
            with contextlib.suppress(MalformedMessageError):
                self.on_message(decode(text))

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._start(self._receive(track))

    async def _receive(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            async for sound in mono_pieces(track):
                self._echo.receive(sound)

    def _on_state(self, pc: RTCPeerConnection) -> None:
        if pc.connectionState == "connected":
            self._use(pc)
        elif pc.connectionState in ("closed", "failed"):
            self._pending.discard(pc)
            if pc is not self._pc or self._over:
                return
            if pc.connectionState == "failed" and self._was_connected:
                self._expiry = asyncio.get_running_loop().call_later(REOFFER_WITHIN_S, self._finish)
            elif not self._pending:
                self._finish()

    def _use(self, pc: RTCPeerConnection) -> None:
        self._was_connected = True
        if self._expiry:
            self._expiry.cancel()
        self._pending.discard(pc)
        replaced, self._pc = self._pc, pc
        if replaced is not pc:
            self._start(self._close(replaced))

    def _finish(self) -> None:
        self._over = True
        if self._expiry:
            self._expiry.cancel()
        if self.when_over:
            self.when_over(self)

    def _start(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _serve(host: str, port: int) -> None:
    bot = EchoBot()
    await bot.start(host, port)
    print(f"start URL: {bot.url}", flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await bot.stop()


def main() -> None:
    """``python -m callbox.demo.bot``."""
    parser = argparse.ArgumentParser(description="A bot that repeats what was said.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    options = parser.parse_args()
    asyncio.run(_serve(options.host, options.port))


if __name__ == "__main__":
    main()
