"""Announcing: a sound, or words, are played to whoever is near. Nothing here opens the microphone or makes a call.

What becomes of an announcement is decided by `callbox.control.announcements`; here are its sound, times and limits.
"""

import asyncio
import functools
import logging
import uuid
from collections import OrderedDict
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from callbox.app import speech
from callbox.app.bot_selection import BotSelection
from callbox.app.bot_speech import BotSpeaker
from callbox.app.clocks import Clocks
from callbox.app.download import DownloadError
from callbox.app.due import Due
from callbox.app.press_or_hold import PressOrHold
from callbox.app.sound_download import download_sound, is_allowed
from callbox.app.speech import SpeechError
from callbox.audio.media import BoardMedia
from callbox.audio.playout.announcement import AnnouncementSound
from callbox.audio.playout.model.sound_format import sound_format
from callbox.audio.playout.sound_file import decode, preimport
from callbox.control.announcements import (
    MAX_WAITING,
    NEW,
    Announcement,
    AnnouncementAction,
    AnnouncementEvent,
    Announcements,
    Priority,
    SoundBytes,
    SoundUrl,
    Words,
    expiry,
)
from callbox.control.gesture_actions import CALLING, GestureSettings
from callbox.control.rate_limit import RateLimit
from callbox.control.remote_commands import Denied, PendingResult, too_often
from callbox.system.event_loop import call_in_loop
from callbox.text import one_line
from callbox_device.model.gestures import Gesture, Pressed

log = logging.getLogger(__name__)

MAX_IDS = 1000
"""Ids that are known, the newest."""
_MAX_REASON_CHARS = 200


@dataclass(frozen=True, slots=True)
class AnnounceConfig:
    """Permission, limits and sound of announcements."""

    allowed: bool = False
    """Whether announcements are accepted."""
    volume_percent: int = 80
    """Of their amplitude, beside the loudspeaker's volume, where they don't say it themselves."""
    max_s: float = 60.0
    """For how long one is played."""
    wait_s: float = 600.0
    """For how long one waits."""
    rate: RateLimit = field(default_factory=lambda: RateLimit(5, 10.0))
    """How many may come."""
    in_quiet_hours: str = "high"
    """`play`: as ever; `high`: those of high priority alone; `refuse`: none is accepted."""
    origins: tuple[str, ...] = ()
    """Scheme, host and port from which sound files are downloaded."""
    voice: str = "en"
    """Of espeak-ng."""
    by_bot: bool = False
    """Whether the chosen bot speaks words; where it can't, espeak-ng does."""


class AnnouncementTarget(Protocol):
    """Target of announcements: `callbox.app.appliance.Appliance`."""

    media: BoardMedia
    """Sound of the board."""
    bots: BotSelection
    """The bots of the settings."""

    def update(self) -> None:
        """Show the announcements, which have changed."""


