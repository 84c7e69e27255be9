"""An amplifier that a pin enables: on before the loudspeaker's PCM is opened, off after it is closed."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from callbox_device.interfaces import BoardError, Lamp, PcmInfo, Speaker


class _Switch:
    """Switches an amplifier for all loudspeakers that play by it: the last start of any decides. Any thread."""

    def __init__(self, enable: Lamp) -> None:
        self._enable = enable
        self._lock = threading.Lock()
        self._starts = 0

    def on(self) -> int:
        """Switch it on; returns the number of this start."""
        with self._lock:
            self._starts += 1
            self._enable.set(1.0)
            return self._starts

    def off(self, start: int) -> None:
        """Switch it off, unless it has been switched on again since `start`."""
        with self._lock:
            if start == self._starts:
                self._enable.set(0.0)


class AmplifiedSpeaker:
    """Loudspeaker (`interfaces.Speaker`) that plays by `speaker`. `enable`: the output that enables the amplifier; this
    is its owner, together with those that `exchanged` returns.
    """

    def __init__(self, speaker: Speaker, enable: Lamp | _Switch) -> None:
        self._speaker = speaker
        self._switch = enable if isinstance(enable, _Switch) else _Switch(enable)
        self._start = 0

    def exchanged(self, speaker: Speaker) -> "AmplifiedSpeaker":
        """The same with `speaker`: the amplifier stays on while that plays, also when this one is closed later."""
        return AmplifiedSpeaker(speaker, self._switch)

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> Future[None]:
        """As `interfaces.Speaker.start`."""
        start = self._start = self._switch.on()

        def broken(error: BoardError) -> None:
            self._switch.off(start)
            failed(error)

        try:
            opened = self._speaker.start(fill, broken)
        except BaseException:
            self._switch.off(start)
            raise
        opened.add_done_callback(lambda done: self._switch.off(start) if done.cancelled() or done.exception() else None)
        return opened

    def stop(self) -> Future[None]:
        """As `interfaces.Speaker.stop`."""
        start = self._start
        stopped = self._speaker.stop()
        stopped.add_done_callback(lambda _: self._switch.off(start))
        return stopped

    @property
    def volume_percent(self) -> int | None:
        """As `interfaces.Speaker.volume_percent`."""
        return self._speaker.volume_percent

    @volume_percent.setter
    def volume_percent(self, percent: int | None) -> None:
        self._speaker.volume_percent = percent

    @property
    def underruns(self) -> int:
        """As `interfaces.Speaker.underruns`."""
        return self._speaker.underruns

    @property
    def is_open(self) -> bool:
        """As `interfaces.Speaker.is_open`."""
        return self._speaker.is_open

    @property
    def delay_ms(self) -> float:
        """As `interfaces.Speaker.delay_ms`."""
        return self._speaker.delay_ms

    def flush(self) -> None:
        """As `interfaces.Speaker.flush`."""
        self._speaker.flush()

    @property
    def device(self) -> str:
        """As `interfaces.Speaker.device`."""
        return self._speaker.device

    def use(self, name: str) -> None:
        """As `interfaces.Speaker.use`."""
        self._speaker.use(name)

    def devices(self) -> list[PcmInfo]:
        """As `interfaces.Speaker.devices`."""
        return self._speaker.devices()
