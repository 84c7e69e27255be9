"""The board's microphone and loudspeaker as the `Media` of the RTVI client."""

import asyncio
from collections.abc import Callable

from callbox.rtvi.errors import DeviceError
from callbox.sound.gate import Gate
from callbox.sound.playout import Playout
from callbox_device.board import BoardError, Microphone, Speaker
from callbox_device.inbox import doorway


class BoardMedia:
    """Fulfils `callbox.rtvi.Media`: microphone through the gate, loudspeaker through the playout.

    `on_mic_live` and `on_fault` are called in the event loop. Make it in the running loop.
    """

    def __init__(
        self,
        microphone: Microphone,
        speaker: Speaker,
        on_mic_live: Callable[[bool], None],
        on_fault: Callable[[DeviceError], None],
    ) -> None:
        self.gate = Gate(microphone, on_mic_live, lambda error: on_fault(DeviceError(str(error), device="mic")))
        self.playout = Playout()
        self._speaker = speaker
        self._speaker_broke = doorway(lambda error: on_fault(DeviceError(str(error), device="speaker")))
        self._is_open = False

    @property
    def mic_enabled(self) -> bool:
        """Whether what the microphone hears leaves the box."""
        return self.gate.enabled

    @mic_enabled.setter
    def mic_enabled(self, enabled: bool) -> None:
        self.gate.enabled = enabled

    @property
    def is_open(self) -> bool:
        """Whether both devices were opened, and not closed since."""
        return self._is_open

    async def open(self) -> None:
        """Open the loudspeaker, then the microphone. Raises `DeviceError` with nothing left open."""
        try:
            await self._open_speaker()
            await self._open_microphone()
        except BaseException:
            await self.close()
            raise
        self._is_open = True

    async def close(self) -> None:
        """Close both; the microphone first."""
        self._is_open = False
        await self.gate.close()
        self.playout.flush()
        await asyncio.shield(asyncio.wrap_future(self._speaker.stop()))

    async def read(self) -> bytes:
        """The next 20 ms that the gate lets out."""
        return await self.gate.read()

    def write(self, pcm: bytes) -> None:
        """Sound of the bot, to be played."""
        if self._is_open:
            self.playout.write(pcm)

    def flush(self) -> None:
        """Drop what has not been played."""
        self.playout.flush()

    async def _open_speaker(self) -> None:
        try:
            await asyncio.wrap_future(self._speaker.start(self.playout.fill, self._speaker_broke))
        except BoardError as error:
            raise DeviceError(str(error), device="speaker") from error

    async def _open_microphone(self) -> None:
        try:
            await self.gate.open()
        except BoardError as error:
            raise DeviceError(str(error), device="mic") from error
