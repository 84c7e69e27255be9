"""Interruption of a bot: the box plays no more of what it says."""

import asyncio
import logging

from callbox.audio.media import BoardMedia
from callbox.rtvi import RTVIClient, RTVIError, RTVIEvent

log = logging.getLogger(__name__)

SILENCE_S = 10.0
"""How long an interrupted bot is silenced that doesn't tell when it stops speaking."""


class BotInterruption:
    """Interruption of the bot, until its turn ends. Event loop only. `use` client and media before anything else."""

    def __init__(self) -> None:
        self._client: RTVIClient | None = None
        self._media: BoardMedia | None = None
        self._timer: asyncio.TimerHandle | None = None

    def use(self, client: RTVIClient, media: BoardMedia) -> None:
        """Interrupt the bot of `client`, which is played by `media`, from now on."""
        self._client, self._media = client, media
        for event in (RTVIEvent.BotStartedSpeaking, RTVIEvent.BotStoppedSpeaking, RTVIEvent.BotInterrupted):
            client.on(event, self.end)

    def begin(self) -> None:
        """Play no more of what the bot says now, and tell it: an RTVI client-message ``interrupt``."""
        if self._client is None or self._media is None:
            return
        self._media.player.is_bot_silenced = True
        self._media.player.flush()
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(SILENCE_S, self.end)
        try:
            self._client.send_client_message("interrupt")
        except RTVIError as error:
            log.debug("The bot can't be told of the interruption: %s", error)

    def end(self) -> None:
        """Play what the bot says."""
        if self._media:
            self._media.player.is_bot_silenced = False
        if self._timer:
            self._timer.cancel()
            self._timer = None
