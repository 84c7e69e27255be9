"""The two clients behind one interface: make one, call it, wait for what it tells, read its trace.

A trace is a list of lines: ``> connect`` (called), ``< connect ok`` or ``< connect StartBotError`` (settled),
``state ready``, and the names of RTVI's events as they are told.
"""

import asyncio
import json
from pathlib import Path
from typing import Any, Protocol, Self

from callbox.audio.media import BoardMedia
from callbox.rtvi import APIRequest, RTVIClient, RTVIError, RTVIEvent
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker

QUIET = {
    "LocalAudioLevel", "RemoteAudioLevel", "UserAudioLevel", "BotAudioLevel", "Metrics",
    "MicUpdated", "SpeakerUpdated", "AvailableMicsUpdated", "AvailableSpeakersUpdated", "MediaStateUpdated",
    "UserStartedSpeaking", "UserStoppedSpeaking", "VadUserStartedSpeaking", "VadUserStoppedSpeaking",
    "TrackStarted audio remote", "TrackStopped audio remote", "TrackStopped video remote", "TrackStarted video remote",
}  # fmt: skip
"""What comes by the clock, by the devices or with the first sound, on either side."""


class Player(Protocol):
    async def open(self, **options: Any) -> None: ...
    async def call(self, method: str, *args: Any) -> None: ...
    async def trace(self) -> list[str]: ...
    async def shut(self) -> None: ...


async def until(player: Player, line: str, within_s: float = 60.0) -> bool:
    """Wait until `line` is in the trace; whether it came."""
    try:
        async with asyncio.timeout(within_s):
            while line not in await player.trace():
                await asyncio.sleep(0.02)
    except TimeoutError:
        return False
    return True


class PythonPlayer:
    """Ours."""

    async def open(self, **options: Any) -> None:
        media = BoardMedia(SimulatedMicrophone(), SimulatedSpeaker())
        self._client = RTVIClient(SmallWebRTCTransport, media, **options)
        self._trace: list[str] = []
        self._calls: set[asyncio.Task[None]] = set()
        for event in RTVIEvent:
            self._client.on(event, lambda *values, event=event: self._take(event, values))

    async def call(self, method: str, *args: Any) -> None:
        self._trace.append(f"> {method}")
        task = asyncio.create_task(self._perform(method, [_ours(argument) for argument in args]))
        self._calls.add(task)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def trace(self) -> list[str]:
        return list(self._trace)

    async def shut(self) -> None:
        await self._client.disconnect()
        await asyncio.gather(*self._calls)

    async def _perform(self, method: str, args: list[Any]) -> None:
        try:
            result = getattr(self._client, method)(*args)
            if asyncio.iscoroutine(result):
                await result
            end = "ok"
        except RTVIError as error:
            end = type(error).__name__
        self._trace.append(f"< {method} {end}")

    def _take(self, event: RTVIEvent, values: tuple[Any, ...]) -> None:
        if event is RTVIEvent.TransportStateChanged:
            self._trace.append(f"state {values[0]}")
        elif event in (RTVIEvent.TrackStarted, RTVIEvent.TrackStopped):
            self._say(f"{event.name} {values[0]} {'local' if values[1].local else 'remote'}")
        else:
            self._say(event.name)

    def _say(self, line: str) -> None:
        if line not in QUIET:
            self._trace.append(line)


class JavaScriptPlayer:
    """The official client, in headless Chromium. ``async with`` it; then open and shut as often as you like."""

    async def __aenter__(self) -> Self:
        drive = Path(__file__).parent / "javascript/drive.mjs"
        self._node = await asyncio.create_subprocess_exec(
            "node",
            drive,
            "/usr/bin/chromium",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 24,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._node.stdin
        self._node.stdin.close()
        await asyncio.wait_for(self._node.wait(), 20)

    async def version(self) -> str:
        return str(await self._order(op="version"))

    async def open(self, **_: Any) -> None:
        await self._order(op="open")

    async def call(self, method: str, *args: Any) -> None:
        first, *rest = method.split("_")
        camel = first + "".join(part.capitalize() for part in rest)
        await self._order(op="call", method=camel, args=[_theirs(argument) for argument in args])

    async def trace(self) -> list[str]:
        lines: list[str] = await self._order(op="trace")
        return [_spelt_as_ours(line) for line in lines if line not in QUIET]

    async def shut(self) -> None:
        await self._order(op="shut")

    async def _order(self, **order: Any) -> Any:
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps(order).encode() + b"\n")
        await self._node.stdin.drain()
        answer = json.loads(await self._node.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["ok"]


def _ours(argument: Any) -> Any:
    if isinstance(argument, dict) and "start" in argument:
        return APIRequest(argument["start"], request_data={"transport": "webrtc"})
    if isinstance(argument, dict) and "offer" in argument:
        return {"webrtc_request_params": APIRequest(argument["offer"])}
    return argument


def _theirs(argument: Any) -> Any:
    if isinstance(argument, dict) and "start" in argument:
        return {"endpoint": argument["start"], "requestData": {"transport": "webrtc"}}
    if isinstance(argument, dict) and "offer" in argument:
        return {"webrtcRequestParams": {"endpoint": argument["offer"]}}
    return argument


def _spelt_as_ours(line: str) -> str:
    """``> startBot`` as ``> start_bot``; errors that are named differently keep their names."""
    if line[:2] not in ("> ", "< "):
        return line
    mark, method, *rest = line.split(" ")
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in method)
    return " ".join([mark, snake, *rest])
