"""Selection of devices: what drivers name them becomes one harmless line."""

import pytest

from callbox.audio.device_selection import DeviceSelection
from callbox.rtvi.media import DeviceKind, MediaDeviceInfo
from callbox_device.interfaces import PcmInfo
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker


async def reopen(_):
    """Nothing is open."""


@pytest.mark.parametrize("hostile", ["a\x1b[31mb", "a\nb", "a\u202eb", "a\x00b", "a\ud800b", "x" * 10_000])
async def test_names_of_drivers_become_one_harmless_line(hostile):
    microphone = SimulatedMicrophone()
    microphone.plug_in(PcmInfo("good", hostile))
    microphone.plug_in(PcmInfo(hostile, "label"))
    selection = DeviceSelection({DeviceKind.MIC: microphone, DeviceKind.SPEAKER: SimulatedSpeaker()}, reopen)
    devices = await selection.devices()
    assert "good" in [device.device_id for device in devices]
    assert hostile not in [device.device_id for device in devices]
    await selection.select(DeviceKind.MIC, hostile)
    for device in (*devices, selection.selected(DeviceKind.MIC)):
        assert isinstance(device, MediaDeviceInfo)
        assert device.label.isprintable()
        assert len(device.label.encode()) <= 2000
