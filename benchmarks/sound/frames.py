"""20 ms after 20 ms through our code, as fast as it goes: what callgrind counts for `benchmarks.sound_instructions`.

``python -m benchmarks.sound.frames``. Sending and receiving, each between two calls of `getpgrp`, which callgrind is
told to take as marks. Time is counted, not measured, so that each run does the same.
"""

import asyncio
import gc
import math
import os
from collections.abc import Callable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

from callbox.sound.boards import Voice
from callbox.sound.incoming import player
from callbox.sound.media import BoardMedia, Processing
from callbox.sound.opus import OpusEncoder
from callbox.transports.tracks import outgoing_track
from callbox_device import pcm
from callbox_device.simulated_sound import SimulatedMicrophone, SimulatedSpeaker

FRAMES = 200
"""Between two marks."""
WARM_UP = 100
PERIOD_S = pcm.PERIOD_MS / 1000


class Hand:
    """Microphone and loudspeaker that do something when they are told to, and not by a thread."""

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
    media = BoardMedia(Microphone(hand), Speaker(hand), processing=Processing(Voice(complexity=0)))
    await media.open()
    now_s = 1000.0
    vars(player)["time"] = SimpleNamespace(monotonic=lambda: now_s)
    track: Any = outgoing_track(media, lambda _: None)
    gc.collect()
    gc.freeze()

    async def send(count: int) -> None:
        nonlocal now_s
        for number in range(count):
            hand.deliver(periods[number % len(periods)], now_s)
            await track.recv()
            now_s += PERIOD_S

    sent = 0

    async def receive(count: int) -> None:
        nonlocal now_s, sent
        for _ in range(count):
            media.write_rtp(1, sent & 0xFFFF, sent * pcm.PERIOD_FRAMES, payloads[sent % len(payloads)], now_s)
            sent += 1
            for _ in range(pcm.PERIOD_MS // pcm.PLAYBACK_PERIOD_MS):
                hand.fill(now_s)
                now_s += pcm.PLAYBACK_PERIOD_MS / 1000

    for direction in (send, receive):
        await direction(WARM_UP)
        os.getpgrp()
        await direction(FRAMES)
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
