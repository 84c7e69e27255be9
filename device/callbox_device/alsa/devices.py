"""ALSA microphone and loudspeaker, and the threads that open a PCM, move its sound, and close it."""

import atexit
import errno
import functools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

from callbox_device.alsa import mixer as alsa_mixer
from callbox_device.alsa.libasound import AlsaError
from callbox_device.alsa.open_pcm import is_installed, open_pcm, sound_cards, sound_devices
from callbox_device.alsa.resampler import Resampler
from callbox_device.alsa.stream import PcmStream
from callbox_device.interfaces import BoardError, PcmInfo
from callbox_device.model import alsa_names, pcm, pcm_errors
from callbox_device.model.mixer_controls import ControlState
from callbox_device.model.sample_format import CaptureConverter, PlaybackConverter
from callbox_device.model.volume import Volume
from callbox_device.threads import copy_future, resolve

log = logging.getLogger(__name__)

HANG_S = 3.0
"""Calls of ALSA that take longer wait for a sound server that hangs. Opening a USB card takes some 10 ms."""
STOP_S = 1.0
"""How long `stop` waits for such a call."""
EXIT_S = 0.5
"""How long the end of the process waits for its threads."""
GRACE_S = 0.2
"""For a call whose time has passed."""
QUIET_S = 0.25
"""A card that has moved nothing for this long holds no sound that could be dropped."""

_hanging: dict[tuple[str, str], threading.Thread] = {}
"""By direction and device: the thread that waits in a call of ALSA, and was given up."""


class PcmThread:
    """One PCM at a time, each with threads of its own. Start and stop in any order, from any thread."""

    def __init__(self, direction: str, device: str, period_ms: int, buffer_ms: int, channel: int | None = None) -> None:
        self._channel = channel
        self.direction = direction
        self.device = device
        self._period_ms = period_ms
        self._buffer_ms = buffer_ms
        self._lock = threading.Lock()
        self._run: _PcmRun | None = None

    @property
    def is_open(self) -> bool:
        """Whether the PCM is open."""
        return self._run is not None and self._run.is_open

    def start(
        self, prepare: Callable[[PcmStream], Callable[[], None]], failed: Callable[[BoardError], None]
    ) -> Future[None]:
        """Open the PCM in a new thread; `prepare` gives what that thread then does over and over, 100 ms at most."""
        with self._lock:
            if self._run and not self._run.has_ended:
                raise RuntimeError(f"{self.device} is already started")
            period_ms, buffer_ms = self._period_ms, self._buffer_ms
            open_ = functools.partial(open_pcm, self.direction, self.device, period_ms, buffer_ms, self._channel)
            self._run = run = _PcmRun(open_, self.direction, self.device, prepare, failed)
            run.start()
            return run.opened

    def stop(self) -> Future[None]:
        """Ask the thread to close the PCM and end; the future ends within `STOP_S` and a call of `prepare`'s work."""
        with self._lock:
            if self._run is None:
                stopped: Future[None] = Future()
                stopped.set_result(None)
                return stopped
            return self._run.stop()


