"""Player of chimes, the ringing tone and the spoken causes of faults, through the media's player."""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from callbox.audio.media import BoardMedia
from callbox.audio.playout import spoken_cause
from callbox.audio.playout.cues import DEFAULT_VOLUME_PERCENT, error_beeps, split
from callbox.control import chimes
from callbox.control.chimes import ChimeEvent
from callbox.control.faults import Problem
from callbox.control.status import Status

log = logging.getLogger(__name__)

_VOICE_DBFS = -40.0
"""A louder microphone is taken for somebody who speaks already."""


@dataclass(frozen=True, slots=True)
class ChimeConfig:
    """Sounds of its own that the box plays."""

    enabled: bool = False
    """Whether there are any."""
    volume_percent: int = DEFAULT_VOLUME_PERCENT
    """0 to 100, beside the loudspeaker's volume."""
    handset: bool = False
    """Whether a ringing tone is played while a call is being made."""
    speech: Path | None = None
    """Folder of the spoken causes; None: none are played."""


class Chimes:
    """Player of chimes. Event loop only; make it in the running loop."""

    def __init__(self, media: BoardMedia, config: ChimeConfig) -> None:
        self._is_quiet = False
        self._task: asyncio.Task[None] | None = None
        self.use(media, config)

    def use(self, media: BoardMedia, config: ChimeConfig) -> None:
        """Play by `media` from now on, as `config` says; before the media is opened."""
        self._media, self._config = media, config
        self._apply()

    @property
    def is_on(self) -> bool:
        """Whether chimes are played at this moment."""
        return self._config.enabled and not self._is_quiet

    def set_quiet(self, quiet: bool) -> None:
        """Play none, or again those that the configuration allows."""
        self._is_quiet = quiet
        self._apply()

    def _apply(self) -> None:
        self._media.player.cue_volume_percent = self._config.volume_percent if self.is_on else 0

    def on_status(self, before: Status, after: Status) -> None:
        """Play what tells the change from `before` to `after`."""
        player = self._media.player
        half_duplex = self._media.processor_selection.mode == "half_duplex"
        handset = self._config.handset and not half_duplex
        player.is_ringing = player.cue_volume_percent > 0 and handset and chimes.is_ringing(after)
        for event in chimes.chime_events(before, after):
            if event is ChimeEvent.CONNECTING:
                self.interrupt()
            if half_duplex and (event in chimes.WITHOUT_HALF_DUPLEX or self._cuts_speech(event)):
                continue
            if event is ChimeEvent.CONNECTING and handset:
                continue
            player.cue(chimes.notes(event, after.problem), after_session=event in chimes.AFTER_SESSION)
            if event is ChimeEvent.FAILED and after.problem:
                self._say(after.problem)

    def _cuts_speech(self, event: ChimeEvent) -> bool:
        return event is ChimeEvent.BOT_READY and self._media.gate.level_dbfs > _VOICE_DBFS

    def repeat(self, problem: Problem) -> None:
        """Play the beeps and the spoken cause of `problem` again."""
        self.interrupt()
        self._media.player.cue(error_beeps(problem.fault.value), after_session=True)
        self._say(problem)

    def interrupt(self) -> None:
        """Stop the chimes and spoken causes that are being played: the button was pressed."""
        self._media.player.drop_cues()
        if self._task:
            self._task.cancel()
            self._task = None

    def _say(self, problem: Problem) -> None:
        if self.is_on and self._config.speech:
            self._task = asyncio.create_task(self._read(self._config.speech, problem), name="spoken cause")

    async def _read(self, folder: Path, problem: Problem) -> None:
        try:
            sound = await asyncio.to_thread(spoken_cause.read, folder, problem.code)
        except (OSError, ValueError) as error:
            log.warning("The spoken cause can't be played: %s", error)
            return
        if sound:
            scaled = spoken_cause.scaled(sound, self._config.volume_percent)
            self._media.player.play(split(scaled), after_session=True)
