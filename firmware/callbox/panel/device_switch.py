"""Microphone and loudspeaker that are one of several, selected by name."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Generic, Protocol, TypeVar

from callbox_device.interfaces import BoardError, Capture, PartMissing, PcmInfo, Playback


class Pluggable(Protocol):
    """Source that can be there or not, beside playing or capturing."""

    @property
    def is_open(self) -> bool:
        """Whether the PCM is open."""

    def stop(self) -> "Future[None]":
        """As `interfaces.Capture.stop`."""

    def missing(self) -> BoardError | None:
        """As `interfaces.Capture.missing`."""

    def unplug(self) -> None:
        """Fail in mid-call, and be missing until `plug_in`."""

    def plug_in(self) -> None:
        """Work again from the next start on."""


class MicrophoneSource(Pluggable, Capture, Protocol):
    """One of several microphones."""


class SpeakerSource(Pluggable, Playback, Protocol):
    """One of several loudspeakers."""


S = TypeVar("S", bound=Pluggable)


class _Selectable(Generic[S]):
    """What both directions share. `sources`: by device; the first is used until `use`."""

    def __init__(self, sources: Mapping[PcmInfo, S]) -> None:
        self._devices = list(sources)
        self._sources = {device.name: source for device, source in sources.items()}
        self._running: S | None = None
        self.device = self._devices[0].name
        """The name of the device in use, or to be used."""

    def use(self, name: str) -> None:
        """As `interfaces.AudioDevice.use`."""
        self.device = name

    def devices(self) -> list[PcmInfo]:
        """As `interfaces.AudioDevice.devices`."""
        return list(self._devices)

    @property
    def is_open(self) -> bool:
        """Whether the PCM is open."""
        return self._running is not None and self._running.is_open

    def missing(self) -> BoardError | None:
        """As `interfaces.Capture.missing`, of the device in use."""
        source = self._sources.get(self.device)
        return source.missing() if source is not None else None

    def unplug(self) -> None:
        """Let each source fail, and be missing until `plug_in`."""
        for source in self._sources.values():
            source.unplug()

    def plug_in(self) -> None:
        """Let each source work again from the next start on."""
        for source in self._sources.values():
            source.plug_in()

    def stop(self) -> "Future[None]":
        """As `interfaces.Microphone.stop`."""
        if self._running is not None:
            return self._running.stop()
        stopped: Future[None] = Future()
        stopped.set_result(None)
        return stopped

    def _begin(self, start: Callable[[S], "Future[None]"]) -> "Future[None]":
        source = self._sources.get(self.device)
        if source is None:
            refused: Future[None] = Future()
            names = ", ".join(self._sources)
            refused.set_exception(PartMissing(f"There is no sound device {self.device!r}; there are: {names}."))
            return refused
        self._running = source
        return start(source)


class SelectableMicrophone(_Selectable[MicrophoneSource]):
    """Microphone of several sources (`interfaces.Microphone`)."""

    @property
    def overruns(self) -> int:
        """As `interfaces.Microphone.overruns`, of all together."""
        return sum(source.overruns for source in self._sources.values())

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `interfaces.Microphone.start`."""
        return self._begin(lambda source: source.start(deliver, failed))


class SelectableSpeaker(_Selectable[SpeakerSource]):
    """Loudspeaker of several sources (`interfaces.Speaker`)."""

    @property
    def volume_percent(self) -> int | None:
        """As `interfaces.Speaker.volume_percent`, of each."""
        return next(iter(self._sources.values())).volume_percent

    @volume_percent.setter
    def volume_percent(self, percent: int | None) -> None:
        for source in self._sources.values():
            source.volume_percent = percent

    @property
    def underruns(self) -> int:
        """As `interfaces.Speaker.underruns`, of all together."""
        return sum(source.underruns for source in self._sources.values())

    @property
    def delay_ms(self) -> float:
        """As `interfaces.Speaker.delay_ms`."""
        return self._running.delay_ms if self._running is not None else 0.0

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `interfaces.Speaker.start`."""
        return self._begin(lambda source: source.start(fill, failed))

    def flush(self) -> None:
        """As `interfaces.Speaker.flush`."""
        if self._running is not None:
            self._running.flush()
