"""Selection of devices, with rollback. Event loop only."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from callbox.rtvi.errors import DeviceError
from callbox.rtvi.media import DeviceKind, MediaDeviceInfo
from callbox.text import one_line
from callbox_device.interfaces import AudioDevice


class DeviceSelection:
    """Selection of microphone and loudspeaker. `reopen` closes the open device, if any, and opens the selected one."""

    def __init__(
        self, parts: Mapping[DeviceKind, AudioDevice], reopen: Callable[[DeviceKind], Awaitable[None]]
    ) -> None:
        self._parts = parts
        self._reopen = reopen

    async def devices(self) -> Sequence[MediaDeviceInfo]:
        """Devices to choose from; asks the drivers in a thread.

        A device whose name isn't one harmless line is left out: no setting, topic or page could name it.
        """
        found = []
        for kind, part in self._parts.items():
            there = await asyncio.to_thread(part.devices)
            found += [
                MediaDeviceInfo(device.name, kind, one_line(device.label))
                for device in there
                if one_line(device.name) == device.name
            ]
        return found

    def selected(self, kind: DeviceKind) -> MediaDeviceInfo:
        """Device that is used now, or will be when opened."""
        name = self._parts[kind].device
        return MediaDeviceInfo(name, kind, one_line(name))

    async def select(self, kind: DeviceKind, device_id: str) -> None:
        """Use another device; the previous one if that raises `DeviceError`."""
        part = self._parts[kind]
        before = part.device
        part.use(device_id)
        try:
            await self._reopen(kind)
        except DeviceError:
            part.use(before)
            await self._reopen(kind)
            raise
