"""The wake word: listens for it while no call is on, and calls the bot of the word that was said."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from callbox.app.observers import WakeObserver
from callbox.audio.capture.model.detection import Detection
from callbox.audio.capture.wake_word import MicroWakeWordDetector, WakeWord, WakeWordDetector
from callbox.audio.media import BoardMedia
from callbox.backoff import Backoff
from callbox.rtvi.errors import DeviceError
from callbox.system.event_loop import is_set_within

log = logging.getLogger(__name__)

RETRY = Backoff(first_s=1.0, max_s=60.0)
"""Pauses after a microphone that can't be opened, or that broke."""
LOOK_S = 1.0
"""How often one that is missing for certain is looked for: nothing is opened for that."""


@dataclass(frozen=True, slots=True)
class WakeConfig:
    """Words, and what becomes of the name. Default: none is listened for."""

    words: tuple[WakeWord, ...] = ()
    keeps_name: bool = False
    in_quiet_hours: bool = False
    interrupts: bool = False
    """Whether a word interrupts the bot while it speaks."""

    def of_state(self, *, in_call: bool) -> tuple[WakeWord, ...]:
        """Words that mean something while no call is on, or in one."""
        return tuple(
            word for word in self.words if (word.ends_call or self.interrupts if in_call else not word.ends_call)
        )


class WakeTarget(Protocol):
    """Owner: `callbox.app.appliance.Appliance`."""

    @property
    def is_idle(self) -> bool:
        """Whether no call is on, being made or being ended."""

    def interrupt_bot(self) -> None:
        """Play no more of what the bot says now, and tell it; nothing if it doesn't speak."""

    def on_stop_word(self) -> None:
        """End the call."""

    def on_wake_word(self, bot: str | None) -> str | None:
        """Call `bot`; None: answer what rings, or call the chosen one. A sentence: there is no such bot."""


MakeDetector = Callable[[Sequence[WakeWord], bool], WakeWordDetector]
"""Makes a detector of words, in a thread; whether the name belongs to what is said."""


def make_detector(words: Sequence[WakeWord], keeps_name: bool) -> WakeWordDetector:
    """The detector of pymicro-wakeword. May take a second: its libraries are imported."""
    return MicroWakeWordDetector(words, keeps_name=keeps_name)


