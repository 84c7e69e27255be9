"""ALSA microphone and loudspeaker, and the thread that opens a PCM, moves its sound, and closes it."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from callbox_device.alsa import mixer as alsa_mixer
from callbox_device.alsa.open_pcm import open_pcm, sound_devices
from callbox_device.alsa.stream import QUIET_S, PcmStream
from callbox_device.interfaces import BoardError, PcmInfo
from callbox_device.model import alsa_names, pcm
from callbox_device.model.sample_format import CaptureConverter, PlaybackConverter
from callbox_device.model.volume import Volume
from callbox_device.threads import copy_future, resolve

log = logging.getLogger(__name__)


class PcmThread:
    """One PCM at a time, each with a thread of its own. Start and stop in any order, from any thread."""

    def __init__(self, direction: str, device: str, period_ms: int, buffer_ms: int) -> None:
        self.direction = direction
        self.device = device
        self._period_ms = period_ms
        self._buffer_ms = buffer_ms
        self._lock = threading.Lock()
        self._leave = threading.Event()
        self._is_started = False
        self._stopped: Future[None] = Future()
        self._stopped.set_result(None)
        self.is_open = False

    def start(
        self, prepare: Callable[[PcmStream], Callable[[], None]], failed: Callable[[BoardError], None]
    ) -> Future[None]:
        """Open the PCM in a new thread; `prepare` gives what that thread then does over and over, 100 ms at most."""
        with self._lock:
            if self._is_started:
                raise RuntimeError(f"{self.device} is already started")
            self._is_started = True
            self._leave = threading.Event()
            opened: Future[None] = Future()
            self._stopped = Future()
            threading.Thread(
                target=self._live,
                args=(prepare, failed, opened, self._leave, self._stopped),
                name=f"alsa {self.direction}",
                daemon=True,  # a card that hangs in the kernel must not keep the process
            ).start()
            return opened

    def stop(self) -> Future[None]:
        """Ask the thread to close the PCM and end."""
        with self._lock:
            self._leave.set()
            return copy_future(self._stopped)

    def _live(
        self,
        prepare: Callable[[PcmStream], Callable[[], None]],
        failed: Callable[[BoardError], None],
        opened: "Future[None]",
        leave: threading.Event,
        stopped: "Future[None]",
    ) -> None:
        device = self.device
        try:
            pcm = open_pcm(self.direction, device, self._period_ms, self._buffer_ms)
        except BoardError as error:
            self._is_started = False
            stopped.set_result(None)
            resolve(opened, error)
            return
        trouble: BoardError | None = None
        try:
            work = prepare(pcm)
            self.is_open = True
            resolve(opened, None)
            while not leave.is_set():
                work()
        except BoardError as error:
            trouble = error
        except Exception as error:
            log.debug("%s", device, exc_info=True)
            trouble = alsa_names.broken(self.direction, device, str(error))
        pcm.close()
        self.is_open = self._is_started = False  # before it is told: who hears of a failure may start anew at once
        if trouble and not leave.is_set():
            failed(trouble)
        stopped.set_result(None)


CAPTURE_BUFFER_MS = 80
"""Between the card and a late thread."""


class _Part:
    """A PCM that can be chosen: what both directions share."""

    _thread: PcmThread

    @property
    def device(self) -> str:
        """The PCM's name."""
        return self._thread.device

    def use(self, name: str) -> None:
        """As `interfaces.AudioDevice.use`."""
        self._thread.device = name

    def devices(self) -> list[PcmInfo]:
        """As `interfaces.AudioDevice.devices`: ``default``, then every card by name, with ALSA's conversions."""
        return sound_devices(self._thread.direction)

    @property
    def is_open(self) -> bool:
        """Whether the PCM is open."""
        return self._thread.is_open

    def stop(self) -> Future[None]:
        """As `interfaces.Microphone.stop`."""
        return self._thread.stop()


