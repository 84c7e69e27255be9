"""A small RTVI bot of our own: it says back what it heard.

SmallWebRTC signalling over aiohttp, media and messages over aiortc, as a Pipecat server would: enough to try
the box with nothing else installed, and to try it against a second implementation of the protocol.
"""

import argparse
import asyncio
import contextlib
import logging
import signal
import uuid
from typing import Any

from aiohttp import web
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from callbox import __version__
from callbox.demo.echo_speech import Parrot, VoiceTrack
from callbox.rtvi.errors import MalformedMessageError
from callbox.rtvi.protocol.messages import LABEL, Message, decode, encode
from callbox.transports.aiortc_patches import loopback
from callbox.transports.small_webrtc.signalling import signal as signalling
from callbox.transports.tracks import mono_pieces

log = logging.getLogger(__name__)

RTVI_VERSION = "2.1.0"


class EchoBot:
    """The server. `start` it in a running loop; `stop` ends every call.

    Tests subclass it to misbehave: `answer_start`, `answer_offer` and `on_message` are the places.
    """

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._calls: set[Call] = set()
        self._sessions: set[str] = set()
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
        app.router.add_post("/sessions/{session}/api/offer", self._answer_session)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        address = self._runner.addresses[0]
        self.url = f"http://{host}:{address[1]}/start"
        self.offer_url = f"http://{host}:{address[1]}/api/offer"

    async def stop(self) -> None:
        """Say goodbye to everybody, and stop listening."""
        await asyncio.gather(*(call.end() for call in list(self._calls)))
        if self._runner:
            await self._runner.cleanup()

    async def answer_start(self, _: web.Request) -> web.StreamResponse:
        """POST /start."""
        session = str(uuid.uuid4())
        self._sessions.add(session)
        return web.json_response({"sessionId": session})

    async def answer_offer(self, request: web.Request) -> web.StreamResponse:
        """POST /api/offer."""
        try:
            offer = await request.json()
            description = RTCSessionDescription(offer["sdp"], offer["type"])
        except (ValueError, KeyError, TypeError):
            return web.json_response({"detail": "an offer is {sdp, type}"}, status=422)
        call = self.new_call()
        self._calls.add(call)
        call.when_over = self._calls.discard
        try:
            answer = await call.answer(description)
        except Exception as error:  # aiortc raises what its parsers happen to raise
            await call.end()
            return web.json_response({"detail": f"the offer can't be used: {error}"}, status=400)
        return web.json_response({"sdp": answer.sdp, "type": answer.type, "pc_id": f"EchoBot#{id(call):x}"})

    def new_call(self) -> "Call":
        """What answers one offer."""
        return Call()

    async def _answer_session(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["session"] not in self._sessions:
            return web.Response(status=404, text="Invalid or not-yet-ready session_id")
        return await self.answer_offer(request)

    async def _status(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"status": "ready", "transports": ["webrtc"]})


class Call:
    """One caller: a peer connection, a data channel, a parrot."""

    def __init__(self) -> None:
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._channel: RTCDataChannel | None = None
        self._parrot = Parrot(self.tell)
        self._listening: asyncio.Task[None] | None = None
        self._over = False
        self.when_over: Any = None

    async def answer(self, offer: RTCSessionDescription) -> RTCSessionDescription:
        """The answer to `offer`. Raises what aiortc raises."""
        self._pc.on("datachannel", self._on_channel)
        self._pc.on("track", self._on_track)
        self._pc.on("connectionstatechange", self._on_state)
        await self._pc.setRemoteDescription(offer)
        if any(transceiver.kind == "audio" for transceiver in self._pc.getTransceivers()):
            self._pc.addTrack(VoiceTrack(self._parrot))  # else a client that only wants messages
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        return self._pc.localDescription

    def tell(self, type_: str, data: Any = None, identity: str | None = None) -> None:
        """Send one RTVI message, if the caller still listens."""
        if self._channel and self._channel.readyState == "open":
            self._channel.send(encode(Message(type_, data, identity)))

    def on_message(self, message: Message) -> None:
        """The caller's client said something."""
        data = message.data if isinstance(message.data, dict) else {}
        if message.type == "client-ready":
            about = {"library": "callbox-demo-bot", "library_version": __version__}
            self.tell("bot-ready", {"version": RTVI_VERSION, "about": about}, message.id)
        elif message.type == "disconnect-bot":
            self._listening = asyncio.ensure_future(self.end())
        elif message.type == "client-message" and data.get("t") == "echo":
            self.tell("server-response", {"t": "echo", "d": data.get("d")}, message.id)
        else:
            self.tell("error-response", {"error": f"Unsupported type {message.type}"}, message.id)

    async def end(self) -> None:
        """Hang up."""
        if self._over:
            return
        self._over = True
        if self._channel and self._channel.readyState == "open":
            self._channel.send(signalling("peerLeft"))
            await asyncio.sleep(0.05)  # let it out before the connection closes
        await self._pc.close()
        if self.when_over:
            self.when_over(self)

    def _on_channel(self, channel: RTCDataChannel) -> None:
        self._channel = channel
        channel.on("message", self._on_text)

    def _on_text(self, text: str | bytes) -> None:
        if isinstance(text, str) and LABEL in text:
            with contextlib.suppress(MalformedMessageError):
                self.on_message(decode(text))

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._listening = asyncio.create_task(self._listen(track), name="demo bot listens")

    async def _listen(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            async for sound in mono_pieces(track):
                self._parrot.hear(sound)

    def _on_state(self) -> None:
        if self._pc.connectionState in ("closed", "failed"):
            self._over = True
            if self.when_over:
                self.when_over(self)


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
    parser = argparse.ArgumentParser(description="A bot that says back what it heard.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860)
    options = parser.parse_args()
    asyncio.run(_serve(options.host, options.port))


if __name__ == "__main__":
    main()
