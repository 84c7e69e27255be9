"""Media of this end: sound in, sound out, and a choice of devices."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, runtime_checkable

from callbox.rtvi.errors import DeviceError


class DeviceKind(StrEnum):
    """Kind of a device; values are those of the Media Capture API's ``MediaDeviceInfo.kind``."""

    MIC = "audioinput"
    SPEAKER = "audiooutput"

    @property
    def role(self) -> str:
        """As `DeviceError.device` calls it: ``mic`` or ``speaker``."""
        return "mic" if self is DeviceKind.MIC else "speaker"


@dataclass(frozen=True, slots=True)
class MediaDeviceInfo:
    """A microphone or loudspeaker that can be chosen."""

    device_id: str
    """What `Media.select` takes; for ALSA the PCM's name (``plughw:CARD=Device``)."""
    kind: DeviceKind
    label: str
    """For people."""


@runtime_checkable
class Media(Protocol):
    """The devices. Format on both sides: s16le mono 48 kHz in pieces of 20 ms.

    Outlives transports. All methods are called in the event loop.
    """

    @property
    def mic_enabled(self) -> bool:
        """False: `read` gives silence."""

    @mic_enabled.setter
    def mic_enabled(self, enabled: bool) -> None:
        """Send the microphone, or silence; may be set at any time."""

    @property
    def is_open(self) -> bool:
        """Whether the devices are open."""

    async def open(self) -> None:
        """Open microphone and loudspeaker. Raises `DeviceError`, with nothing left open."""

    async def close(self) -> None:
        """Close both. Legal at any time; when it returns, nothing is captured any more."""

    def read(self) -> Coroutine[Any, Any, bytes]:
        """The next 20 ms of captured sound (1920 bytes); waits for it, and while the devices are closed for them."""

    def write(self, pcm: bytes) -> None:
        """Take sound of the bot to play, any length."""

    def flush(self) -> None:
        """Drop what has not been played yet."""

    def hold(self) -> None:
        """Keep what is captured from now on, and let `read` give silence, until `release`: a call begins."""

    def release(self) -> None:
        """Let what was kept go, and then what is captured: the bot is ready."""

    def level(self, kind: DeviceKind) -> float:
        """Peak of the last 20 ms that left by the microphone or went to the loudspeaker, 0.0 to 1.0 of full scale."""

    async def devices(self) -> Sequence[MediaDeviceInfo]:
        """Devices to choose from. May take a while; opens nothing."""

    def selected(self, kind: DeviceKind) -> MediaDeviceInfo | None:
        """Device that is used now, or will be when opened; None: nothing can be said."""

    async def select(self, kind: DeviceKind, device_id: str) -> None:
        """Use another device from now on, also in the middle of a session.

        Raises `DeviceError`; then the one before is used on.
        """


@runtime_checkable
class WatchedMedia(Media, Protocol):
    """Media that tells of a device that breaks while it is open."""

    def watch(self, fault: Callable[[DeviceError], None], working: Callable[[DeviceKind], None]) -> None:
        """Call `fault` from now on when a device stopped working, and `working` when one was opened, or is back.

        In the event loop; in place of those of an earlier call.
        """


@runtime_checkable
class HotplugMedia(Media, Protocol):
    """Media that tells of devices that come and go."""

    def watch_devices(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed`, in the event loop, whenever `devices` may give others than before. Returns what ends it."""


class OpusFrame(NamedTuple):
    """20 ms of captured sound, encoded."""

    payload: bytes
    """One Opus packet (RFC 6716), mono."""
    timestamp: int
    """48 kHz ticks since the media was opened, not wrapped: what RTP counts (RFC 7587)."""


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """Report of the network to the bot, told by the transport about once a second."""

    lost_fraction: float
    """What the bot's receiver missed since the report before, 0 to 1 (RFC 3550, 6.4.1)."""
    round_trip_ms: float | None
    """None: not measured yet."""
    copies: int
    """How often each packet is sent again: 0 on a good network."""


@runtime_checkable
class OpusMedia(Media, Protocol):
    """Media that brings its own codec and jitter buffer: a transport over RTP hands packets through as they are.

    All in the event loop.
    """

    @property
    def is_quiet(self) -> bool:
        """Whether nothing worth hearing is being sent at this moment."""

    def read_opus(self) -> Coroutine[Any, Any, OpusFrame]:
        """In place of `read`: the next 20 ms as a packet, paced by the microphone."""

    def write_rtp(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_s: float) -> None:
        """In place of `write`: an RTP packet of the bot as it came, in any order (RFC 3550, 5.1).

        `arrived_s`: seconds of `time.monotonic()`. Another `ssrc` is another stream: what waits of the old is dropped.
        """

    def on_network(self, report: NetworkReport) -> None:
        """Take a report of the network to the bot."""


@runtime_checkable
class DirectSendMedia(OpusMedia, Protocol):
    """Media whose microphone's thread can send by itself, so that no packet waits for the event loop, nor wakes it."""

    def start_direct_send(self, send: Callable[[bytes, int], None]) -> Callable[[], None]:
        """From now on hand packets to `send`, as ``send(payload, timestamp)`` in the microphone's thread, if it can.

        It can while a reader waits in `read_opus` and nothing else has to leave first; `read_opus` brings all others
        (what was held, silence while nothing is captured). The packets come in order, never two at a time, and never
        while `read_opus` is at work. Another `send` replaces this one. Returns what ends it: when that returns, `send`
        isn't running, and won't be called any more.
        """
