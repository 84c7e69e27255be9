"""The board's microphone and loudspeaker as the `Media` of the RTVI client."""

import asyncio
from collections.abc import Callable, Sequence

from callbox.rtvi.errors import DeviceError
from callbox.rtvi.media import DeviceKind, MediaDeviceInfo
from callbox.sound.incoming.pcm_queue import PcmQueue
from callbox.sound.outgoing.gate import Gate
from callbox_device import pcm
from callbox_device.board import BoardError, Microphone, PartBusy, PartMissing, Speaker
from callbox_device.inbox import doorway


def _nobody(_: object) -> None:
    """Nobody wants to know."""


class BoardMedia:
    """Fulfils `callbox.rtvi.Media`: microphone through the gate, loudspeaker through the playout.

    `on_mic_live` and `on_fault` are called in the event loop. Make it in the running loop.
    """

    def __init__(
        self,
        microphone: Microphone,
        speaker: Speaker,
        on_mic_live: Callable[[bool], None] = _nobody,
        on_fault: Callable[[DeviceError], None] = _nobody,
    ) -> None:
        self.gate = Gate(microphone, on_mic_live, lambda error: on_fault(_device_error(error, DeviceKind.MIC)))
        self._queue = PcmQueue()
        self.level_dbfs = pcm.FLOOR_DBFS
        """Peak of what was last given to the loudspeaker."""
        self._microphone = microphone
        self._speaker = speaker
        self._speaker_broke: Callable[[BoardError], None] = doorway(
            lambda error: on_fault(_device_error(error, DeviceKind.SPEAKER))
        )
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
        self._queue.flush()
        self._speaker.flush()
        await asyncio.shield(asyncio.wrap_future(self._speaker.stop()))

    async def read(self) -> bytes:
        """The next 20 ms that the gate lets out."""
        return await self.gate.read()

    def write(self, pcm: bytes) -> None:
        """Sound of the bot, to be played."""
        if self._is_open:
            self._queue.write(pcm)

    def flush(self) -> None:
        """Drop what has not been played."""
        self._queue.flush()
        self._speaker.flush()

    def _fill(self, heard_s: float) -> bytes:
        # The loudspeaker's thread.
        period = self._queue.fill()
        self.level_dbfs = pcm.peak_dbfs(period)
        return period

    def hold(self) -> None:
        """As `callbox.rtvi.Media.hold`: the pre-roll begins."""
        self.gate.hold()

    def release(self) -> None:
        """As `callbox.rtvi.Media.release`."""
        self.gate.release()

    # -- choice and levels -------------------------------------------------------------------------

    def level(self, kind: DeviceKind) -> float:
        """As `callbox.rtvi.Media.level`."""
        dbfs = self.gate.level_dbfs if kind is DeviceKind.MIC else self.level_dbfs
        return 0.0 if dbfs <= pcm.FLOOR_DBFS else float(10 ** (dbfs / 20))

    async def devices(self) -> Sequence[MediaDeviceInfo]:
        """As `callbox.rtvi.Media.devices`; asks the drivers in a thread."""
        found = []
        for kind in DeviceKind:
            there = await asyncio.to_thread(self._part(kind).devices)
            found += [MediaDeviceInfo(device.name, kind, device.label) for device in there]
        return found

    def selected(self, kind: DeviceKind) -> MediaDeviceInfo | None:
        """As `callbox.rtvi.Media.selected`."""
        name = self._part(kind).device
        return MediaDeviceInfo(name, kind, name)

    async def select(self, kind: DeviceKind, device_id: str) -> None:
        """As `callbox.rtvi.Media.select`. In a session the new device is opened at once."""
        before = self._part(kind).device
        try:
            await self._change(kind, device_id)
        except DeviceError:
            await self._change(kind, before)
            raise

    async def _change(self, kind: DeviceKind, device_id: str) -> None:
        in_session = self._is_open
        self._part(kind).use(device_id)
        if not in_session:
            return
        if kind is DeviceKind.MIC:
            await self.gate.close()
            if self._is_open:
                await self._open_microphone()
        else:
            await asyncio.shield(asyncio.wrap_future(self._speaker.stop()))
            if self._is_open:
                await self._open_speaker()
        if not self._is_open:  # the session has ended meanwhile
            await self.close()

    def _part(self, kind: DeviceKind) -> Microphone | Speaker:
        return self._microphone if kind is DeviceKind.MIC else self._speaker

    # ----------------------------------------------------------------------------------------------

    async def _open_speaker(self) -> None:
        try:
            await asyncio.wrap_future(self._speaker.start(self._fill, self._speaker_broke))
        except BoardError as error:
            raise _device_error(error, DeviceKind.SPEAKER) from error

    async def _open_microphone(self) -> None:
        try:
            await self.gate.open()
        except BoardError as error:
            raise _device_error(error, DeviceKind.MIC) from error


def _device_error(error: BoardError, kind: DeviceKind) -> DeviceError:
    type_ = "in-use" if isinstance(error, PartBusy) else "not-found" if isinstance(error, PartMissing) else "unknown"
    return DeviceError(str(error), device=kind.role, type_=type_)
