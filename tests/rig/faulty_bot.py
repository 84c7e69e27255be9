"""The demo's bot in a bad mood: real aiortc, real HTTP, wrong in one way."""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web
from tests.rig.sdp import ANSWER

from callbox.demo.bot import Call, EchoBot

GOOD = "good"
PHRASES = {404: b"Not Found", 500: b"oops", 503: b"busy"}


class FaultyBot(EchoBot):
    """`mood` says how it misbehaves; "good" is not at all. May be changed between calls.

    `change_answer`: gets the SDP of each answer, and returns what is sent in its place. `ice_servers`: what the start
    request's answer says in `iceConfig`; None: nothing.
    """

    def __init__(self, mood: str = GOOD) -> None:
        super().__init__()
        self.mood = mood
        self.change_answer: Callable[[str], str] | None = None
        self.ice_servers: Any = None
        self.calls: list[FaultyCall] = []

    async def __aenter__(self):
        await self.start()
        return self

    async def __aexit__(self, *_):
        await self.stop()

    async def answer_start(self, request):
        match self.mood:
            case "404" | "500" | "503":
                return web.Response(status=int(self.mood), body=PHRASES[int(self.mood)])
            case "html":
                return web.Response(text="<!doctype html><p>It works!", content_type="text/html")
            case "never":
                await asyncio.sleep(60)
            case "slow start":
                await asyncio.sleep(1.5)
            case "start cut off":
                return await self._cut_off(request)
            case "start without end":
                return await self._without_end(request)
            case "a list":
                return web.json_response(["sessionId"])
            case "a session of another kind":
                return web.json_response({"sessionId": {"id": [1]}, "webrtcUrl": 7, "iceConfig": "none"})
            case "no session":
                return web.json_response({"dailyRoom": "https://x.daily.co/y"})
        response = await super().answer_start(request)
        if self.ice_servers is not None:
            body = json.loads(body_of(response)) | {"iceConfig": {"iceServers": self.ice_servers}}
            return web.json_response(body)
        return response

    async def answer_offer(self, request):
        match self.mood:
            case "offer 400" | "offer 500":
                return web.Response(status=int(self.mood[-3:]), body=b"oops")
            case "slow offer":
                await asyncio.sleep(1.5)
            case "offer never":
                await asyncio.sleep(60)
            case "offer cut off":
                return await self._cut_off(request)
            case "offer without end":
                return await self._without_end(request)
            case "empty sdp":
                return web.json_response({"sdp": "", "type": "answer", "pc_id": 5})
            case "no sdp":
                return web.json_response({"sdp": None})
            case "garbled sdp":
                return web.json_response({"sdp": "v=0\r\nm=audio x\r\nrubbish", "type": "answer"})
            case "nobody behind it":
                return web.json_response({"sdp": ANSWER, "type": "answer"})
        answer = await super().answer_offer(request)
        change = reject_audio if self.mood == "no audio" else self.change_answer
        if change is not None and answer.status == 200:
            body = json.loads(body_of(answer))
            return web.json_response(body | {"sdp": change(body["sdp"])})
        return answer

    @staticmethod
    async def _cut_off(request):
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b'{"sessionId": "')
        request.transport.abort()
        return answer

    @staticmethod
    async def _without_end(request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await answer.write(b" " * 65536)
        return answer

    def new_call(self):
        self.calls.append(FaultyCall(self.mood))
        return self.calls[-1]


def body_of(response: web.StreamResponse) -> str:
    """The text of a response that is complete."""
    assert isinstance(response, web.Response)
    assert response.text is not None
    return response.text


def reject_audio(sdp):
    """`sdp` with its audio section rejected (RFC 3264, 6)."""
    return re.sub(r"m=audio \d+ ", "m=audio 0 ", sdp)


class FaultyCall(Call):
    def __init__(self, mood):
        super().__init__()
        self.mood = mood
        self.received = []

    def tell(self, type_, data=None, identity=None):
        if self.mood == "tells no turns" and type_.startswith("bot-") and type_ != "bot-ready":
            return
        super().tell(type_, data, identity)

    def on_message(self, message):
        self.received.append(message)
        if message.type == "client-ready":
            match self.mood:
                case "never ready":
                    return
                case "fatal":
                    self.tell("error", {"error": "out of credit", "fatal": True})
                    return
                case "leaves at once":
                    self._leaving = asyncio.ensure_future(self.end())
                    return
                case "malformed":
                    self._rubbish()
                case "flood":
                    self._flood()
                case "ready thrice":
                    for _ in range(2):
                        super().on_message(message)
                case "closes the channel":
                    assert self._channel is not None
                    self._channel.close()
                    return
                case "lies":
                    self.tell("bot-ready", {"version": ["2"], "about": 5, "capabilities": "all", "config": {}})
                    return
        elif message.type == "client-message":
            if self.mood == "never answers":
                return
            if self.mood == "fatal when asked":
                self.tell("error", {"error": "out of credit", "fatal": True})
                return
        super().on_message(message)

    async def vanish(self):
        """Gone, without a word on the data channel."""
        await self._pc.close()

    def _flood(self):
        self.tell("server-message", "x" * 250_000)
        for number in range(500):
            self.tell("server-message", {"number": number})

    def _rubbish(self):
        assert self._channel is not None
        label = '"label":"rtvi-ai"'
        for text in (
            "{",
            "null",
            f"{{{label}}}",
            f'{{{label},"type":7,"id":"1"}}',
            f'{{{label},"type":"bot-ready","data":[]}}',
            f'{{{label},"type":"bot-ready","data":{{"version":"x"}}}}',
            f'{{{label},"type":"user-transcription","data":{{"text":5}}}}',
            f'{{{label},"type":"error","data":null}}',
            f'{{{label},"type":"a-type-of-the-future","data":{{}}}}',
            f'{{{label},"type":' + "[" * 5000,
            '{"type":"signalling"}',
            '{"type":"signalling","message":{"type":5}}',
            "\0" * 100,
        ):
            with contextlib.suppress(Exception):
                self._channel.send(text)
        self._channel.send(b"\xff\x00")