class AlsaMicrophone(_Part):
    """Fulfils `interfaces.Microphone`. `device` is an ALSA PCM name: ``default``, ``plughw:CARD=Device``.

    `channel`: of a card with several, from 1; None: the best one.
    """

    def __init__(self, device: str = "default", *, channel: int | None = None) -> None:
        self._channel = channel
        self._thread = PcmThread("capture", device, pcm.PERIOD_MS, CAPTURE_BUFFER_MS)
        self.overruns = 0

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> Future[None]:
        """As `interfaces.Microphone.start`."""

        def prepare(device: PcmStream) -> Callable[[], None]:
            captured = bytearray()
            channel = self._channel
            if channel is not None and channel > device.card.channels:
                log.warning(
                    "microphone.channel is %d, and %s has %d: the best one is used",
                    channel, self.device, device.card.channels,
                )  # fmt: skip
            converter = CaptureConverter(device.card, None if channel is None else channel - 1)

            def work() -> None:
                sound = device.read()  # also sets the card going
                if sound is None:
                    # What was captured up to here is whole periods and a rest that the gap has spoilt.
                    captured.clear()
                    self.overruns += 1
                    return
                captured.extend(converter.convert(sound))
                unread_s = device.unread_s
                captured_s = time.monotonic() - unread_s - len(captured) / pcm.BYTES_PER_FRAME / pcm.RATE_HZ
                while len(captured) >= pcm.PERIOD_BYTES:
                    deliver(bytes(captured[: pcm.PERIOD_BYTES]), captured_s)
                    captured_s += pcm.PERIOD_MS / 1000
                    del captured[: pcm.PERIOD_BYTES]
                if unread_s < pcm.PERIOD_MS / 1000:
                    device.wait()

            return work

        return self._thread.start(prepare, failed)


class AlsaSpeaker(_Part):
    """Fulfils `interfaces.Speaker`. `buffer_ms`: how much the card holds, 20 ms or more. `mixer`: the card's
    control.
    """

    def __init__(self, device: str = "default", *, buffer_ms: int = 80, mixer: str | None = None) -> None:
        self._thread = PcmThread("playback", device, pcm.PLAYBACK_PERIOD_MS, buffer_ms)
        self._to_flush = threading.Event()
        self._delay_s = 0.0
        self._mixer, self._card_number = mixer, -1
        self.underruns = 0
        self.volume_percent: int | None = None

    @property
    def delay_ms(self) -> float:
        """As `interfaces.Speaker.delay_ms`: what it was when the last period was asked for."""
        return self._delay_s * 1000 if self.is_open else 0.0

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> Future[None]:
        """As `interfaces.Speaker.start`."""

        def prepare(device: PcmStream) -> Callable[[], None]:
            waiting = bytearray()
            converter = PlaybackConverter(device.card)
            self._card_number = device.card_number
            volume = Volume(self._turn)
            self._to_flush.clear()

            def work() -> None:
                if self._to_flush.is_set() and device.idle_s < QUIET_S:  # later there is nothing to drop
                    self._to_flush.clear()
                    waiting.clear()
                    device.drop()
                if not waiting:
                    if not device.has_room(pcm.PLAYBACK_PERIOD_MS / 1000):
                        return
                    self._delay_s = device.unplayed_s
                    sound = fill(time.monotonic() + self._delay_s)
                    waiting.extend(converter.convert(volume.apply(sound, self.volume_percent)))
                taken = device.write(bytes(waiting))
                if taken is None:
                    self.underruns += 1  # the same period is written again
                elif taken:
                    del waiting[:taken]
                else:
                    device.wait()

            return work

        return self._thread.start(prepare, failed)

    def standing(self) -> alsa_mixer.MixerState | None:
        """How the mixer of the card stands that was opened last; None: it has none."""
        mixer = mixer_of(self._card_number)
        return alsa_mixer.standing(mixer, self._mixer) if mixer else None

    def _turn(self, percent: int) -> bool:
        mixer = mixer_of(self._card_number)
        return mixer is not None and alsa_mixer.turn(mixer, percent, self._mixer)

    def flush(self) -> None:
        """As `interfaces.Speaker.flush`."""
        self._to_flush.set()


def mixer_of(card_number: int) -> str | None:
    """ALSA's name of a card's mixer; None: it is no card.

    A sound server's volume is its users' own, and asking one that hangs would hang.
    """
    return f"hw:{card_number}" if card_number >= 0 else None
