"""An amplifier that a pin enables: on before the loudspeaker's PCM is opened, off after it is closed."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from callbox_device.interfaces import BoardError, Lamp, PcmInfo, Speaker


class AmplifiedSpeaker:
    """Loudspeaker (`interfaces.Speaker`) that plays by `speaker`. `enable`: the output that enables the amplifier; this
    is its owner.
    """

    def __init__(self, speaker: Speaker, enable: Lamp) -> None:
        self._speaker, self._enable = speaker, enable
        self._lock = threading.Lock()
        self._starts = 0

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> Future[None]:
        """As `interfaces.Speaker.start`."""
        with self._lock:
            self._starts += 1
            start = self._starts
            self._enable.set(1.0)

        def broken(error: BoardError) -> None:
            self._disable(start)
            failed(error)

        try:
            opened = self._speaker.start(fill, broken)
        except BaseException:
            self._disable(start)
            raise
        opened.add_done_callback(lambda done: self._disable(start) if done.cancelled() or done.exception() else None)
        return opened

    def stop(self) -> Future[None]:
        """As `interfaces.Speaker.stop`."""
        start = self._starts
        stopped = self._speaker.stop()
        stopped.add_done_callback(lambda _: self._disable(start))
        return stopped

    def _disable(self, start: int) -> None:
        """Unless it has been started again since `start`. Any thread."""
        with self._lock:
            if start == self._starts:
                self._enable.set(0.0)

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
