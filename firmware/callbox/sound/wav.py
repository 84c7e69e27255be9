"""WAV files as the devices of an RTVI client: for scripts and for trying things, where there is no sound card."""

from os import PathLike
from pathlib import Path

from callbox.sound.media import BoardMedia
from callbox_device import pcm
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker, read_wav


def wav_media(heard: "str | PathLike[str]", played: "str | PathLike[str]", *, lead_s: float = 1.5) -> BoardMedia:
    """A microphone that hears the file `heard`, then silence, and a loudspeaker that writes the file `played`.

    Both in real time, from each opening on. `lead_s`: silence before the file begins, in which the session is
    connected. `heard`: 16-bit PCM, one channel, 8, 16, 24 or 48 kHz; else `ValueError`, or `OSError`. Call it in the
    running event loop.
    """
    lead = bytes(round(lead_s * pcm.RATE_HZ) * pcm.BYTES_PER_FRAME)
    return BoardMedia(SimulatedMicrophone(lead + read_wav(Path(heard))), SimulatedSpeaker(Path(played)))
