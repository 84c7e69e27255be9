"""The wake word: listens for it while no call is on, and calls the bot of the word that was said."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from callbox.audio.capture.model.detection import Detection
from callbox.audio.capture.wake_word import MicroWakeWordDetector, WakeWord, WakeWordDetector
from callbox.audio.media import BoardMedia
from callbox.backoff import Backoff
from callbox.rtvi.errors import DeviceError

log = logging.getLogger(__name__)

RETRY = Backoff(first_s=1.0, max_s=60.0)
"""Pauses after a microphone that can't be opened, or that broke."""


@dataclass(frozen=True, slots=True)
class WakeConfig:
    """Words, and what becomes of the name. Default: none is listened for."""

    words: tuple[WakeWord, ...] = ()
    keeps_name: bool = False
    in_quiet_hours: bool = False


class WakeTarget(Protocol):
    """Owner: `callbox.app.appliance.Appliance`."""

    @property
    def is_idle(self) -> bool:
        """Whether no call is on, being made or being ended."""

    def on_wake_word(self, bot: str | None) -> str | None:
        """Call `bot`; None: answer what rings, or call the chosen one. A sentence: there is no such bot."""


MakeDetector = Callable[[WakeConfig], WakeWordDetector]
"""Makes a detector, in a thread."""


def make_detector(config: WakeConfig) -> WakeWordDetector:
    """The detector of pymicro-wakeword. May take a second: its libraries are imported."""
    return MicroWakeWordDetector(config.words, keeps_name=config.keeps_name)


class WakeWordListener:
    """Event loop only. `run` it as a task; without words in the settings it waits for others.

    `set_conditions` is told whether the microphone is muted and whether quiet hours apply; `refresh` is called
    whenever a call begins or ends.
    """

    def __init__(
        self,
        target: WakeTarget,
        config: WakeConfig,
        media: BoardMedia,
        on_fault: Callable[[DeviceError], None],
        make: MakeDetector = make_detector,
        to_thread: Callable[..., Awaitable[Any]] = asyncio.to_thread,
    ) -> None:
        self._target, self._config, self._media, self._on_fault, self._make = target, config, media, on_fault, make
        self._to_thread = to_thread
        self._detector: WakeWordDetector | None = None
        self._muted = self._quiet = False
        self._changed = asyncio.Event()

    @property
    def is_configured(self) -> bool:
        """Whether the settings name a word."""
        return bool(self._config.words)

    @property
    def _is_wanted(self) -> bool:
        is_silenced = self._muted or (self._quiet and not self._config.in_quiet_hours)
        return self.is_configured and not is_silenced and self._target.is_idle

    def use(self, config: WakeConfig, media: BoardMedia) -> None:
        """Listen by `config` with `media` from now on."""
        if config != self._config:
            self._detector = None
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

    async def run(self) -> None:
        """Until cancelled."""
        backoff = RETRY
        listening: asyncio.Task[Detection | None] | None = None
        try:
            while True:
                self._changed.clear()
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
                    await self._pause(backoff.bound_s)
                    continue
                if detection:
                    await self._call(detection)
                elif self._is_wanted:
                    await self._pause(RETRY.first_s)
        finally:
            if listening:
                listening.cancel()
            await self._media.stop_listening()

    async def _listen(self) -> Detection | None:
        config = self._config
        detector = self._detector
        if detector is None:
            self._detector = detector = await self._to_thread(self._make, config)
        else:
            await self._to_thread(detector.reset)
        if config != self._config or not self._is_wanted:  # changed meanwhile
            self._detector = None if config != self._config else detector
            return None
        return await self._media.listen(detector.process)

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

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    async def _call(self, detection: Detection) -> None:
        word = next(word for word in self._config.words if word.model == detection.word)
        log.info("Wake word %s, score %.2f", detection.word, detection.score)
        if wrong := self._target.on_wake_word(word.bot):
            log.warning("The wake word %s calls nobody: %s", detection.word, wrong)
        if self._target.is_idle:  # no call was made of it: what was kept is dropped
            await self._media.close()
