"""Turns of a session: from the client's events, and from what the loudspeaker plays."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from callbox.audio.media import BoardMedia
from callbox.control.status import Speech
from callbox.control.turns import AUDIBLE_DBFS, TURN_RATE, Turn
from callbox.rtvi import RTVIClient, RTVIEvent

log = logging.getLogger(__name__)

SAMPLE_S = 0.1


class TurnTracker:
    """Tracker of turns: calls `on_change` whenever the turn changes, at most as often as `TURN_RATE` allows: a bot may
    send any number of events. What is held back is the newest turn, reported as soon as the limit allows. Event loop
    only.
    """

    def __init__(self, on_change: Callable[[Turn], None]) -> None:
        self._on_change = on_change
        self._turn = Turn()
        self._reported = (Speech.NONE, False)
        self._limit = TURN_RATE
        self._held_back: asyncio.TimerHandle | None = None
        self._drained: asyncio.TimerHandle | None = None
        self._media: BoardMedia | None = None

    def listen(self, client: RTVIClient, media: BoardMedia) -> None:
        """Follow this client, which plays by `media`, from now on."""
        self._media = media
        for event, speech in (
            (RTVIEvent.UserStartedSpeaking, Speech.USER),
            (RTVIEvent.UserStoppedSpeaking, Speech.THINKING),
            (RTVIEvent.BotStartedSpeaking, Speech.BOT),
            (RTVIEvent.BotInterrupted, Speech.USER),
        ):
            client.on(event, lambda *_, speech=speech: self._set(self._turn.reported(speech)))
        client.on(RTVIEvent.BotStoppedSpeaking, self._on_bot_stopped)
        client.on(RTVIEvent.UserMuteStarted, lambda: self._set(replace(self._turn, user_muted=True)))
        client.on(RTVIEvent.UserMuteStopped, lambda: self._set(replace(self._turn, user_muted=False)))

    def reset(self) -> None:
        """Forget the turn without reporting it: the session has ended."""
        self._turn, self._reported = Turn(), (Speech.NONE, False)
        for timer in (self._held_back, self._drained):
            if timer:
                timer.cancel()
        self._held_back = self._drained = None

    async def run(self, session_is_on: asyncio.Event) -> None:
        """Sample what is heard while `session_is_on` is set, until cancelled."""
        while True:
            await session_is_on.wait()
            await self.sample(session_is_on.is_set)

    async def sample(self, is_on: Callable[[], bool]) -> None:
        """Sample what is heard, for as long as `is_on`."""
        loop, last = asyncio.get_running_loop(), b""
        while is_on():
            await asyncio.sleep(SAMPLE_S)
            if self._media and is_on():
                # The same period again: the card stands still.
                period, dbfs = self._media.player.bot_period
                audible = period is not last and dbfs > AUDIBLE_DBFS
                last = period
                self._set(self._turn.sampled(loop.time(), audible=audible))

    def _on_bot_stopped(self) -> None:
        # The bot has sent the last of its sound; the person hears it when the card has played it.
        if self._drained:
            self._drained.cancel()
        unplayed_s = self._media.player.unplayed_ms / 1000 if self._media else 0.0
        self._drained = asyncio.get_running_loop().call_later(unplayed_s, self._on_drained)

    def _on_drained(self) -> None:
        self._drained = None
        if self._turn.speech is Speech.BOT:
            self._set(self._turn.reported(Speech.NONE))

    def _set(self, turn: Turn) -> None:
        self._turn = turn
        if (turn.speech, turn.user_muted) == self._reported or self._held_back:
            return
        loop = asyncio.get_running_loop()
        if wait_s := self._limit.wait_s(loop.time()):
            self._held_back = loop.call_later(wait_s, self._report)
        else:
            self._report()

    def _report(self) -> None:
        self._held_back = None
        if (self._turn.speech, self._turn.user_muted) != self._reported:
            self._limit = self._limit.taken(asyncio.get_running_loop().time())
            self._reported = (self._turn.speech, self._turn.user_muted)
            self._on_change(self._turn)