class WakeWordListener:
    """Listener for wake words between calls. Event loop only. `run` it as a task; without words in the settings it
    waits for others.

    `set_conditions` is told whether the microphone is muted and whether quiet hours apply; `on_call` is called before
    a call is made, `refresh` whenever one has ended.
    """

    def __init__(
        self,
        target: WakeTarget,
        config: WakeConfig,
        media: BoardMedia,
        on_fault: Callable[[DeviceError], None],
        observers: Callable[[], Sequence[object]] = tuple,
        make: MakeDetector = make_detector,
        to_thread: Callable[..., Awaitable[Any]] = asyncio.to_thread,
    ) -> None:
        self._target, self._config, self._media, self._on_fault, self._make = target, config, media, on_fault, make
        self._observers, self._to_thread = observers, to_thread
        self._detectors: dict[bool, WakeWordDetector] = {}
        """While no call is on (False), and in one; each made when it is wanted for the first time."""
        self._undecided: BoardMedia | None = None
        """Keeps what is said from a name on, until it is decided whether that begins a call."""
        self._muted = self._quiet = False
        self._changed = asyncio.Event()

    @property
    def is_configured(self) -> bool:
        """Whether the settings name a word."""
        return bool(self._config.words)

    @property
    def _is_silenced(self) -> bool:
        return self._muted or (self._quiet and not self._config.in_quiet_hours)

    @property
    def _is_wanted(self) -> bool:
        return self.is_configured and not self._is_silenced and self._target.is_idle

    @property
    def _is_wanted_in_call(self) -> bool:
        return bool(self._config.of_state(in_call=True)) and not self._is_silenced and not self._target.is_idle

    def use(self, config: WakeConfig, media: BoardMedia) -> None:
        """Listen by `config` with `media` from now on."""
        if config != self._config:
            self._detectors.clear()
        self._config, self._media = config, media
        self.refresh()

    def set_conditions(self, *, muted: bool, quiet: bool) -> None:
        """Tell whether the microphone is muted, softly or hard, and whether quiet hours apply."""
        if (muted, quiet) != (self._muted, self._quiet):
            self._muted, self._quiet = muted, quiet
            self.refresh()

    def refresh(self) -> None:
        """Look again whether a wake word is to be listened for."""
        self._changed.set()

    def on_call(self) -> None:
        """A call is about to be made. If not by a wake word, it sends nothing of what was kept for one."""
        if self._undecided:
            self._undecided.forget_detection()
            self._undecided = None
        self.refresh()

    async def run(self) -> None:
        """Until cancelled."""
        backoff = RETRY
        listening: asyncio.Task[Detection | None] | None = None
        try:
            while True:
                self._changed.clear()
                if self._is_wanted_in_call:
                    await self._detect_in_call()
                    continue
                if not self._is_wanted:
                    await self._changed.wait()
                    continue
                listening = asyncio.create_task(self._listen(), name="wake word")
                await self._until_unwanted(listening)
                try:
                    detection = await listening
                    backoff = backoff.reset()
                except DeviceError as error:
                    self._on_fault(error)
                    backoff = backoff.next()
                    if not await self._wait_while_missing():
                        await is_set_within(self._changed, backoff.bound_s)
                    continue
                if detection:
                    await self._call(detection)
                elif self._is_wanted:
                    await is_set_within(self._changed, RETRY.first_s)
        finally:
            if listening:
                listening.cancel()
            await self._media.stop_listening()

    async def _listen(self) -> Detection | None:
        detector = await self._fresh_detector(in_call=False)
        if detector is None or not self._is_wanted:  # changed meanwhile
            return None
        media = self._media
        detection = await media.listen(detector.process)
        self._undecided = media if detection else None
        return detection

    async def _fresh_detector(self, *, in_call: bool) -> WakeWordDetector | None:
        """A detector that is new or reset; None: the settings have changed meanwhile."""
        config, detector = self._config, self._detectors.get(in_call)
        if detector is None:
            detector = await self._to_thread(self._make, config.of_state(in_call=in_call), config.keeps_name)
        else:
            await self._to_thread(detector.reset)
        if config != self._config:
            return None
        self._detectors[in_call] = detector
        return detector

    async def _detect_in_call(self) -> None:
        """Until the call has ended, or other settings, devices or conditions apply."""
        media, config = self._media, self._config
        detector = await self._fresh_detector(in_call=True)
        if detector is None:
            return
        stop = media.detect_in_call(detector.process, self._on_detection_in_call)
        try:
            while self._is_wanted_in_call and (media, config) == (self._media, self._config):
                await self._changed.wait()
                self._changed.clear()
        finally:
            stop()

    def _on_detection_in_call(self, detection: Detection) -> None:
        if not self._is_wanted_in_call:
            return
        log.info("Wake word %s in the call, score %.2f", detection.word, detection.score)
        if self._word(detection).ends_call:
            self._target.on_stop_word()
        else:
            self._target.interrupt_bot()

    def _word(self, detection: Detection) -> WakeWord:
        return next(word for word in self._config.words if word.model == detection.word)

    async def _until_unwanted(self, listening: "asyncio.Task[Detection | None]") -> None:
        """Until `listening` ends; it is ended as soon as it isn't wanted any more, or by other words or devices."""
        media, config = self._media, self._config
        while not listening.done():
            changed = asyncio.create_task(self._changed.wait())
            await asyncio.wait({listening, changed}, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()
            self._changed.clear()
            is_other = (media, config) != (self._media, self._config)
            if not listening.done() and self._target.is_idle and (is_other or not self._is_wanted):
                await media.stop_listening()

    async def _wait_while_missing(self) -> bool:
        """Wait until the microphone isn't missing for certain, or not wanted any more; returns whether it was."""
        was_missing = False
        while self._is_wanted and self._media.is_microphone_missing:
            was_missing = True
            self._changed.clear()
            await is_set_within(self._changed, LOOK_S)
        return was_missing

    async def _call(self, detection: Detection) -> None:
        media = self._undecided or self._media
        log.info("Wake word %s, score %.2f", detection.word, detection.score)
        is_ours = await self._answers(detection)
        if not is_ours:
            log.info("Another box answers")
        begins_call = is_ours and self._undecided is self._media and self._is_wanted
        self._undecided = None
        if not begins_call:  # or muted, or other devices, or something else has called meanwhile
            if self._target.is_idle or media is not self._media:
                await media.drop_detection()
            return
        if wrong := self._target.on_wake_word(self._word(detection).bot):
            log.warning("The wake word %s calls nobody: %s", detection.word, wrong)
        if self._target.is_idle:  # no call was made of it: a cue tells that what was kept is lost
            await self._media.close()

    async def _answers(self, detection: Detection) -> bool:
        """Whether this box answers, as all observers say that know of others."""
        knowing = [observer for observer in self._observers() if isinstance(observer, WakeObserver)]
        return all([await observer.answers_wake_word(detection) for observer in knowing])
