"""Conditions in which wake words are detected: noise, babble, rooms. numpy and scipy alone; samples, 16 kHz."""

import functools
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.signal import fftconvolve

from benchmarks.wake.voices import KOKORO, RATE_HZ, Utterance, read

SILENCE_S = 1.0
SOUND_M_S = 343.0


class Room(NamedTuple):
    """A box-shaped room, in m, with the same absorption everywhere."""

    size: tuple[float, float, float]
    absorption: float
    speaker: tuple[float, float, float]
    microphone: tuple[float, float, float]


ROOMS = {
    "office 1 m": Room((3.5, 4.0, 2.5), 0.35, (1.2, 1.5, 1.5), (2.1, 1.9, 0.9)),
    "living room 3 m": Room((5.5, 6.5, 2.6), 0.3, (1.0, 2.0, 1.6), (3.8, 3.0, 0.9)),
    "kitchen 2 m": Room((3.0, 3.6, 2.5), 0.12, (0.8, 1.0, 1.6), (2.2, 2.4, 1.0)),
}
"""The last one is tiled."""
CONDITIONS = (
    "clean",
    *(f"{noise} {snr_db} dB" for noise in ("white", "babble") for snr_db in (20, 10, 5)),
    *ROOMS,
    "living room 3 m, white 10 dB",
)


@functools.cache
def impulse_response(name: str) -> Any:
    """By image sources (Allen and Berkley 1979), 0.4 s; the direct sound has level 1."""
    room = ROOMS[name]
    count = 12
    grid = np.arange(-count, count + 1)
    length = round(0.4 * RATE_HZ)
    response = np.zeros(length + 1)
    direct_m = np.linalg.norm(np.subtract(room.speaker, room.microphone))
    reflection = np.sqrt(1 - room.absorption)
    axes = []
    for size, source, place in zip(room.size, room.speaker, room.microphone, strict=True):
        for_axis = [(2 * grid * size + sign * source - place, np.abs(2 * grid - (sign < 0))) for sign in (1, -1)]
        axes.append((np.concatenate([d for d, _ in for_axis]), np.concatenate([n for _, n in for_axis])))
    (x, nx), (y, ny), (z, nz) = axes
    distance_m = np.sqrt(x[:, None, None] ** 2 + y[None, :, None] ** 2 + z[None, None, :] ** 2).ravel()
    order = (nx[:, None, None] + ny[None, :, None] + nz[None, None, :]).ravel()
    at = np.minimum(np.rint((distance_m - direct_m) / SOUND_M_S * RATE_HZ).astype(int), length)
    np.add.at(response, np.maximum(at, 0), reflection**order * direct_m / distance_m)
    return response[:length]


def in_room(samples: Any, name: str) -> Any:
    """`samples` in a room."""
    return fftconvolve(samples, impulse_response(name))


@functools.cache
def babble(folder: Path) -> Any:
    """Five voices at once that say other sentences, 8 s."""
    length = 8 * RATE_HZ
    voices = [Utterance(f"kokoro-{KOKORO[3 * one + one % 3]}", f"other-{one % 3}", 1.0) for one in range(5)]
    sounds = [read(folder / voice.file) for voice in voices]
    return sum(np.resize(sound / level(sound), length) for sound in sounds)


def level(samples: Any) -> float:
    """Effective value of what is loud enough to be speech."""
    loud = samples[np.abs(samples) > 0.01]
    return float(np.sqrt(np.mean(loud**2))) if len(loud) else 1e-6


def condition(samples: Any, name: str, folder: Path) -> Any:
    """`samples` with 1 s before and after it, in `name`, at -26 dBFS."""
    made = np.concatenate((np.zeros(round(SILENCE_S * RATE_HZ)), samples, np.zeros(round(SILENCE_S * RATE_HZ))))
    made *= 10 ** (-26 / 20) / level(samples)
    for part in name.split(", "):
        if part in ROOMS:
            made = in_room(made, part)
        elif part != "clean":
            noise, snr_db = part.split()[0], int(part.split()[1])
            rng = np.random.default_rng(len(samples))
            added = rng.normal(size=len(made)) if noise == "white" else np.resize(babble(folder), len(made))
            added = np.roll(added, rng.integers(len(added)))
            made = made + added / np.sqrt(np.mean(added**2)) * 10 ** ((-26 - snr_db) / 20)
    return np.clip(made, -1, 1)
