"""Bots that answer a given time after the last packet of speech: by SmallWebRTC and by WebSocket. They keep what was true."""

import asyncio
import functools
import math
import struct
import time
from fractions import Fraction

import av
from aiortc import MediaStreamTrack
from websockets.asyncio.server import serve

from callbox.audio.opus import OpusDecoder, OpusEncoder
from callbox.demo.bot import Call, EchoBot
from callbox.probe.model.segments import SegmentDetector
from callbox.transports.aiortc_patches import rtp_hooks
from callbox.transports.websocket import protobuf_frames
from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

QUIET_PACKETS = 5
ANSWER_S = 0.3


@functools.cache
def tone(duration_s, rate_hz=pcm.RATE_HZ):
    """A loud tone, s16le mono, with hard edges."""
    count = round(duration_s * rate_hz)
    return struct.pack(
        f"<{count}h", *(round(12000 * math.sin(2 * math.pi * 440 * n / rate_hz + 1)) for n in range(count))
    )


class Answerer:
    """The bot's side: `take` each packet as it comes, send what `period` returns. `truth_ms`: of each answer."""

    def __init__(self, delay_s):
        self._delay_s = delay_s
        self._last_loud_s = None
        self._quiet = 0
        self._answer_at_s = None
        self._answered_packet_s = 0.0
        self._sent = SegmentDetector()
        self.truth_ms = []

    def take(self, arrived_s, sound, rate_hz=pcm.RATE_HZ):
        step = rate_hz // 1000 * 2
        loud = sum(audioop.rms(sound[at : at + step], 2) > 3000 for at in range(0, len(sound) - step + 1, step))
        if loud >= 10:
            self._last_loud_s, self._quiet = arrived_s, 0
        elif self._last_loud_s is not None:
            self._quiet += 1
            if self._quiet == QUIET_PACKETS:
                self._answered_packet_s, self._last_loud_s = self._last_loud_s, None
                self._answer_at_s = self._answered_packet_s + self._delay_s

    def period(self, now_s):
        """The 20 ms from `now_s` on, s16le mono 48 kHz; the tone begins within them, at its time."""
        if self._answer_at_s is None:
            return bytes(pcm.PERIOD_BYTES)
        at = round((self._answer_at_s - now_s) * pcm.RATE_HZ) * 2
        answer = tone(ANSWER_S)
        if at + len(answer) <= 0:
            self._answer_at_s = None
        before = bytes(max(0, at))
        return (before + answer[max(0, -at) :])[: pcm.PERIOD_BYTES].ljust(pcm.PERIOD_BYTES, b"\0")

    def sent(self, at_s, sound):
        """What left, as a receiver gets it."""
        count = len(self._sent.segments)
        self._sent.take(at_s, sound)
        if len(self._sent.segments) > count:
            self.truth_ms.append((self._sent.segments[-1].begin_s - self._answered_packet_s) * 1000)


class AnswerTrack(MediaStreamTrack):
    kind = "audio"

    def __init__(self, answerer):
        super().__init__()
        self._answerer = answerer
        self._encoder, self._decoder = OpusEncoder(), OpusDecoder()
        self._began_s, self._pts = time.monotonic(), 0

    async def recv(self):
        await asyncio.sleep(self._began_s + self._pts / pcm.RATE_HZ - time.monotonic())
        now_s = time.monotonic()
        payload = self._encoder.encode(self._answerer.period(now_s))
        self._answerer.sent(now_s, self._decoder.decode(payload))
        packet = av.Packet(payload)
        packet.pts, packet.time_base = self._pts, Fraction(1, pcm.RATE_HZ)
        self._pts += pcm.PERIOD_FRAMES
        return packet


class _DelayCall(Call):
    def __init__(self, answerer):
        self._answerer = answerer
        self._decoder = OpusDecoder()
        super().__init__()

    async def answer(self, offer, *, restart=False):
        self._pc.addTrack(AnswerTrack(self._answerer))
        return await super().answer(offer, restart=restart)

    def _on_track(self, track):
        (transceiver,) = self._pc.getTransceivers()
        rtp_hooks.replace_jitter_buffer(transceiver.receiver, self._on_packet)
        super()._on_track(track)

    def _on_packet(self, ssrc, sequence_number, timestamp, payload, arrived_s):
        self._answerer.take(arrived_s, self._decoder.decode(payload))


class WebRTCDelayBot(EchoBot):
    def __init__(self, delay_s):
        super().__init__()
        self.answerer = Answerer(delay_s)

    def new_call(self):
        return _DelayCall(self.answerer)


class WebSocketDelayBot:
    """``async with WebSocketDelayBot(0.4) as bot``: at `bot.url`."""

    def __init__(self, delay_s):
        self.answerer = Answerer(delay_s)

    async def __aenter__(self):
        self._server = await serve(self._talk, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/ws"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    async def _talk(self, socket):
        await socket.send(protobuf_frames.encode('{"label":"rtvi-ai","type":"bot-ready","data":{"version":"2.1.0"}}'))
        speaking = asyncio.create_task(self._speak(socket))
        try:
            async for data in socket:
                content = protobuf_frames.decode(data)
                if isinstance(content, protobuf_frames.Sound):
                    self.answerer.take(time.monotonic(), content.pcm, content.rate_hz)
        finally:
            speaking.cancel()

    async def _speak(self, socket):
        began_s, number = time.monotonic(), 0
        while True:
            await asyncio.sleep(began_s + number * 0.02 - time.monotonic())
            now_s = time.monotonic()
            sound = self.answerer.period(now_s)
            self.answerer.sent(now_s, sound)
            await socket.send(protobuf_frames.encode(protobuf_frames.Sound(sound, pcm.RATE_HZ)))
            number += 1
