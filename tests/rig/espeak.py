"""Speech of espeak-ng, at the box's rate."""

import io
import shutil
import subprocess
import wave

import numpy as np
import pytest

from callbox_device.model import pcm

needs_espeak = pytest.mark.skipif(
    not shutil.which("espeak-ng"), reason="needs espeak-ng, which `make test-all` installs"
)
AUDIBLE = 300
"""Of 32768."""


def say(text: str, voice: str = "en-us", speed: int = 160) -> tuple[bytes, float]:
    """Speech, s16le mono 48 kHz, with 1 s of silence on both sides, and where it ends, in s."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text]
    sound = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(sound)) as file:
        rate = file.getframerate()
    spoken = np.frombuffer(sound[44:], "<i2").astype(float)
    at = np.arange(int(len(spoken) * pcm.RATE_HZ / rate)) * rate / pcm.RATE_HZ
    spoken = np.interp(at, np.arange(len(spoken)), spoken)
    silence = np.zeros(pcm.RATE_HZ)
    end_s = 1 + np.flatnonzero(np.abs(spoken) > AUDIBLE)[-1] / pcm.RATE_HZ
    return np.concatenate((silence, spoken, silence)).astype("<i2").tobytes(), float(end_s)
