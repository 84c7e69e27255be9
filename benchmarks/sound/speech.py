"""The recording that everybody says: espeak-ng reading, the same each time."""

import subprocess
import wave
from pathlib import Path

import numpy as np

from callbox_device.model import pcm
from callbox_device.wav import create_wav

LEAD_S = 1.5
"""Silence before a microphone's speech, in which the call comes up."""
TEXT = """
The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. It's easy to tell the depth of
a well. These days a chicken leg is a rare dish. Rice is often served in round bowls. The juice of lemons makes fine
punch. The box was thrown beside the parked truck. The hogs were fed chopped corn and garbage. Four hours of steady
work faced us. A large size in stockings is hard to sell. The boy was there when the sun rose. A rod is used to catch
pink salmon. The source of the huge river is the clear spring. Kick the ball straight and follow through.
"""
"""The Harvard sentences, lists 1 and 2 (IEEE 297-1969, appendix C)."""


def speech(duration_s: float) -> bytes:
    """So much of it, s16le mono 48 kHz. Needs espeak-ng."""
    from scipy.signal import resample_poly  # who only writes and reads WAV files doesn't need it

    read = subprocess.run(
        ["espeak-ng", "-v", "en-us", "-s", "150", "--stdout", " ".join(TEXT.split())], stdout=-1, check=True
    )
    at = read.stdout.index(b"data") + 8  # a streamed header: its lengths are not to be trusted
    rate_hz = int.from_bytes(read.stdout[24:28], "little")
    samples = np.frombuffer(read.stdout[at : len(read.stdout) - (len(read.stdout) - at) % 2], "<i2").astype(float)
    at_48k = resample_poly(samples, pcm.RATE_HZ // 50, rate_hz // 50)
    wanted = round(duration_s * pcm.RATE_HZ)
    loud = np.resize(at_48k * (20_000 / np.abs(at_48k).max()), wanted)
    return bytes(loud.astype("<i2").tobytes())


def write_wav(path: Path, sound: bytes) -> None:
    """s16le mono 48 kHz as a WAV file."""
    with create_wav(path) as file:
        file.writeframes(sound)


def read_samples(path: Path) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """A WAV file's samples, -1 to 1."""
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32768
