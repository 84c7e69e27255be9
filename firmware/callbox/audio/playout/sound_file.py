"""Sound files of announcements, decoded by PyAV: WAV, Ogg Opus, MP3. What they hold is untrusted.

The format is told by the first bytes and given to FFmpeg, which otherwise tries all that it knows: among them play
lists, which open other files and addresses.
"""

import io
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from callbox.audio.playout.cues import split
from callbox.audio.playout.model.sound_format import sound_format
from callbox.text import one_line
from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

MAX_CHANNELS = 8
MAX_RATE_HZ = 192_000
MAX_DECODE_S = 60.0
"""How long decoding of a file may take; it goes on while the file is played."""
_CODECS = {"wav": "pcm_", "ogg": "opus", "mp3": "mp3"}


def preimport() -> None:
    """Import what the first sound needs, 17 MiB. For a thread: it takes a Pi Zero 2 W more than a second."""
    import av

    av.AudioResampler(format="s16", layout="mono", rate=pcm.RATE_HZ)


def decode(
    data: bytes, volume_percent: int, max_s: float, clock: Callable[[], float] = time.monotonic
) -> Iterator[Sequence[bytes]]:
    """Sound of a file, in the loudspeaker's periods, as fast as it is decoded; the last is filled up with silence.

    `volume_percent`: 0 to 100 of the amplitude. Ends after `max_s` of sound. Raises `ValueError`, with a sentence, for
    what isn't such a file, or takes longer than `MAX_DECODE_S`. Blocks: for a thread.
    """
    kind = sound_format(data)
    if kind is None:
        raise ValueError("the sound is no WAV, Ogg Opus or MP3 file")
    # Imported late: a box that announces nothing doesn't pay for it.
    import av
    import av.error

    end_s, left, rest, size = clock() + MAX_DECODE_S, int(max_s * pcm.RATE_HZ), b"", pcm.PLAYBACK_PERIOD_BYTES
    try:
        with av.open(io.BytesIO(data), "r", format=kind) as container:
            stream = _stream(container, kind)
            resampler = av.AudioResampler(format="s16", layout="mono", rate=pcm.RATE_HZ)
            for sound in _resampled(container.decode(stream), resampler):
                if clock() > end_s:
                    raise ValueError(f"the sound takes more than {MAX_DECODE_S:g} s to decode")
                rest += audioop.mul(sound[: left * pcm.BYTES_PER_FRAME], pcm.BYTES_PER_FRAME, volume_percent / 100)
                left -= len(sound) // pcm.BYTES_PER_FRAME
                whole = len(rest) // size * size
                yield split(rest[:whole])
                rest = rest[whole:]
                if left <= 0:
                    break
    except av.error.FFmpegError as error:
        raise ValueError(f"the sound can't be decoded: {one_line(error.strerror, 100)}") from None
    if rest:
        yield split(rest)


def _stream(container: Any, kind: str) -> Any:
    stream = next(iter(container.streams.audio), None)
    if stream is None:
        raise ValueError("the file holds no sound")
    codec = stream.codec_context
    if not codec.name.startswith(_CODECS[kind]):
        raise ValueError(
            f"the sound is {one_line(codec.name, 20)}; {kind} files may hold {_CODECS[kind][0].strip('_')}"
        )
    if codec.channels > MAX_CHANNELS or not 0 < codec.sample_rate <= MAX_RATE_HZ:
        raise ValueError(
            f"the sound has {codec.channels} channels at {codec.sample_rate} Hz; at most {MAX_CHANNELS} and "
            f"{MAX_RATE_HZ} are played"
        )
    return stream


def _resampled(frames: Iterator[Any], resampler: Any) -> Iterator[bytes]:
    for frame in itertools.chain(frames, (None,)):  # None: what the resampler still holds
        for made in resampler.resample(frame):
            yield bytes(made.planes[0])[: made.samples * pcm.BYTES_PER_FRAME]
