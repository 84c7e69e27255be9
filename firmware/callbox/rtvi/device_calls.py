"""The calls of `RTVIClient` about microphone and loudspeaker. Legal in every state."""

from collections.abc import Sequence

from callbox.rtvi.devices import Devices
from callbox.rtvi.media import DeviceKind, MediaDeviceInfo
from callbox.rtvi.session import Connection


class DeviceCalls:
    """Mixed into `RTVIClient`."""

    _devices: Devices
    _connection: Connection

    @property
    def is_mic_enabled(self) -> bool:
        """Whether what the microphone hears is sent (else silence is)."""
        return self._devices.media is not None and self._devices.media.mic_enabled

    def enable_mic(self, enabled: bool) -> None:
        """Send what the microphone hears, or silence. Holds for later sessions too. The bot is told (trackStatus)."""
        if self._devices.media is None:
            return
        self._devices.media.mic_enabled = enabled
        line = self._connection
        if line.transport is not None and line.connected:
            line.transport.set_mic_enabled(enabled)

    async def get_all_mics(self) -> Sequence[MediaDeviceInfo]:
        """The microphones that can be chosen."""
        return await self._devices.all(DeviceKind.MIC)

    async def get_all_speakers(self) -> Sequence[MediaDeviceInfo]:
        """The loudspeakers that can be chosen."""
        return await self._devices.all(DeviceKind.SPEAKER)

    @property
    def selected_mic(self) -> MediaDeviceInfo | None:
        """The microphone in use, or to be used."""
        return self._devices.selected(DeviceKind.MIC)

    @property
    def selected_speaker(self) -> MediaDeviceInfo | None:
        """The loudspeaker in use, or to be used."""
        return self._devices.selected(DeviceKind.SPEAKER)

    async def update_mic(self, device_id: str) -> None:
        """Use another microphone, also in mid-session. Raises `DeviceError`; the one before is used on then."""
        await self._devices.select(DeviceKind.MIC, device_id)

    async def update_speaker(self, device_id: str) -> None:
        """Use another loudspeaker, also in mid-session. Raises `DeviceError`; the one before is used on then."""
        await self._devices.select(DeviceKind.SPEAKER, device_id)
