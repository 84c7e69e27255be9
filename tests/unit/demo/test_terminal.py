"""The frame that the terminal shows."""

import asyncio

from callbox.demo.terminal import Terminal
from callbox.demo.terminal_demo import _box
from callbox_device.model.pcm import MIN_DBFS
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker


async def test_meters_are_silent_outside_of_a_call():
    terminal = Terminal("", asyncio.Event())
    box, _ = _box("http://127.0.0.1:9/start", SimulatedMicrophone(b""), SimulatedSpeaker(), [terminal])
    loud = b"\x00\x40" * 480
    box.media.player._period = box.media.gate._left = loud  # the last of a call that has ended
    assert box.media.player.level_dbfs > -10
    view = terminal._view(box)
    assert view.speaker_dbfs == view.microphone_dbfs == MIN_DBFS