class _PcmRun:
    """A PCM from its opening to its closing: one thread works, the other watches it.

    Any call of ALSA may wait for a sound server without end. The watching thread then gives the working one up, and
    reports in its place; the PCM is closed when the call returns after all.
    """

    def __init__(
        self,
        open_: Callable[[], PcmStream],
        direction: str,
        device: str,
        prepare: Callable[[PcmStream], Callable[[], None]],
        failed: Callable[[BoardError], None],
    ) -> None:
        self._direction, self._device = direction, device
        self._open = open_
        self._prepare, self._failed = prepare, failed
        self.opened: Future[None] = Future()
        self._stopped: Future[None] = Future()
        self._changed = threading.Condition()
        self._deadline_s = time.monotonic() + HANG_S
        self._leave = False
        self._was_opened = False
        self._error: BoardError | None = None
        self._stream: PcmStream | None = None
        self.has_ended = False
        self.is_open = False
        # A card that hangs must not keep the process.
        self._worker = threading.Thread(target=self._work, name=f"alsa {direction}", daemon=True)
        self._watcher = threading.Thread(target=self._watch, name=f"alsa {direction} watch", daemon=True)

    def start(self) -> None:
        """Start both threads. Once."""
        _runs.add(self)
        self._worker.start()
        self._watcher.start()

    def join(self, timeout_s: float) -> None:
        """Wait until the working thread has ended, for at most `timeout_s`."""
        self._worker.join(timeout_s)

    def stop(self) -> Future[None]:
        """As `PcmThread.stop`."""
        with self._changed:
            if not self._leave:
                self._leave = True
                self._deadline_s = time.monotonic() + STOP_S
                self._changed.notify()
        return copy_future(self._stopped)

    def _work(self) -> None:
        try:
            self._wait_for_predecessor()
            self._stream = stream = self._open()
            work = self._prepare(stream)
            with self._changed:
                if not self.has_ended:
                    self.is_open = self._was_opened = True
            if self._was_opened:
                resolve(self.opened, None)
            while not self._leave:
                self._deadline_s = time.monotonic() + HANG_S
                work()
        except BoardError as error:
            self._error = error
        except AlsaError as error:
            self._error = pcm_errors.broken(self._direction, self._device, error.errno)
        except Exception as error:
            log.debug("%s", self._device, exc_info=True)
            self._error = pcm_errors.failed(self._direction, self._device, str(error))
        if self._stream:
            self._deadline_s = time.monotonic() + STOP_S
            self._stream.close()
        self._end()
        _runs.discard(self)

    def _wait_for_predecessor(self) -> None:
        """At most one thread waits at a device whose sound server hangs."""
        predecessor = _hanging.get((self._direction, self._device))
        if predecessor:
            predecessor.join(STOP_S)
            if predecessor.is_alive():
                raise pcm_errors.silent_server(self._direction, self._device)

    def _watch(self) -> None:
        passed_s = 0.0
        with self._changed:
            while not self.has_ended:
                deadline_s = self._deadline_s
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 and passed_s == deadline_s:
                    break
                if left_s <= 0:  # looked at twice: the whole process may have stood still
                    passed_s, left_s = deadline_s, GRACE_S
                self._changed.wait(left_s)
            if self.has_ended:
                return
            _hanging[self._direction, self._device] = self._worker
            hangs = pcm_errors.silent_server(self._direction, self._device)
            if self._leave or self._error:
                log.warning("%s", hangs)
            self._error = self._error or hangs
        self._end()

    def _end(self) -> None:
        with self._changed:
            if self.has_ended:
                return
            was_stopped, self._leave = self._leave, True
            self.is_open, self.has_ended = False, True  # before it is reported: `failed` may start anew at once
            if self._stream:
                self._stream.is_given_up = True
            self._changed.notify()
        if not self._was_opened:
            self._stopped.set_result(None)
            resolve(self.opened, self._error)
            return
        if self._error and not was_stopped:
            self._failed(self._error)
        self._stopped.set_result(None)


_runs: set[_PcmRun] = set()
"""Whose working thread runs."""


@atexit.register
def _end_all() -> None:
    """End the threads of a program that ends with PCMs open: CPython aborts if it ends a thread that is in C++ code,
    such as the canceller's. What hangs is left alone after `EXIT_S`.
    """
    deadline_s = time.monotonic() + EXIT_S
    running = list(_runs)
    for run in running:
        run.stop()
    for run in running:
        run.join(max(0.0, deadline_s - time.monotonic()))


def _resampler(from_hz: int, to_hz: int) -> Callable[[bytes], bytes]:
    """Of s16le mono from one rate to another."""
    return (lambda sound: sound) if from_hz == to_hz else Resampler(from_hz, to_hz).convert


CAPTURE_BUFFER_MS = 80
"""Between the card and a late thread."""
TWO_PERIODS_MS = 60
"""A loudspeaker's buffer of this size takes two periods at once: half the wake-ups, and 40 ms for a late thread."""


class _AlsaDevice:
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

    def missing(self) -> BoardError | None:
        """As `interfaces.Capture.missing`: of a card that isn't there."""
        cards = sound_cards()
        if not is_installed() or not alsa_names.missing_card(self.device, cards):
            return None
        return pcm_errors.unopened(self._thread.direction, self.device, errno.ENODEV, list(cards.values()), [])

    def stop(self) -> Future[None]:
        """As `interfaces.Microphone.stop`."""
        return self._thread.stop()


class MixerDefaults:
    """State that mixers are brought to, each when its card is used first, and again when it was unplugged. Any thread.

    In between a person may change it.
    """

    def __init__(self, states: Mapping[str, ControlState]) -> None:
        self._states = states
        self._lock = threading.Lock()
        self._done: dict[int, tuple[int, int]] = {}

    def restore(self, card_number: int) -> None:
        """Set the controls of that card if it is a new one; -1: it is no card. May block while the card answers."""
        mixer = mixer_of(card_number)
        if not self._states or mixer is None:
            return
        with self._lock:
            # The node is made anew when a card comes.
            try:
                status = Path(f"/dev/snd/controlC{card_number}").stat()
            except OSError:
                return  # it is gone
            card = (status.st_ino, status.st_mtime_ns)
            if self._done.get(card_number) == card:
                return
            self._done[card_number] = card
            failed = alsa_mixer.set_controls(mixer, self._states)
        if failed:
            log.info("The mixer of card %d has no such control, or no such value: %s", card_number, ", ".join(failed))


