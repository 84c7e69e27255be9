"""Playback side: the bot's sound and the box's own cues to the loudspeaker. The capture side is `capture/mic_gate.py`.

The loudspeaker's thread asks, 10 ms at a time, and so is the clock of everything that comes in.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from callbox.audio.playout.cues import Cue, periods
from callbox.audio.playout.pcm_queue import PcmQueue
from callbox.audio.playout.rtp_playout import RtpPlayout
from callbox_device.interfaces import BoardError, Playback
from callbox_device.model import pcm

_SILENCE = bytes(pcm.PLAYBACK_PERIOD_BYTES)


class FarEndSink(Protocol):
    """Receiver of what is played: the echo canceller's far end. Called in the loudspeaker's thread."""

    def played(self, period: bytes, audible_s: float) -> None:
        """Take `period`, audible from `audible_s` on, in seconds of `time.monotonic()`."""


class Player:
    """Player of the bot's sound and of cues. Event loop only; `on_fault` is called in the loudspeaker's thread."""

    def __init__(
        self, speaker: Playback, on_fault: Callable[[BoardError], None], listener: FarEndSink | None = None
    ) -> None:
        self._speaker = speaker
        self._on_fault = on_fault
        self._listener = listener
        self._queue = PcmQueue()
        self._cues: deque[bytes] = deque()
        self.rtp = RtpPlayout()
        """What comes as RTP: write it there."""
        self._period = b""
        self._is_cue = False
        self.is_bot_silenced = False
        """Whether silence is played in place of the bot, until what it says now has ended. Event loop only."""

    @property
    def level_dbfs(self) -> float:
        """Peak of what was last given to the card."""
        return pcm.peak_dbfs(self._period)

    @property
    def bot_period(self) -> tuple[bytes, float]:
        """The bot's sound that was last given to the card, 10 ms, and its peak in dBFS; silence while a cue plays. The
        same object again: nothing was given since.
        """
        period = self._period
        return period, pcm.MIN_DBFS if self._is_cue else pcm.peak_dbfs(period)

    @property
    def unplayed_ms(self) -> float:
        """Time in ms until the newest sound is audible: what waits here, and what the card holds."""
        return self.rtp.unplayed_ms + self._queue.unplayed_ms + self._speaker.delay_ms

    async def open(self) -> None:
        """Open the PCM. Raises `BoardError`."""
        await asyncio.wrap_future(self._speaker.start(self._fill, self._on_fault))

    async def close(self) -> None:
        """Play the cues that wait, then close the PCM. Legal at any time; goes on when its caller is cancelled."""
        self.flush()
        if self._cues and self._speaker.is_open:
            await asyncio.sleep(len(self._cues) * pcm.PLAYBACK_PERIOD_MS / 1000 + self._speaker.delay_ms / 1000)
        self._cues.clear()
        await asyncio.shield(asyncio.wrap_future(self._speaker.stop()))
        self.rtp.reset()
        self._period = b""

    def write(self, sound: bytes) -> None:
        """Play sound of the bot as PCM, any length."""
        self._queue.write(sound)

    def flush(self) -> None:
        """Drop what has not been played: here, and in the card."""
        self._queue.flush()
        self.rtp.flush()
        self._speaker.flush()

    def cue(self, cue: Cue) -> None:
        """Play a cue in place of the bot's sound."""
        self._cues.extend(periods(cue))

    def _fill(self, audible_s: float) -> bytes:
        # The loudspeaker's thread.
        period = self.rtp.fill(time.monotonic()) if self.rtp.is_active else self._queue.fill()
        if self.is_bot_silenced:
            period = _SILENCE
        self._is_cue = bool(self._cues)
        if self._is_cue:
            period = self._cues.popleft()
        self._period = period
        if self._listener:
            self._listener.played(period, audible_s)
        return period
