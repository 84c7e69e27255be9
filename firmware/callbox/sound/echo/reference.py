"""What the loudspeaker makes audible, kept for a second, so that the microphone's sound can be freed of it.

Noted where the card asks for it, not where the bot sent it: what was flushed, concealed or stretched in between is
known here. Both cards tell times, `clock` smooths them; drift between them is taken up sample by sample, and only a
displacement makes a jump.
"""

import threading
import time
from collections.abc import Callable

from callbox.sound.echo.clock import STEP_S, CardClock
from callbox_device import pcm

LEAD_MS = 10
"""The reference runs early by this: a canceller finds an echo that comes late, never one that came before its cause,
and cards' times are off by milliseconds."""
KEPT_FRAMES = pcm.RATE_HZ
"""1 s: what the loudspeaker's card holds, and how late the microphone's thread may be."""
SLACK_FRAMES = 24
"""0.5 ms off is left alone: less than that is the averages' own noise, and each correction costs the canceller some."""
LEAP_FRAMES = 30
"""Up to here one sample a period is corrected, as drift brings it (200 ppm: 0.2). What is further off came at once and
is corrected at once: the canceller finds a jump sooner than it follows a slide."""
_DELAY_SMOOTHING = 50
"""Periods."""


class EchoReference:
    """`played` from the loudspeaker's thread, `at` from the microphone's; the rest from any. `clock_s` is for tests."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._speaker = CardClock(pcm.PLAYBACK_PERIOD_FRAMES)
        self._microphone = CardClock(pcm.PERIOD_FRAMES)
        self._kept = bytearray()
        """Ends at the loudspeaker's position."""
        self._read_at: int | None = None
        """Where the next 20 ms begin on the loudspeaker's time line."""
        self.delay_ms = 0.0
        """From a period's being handed to the card until it is heard, measured; smoothed over half a second."""
        self.realigned = 0
        """How often the reference had to jump while it was in use: underruns, stalls, lost capture."""

    def played(self, period: bytes, heard_s: float) -> None:
        """The card was just handed `period` (`PLAYBACK_PERIOD_BYTES`), first heard at `heard_s` (monotonic)."""
        now_s = self._clock_s()
        delay_ms = (heard_s - now_s) * 1000
        with self._lock:
            first = not self._speaker.is_running
            self.delay_ms += (delay_ms - self.delay_ms) / (1 if first else _DELAY_SMOOTHING)
            moved, periods = self._speaker.advance(heard_s, now_s)
            self._kept += period
            if moved:
                self._replace(moved, periods)
            del self._kept[: len(self._kept) - KEPT_FRAMES * pcm.BYTES_PER_FRAME]

    def _replace(self, moved: int, periods: int) -> None:
        """Put the last periods where they are heard: after silence, or in place of what was flushed."""
        displaced = self._kept[-periods * pcm.PLAYBACK_PERIOD_BYTES :]
        del self._kept[-len(displaced) :]
        if moved > 0:
            self._kept += bytes(min(moved, KEPT_FRAMES) * pcm.BYTES_PER_FRAME)
        else:
            del self._kept[max(0, len(self._kept) + moved * pcm.BYTES_PER_FRAME) :]
        self._kept += displaced

    def at(self, captured_s: float) -> bytes:
        """What was audible (`LEAD_MS` early) while the microphone captured its next period, `PERIOD_BYTES`.

        Call it once for each period, with the time of its first sample. Silence where nothing was played.
        """
        with self._lock:
            start = self._microphone.position
            moved, _ = self._microphone.advance(captured_s)
            if not self._speaker.is_running:
                return pcm.SILENT_PERIOD
            wanted = self._speaker.position_at(self._microphone.time_s(start + moved) + LEAD_MS / 1000)
            off = 0 if self._read_at is None else wanted - self._read_at
            if abs(off) > LEAP_FRAMES:
                self.realigned += abs(off) > STEP_S * pcm.RATE_HZ
                off = 0
            taken = pcm.PERIOD_FRAMES + _slip(off)
            sound = self._sound(wanted - off, taken)
            if pcm.peak_dbfs(sound) <= pcm.FLOOR_DBFS:  # silence can be cut anywhere
                self._read_at = wanted + pcm.PERIOD_FRAMES
                return pcm.SILENT_PERIOD
            self._read_at = wanted - off + taken
            return (sound + sound[-pcm.BYTES_PER_FRAME :])[: pcm.PERIOD_BYTES]

    def _sound(self, start: int, frames: int) -> bytes:
        """So many `frames` of the loudspeaker's time line, from `start` on; silence where nothing is kept."""
        first = start - self._speaker.position + len(self._kept) // pcm.BYTES_PER_FRAME
        last = first + frames
        before = bytes(min(frames, max(0, -first)) * pcm.BYTES_PER_FRAME)
        sound = before + self._kept[max(0, first) * pcm.BYTES_PER_FRAME : max(0, last) * pcm.BYTES_PER_FRAME]
        return sound.ljust(frames * pcm.BYTES_PER_FRAME, b"\0")


def _slip(off: int) -> int:
    """How many samples more than a period to take, when the reference is `off` samples behind."""
    return 0 if abs(off) <= SLACK_FRAMES else 1 if off > 0 else -1
