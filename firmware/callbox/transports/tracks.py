"""aiortc's media tracks: `Media` as a track, and a track into `Media`."""

import abc
import fractions
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from callbox.rtvi.errors import SessionLostError
from callbox.rtvi.media import Media, OpusMedia
from callbox.transports.task_set import internal_error

if TYPE_CHECKING:
    import av

log = logging.getLogger(__name__)

RATE_HZ = 48_000
_TIME_BASE = fractions.Fraction(1, RATE_HZ)


class OutgoingTrack(MediaStreamTrack):
    """Track of the microphone. `on_defect` is called for an unexpected exception: aiortc would only stop sending."""

    kind = "audio"

    def __init__(self, on_defect: Callable[[SessionLostError], None]) -> None:
        super().__init__()
        self._on_defect = on_defect

    @abc.abstractmethod
    async def recv(self) -> Any:
        """The next 20 ms, as `av.AudioFrame` or as `OpusPacket`; paced by the microphone."""

    def defect(self, error: Exception) -> MediaStreamError:
        """Report an unexpected exception of `recv`. Returns the exception that it is to raise."""
        log.error("A defect in the media", exc_info=error)
        self._on_defect(internal_error(error))
        return MediaStreamError()


class CapturedTrack(OutgoingTrack):
    """Frames of 20 ms at 48 kHz, of two equal channels: as aiortc's encoder has them, so that nothing is converted."""

    def __init__(self, media: Media, on_defect: Callable[[SessionLostError], None]) -> None:
        super().__init__(on_defect)
        self._media = media
        self._pts = 0

    async def recv(self) -> "av.AudioFrame":
        """The next frame."""
        try:
            pcm = await self._media.read()
            frame = two_channel_frame(pcm, self._pts)
            self._pts += frame.samples
            return frame
        except Exception as error:
            raise self.defect(error) from error


class OpusPacket(bytes):
    """Payload and timestamp, as aiortc's encoders read them of an `av.Packet`; without PyAV, which is 16 MiB."""

    pts: int
    time_base = _TIME_BASE


class OpusTrack(OutgoingTrack):
    """Track of encoded packets: aiortc has nothing to encode."""

    def __init__(self, media: OpusMedia, on_defect: Callable[[SessionLostError], None]) -> None:
        super().__init__(on_defect)
        self._media = media
        self.send: Callable[[bytes, int], Awaitable[bool]] | None = None
        """Called with each payload and its timestamp. False: aiortc is to send it."""

    async def recv(self) -> Any:
        """The next `OpusPacket` that aiortc is to send; does not return while `send` takes them."""
        try:
            while True:
                payload, timestamp = await self._media.read_opus()
                if self.send is None or not await self.send(payload, timestamp):
                    break
                if self.readyState != "live":
                    raise MediaStreamError
            packet = OpusPacket(payload)
            packet.pts = timestamp
            return packet
        except (ConnectionError, MediaStreamError):  # as aiortc's own sender ends
            raise
        except Exception as error:
            raise self.defect(error) from error


def outgoing_track(media: Media, on_defect: Callable[[SessionLostError], None]) -> OutgoingTrack:
    """Track of packets for media that can encode, of frames for others."""
    return OpusTrack(media, on_defect) if isinstance(media, OpusMedia) else CapturedTrack(media, on_defect)


async def drain(track: MediaStreamTrack) -> None:
    """Receive nothing from a track whose packets go elsewhere, until it ends (`MediaStreamError`)."""
    while True:
        await track.recv()


async def mono_pieces(track: MediaStreamTrack) -> AsyncIterator[bytes]:
    """Sound of `track` as s16le mono 48 kHz, until it ends (`MediaStreamError`)."""
    import av

    to_mono = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    while True:
        received = await track.recv()
        if isinstance(received, av.AudioFrame):
            for frame in to_mono.resample(received):
                yield mono_bytes(frame)


async def play(track: MediaStreamTrack, media: Media, on_first: Callable[[], None]) -> None:
    """Write the bot's sound to `media` until the track ends (`MediaStreamError`); `on_first` after the first piece."""
    first = True
    async for pcm in mono_pieces(track):
        media.write(pcm)
        if first:
            first = False
            on_first()


def audio_frame(pcm: bytes, pts: int) -> "av.AudioFrame":
    """A piece of s16le mono 48 kHz as a frame, `pts` samples after the first."""
    return _frame(pcm, "mono", len(pcm) // 2, pts)


def two_channel_frame(pcm: bytes, pts: int) -> "av.AudioFrame":
    """As `audio_frame`, with the piece on both of two channels, for aiortc's encoder.

    aiortc (1.16) makes two channels of one by FFmpeg, which takes it for a centre loudspeaker: 3 dB quieter.
    """
    both = bytearray(2 * len(pcm))
    for byte in range(4):
        both[byte::4] = pcm[byte % 2 :: 2]
    return _frame(bytes(both), "stereo", len(pcm) // 2, pts)


def _frame(pcm: bytes, layout: str, samples: int, pts: int) -> "av.AudioFrame":
    import av  # late: a box sends packets, and never needs it

    frame = av.AudioFrame(format="s16", layout=layout, samples=samples)
    frame.planes[0].update(pcm)
    frame.sample_rate = RATE_HZ
    frame.pts = pts
    frame.time_base = _TIME_BASE
    return frame


def received_frame(pcm: bytes, rate_hz: int, channels: int) -> "av.AudioFrame":
    """A piece of s16le of any rate, one or two channels, as a frame. Raises `ValueError` for what can't be one."""
    import av

    if channels not in (1, 2) or not 4_000 <= rate_hz <= 192_000 or len(pcm) < 2 * channels:
        raise ValueError(f"{len(pcm)} bytes of sound of {channels} channels at {rate_hz} Hz")
    samples = len(pcm) // (2 * channels)
    frame = av.AudioFrame(format="s16", layout="mono" if channels == 1 else "stereo", samples=samples)
    frame.planes[0].update(pcm[: samples * 2 * channels])
    frame.sample_rate = rate_hz
    return frame


def mono_bytes(frame: "av.AudioFrame") -> bytes:
    """The sound of a mono s16 frame; its plane is padded."""
    return bytes(frame.planes[0])[: frame.samples * 2]
