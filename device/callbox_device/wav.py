"""WAV files, in and out of the box's one sound format."""

import array
import wave
from pathlib import Path

from callbox_device.model import pcm


def read_wav(path: Path) -> bytes:
    """The sound in a WAV file, as s16le mono 48 kHz.

    Takes 16-bit PCM of one channel at 48 kHz or a whole fraction of it (8, 16, 24 kHz); `ValueError` says
    what else it found.
    """
    try:
        with wave.open(str(path), "rb") as file:
            rate_hz, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path} is no WAV file that can be read: {str(error) or 'it ends too early'}") from error
    if channels != 1 or width != 2 or pcm.RATE_HZ % rate_hz:
        raise ValueError(
            f"{path} has {channels} channels, {8 * width} bits, {rate_hz} Hz; "
            "needed are 1 channel, 16 bits, and 8000, 16000, 24000 or 48000 Hz"
        )
    return _stretch(frames, pcm.RATE_HZ // rate_hz)


def _stretch(frames: bytes, factor: int) -> bytes:
    """`factor` samples for each, on straight lines between them."""
    if factor == 1:
        return frames
    values = pcm.samples(frames)
    following = values[1:] + values[-1:]
    stretched = pcm.samples(bytes(len(frames) * factor))
    for part in range(factor):
        between = [here + (there - here) * part // factor for here, there in zip(values, following, strict=True)]
        stretched[part::factor] = array.array("h", between)
    return stretched.tobytes()


def create_wav(path: Path) -> wave.Wave_write:
    """A WAV file to write s16le mono 48 kHz into. It is whole when it is closed. Raises `OSError`."""
    path.open("wb").close()  # what can't be written is told here: wave's destructor fails after its own error
    file = wave.open(str(path), "wb")  # noqa: SIM115 - open as long as the caller wants
    file.setnchannels(pcm.CHANNELS)
    file.setsampwidth(pcm.BYTES_PER_FRAME)
    file.setframerate(pcm.RATE_HZ)
    return file
