"""Sound of the bot as it arrives: segments, packets that are missing, peaks. Event loop only."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from callbox.audio.opus import OpusDecoder, OpusError
from callbox.probe.model.segments import HANGOVER_S, PlayoutClock, Segment, SegmentDetector, peak

T = TypeVar("T")


class BotSound:
    """Received sound of one call."""

    def __init__(self) -> None:
        self.detector = SegmentDetector()
        self.stream_began_s: float | None = None
        """Arrival of the bot's first sound."""
        self.packets = self.lost = self.gaps = 0
        self._decoder = OpusDecoder()
        self._clock = PlayoutClock()
        self._ssrc: int | None = None
        self._newest: int | None = None
        self._changed = asyncio.Event()
        self._peaks: dict[int, float] = {}
        self._began_s = 0.0

    @property
    def peaks(self) -> list[float]:
        """Peak of each 20 ms since `begin`, 0.0 to 1.0."""
        return [self._peaks.get(number, 0.0) for number in range(max(self._peaks, default=-1) + 1)]

    def begin(self) -> None:
        """Let the peaks begin now; once."""
        self._began_s = self._began_s or asyncio.get_running_loop().time()

    def take_packet(self, ssrc: int, sequence_number: int, payload: bytes, arrived_s: float) -> None:
        """Take an RTP packet of Opus, as it came. Another `ssrc`: another connection, whose numbers begin anew."""
        if ssrc != self._ssrc:
            self._ssrc, self._newest = ssrc, None
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

    def take_sound(self, sound: bytes) -> None:
        """Take a piece of s16le mono 48 kHz, which arrives now."""
        self._take(
            self._clock.begin_s(asyncio.get_running_loop().time(), sound, is_speaking=self.detector.is_speaking), sound
        )

    async def segment(self, after_s: float, within_s: float) -> Segment | None:
        """The bot's next segment that ends after `after_s`, as soon as it has begun; None: none within `within_s`."""
        return await self._until(lambda: self._segment(after_s), within_s)

    async def silence(self, within_s: float) -> bool:
        """Whether the bot ends its segment within `within_s`."""
        return bool(await self._until(lambda: not self.detector.is_speaking, within_s))

    def _segment(self, after_s: float) -> Segment | None:
        return next((one for one in self.detector.segments if one.end_s > after_s), None)

    async def _until(self, found: Callable[[], T | None], within_s: float) -> T | None:
        """What `found` returns once it is true; asked whenever sound came, and when none comes."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + within_s
        while not (result := found()) and loop.time() < until_s:
            self._changed.clear()
            try:
                async with asyncio.timeout(HANGOVER_S):
                    await self._changed.wait()
            except TimeoutError:
                self.detector.pass_time(loop.time())
        return result or None

    def _take(self, at_s: float, sound: bytes) -> None:
        if self.stream_began_s is None:
            self.stream_began_s = at_s
        number = int((at_s - self._began_s) * 50)
        self._peaks[number] = max(self._peaks.get(number, 0.0), peak(sound))
        self.detector.take(at_s, sound)
        self._changed.set()
