"""WAV files, in and out of the box's one sound format."""

import array
import wave
from pathlib import Path
from typing import BinaryIO

from callbox_device.model import pcm

_RATES_HZ = (8000, 16_000, 24_000, 48_000)


def read_wav(path: Path) -> bytes:
    """The sound in a WAV file, as s16le mono 48 kHz.

    Takes 16-bit PCM of one channel at one of `_RATES_HZ`; `ValueError` says what else it found. An odd last byte is
    left out.
    """
    try:
        with wave.open(str(path), "rb") as file:
            rate_hz, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path} is no WAV file that can be read: {str(error) or 'it ends too early'}") from error
    if channels != 1 or width != 2 or rate_hz not in _RATES_HZ:
        raise ValueError(
            f"{path} has {channels} channels, {8 * width} bits, {rate_hz} Hz; "
            "needed are 1 channel, 16 bits, and 8000, 16000, 24000 or 48000 Hz"
        )
    return _stretch(frames, pcm.RATE_HZ // rate_hz)


def _stretch(frames: bytes, factor: int) -> bytes:
    """`factor` samples for each, on straight lines between them."""
    if factor == 1:
        return frames[: len(frames) // pcm.BYTES_PER_FRAME * pcm.BYTES_PER_FRAME]
    values = pcm.samples(frames)
    following = values[1:] + values[-1:]
    stretched = pcm.samples(bytes(len(frames) * factor))
    for part in range(factor):
        between = [here + (there - here) * part // factor for here, there in zip(values, following, strict=True)]
        stretched[part::factor] = array.array("h", between)
    return stretched.tobytes()


class _WavFile(wave.Wave_write):
    """WAV file that closes the file it is given."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self._given = file

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._given.close()


def create_wav(path: Path) -> wave.Wave_write:
    """A WAV file to write s16le mono 48 kHz into. It is whole when it is closed. Raises `OSError`."""
    file = _WavFile(path.open("wb", buffering=0))  # what can't be written is told by the write itself
    file.setnchannels(pcm.CHANNELS)
    file.setsampwidth(pcm.BYTES_PER_FRAME)
    file.setframerate(pcm.RATE_HZ)
    return file
