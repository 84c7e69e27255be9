"""Playback side: the bot's sound, the box's own cues, and announcements, to the loudspeaker. The capture side is
`capture/mic_gate.py`.

The loudspeaker's thread asks, 10 ms at a time, and so is the clock of everything that comes in.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from callbox.audio.playout.announcement import AnnouncementSound, Ducking
from callbox.audio.playout.cues import DEFAULT_VOLUME_PERCENT, Cue, Notes, periods, ringing
from callbox.audio.playout.pcm_queue import PcmQueue
from callbox.audio.playout.rtp_playout import RtpPlayout
from callbox_device.interfaces import BoardError, Playback
from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

log = logging.getLogger(__name__)

MAX_PAUSE_S = 0.25
"""How long the PCM stays open after what was dropped, if there is no session."""
MAX_LATE_S = 2.0
"""How much longer than they are cues may take on a slow card or a busy machine; then the PCM is closed over them."""
_SILENCE = bytes(pcm.PLAYBACK_PERIOD_BYTES)


class FarEndSink(Protocol):
    """Receiver of what is played: the echo canceller's far end. Called in the loudspeaker's thread."""

    def played(self, period: bytes, audible_s: float) -> None:
        """Take `period`, audible from `audible_s` on, in seconds of `time.monotonic()`."""


class Player:
    """Player of the bot's sound, of cues and of announcements. Event loop only; `on_fault` is called in the
    loudspeaker's thread.

    In a session the PCM is open. A cue or an announcement without one opens it for as long as it lasts; a session that
    begins meanwhile takes it over.
    """

    def __init__(
        self, speaker: Playback, on_fault: Callable[[BoardError], None], listener: FarEndSink | None = None
    ) -> None:
        self._speaker = speaker
        self._on_fault = on_fault
        self._listener = listener
        self._queue = PcmQueue()
        self._cues: deque[bytes] = deque()
        self._cues_after_session: deque[bytes] = deque()
        self._announcement: AnnouncementSound | None = None
        self._ducking = Ducking()
        self.cue_volume_percent = DEFAULT_VOLUME_PERCENT
        """Of cues, 0 to 100; 0: none is played."""
        self.is_ringing = False
        """Whether the ringing tone is played while nothing else is."""
        self._ringing: Iterator[bytes] | None = None
        self._session: object | None = None  # another object for each call of `open`
        self._lock = asyncio.Lock()
        """Held while the PCM is opened or closed."""
        self._alone: asyncio.Task[None] | None = None
        self.opens_after: asyncio.Task[None] | None = None
        """Closes the devices of another player: what this one opens and stops waits for its end."""
        self.rtp = RtpPlayout()
        """What comes as RTP: write it there."""
        self._period = b""
        self._bot_period = b""
        self.is_bot_silenced = False
        """Whether silence is played in place of the bot, until what it says now has ended. Event loop only."""

    @property
    def level_dbfs(self) -> float:
        """Peak of what was last given to the card."""
        return pcm.peak_dbfs(self._period)

    @property
    def bot_period(self) -> tuple[bytes, float]:
        """The bot's sound that was last given to the card, 10 ms, without cues, and its peak in dBFS. The same object
        again: nothing was given since.
        """
        period = self._bot_period
        return period, pcm.peak_dbfs(period)

    @property
    def unplayed_ms(self) -> float:
        """Time in ms until the newest sound is audible: what waits here, and what the card holds."""
        return self.rtp.unplayed_ms + self._queue.unplayed_ms + self._speaker.delay_ms

    async def open(self) -> None:
        """Open the PCM for a session; one that a cue has opened, or that is being closed, is taken over. Raises
        `BoardError`.
        """
        self._session = object()
        async with self._lock:
            if not self._speaker.is_open:
                await self._start()

    async def close(self) -> None:
        """Play the cues that wait, then close the PCM, unless `open` is called meanwhile. Legal at any time; goes on
        when its caller is cancelled.

        Cues for after the session are played then, and not waited for.
        """
        self.flush()
        self.is_ringing = False
        await asyncio.shield(asyncio.create_task(self._close(self._session), name="close loudspeaker"))

    async def _close(self, session: object | None) -> None:
        left_s = self._cues_s + MAX_LATE_S
        while session and self._session is session and self._cues and self._speaker.is_open and left_s > 0:
            pause_s = min(self._cues_s, left_s)
            await asyncio.sleep(pause_s)
            left_s -= pause_s
        is_over = self._session is session
        stops = is_over and (session is not None or self._alone is None)
        if is_over:
            self._session = None
        if stops:
            self._cues.clear()
        # In one step with the end of the session: what comes from here on is played after these.
        self._cues.extend(self._cues_after_session)
        self._cues_after_session.clear()
        if self._has_own_sound():
            self._play_alone()
        if stops:
            await self._stop_speaker()

    async def stop(self) -> None:
        """Close the PCM at once, also if a cue or an announcement is played without a session."""
        self._session = None
        self.drop_cues()
        self.drop_announcement()
        await self._stop()

    async def change_speaker(self) -> None:
        """Play by the loudspeaker that is selected now, in a session or what is played without one. What a session had
        not played is dropped. Raises `BoardError`.
        """
        async with self._lock:
            if self._session:
                self.flush()
                self.rtp.reset()
            if self._speaker.is_open:
                await asyncio.wrap_future(self._speaker.stop())  # `_play_without_session` opens it again
            if self._session:
                await self._start()

    async def _wait_for_predecessor(self) -> None:
        if self.opens_after:
            await asyncio.wait([self.opens_after])
            self.opens_after = None

    async def _start(self) -> None:
        await self._wait_for_predecessor()
        await asyncio.wrap_future(self._speaker.start(self._fill, self._on_failure))

    async def _stop(self) -> None:
        # A task: whoever opens the PCM waits for its closing even if the caller of this was cancelled.
        await asyncio.shield(asyncio.create_task(self._stop_speaker(), name="close loudspeaker"))

    async def _stop_speaker(self) -> None:
        async with self._lock:
            if self._session:
                return
            await self._wait_for_predecessor()
            self.rtp.reset()
            if not self._has_own_sound():  # what came meanwhile closes the PCM when it has been played
                await asyncio.wrap_future(self._speaker.stop())
                self._period = self._bot_period = b""

    def _on_failure(self, error: BoardError) -> None:
        # The loudspeaker's thread.
        self._cues.clear()
        if self._session:
            self._on_fault(error)
        else:
            self._fail_announcement(error)

    def _fail_announcement(self, error: BoardError) -> None:
        if self._announcement:
            self._announcement.end(str(error))

    def write(self, sound: bytes) -> None:
        """Play sound of the bot as PCM, any length."""
        self._queue.write(sound)

    def flush(self) -> None:
        """Drop what has not been played: here, and in the card."""
        self._queue.flush()
        self.rtp.flush()
        self._speaker.flush()

    def cue(self, cue: Cue | Notes, *, after_session: bool = False) -> None:
        """Play a cue together with the bot's sound; without a session: by itself."""
        self.play(periods(cue, self.cue_volume_percent), after_session=after_session)

    def play(self, sound: Sequence[bytes], *, after_session: bool = False) -> None:
        """Play the loudspeaker's periods in `sound`, as `cue`. `after_session`: if there is a session, after that."""
        if self._session and after_session:
            self._cues_after_session.extend(sound)
        elif sound:
            self._cues.extend(sound)
            if not self._session:
                self._play_alone()

    def drop_cues(self) -> None:
        """Play none of the cues that wait."""
        self._cues.clear()
        self._cues_after_session.clear()

    def announce(self, sound: AnnouncementSound) -> None:
        """Play `sound` in place of an earlier one, together with the bot's sound and cues, which are softer meanwhile;
        without a session: by itself.
        """
        self.drop_announcement()
        self._announcement = sound
        if not self._session:
            self._play_alone()

    def drop_announcement(self) -> None:
        """Play no more of the announcement."""
        if self._announcement:
            self._announcement.drop()
        self._announcement = None

    def _has_own_sound(self) -> bool:
        return bool(self._cues) or (self._announcement is not None and not self._announcement.has_ended)

    @property
    def _cues_s(self) -> float:
        return len(self._cues) * pcm.PLAYBACK_PERIOD_MS / 1000 + self._speaker.delay_ms / 1000

    def _play_alone(self) -> None:
        if self._alone is None or self._alone.done():
            self._alone = asyncio.create_task(self._play_without_session(), name="cue")

    async def _play_without_session(self) -> None:
        try:
            while self._has_own_sound() and not self._session:
                async with self._lock:  # again each time: a session that was short may have closed it meanwhile
                    if not (self._session or self._speaker.is_open):
                        await self._start()
                pause_s = MAX_PAUSE_S if self._announcement else max(self._cues_s, pcm.PLAYBACK_PERIOD_MS / 1000)
                await asyncio.sleep(min(pause_s, MAX_PAUSE_S))
                if not self._has_own_sound():
                    await asyncio.sleep(self._speaker.delay_ms / 1000)  # and on with what came meanwhile
        except BoardError as error:
            log.info("A chime or an announcement can't be played: %s", error)
            self._cues.clear()
            self._fail_announcement(error)
            self._alone = None
            return
        self._alone = None  # from here on a cue opens the PCM anew
        await self._stop()

    def _fill(self, audible_s: float) -> bytes:
        # The loudspeaker's thread.
        period = self.rtp.fill(time.monotonic()) if self.rtp.is_active else self._queue.fill()
        if self.is_bot_silenced:
            period = _SILENCE
        self._bot_period = period
        if self._cues or self.is_ringing:
            period = audioop.add(period, self._own_period(), pcm.BYTES_PER_FRAME)
        elif self._ringing:
            self._ringing = None
        announcement = self._announcement
        announced = announcement.fill() if announcement else None
        period = self._ducking.applied(period, announced is not None)
        if announced:
            period = audioop.add(period, announced, pcm.BYTES_PER_FRAME)
        self._period = period
        if self._listener:
            self._listener.played(period, audible_s)
        return period

    def _own_period(self) -> bytes:
        try:
            return self._cues.popleft()
        except IndexError:  # the ringing tone, or the event loop has just dropped them
            pass
        if not (self.is_ringing and self.cue_volume_percent):
            return _SILENCE
        period = next(self._ringing, None) if self._ringing else None
        if period is None:
            self._ringing = ringing(self.cue_volume_percent)
            period = next(self._ringing)
        return period
