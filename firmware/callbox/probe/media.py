"""Media of a probe: says recorded speech when told to, and notes when sound left and came."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from callbox.audio.media import BoardMedia
from callbox.audio.opus import OpusDecoder, OpusError
from callbox.probe.model.segments import HANGOVER_S, PlayoutClock, Segment, SegmentDetector
from callbox_device.interfaces import BoardError
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker

T = TypeVar("T")


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
        """Say `sound`, whole periods, from the next period on. Event loop; one at a time. The result: when its first
        sample was captured, and when its last one left.
        """
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
            self._peaks.append(10 ** (pcm.peak_dbfs(piece) / 20) if piece else 0.0)
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
        self.microphone = ProbeMicrophone()
        super().__init__(self.microphone, SimulatedSpeaker())
        self.detector = SegmentDetector()
        self.stream_began_s: float | None = None
        """Arrival of the bot's first sound."""
        self.packets = self.lost = self.gaps = 0
        self._decoder = OpusDecoder()
        self._clock = PlayoutClock()
        self._newest: int | None = None
        self._changed = asyncio.Event()
        self._peaks: dict[int, float] = {}
        self._began_s = 0.0

    @property
    def peaks(self) -> list[float]:
        """Peak of each 20 ms of the bot since the devices were opened, 0.0 to 1.0."""
        return [self._peaks.get(number, 0.0) for number in range(max(self._peaks, default=-1) + 1)]

    async def open(self) -> None:
        """As `BoardMedia.open`."""
        self._began_s = self._began_s or time.monotonic()
        await super().open()

    def write_rtp(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_s: float) -> None:
        """As `BoardMedia.write_rtp`."""
        super().write_rtp(ssrc, sequence_number, timestamp, payload, arrived_s)
        step = 1 if self._newest is None else (sequence_number - self._newest + 0x8000) % 0x10000 - 0x8000
        if step <= 0:  # a copy, or one that was overtaken
            self.lost -= step < 0
            return
        self.packets += 1
        self.lost += step - 1
        self.gaps += step > 1 and self.detector.is_speaking
        self._newest = sequence_number
        try:
            self._take(arrived_s, self._decoder.decode(payload))
        except OpusError:
            return

    def write(self, pcm: bytes) -> None:
        """As `BoardMedia.write`."""
        super().write(pcm)
        self._take(self._clock.begin_s(time.monotonic(), pcm, is_speaking=self.detector.is_speaking), pcm)

    async def bot_segment(self, after_s: float, within_s: float) -> Segment | None:
        """The bot's next segment that ends after `after_s`, as soon as it has begun; None: none within `within_s`."""
        return await self._until(lambda: self._segment(after_s), within_s)

    async def bot_silent(self, within_s: float) -> bool:
        """Whether the bot ends its segment within `within_s`."""
        return bool(await self._until(lambda: not self.detector.is_speaking, within_s))

    def _segment(self, after_s: float) -> Segment | None:
        return next((one for one in self.detector.segments if one.end_s > after_s), None)

    async def _until(self, found: Callable[[], T | None], within_s: float) -> T | None:
        """What `found` returns once it is true; asked whenever sound came, and when none comes."""
        until_s = time.monotonic() + within_s
        while not (result := found()) and time.monotonic() < until_s:
            self._changed.clear()
            try:
                async with asyncio.timeout(HANGOVER_S):
                    await self._changed.wait()
            except TimeoutError:
                self.detector.pass_time(time.monotonic())
        return result or None

    def _take(self, at_s: float, sound: bytes) -> None:
        if self.stream_began_s is None:
            self.stream_began_s = at_s
        number = int((at_s - self._began_s) * 50)
        self._peaks[number] = max(self._peaks.get(number, 0.0), 10 ** (pcm.peak_dbfs(sound) / 20))
        self.detector.take(at_s, sound)
        self._changed.set()
