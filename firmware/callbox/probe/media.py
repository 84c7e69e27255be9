"""Media of a probe: says recorded speech when told to, and notes when sound left and came."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from callbox.audio.media import BoardMedia
from callbox.probe.bot_sound import BotSound
from callbox.probe.model.segments import Segment, peak
from callbox.rtvi.media import Media
from callbox_device.interfaces import BoardError
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker


class ProbedMedia(Media, Protocol):
    """Media of a call that is measured."""

    @property
    def bot(self) -> BotSound:
        """Sound of the bot, as it arrives."""

    @property
    def caller_peaks(self) -> list[float]:
        """Peak of each 20 ms of the caller so far, 0.0 to 1.0."""

    @property
    def concealed_percent(self) -> float | None:
        """Share of the played sound that the jitter buffer made up; None: there is no jitter buffer."""

    def say(self, sound: bytes) -> "asyncio.Future[Segment]":
        """Say `sound`, s16le mono 48 kHz, whole periods, from the next period on; one at a time. The result: when its
        first sample was captured, and when its last one left.
        """


class ProbeMicrophone(SimulatedMicrophone):
    """Microphone that hears silence, and what `say` is given."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._pieces: deque[bytes] = deque()
        self._done: asyncio.Future[Segment] | None = None
        self._begin_s = 0.0
        self._peaks: list[float] = []

    @property
    def peaks(self) -> list[float]:
        """Peak of each 20 ms so far, 0.0 to 1.0."""
        return list(self._peaks)

    def say(self, sound: bytes) -> "asyncio.Future[Segment]":
        """As `ProbedMedia.say`. Event loop."""
        done: asyncio.Future[Segment] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._done = done
            self._pieces.extend(sound[at : at + pcm.PERIOD_BYTES] for at in range(0, len(sound), pcm.PERIOD_BYTES))
            self._begin_s = 0.0
        return done

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `interfaces.Microphone.start`."""
        loop = asyncio.get_running_loop()

        def tick(due_s: float) -> None:
            with self._lock:
                piece = self._pieces.popleft() if self._pieces else b""
                is_last = bool(piece) and not self._pieces
                done = self._done
            now_s = time.monotonic()
            if piece and not self._begin_s:
                self._begin_s = now_s - pcm.PERIOD_MS / 1000
            self._peaks.append(peak(piece) if piece else 0.0)
            deliver(piece.ljust(pcm.PERIOD_BYTES, b"\0"), due_s - pcm.PERIOD_MS / 1000)
            if is_last and done is not None:
                utterance = Segment(self._begin_s, now_s, is_over=True)
                loop.call_soon_threadsafe(_finish, done, utterance)

        return self._thread.start(tick, failed)


def _finish(done: "asyncio.Future[Segment]", utterance: Segment) -> None:
    if not done.done():
        done.set_result(utterance)


class ProbeMedia(BoardMedia):
    """Media of a probed call. What arrives is decoded at once, and goes to the jitter buffer as in any call."""

    def __init__(self) -> None:
        self._own_microphone = ProbeMicrophone()
        super().__init__(self._own_microphone, SimulatedSpeaker())
        self.bot = BotSound()

    @property
    def caller_peaks(self) -> list[float]:
        """As `ProbedMedia.caller_peaks`."""
        return self._own_microphone.peaks

    @property
    def concealed_percent(self) -> float | None:
        """As `ProbedMedia.concealed_percent`."""
        counters = self.player.rtp.counters
        return 100 * counters.concealed_ms / counters.sound_ms if counters.sound_ms else 0.0

    def say(self, sound: bytes) -> "asyncio.Future[Segment]":
        """As `ProbedMedia.say`."""
        return self._own_microphone.say(sound)

    async def open(self) -> None:
        """As `BoardMedia.open`."""
        self.bot.begin()
        await super().open()

    def write_rtp(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_s: float) -> None:
        """As `BoardMedia.write_rtp`."""
        super().write_rtp(ssrc, sequence_number, timestamp, payload, arrived_s)
        self.bot.take_packet(ssrc, sequence_number, payload, arrived_s)

    def write(self, pcm: bytes) -> None:
        """As `BoardMedia.write`."""
        super().write(pcm)
        self.bot.take_sound(pcm)
