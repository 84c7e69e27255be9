"""A received recording against the original: delay over time, lost speech, PESQ, STOI. Pure; both on one clock."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pesq import PesqError, pesq
from pystoi import stoi
from scipy.signal import butter, correlate, resample_poly, sosfiltfilt

RATE_HZ = 16_000
"""What PESQ's wideband mode (ITU-T P.862.2) and everything here works at."""
HOP_S = 0.5
WINDOW_S = 0.8
LATEST_S = 3.0
"""Speech that comes later than this counts as lost."""
ALIKE = 0.5
"""Normalised correlation from which a piece counts as the original; concealment that guesses well is above it."""
PART_S = 10.0
"""PESQ is made for 8 to 20 s."""
BAND_HZ = (100, 1200)
"""Where speech is looked for: above, a codec may make up noise that only sounds alike."""
VOICED_DB = -30.0
"""A piece is speech when it is louder than this, next to the recording's loudest."""
WORST_PESQ = 1.0

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    at_s: list[float]
    delay_ms: list[float | None]
    """Delay around each of `at_s`, in the original's time; None: silence there, or not found."""
    lost_percent: float
    """Of the speech in pieces of 40 ms: nowhere within reach of the delays around it."""
    pesq: float
    """Mean opinion score, 1.0 to 4.6."""
    stoi: float
    """Intelligibility, 0 to 1, of the recording with its delay taken out."""

    @property
    def first_ms(self) -> float:
        """Delay in the beginning: the median of what is found in the first 3 s."""
        return _median([one for at, one in zip(self.at_s, self.delay_ms, strict=True) if one is not None and at < 3])

    @property
    def last_ms(self) -> float:
        """Delay in the end: the median of the last six that are found."""
        return _median([one for one in self.delay_ms if one is not None][-6:])

    @property
    def worst_ms(self) -> float:
        """The longest delay on the way."""
        return max((one for one in self.delay_ms if one is not None), default=float("nan"))


def compare(original: Samples, received: Samples, rate_hz: int, received_after_s: float) -> Comparison:
    """`received_after_s`: when `received` begins, after the original does; may be negative."""
    original = resample_poly(original, RATE_HZ, rate_hz)
    received = on_clock(
        resample_poly(received, RATE_HZ, rate_hz), received_after_s, len(original) + round(2 * LATEST_S * RATE_HZ)
    )
    low, low_received = _in_band(original), _in_band(received)
    places = np.arange(0, len(original) - round(WINDOW_S * RATE_HZ), round(HOP_S * RATE_HZ))
    loudest = _loudness(low, round(0.04 * RATE_HZ)).max()
    delays = [_delay(low, low_received, int(place), loudest) for place in places]
    found = [(place, delay) for place, delay in zip(places, delays, strict=True) if delay is not None]
    at_s = [float(place) / RATE_HZ + WINDOW_S / 2 for place in places]
    delay_ms = [None if delay is None else delay / RATE_HZ * 1000 for delay in delays]
    if not found:
        return Comparison(at_s, delay_ms, 100.0, WORST_PESQ, 0.0)
    middles = np.array([place + round(WINDOW_S / 2 * RATE_HZ) for place, _ in found])
    shifts = np.array([delay for _, delay in found])
    return Comparison(
        at_s,
        delay_ms,
        _lost_percent(low, low_received, middles, shifts, loudest),
        _pesq(original, received, middles, shifts),
        float(stoi(original, _without_delay(received, len(original), middles, shifts), RATE_HZ)),
    )


def on_clock(received: Samples, after_s: float, size: int) -> Samples:
    """`received` from the moment on in which the original begins, `size` long."""
    shift = round(after_s * RATE_HZ)
    received = np.concatenate([np.zeros(shift), received]) if shift > 0 else received[-shift:]
    return np.pad(received[:size], (0, max(0, size - len(received))))


def _delay(original: Samples, received: Samples, place: int, loudest: float) -> int | None:
    """By how many samples the window at `place` comes later; None if it is silent or not found."""
    window = original[place : place + round(WINDOW_S * RATE_HZ)]
    if np.sqrt(np.mean(window**2)) < loudest * 10 ** (VOICED_DB / 20):
        return None
    place_best, alike = _likest(window, received[place : place + len(window) + round(LATEST_S * RATE_HZ)])
    return place_best if alike >= ALIKE else None


def _likest(window: Samples, reach: Samples) -> tuple[int, float]:
    """Where in `reach` `window` is found best, and how alike it is there (0 to 1)."""
    if len(reach) < len(window):
        return 0, 0.0
    products = correlate(reach, window, mode="valid")
    energy = np.concatenate([[0.0], np.cumsum(reach**2)])
    energies = energy[len(window) :] - energy[: -len(window)]
    floor = 1e-4 * np.sum(window**2) + 1e-12  # a window 40 dB below is silence, not speech
    alike = products / np.sqrt(np.sum(window**2) * np.maximum(energies, floor))
    best = int(np.argmax(alike))
    return best, float(alike[best])


def _lost_percent(original: Samples, received: Samples, middles: Samples, shifts: Samples, loudest: float) -> float:
    """Pieces of speech that are not where their neighbourhood is, up to 40 ms to either side."""
    piece, slack = round(0.04 * RATE_HZ), round(0.04 * RATE_HZ)
    voiced = lost = 0
    for place in range(0, len(original) - piece, piece // 2):
        window = original[place : place + piece]
        if np.sqrt(np.mean(window**2)) < loudest * 10 ** (VOICED_DB / 20):
            continue
        voiced += 1
        after = min(int(np.searchsorted(middles, place)), len(middles) - 1)
        near = {int(shifts[one]) for one in range(max(0, after - 2), min(len(shifts), after + 2))}
        reaches = (received[max(0, place + shift - slack) : place + shift + piece + slack] for shift in near)
        lost += max(_likest(window, reach)[1] for reach in reaches) < ALIKE
    return 100.0 * lost / max(1, voiced)


def _pesq(original: Samples, received: Samples, middles: Samples, shifts: Samples) -> float:
    parts = max(1, round(len(original) / RATE_HZ / PART_S))
    bounds = np.linspace(0, len(original), parts + 1).astype(int)
    scores = []
    for begin, end in itertools.pairwise(bounds):
        inside = shifts[(middles >= begin) & (middles < end)]
        shift = int(np.median(inside if len(inside) else shifts))
        score = pesq(
            RATE_HZ, original[begin:end], received[begin + shift : end + shift], "wb", on_error=PesqError.RETURN_VALUES
        )
        scores.append(max(float(score), WORST_PESQ))  # below: no speech at all
    return float(np.mean(scores))


def _without_delay(received: Samples, size: int, middles: Samples, shifts: Samples) -> Samples:
    """`received` with each half second put where it belongs."""
    hop = round(HOP_S * RATE_HZ)
    pieces = []
    for place in range(0, size, hop):
        shift = int(shifts[np.abs(middles - (place + hop // 2)).argmin()])
        piece = received[place + shift : place + shift + min(hop, size - place)]
        pieces.append(np.pad(piece, (0, min(hop, size - place) - len(piece))))
    return np.concatenate(pieces)


def _in_band(sound: Samples) -> Samples:
    return np.asarray(sosfiltfilt(butter(4, BAND_HZ, "bandpass", fs=RATE_HZ, output="sos"), sound))


def _loudness(sound: Samples, piece: int) -> Samples:
    whole = sound[: len(sound) // piece * piece].reshape(-1, piece)
    return np.asarray(np.sqrt(np.mean(whole**2, axis=1)))


def _median(values: list[float]) -> float:
    return float(np.median(values)) if values else float("nan")
