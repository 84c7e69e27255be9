"""WAV files as the devices of an RTVI client: for scripts and for trying things, where there is no sound card."""

from os import PathLike
from pathlib import Path

from callbox.audio.media import BoardMedia
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker
from callbox_device.wav import read_wav

LEAD_S = 1.5
"""Silence before recorded speech, so that the bot is ready when it begins."""


def wav_media(recording: "str | PathLike[str]", played: "str | PathLike[str]", *, lead_s: float = LEAD_S) -> BoardMedia:
    """Media whose microphone plays back `recording`, then silence, and whose loudspeaker writes the file `played`.

    Both in real time, from each opening on. `lead_s`: silence before the file begins, in which the session is
    connected. `recording`: 16-bit PCM, one channel, 8, 16, 24 or 48 kHz; else `ValueError`, or `OSError`. Call it in
    the running event loop.
    """
    return BoardMedia(SimulatedMicrophone(speech(recording, lead_s)), SimulatedSpeaker(Path(played)))


def speech(path: "str | PathLike[str]", lead_s: float = LEAD_S) -> bytes:
    """Sound of a WAV file, s16le mono 48 kHz, after `lead_s` of silence. Raises as `wav_media`."""
    return bytes(round(lead_s * pcm.RATE_HZ) * pcm.BYTES_PER_FRAME) + read_wav(Path(path))