class Announcer:
    """Player of announcements: one at a time, the others wait. Event loop only; make it in the running loop."""

    def __init__(self, target: AnnouncementTarget, config: AnnounceConfig, clocks: Clocks | None = None) -> None:
        self._target, self._config, self._clocks = target, config, clocks or Clocks()
        self._rate = config.rate
        self.announcements = Announcements()
        """What is played and waits."""
        self._known: OrderedDict[str, float] = OrderedDict()
        """Ids, and when they came, as `Clocks.boot_s`."""
        self._quiet = self._is_over = False
        self._buttons = PressOrHold()
        self._loading: asyncio.Task[None] | None = None
        self._due = Due()

    def use(self, config: AnnounceConfig) -> None:
        """Apply `config` from now on; what is played begins anew, for the player may be another."""
        if config.rate != self._config.rate:
            self._rate = config.rate
        self._config = config
        self._play()
        self._due.change()

    @property
    def is_allowed(self) -> bool:
        """Whether announcements are accepted."""
        return self._config.allowed

    def set_quiet(self, quiet: bool) -> None:
        """Note whether quiet hours apply. What waits, and isn't allowed in them, is dropped."""
        self._quiet = quiet
        for one in self.announcements.waiting:
            if not self._is_allowed_now(one):
                self._on(AnnouncementEvent.EXPIRED, one, "quiet hours began")

    def _is_allowed_now(self, one: Announcement) -> bool:
        allowed = self._config.in_quiet_hours
        return not self._quiet or allowed == "play" or (allowed == "high" and one.priority is Priority.HIGH)

    # -- what comes in ---------------------------------------------------------------------------

    def request(self, one: Announcement) -> Denied | PendingResult:
        """Accept an announcement, or say why not. One without an id is given one."""
        if not one.id:
            one = replace(one, id=uuid.uuid4().hex)
        if one.id in self._known:  # delivered again: it is the same
            return lambda tell: tell({"id": one.id, "new": False})
        if denied := self._denied(one):
            return denied
        if self._on(NEW[one.priority], one) is AnnouncementAction.REFUSE:
            return Denied("busy", "Something else is on, and the priority is low.")
        self._rate = self._rate.taken(self._clocks.boot_s())
        return lambda tell: tell({"id": one.id, "new": True})

    def _denied(self, one: Announcement) -> Denied | None:
        match one.source:
            case SoundUrl(url) if not is_allowed(url, self._config.origins):
                return Denied("not_allowed", "announce.origins has not the scheme, host and port of the URL.")
            case SoundBytes(data) if sound_format(data) is None:
                return Denied("bad_argument", "The sound is no WAV, Ogg Opus or MP3 file.")
            case Words() if not (self._config.by_bot or speech.is_installed()):
                return Denied("not_possible", f"{speech.NOT_INSTALLED}.")
        if not self._is_allowed_now(one):
            text = f"Quiet hours apply, and announce.quiet_hours is {self._config.in_quiet_hours}."
            return Denied("quiet_hours", text)
        if one.until is not None and one.until <= self._clocks.unix_s():
            return Denied("too_late", "until has passed.")
        if len(self.announcements.waiting) >= MAX_WAITING:
            return Denied("busy", f"{MAX_WAITING} announcements wait already.")
        return too_often(self._rate, self._clocks.boot_s(), "announce")

    def on_gesture(self, gesture: Gesture, button: str, settings: GestureSettings) -> bool:
        """Stop what is played by a press of `button`. True: that is what it did, and it does nothing else."""
        if (
            isinstance(gesture, Pressed)
            and settings.press in CALLING
            and self._on(AnnouncementEvent.PRESS) is AnnouncementAction.STOP
        ):
            self._buttons.take(button)
        return self._buttons.on_gesture(gesture, button)

    def on_busy(self, is_busy: bool) -> None:
        """Note whether a call is on, or it rings. The status is made after this."""
        if is_busy != self.announcements.is_busy:
            event = AnnouncementEvent.BUSY_BEGAN if is_busy else AnnouncementEvent.BUSY_ENDED
            self._on(event, tell=False)

    # -- what becomes of it ----------------------------------------------------------------------

    def _on(
        self, event: AnnouncementEvent, about: Announcement | None = None, reason: str = "", *, tell: bool = True
    ) -> AnnouncementAction | None:
        before = self.announcements
        self.announcements, action = before.on(event, about, one_line(reason, _MAX_REASON_CHARS))
        now = self.announcements
        if now == before:
            return action
        if about and about in (now.playing, *now.waiting):
            self._known[about.id] = self._clocks.boot_s()
            while len(self._known) > MAX_IDS:
                self._known.popitem(last=False)
        if now.ended is not before.ended and now.ended:
            why = f": {now.ended.reason}" if now.ended.reason else ""
            log.info("The announcement %s: %s%s", now.ended.id, now.ended.outcome, why)
        if now.playing is not before.playing:
            self._play()
        self._due.change()
        if tell:
            self._target.update()
        return action

    # -- sound -----------------------------------------------------------------------------------

    def stop(self) -> None:
        """Be silent from now on: the box ends."""
        self._is_over = True
        self._play()

    def _play(self) -> None:
        """Play what is to be played, from its beginning, and nothing else."""
        if self._loading:
            self._loading.cancel()
            self._loading = None
        self._target.media.player.drop_announcement()
        if self.announcements.playing and not self._is_over:
            self._loading = asyncio.create_task(self._load(self.announcements.playing), name="announcement")

    async def _load(self, one: Announcement) -> None:
        sound = AnnouncementSound(call_in_loop(functools.partial(self._ended, one)))
        volume = self._config.volume_percent if one.volume_percent is None else one.volume_percent
        try:
            if (
                isinstance(one.source, Words)
                and self._config.by_bot
                and await self._spoken_by_bot(one.id, one.source.text, sound, volume)
            ):
                return
            data = await self._data(one)
            self._target.media.player.announce(sound)
            await asyncio.to_thread(_decode, data, sound, volume, self._config.max_s)
        except (DownloadError, SpeechError, ValueError) as error:
            sound.end(str(error))
        except Exception:  # a defect: the next one is played
            log.exception("The announcement %s could not be played", one.id)
            sound.end("it failed; the journal says more")

    async def _spoken_by_bot(self, id_: str, text: str, sound: AnnouncementSound, volume_percent: int) -> bool:
        """Whether the chosen bot has spoken `text`. Where espeak-ng is not installed: raises `SpeechError` if not."""
        speaker = BotSpeaker(self._target.bots.chosen_connection, {"id": id_, "text": text})
        try:
            await speaker.speak(
                sound, volume_percent, self._config.max_s, lambda: self._target.media.player.announce(sound)
            )
        except SpeechError as error:
            if not speech.is_installed():
                raise
            log.warning("espeak-ng speaks the announcement %s: %s", id_, error)
            return False
        return True

    async def _data(self, one: Announcement) -> bytes:
        match one.source:
            case SoundBytes(data):
                return data
            case SoundUrl(url):
                return await download_sound(url)
            case Words(text):  # pragma: no branch - there is no other source
                return await speech.speak(text, self._config.voice, self._config.max_s)

    def _ended(self, one: Announcement, reason: str | None) -> None:
        if self.announcements.playing is not one or self._is_over:
            return
        self._target.media.player.drop_announcement()
        event = AnnouncementEvent.PLAYED if reason is None else AnnouncementEvent.FAILED
        self._on(event, reason=reason or "")

    # -- life ------------------------------------------------------------------------------------

    def tasks(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        """Name and work of what runs beside."""
        return [("announcements", self._run())]

    async def _run(self) -> None:
        """Drop announcements that have waited too long, until cancelled."""
        if self.is_allowed:
            await asyncio.to_thread(preimport)
        await self._due.run(self._expire)

    def _expire(self) -> float | None:
        """Drop the announcement whose time is up. Returns the seconds until the next one's; None: there is none."""
        waiting, boot_s = self.announcements.waiting, self._clocks.boot_s()
        waited_s = {one.id: boot_s - self._known.get(one.id, boot_s) for one in waiting}
        late, pause_s = expiry(self.announcements, self._clocks.unix_s(), waited_s, self._config.wait_s)
        if late:
            self._on(AnnouncementEvent.EXPIRED, late, "it waited too long")
        return pause_s


def _decode(data: bytes, sound: AnnouncementSound, volume_percent: int, max_s: float) -> None:
    """Decode `data` into `sound`. For a thread. Raises `ValueError`."""
    for periods in decode(data, volume_percent, max_s):
        if sound.has_ended:
            return
        sound.write(periods)
    sound.complete()
