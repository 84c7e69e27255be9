"""Sound at the edge of aiortc: `Media` as a track, a track into `Media`."""

import fractions
from collections.abc import AsyncIterator, Callable

import av
from aiortc import MediaStreamTrack

from callbox.rtvi.media import Media

RATE_HZ = 48_000
_TIME_BASE = fractions.Fraction(1, RATE_HZ)


class CapturedTrack(MediaStreamTrack):
    """What the microphone hears, in frames of 20 ms at 48 kHz: Opus's own rate, so that nothing resamples."""

    kind = "audio"

    def __init__(self, media: Media) -> None:
        super().__init__()
        self._media = media
        self._pts = 0

    async def recv(self) -> av.AudioFrame:
        """The next frame; paced by the microphone."""
        pcm = await self._media.read()
        frame = audio_frame(pcm, self._pts)
        self._pts += frame.samples
        return frame


async def mono_pieces(track: MediaStreamTrack) -> AsyncIterator[bytes]:
    """What `track` brings, as s16le mono 48 kHz, until it ends (`MediaStreamError`)."""
    to_mono = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    while True:
        received = await track.recv()
        if isinstance(received, av.AudioFrame):
            for frame in to_mono.resample(received):
                yield mono_bytes(frame)


async def play(track: MediaStreamTrack, media: Media, on_first: Callable[[], None]) -> None:
    """Hand the bot's sound to `media` until the track ends (`MediaStreamError`); `on_first` when the first has come."""
    first = True
    async for pcm in mono_pieces(track):
        media.write(pcm)
        if first:
            first = False
            on_first()


def audio_frame(pcm: bytes, pts: int) -> av.AudioFrame:
    """A piece of s16le mono 48 kHz as a frame, `pts` samples after the first."""
    frame = av.AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
    frame.planes[0].update(pcm)
    frame.sample_rate = RATE_HZ
    frame.pts = pts
    frame.time_base = _TIME_BASE
    return frame


def received_frame(pcm: bytes, rate_hz: int, channels: int) -> av.AudioFrame:
    """A piece of s16le of any rate, one or two channels, as a frame. Raises `ValueError` for what can't be one."""
    if channels not in (1, 2) or not 4_000 <= rate_hz <= 192_000 or len(pcm) < 2 * channels:
        raise ValueError(f"{len(pcm)} bytes of sound of {channels} channels at {rate_hz} Hz")
    samples = len(pcm) // (2 * channels)
    frame = av.AudioFrame(format="s16", layout="mono" if channels == 1 else "stereo", samples=samples)
    frame.planes[0].update(pcm[: samples * 2 * channels])
    frame.sample_rate = rate_hz
    return frame


def mono_bytes(frame: av.AudioFrame) -> bytes:
    """The sound of a mono s16 frame; its plane is padded."""
    return bytes(frame.planes[0])[: frame.samples * 2]


def answers_audio(sdp: str) -> bool:
    """Whether an SDP answer accepts audio: an m=audio section that is neither rejected nor inactive.

    RFC 3264, sections 6 and 6.1: port 0 rejects.
    """
    for section in sdp.replace("\r\n", "\n").split("\nm=")[1:]:
        lines = section.splitlines()
        if lines[0].startswith("audio "):
            return lines[0].split()[1:2] != ["0"] and "a=inactive" not in lines
    return False
