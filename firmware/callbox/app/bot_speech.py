"""Words spoken by a bot that is joined listen-only: a session of its own, which has no microphone.

The bot is given the words with its start request or its offer, speaks them, and the session ends after its last word.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from callbox.app.connection_config import ConnectionConfig, with_field
from callbox.app.speech import SpeechError
from callbox.audio.playout.announcement import AnnouncementSound
from callbox.audio.playout.cues import split
from callbox.rtvi import RTVIClient, RTVIError, RTVIEvent
from callbox.rtvi.errors import DeviceError
from callbox.rtvi.media import DeviceKind, MediaDeviceInfo
from callbox.text import one_line
from callbox_device.model.pcm import (
    BYTES_PER_FRAME,
    PERIOD_BYTES,
    PERIOD_MS,
    PLAYBACK_PERIOD_BYTES,
    RATE_HZ,
    audioop,
    peak_dbfs,
)

log = logging.getLogger(__name__)

FIRST_WORD_S = 10.0
"""How long a bot that is ready is waited for."""
LAST_WORD_S = 0.4
"""How long the bot's sound is still taken after its last word: the message overtakes it."""
DEADLINE_S = 20.0
"""How long a session may take to be ready, beside the bot's own deadlines."""
_AUDIBLE_DBFS = -60.0
_BUFFERED_PERIODS = 12
"""Silence before the first sound, against jitter of the network."""


class ListenOnlyMedia:
    """Media without a microphone (`callbox.rtvi.media.Media`): silence leaves, and what comes is written to `sound`,
    from the first audible piece on. Event loop only. `volume_percent`: 0 to 100, of the amplitude; `max_s`: of it.
    """

    def __init__(self, sound: AnnouncementSound, volume_percent: int, max_s: float) -> None:
        self._sound, self._volume_percent = sound, volume_percent
        self._left = round(max_s * RATE_HZ) * BYTES_PER_FRAME
        """Bytes that are still taken: a transport over TCP brings sound faster than it is played."""
        self._rest = b""
        self.is_audible = asyncio.Event()
        """Set at the first audible piece."""
        self.is_open = False
        self.mic_enabled = False

    async def open(self) -> None:
        """As `Media.open`: there is nothing to open."""
        self.is_open = True

    async def close(self) -> None:
        """As `Media.close`."""
        self.is_open = False

    def read(self) -> Coroutine[Any, Any, bytes]:
        """As `Media.read`: always silence."""
        return self._silence()

    async def _silence(self) -> bytes:
        await asyncio.sleep(PERIOD_MS / 1000)
        return bytes(PERIOD_BYTES)

    def write(self, pcm: bytes) -> None:
        """As `Media.write`."""
        if not self.is_audible.is_set():
            if peak_dbfs(pcm) < _AUDIBLE_DBFS:
                return
            self.is_audible.set()
            self._sound.write([bytes(PLAYBACK_PERIOD_BYTES)] * _BUFFERED_PERIODS)
        taken = pcm[: self._left]
        self._left -= len(taken)
        taken = self._rest + audioop.mul(taken, BYTES_PER_FRAME, self._volume_percent / 100)
        whole = len(taken) - len(taken) % PLAYBACK_PERIOD_BYTES
        self._sound.write(split(taken[:whole]))
        self._rest = taken[whole:]

    def flush(self) -> None:
        """As `Media.flush`: the loudspeaker has it already."""

    def hold(self) -> None:
        """As `Media.hold`: nothing is captured."""

    def release(self) -> None:
        """As `Media.release`."""

    def level(self, kind: DeviceKind) -> float:  # noqa: ARG002
        """As `Media.level`: no level is shown."""
        return 0.0

    async def devices(self) -> Sequence[MediaDeviceInfo]:
        """As `Media.devices`: none."""
        return ()

    def selected(self, kind: DeviceKind) -> MediaDeviceInfo | None:  # noqa: ARG002
        """As `Media.selected`: none."""
        return None

    async def select(self, kind: DeviceKind, device_id: str) -> None:
        """As `Media.select`: there is none to choose."""
        raise DeviceError(f"there is no device {one_line(device_id)}", device=kind.role, type_="not-found")


@dataclass(frozen=True, slots=True)
class BotSpeaker:
    """The bot that speaks words, by `connection`; `data` is what it is given of them, as `announcement`."""

    connection: ConnectionConfig
    data: dict[str, Any]

    async def speak(
        self, sound: AnnouncementSound, volume_percent: int, max_s: float, on_first: Callable[[], None]
    ) -> None:
        """Let the bot speak into `sound`, `max_s` at most, and complete it; `on_first`: it is to be played now.

        Ends the session, also when cancelled.

        Raises `SpeechError`, with nothing written, if it can't be called or says nothing.
        """
        media, over = ListenOnlyMedia(sound, volume_percent, max_s), asyncio.Event()
        connection = self.connection
        params = with_field(connection.params, "announcement", self.data)
        client = RTVIClient(
            connection.transport,
            media,
            params=params,
            deadlines=connection.deadlines,
            keep_alive=connection.keep_alive and connection.keep_alive.another(),
        )
        client.on(RTVIEvent.BotStoppedSpeaking, over.set)
        client.on(RTVIEvent.Disconnected, lambda *_: over.set())
        try:
            async with asyncio.timeout(DEADLINE_S):
                await client.connect()
            await _first_word(media, over)
            on_first()
            try:
                async with asyncio.timeout(max_s):
                    await over.wait()
                    await asyncio.sleep(LAST_WORD_S)
            except TimeoutError:
                log.info("The bot that speaks an announcement is cut after %g s", max_s)
            sound.complete()
        except RTVIError as error:
            raise SpeechError(f"the bot can't be called: {one_line(error)}") from error
        except TimeoutError:
            raise SpeechError(f"the bot was not ready within {DEADLINE_S:g} s") from None
        finally:
            await asyncio.shield(asyncio.create_task(client.disconnect(), name="end of an announcement's session"))


async def _first_word(media: ListenOnlyMedia, over: asyncio.Event) -> None:
    audible, ended = asyncio.create_task(media.is_audible.wait()), asyncio.create_task(over.wait())
    try:
        await asyncio.wait((audible, ended), timeout=FIRST_WORD_S, return_when=asyncio.FIRST_COMPLETED)
    finally:
        audible.cancel()
        ended.cancel()
    if not media.is_audible.is_set():
        within = "before it was done, or left" if over.is_set() else f"within {FIRST_WORD_S:g} s"
        raise SpeechError(f"the bot said nothing {within}")
