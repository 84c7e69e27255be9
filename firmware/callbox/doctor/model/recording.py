"""Recording of what was played and what was heard, and how one is found again in the other. Pure."""

import statistics
from bisect import bisect_right
from dataclasses import dataclass, field

from callbox.doctor.model import chirp
from callbox.doctor.model.evaluate import sound as evaluate
from callbox.doctor.model.levels import clipped
from callbox_device.model import pcm

EVERY_S = 1.0
FIRST_S = 0.5
"""Both PCMs run by then."""
LATEST_S = 0.8
"""A chirp that comes back later can't be told from the next one."""
ALONE_S = 1.0
"""So much longer is waited after the first one, which therefore can."""
DRIFT_CHIRPS = 5
"""Fewer are too short a time for parts in a million."""


@dataclass(slots=True)
class TimedRecording:
    """Sound, piece by piece, with the times of each. Filled in a card's thread, read when it has ended."""

    sound: bytearray = field(default_factory=bytearray)
    frames: list[int] = field(default_factory=list)
    """Where each piece begins."""
    delivered_s: list[float] = field(default_factory=list)
    """When it was handed over, in seconds of the event loop's clock."""
    driver_s: list[float] = field(default_factory=list)
    """When its first sample is heard, or was captured, as the driver tells."""

    def add(self, piece: bytes, delivered_s: float, driver_s: float) -> None:
        """Append a piece of s16le mono sound."""
        self.frames.append(len(self.sound) // pcm.BYTES_PER_FRAME)
        self.delivered_s.append(delivered_s)
        self.driver_s.append(driver_s)
        self.sound += piece

    def delivery_time(self, frame: float) -> float:
        """Time at which the piece with this frame was handed over, in s of `time.monotonic()`."""
        return self.delivered_s[self._piece(frame)]

    def driver_time(self, frame: float) -> float:
        """Time at which this very frame is heard, or was captured, in s of `time.monotonic()`."""
        piece = self._piece(frame)
        return self.driver_s[piece] + (frame - self.frames[piece]) / pcm.RATE_HZ

    def at(self, driver_s: float) -> int:
        """The frame that was captured at this time."""
        piece = max(0, bisect_right(self.driver_s, driver_s) - 1)
        return max(0, self.frames[piece] + round((driver_s - self.driver_s[piece]) * pcm.RATE_HZ))

    def _piece(self, frame: float) -> int:
        return max(0, bisect_right(self.frames, frame) - 1)


def measure_loop(
    played: TimedRecording, recorded: TimedRecording, chirps: int, overruns: int = 0, underruns: int = 0
) -> evaluate.LoopResult:
    """Find the chirps again. Takes some 100 ms for each on a PC. Pure."""
    sought = chirp.make()
    loops_ms, untold_ms, gains, places = list[float](), list[float](), list[float](), list[tuple[int, float]]()
    for number in range(chirps):
        begins = begins_at(number)
        limit = pcm.RATE_HZ * (chirp.DURATION_MS / 1000 + LATEST_S + (0 if number else ALONE_S))
        # Not before it was handed over.
        first = recorded.at(played.delivery_time(begins))
        window = bytes(recorded.sound[first * pcm.BYTES_PER_FRAME : (first + round(limit)) * pcm.BYTES_PER_FRAME])
        match = chirp.find(window, sought)
        if match is None:
            continue
        place = first + match.frame
        places.append((begins, place))
        gains.append(abs(match.gain))
        loops_ms.append((recorded.delivery_time(place) - played.delivery_time(begins)) * 1000)
        untold_ms.append((recorded.driver_time(place) - played.driver_time(begins)) * 1000)
        if match.frame > LATEST_S * pcm.RATE_HZ:  # the first one, and the others would be taken for each other
            chirps = 1
            break
    drifts = len(places) >= DRIFT_CHIRPS and not overruns and not underruns
    return evaluate.LoopResult(
        chirps,
        len(places),
        statistics.median(loops_ms) if loops_ms else None,
        statistics.median(untold_ms) if untold_ms else None,
        -pcm.dbfs(round(statistics.median(gains) * 32768)) if gains else None,
        evaluate.drift_ppm(*map(list, zip(*places, strict=True))) if drifts else None,
        clipped(bytes(recorded.sound)),
        overruns,
        underruns,
        len(played.sound) / pcm.BYTES_PER_FRAME / pcm.RATE_HZ,
    )


def begins_at(number: int) -> int:
    """The frame at which chirp `number` is played."""
    return round((FIRST_S + number * EVERY_S + (ALONE_S if number else 0)) * pcm.RATE_HZ)


def program_of(chirps: int) -> bytes:
    """S16le silence with chirps in it, and enough silence after the last one to hear it come back."""
    program = bytearray(begins_at(chirps) * pcm.BYTES_PER_FRAME)
    sound = chirp.make()
    for number in range(chirps):
        at = begins_at(number) * pcm.BYTES_PER_FRAME
        program[at : at + len(sound)] = sound
    return bytes(program)
