"""The ringer: a melody from the loudspeaker and a bell with its cadence, again and again."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callbox.app.isolation import isolated
from callbox.audio.playout.cues import Notes, periods
from callbox.audio.playout.player import Player
from callbox_device.interfaces import Lamp
from callbox_device.model import pcm

PAUSE_AFTER_CALL_S = 2.0
"""From the end of a call to the first sound of what waited for it."""
MELODY_PERIOD_S = 3.0
"""From one round of the melody to the next."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """Cadence of a bell."""

    on_s: float = 1.0
    off_s: float = 4.0


class Ringer:
    """Player of a melody, again and again, and of the bell. Event loop only.

    `player`: returns that of the moment. `bell`: of the board; None: there is none.
    """

    def __init__(self, player: Callable[[], Player], melody: Notes, bell: Lamp | None) -> None:
        self._player, self._melody, self._bell = player, melody, bell
        self._sounding: asyncio.Task[None] | None = None

    def start(
        self,
        volume_percent: Callable[[], int],
        cadence: Cadence,
        pause_s: float = 0.0,
        words: Callable[[], Sequence[bytes]] = tuple,
    ) -> None:
        """Ring in `pause_s`, until `stop`, unless it rings already. `volume_percent`: of each round's melody; `words`:
        what follows it, in the loudspeaker's periods.
        """
        if self._sounding is None:
            self._sounding = asyncio.create_task(self._ring(volume_percent, cadence, pause_s, words), name="ring")

    def stop(self) -> None:
        """Be silent."""
        if self._sounding:
            self._sounding.cancel()
            self._sounding = None
            isolated(self._player().drop_cues)

    async def _ring(
        self,
        volume_percent: Callable[[], int],
        cadence: Cadence,
        pause_s: float,
        words: Callable[[], Sequence[bytes]],
    ) -> None:
        await asyncio.sleep(pause_s)
        bell = asyncio.create_task(self._ring_bell(self._bell, cadence), name="bell") if self._bell else None
        try:
            while True:
                spoken = words()
                isolated(self._player().play, (*periods(self._melody, volume_percent()), *spoken))
                await asyncio.sleep(MELODY_PERIOD_S + len(spoken) * pcm.PLAYBACK_PERIOD_MS / 1000)
        finally:
            if bell:
                bell.cancel()

    async def _ring_bell(self, bell: Lamp, cadence: Cadence) -> None:
        try:
            while True:
                isolated(bell.set, 1.0)
                await asyncio.sleep(cadence.on_s)
                isolated(bell.set, 0.0)
                await asyncio.sleep(cadence.off_s)
        finally:
            isolated(bell.set, 0.0)
