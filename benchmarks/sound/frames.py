"""20 ms after 20 ms through our code, as fast as it goes: what callgrind counts for `benchmarks.sound_instructions`.

``python -m benchmarks.sound.frames``. Sending and receiving, each between two calls of `getpgrp`, which callgrind is
measured to take as marks. Time is counted, not measured, so that each run does the same.
"""

import asyncio
import gc
import math
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from types import ModuleType
from typing import Any

from callbox.audio.codec_presets import OpusConfig
from callbox.audio.media import AudioConfig, BoardMedia
from callbox.audio.opus import OpusEncoder
from callbox.audio.playout import player
from callbox.transports.tracks import outgoing_track
from callbox_device.model import pcm
from callbox_device.simulated.sound import SimulatedMicrophone, SimulatedSpeaker

FRAMES = 200
"""Between two marks."""
WARM_UP = 100
PERIOD_S = pcm.PERIOD_MS / 1000


class Hand:
    """Microphone and loudspeaker that work when they are called, and not in a thread."""

    deliver: Callable[[bytes, float], None]
    fill: Callable[[float], bytes]


class Microphone(SimulatedMicrophone):
    def __init__(self, hand: Hand) -> None:
        super().__init__()
        self._hand = hand

    def start(self, deliver: Callable[[bytes, float], None], _: object) -> "Future[None]":
        self._hand.deliver = deliver
        return _done()


class Speaker(SimulatedSpeaker):
    def __init__(self, hand: Hand) -> None:
        super().__init__()
        self._hand = hand

    def start(self, fill: Callable[[float], bytes], _: object) -> "Future[None]":
        self._hand.fill = fill
        return _done()


def voices() -> list[bytes]:
    """Half a second of something that rises and falls as a voice does, in periods."""
    frames = range(pcm.RATE_HZ // 2)
    waves = [sum(math.sin(at * 2 * math.pi * 150 * n / pcm.RATE_HZ) / n for n in range(1, 9)) for at in frames]
    swell = [math.sin(math.pi * at / len(waves)) for at in frames]
    sound = b"".join(round(6000 * w * s).to_bytes(2, "little", signed=True) for w, s in zip(waves, swell, strict=True))
    return [sound[at : at + pcm.PERIOD_BYTES] for at in range(0, len(sound), pcm.PERIOD_BYTES)]


async def main() -> None:
    hand, periods = Hand(), voices()
    encoder = OpusEncoder(complexity=0)
    payloads = [encoder.encode(period) for period in periods]
    media = BoardMedia(Microphone(hand), Speaker(hand), processing=AudioConfig(OpusConfig(complexity=0)))
    await media.open()
    track: Any = outgoing_track(media, lambda _: None)
    gc.collect()
    gc.freeze()

    # What these two do themselves is counted too: everything that can be is made before.

    async def send(captured: list[tuple[bytes, float]]) -> None:
        deliver, recv = hand.deliver, track.recv
        for period, now_s in captured:
            deliver(period, now_s)
            await recv()

    async def receive(packets: list[tuple[int, int, int, bytes, float]]) -> None:
        write_rtp, fill = media.write_rtp, hand.fill
        for ssrc, number, timestamp, payload, now_s in packets:
            write_rtp(ssrc, number, timestamp, payload, now_s)
            fill(0.0)
            fill(0.0)

    numbers = range(WARM_UP + FRAMES)
    clock = [1000 + PERIOD_S * number for number in numbers]
    captured = [(periods[number % len(periods)], clock[number]) for number in numbers]
    packets = [
        (1, number, number * pcm.PERIOD_FRAMES, payloads[number % len(payloads)], clock[number]) for number in numbers
    ]
    requested = deque(start + part for start in clock for part in (0.0, PERIOD_S / 2))
    time: Any = ModuleType("time")
    time.monotonic = requested.popleft
    vars(player)["time"] = time
    await send(captured[:WARM_UP])
    os.getpgrp()
    await send(captured[WARM_UP:])
    os.getpgrp()
    await receive(packets[:WARM_UP])
    os.getpgrp()
    await receive(packets[WARM_UP:])
    os.getpgrp()
    counters = media.player.rtp.counters
    assert counters.played_ms > FRAMES * pcm.PERIOD_MS
    assert counters.concealed_ms == 0
    os._exit(0)  # no clearing up: it would be counted


def _done() -> "Future[None]":
    done: Future[None] = Future()
    done.set_result(None)
    return done


if __name__ == "__main__":
    asyncio.run(main())
