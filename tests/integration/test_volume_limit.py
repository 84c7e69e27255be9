"""The loudest that anything may set: `speaker.max_volume_percent`."""

import pytest
from tests.rig.appliance import Rig, running

from callbox.control.remote_commands import SetVolume
from callbox_device.model.volume import limited
from callbox_device.simulated import SimulatedSpeaker


@pytest.mark.parametrize(
    ("percent", "max_percent", "is_set"),
    [(80, 60, 60), (40, 60, 40), (None, 60, 60), (None, 100, None), (100, 100, 100)],
)
def test_a_volume_is_limited(percent, max_percent, is_set):
    assert limited(percent, max_percent) == is_set


async def test_no_command_nor_what_was_kept_exceeds_the_limit(caplog):
    rig = Rig("http://127.0.0.1:1/start", max_volume_percent=60)
    assert rig.box.status.volume_percent == rig.speaker.volume_percent == 60
    rig.box.remote.execute(SetVolume(30))
    assert rig.box.status.volume_percent == rig.speaker.volume_percent == 30
    rig.box.remote.execute(SetVolume(90))
    assert rig.box.status.volume_percent == rig.speaker.volume_percent == 60
    assert "speaker.max_volume_percent allows 60 %" in caplog.text
    rig.box.restore(95, mute=False)
    assert rig.speaker.volume_percent == 60


async def test_other_settings_bring_another_limit():
    async with running("http://127.0.0.1:1/start") as rig:
        rig.box.set_volume(80)
        speaker = SimulatedSpeaker()
        rig.box.reconfigure(rig.reconfiguration(speaker=speaker, max_volume_percent=50))
        await rig.until(lambda status: status.volume_percent == 50)
        assert rig.box.board.speaker is speaker
        assert speaker.volume_percent == 50