class AlsaMicrophone(_AlsaDevice):
    """Microphone through ALSA (`interfaces.Microphone`). `device` is an ALSA PCM name: ``default``,
    ``plughw:CARD=Device``.

    `channel`: of a card with several, from 1; None: the best one. `defaults`: the state of its mixer.
    """

    def __init__(
        self, device: str = "default", *, channel: int | None = None, defaults: MixerDefaults | None = None
    ) -> None:
        self._channel = channel
        self._defaults = defaults
        self._thread = PcmThread("capture", device, pcm.PERIOD_MS, CAPTURE_BUFFER_MS, channel)
        self._converter: CaptureConverter | None = None
        self.overruns = 0

    @property
    def channel(self) -> int | None:
        """The card's channel that was used last, from 1; None: none yet."""
        return None if self._converter is None else self._converter.channel + 1

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> Future[None]:
        """As `interfaces.Microphone.start`."""

        def prepare(device: PcmStream) -> Callable[[], None]:
            captured = bytearray()
            channel = self._channel
            if self._defaults:
                self._defaults.restore(device.card_number)
            if channel is not None and channel > device.card.channels:
                log.warning(
                    "microphone.channel is %d, and %s has %d: the best one is used",
                    channel, self.device, device.card.channels,
                )  # fmt: skip
            converter = self._converter = CaptureConverter(device.card, None if channel is None else channel - 1)
            to_box = _resampler(device.card.rate_hz, pcm.RATE_HZ)

            def work() -> None:
                sound = device.read()  # also sets the card going
                if sound is None:
                    # What was captured up to here is whole periods and a rest that the gap has spoilt.
                    captured.clear()
                    self.overruns += 1
                    return
                captured.extend(to_box(converter.convert(sound)))
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


class AlsaSpeaker(_AlsaDevice):
    """Loudspeaker through ALSA (`interfaces.Speaker`). `buffer_ms`: how much the card holds, 20 ms or more. `mixer`:
    the card's control. `defaults`: the state of its other ones.
    """

    def __init__(
        self,
        device: str = "default",
        *,
        buffer_ms: int = 80,
        mixer: str | None = None,
        defaults: MixerDefaults | None = None,
    ) -> None:
        self._defaults = defaults
        self._periods = 2 if buffer_ms >= TWO_PERIODS_MS else 1
        self._thread = PcmThread("playback", device, self._periods * pcm.PLAYBACK_PERIOD_MS, buffer_ms)
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
            waiting, period_s = bytearray(), pcm.PLAYBACK_PERIOD_MS / 1000
            converter = PlaybackConverter(device.card)
            to_card = _resampler(pcm.RATE_HZ, device.card.rate_hz)
            self._card_number = device.card_number
            if self._defaults:
                self._defaults.restore(device.card_number)
            volume = Volume(self._set_mixer)
            self._to_flush.clear()

            def work() -> None:
                if self._to_flush.is_set() and device.idle_s < QUIET_S:
                    self._to_flush.clear()
                    waiting.clear()
                    device.drop()
                if not waiting:
                    if not device.has_room(self._periods * period_s):
                        return
                    self._delay_s = device.unplayed_s
                    audible_s = time.monotonic() + self._delay_s
                    for number in range(self._periods):
                        sound = fill(audible_s + number * period_s)
                        waiting.extend(converter.convert(to_card(volume.apply(sound, self.volume_percent))))
                taken = device.write(bytes(waiting))
                if taken is None:
                    self.underruns += 1  # the same period is written again
                elif taken:
                    del waiting[:taken]
                else:
                    device.wait()

            return work

        return self._thread.start(prepare, failed)

    def mixer_state(self) -> alsa_mixer.MixerState | None:
        """State of the mixer of the card that was opened last; None: it has none."""
        mixer = mixer_of(self._card_number)
        return alsa_mixer.get_state(mixer, self._mixer) if mixer else None

    def _set_mixer(self, percent: int) -> bool:
        mixer = mixer_of(self._card_number)
        return mixer is not None and alsa_mixer.set_volume(mixer, percent, self._mixer)

    def flush(self) -> None:
        """As `interfaces.Speaker.flush`."""
        self._to_flush.set()


def mixer_of(card_number: int) -> str | None:
    """ALSA's name of a card's mixer; None: it is no card.

    A sound server's volume is its users' own, and asking one that hangs would hang.
    """
    return f"hw:{card_number}" if card_number >= 0 else None
