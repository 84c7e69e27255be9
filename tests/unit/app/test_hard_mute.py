"""Hard mute by the mute switch and by command: real media on a simulated board."""

import asyncio
import contextlib
import json

import pytest

from callbox.app.hard_mute import HardMute
from callbox.app.persistent_state import PersistentState
from callbox.audio.media import BoardMedia, MediaCallbacks
from callbox.control.status import Status
from callbox.rtvi import DeviceKind
from callbox.rtvi.errors import DeviceError
from callbox_device.interfaces import Board, Part, PartFailed, PartFault, PartMissing
from callbox_device.simulated import SimulatedButton, SimulatedMicrophone, SimulatedSpeaker


class Bench:
    """A board, its media, and what was reported."""

    def __init__(self, *, has_switch=True, closed=False, faults=()):
        self.switch = SimulatedButton()
        self.switch.closed = closed
        self.microphone = SimulatedMicrophone()
        self.lamp: list[int] = []
        self.faults: list[DeviceError] = []
        self.changes: list[int] = []
        self.media = self.new_media()
        board = Board(
            None, None, None, self.microphone, SimulatedSpeaker(), faults, self.switch if has_switch else None
        )
        self.hard_mute = HardMute(board, self.media, lambda: self.changes.append(self.hard_mute.is_on))

    def new_media(self):
        callbacks = MediaCallbacks(self.lamp.append, self.faults.append)
        return BoardMedia(self.microphone, SimulatedSpeaker(), callbacks)

    async def until(self, condition):
        async with asyncio.timeout(60):
            while not condition():
                await asyncio.sleep(0.005)

    @contextlib.asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.hard_mute.run())
        await asyncio.sleep(0)
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait([task])
            await self.media.close()


async def test_the_switch_closes_the_pcm_in_a_call_and_opens_it_again():
    async with Bench().running() as it:
        await it.until(lambda: not it.hard_mute.is_on)
        await it.media.open()
        assert it.microphone.is_open
        it.switch.press()
        await it.until(lambda: it.hard_mute.is_on)
        assert not it.media.mic_enabled
        await it.until(lambda: not it.microphone.is_open)
        it.switch.release()
        await it.until(lambda: it.microphone.is_open)
        assert it.lamp == [True, False, True]
        assert it.changes == [False, True, False]


async def test_until_the_switch_was_read_the_microphone_stays_closed():
    it = Bench()
    assert it.hard_mute.is_on
    await it.media.open()
    assert not it.microphone.is_open
    assert it.lamp == []
    await it.media.close()


async def test_a_switch_that_is_on_at_the_start_keeps_the_microphone_closed():
    async with Bench(closed=True).running() as it:
        await it.media.open()
        assert (it.hard_mute.is_on, it.microphone.is_open, it.lamp) == (True, False, [])


async def test_a_switch_whose_pin_cannot_be_had_keeps_the_microphone_closed():
    async with Bench(has_switch=False, faults=(PartFault(Part.MUTE_SWITCH, PartMissing("GPIO 5")),)).running() as it:
        it.hard_mute.command(False)
        await it.media.open()
        assert (it.hard_mute.is_on, it.microphone.is_open) == (True, False)


async def test_a_box_without_a_switch_is_not_muted():
    async with Bench(has_switch=False).running() as it:
        await it.media.open()
        assert (it.hard_mute.is_on, it.microphone.is_open) == (False, True)


async def test_a_contact_that_bounces_opens_the_microphone_once_it_is_still():
    async with Bench(closed=True).running() as it:
        await it.media.open()
        for _ in range(5):
            it.switch.release()
            it.switch.press()
        it.switch.release()
        await it.until(lambda: it.microphone.is_open)
        assert it.lamp == [True]


async def test_a_command_does_not_override_the_switch():
    async with Bench(closed=True).running() as it:
        it.hard_mute.command(True)
        it.hard_mute.command(False)
        await it.media.open()
        assert (it.hard_mute.is_on, it.microphone.is_open) == (True, False)
        it.hard_mute.command(True)
        it.switch.release()
        await it.until(lambda: not it.hard_mute.by_switch)
        assert (it.hard_mute.is_on, it.microphone.is_open) == (True, False)
        it.hard_mute.command(False)
        await it.until(lambda: it.microphone.is_open)


async def test_from_the_command_on_nothing_captured_leaves_however_long_the_card_takes():
    async with Bench(has_switch=False).running() as it:
        await it.media.open()
        it.hard_mute.command(True)
        assert not it.media.gate.enabled
        it.hard_mute.command(False)
        assert it.media.gate.enabled


async def test_soft_mute_stays_as_it_was():
    async with Bench(has_switch=False).running() as it:
        it.media.mic_enabled = False
        it.hard_mute.command(True)
        it.hard_mute.command(False)
        assert (it.media.mic_enabled, it.media.soft_mute) == (False, True)
        it.hard_mute.command(True)
        it.media.mic_enabled = True
        assert (it.media.mic_enabled, it.media.soft_mute, it.media.gate.enabled) == (False, False, False)


async def test_other_settings_do_not_end_it():
    async with Bench(has_switch=False).running() as it:
        it.hard_mute.command(True)
        it.media = it.new_media()
        it.hard_mute.use(it.media)
        await it.media.open()
        assert not it.microphone.is_open


async def test_a_mute_that_ends_while_the_devices_are_opened_opens_the_microphone():
    async with Bench(has_switch=False).running() as it:
        it.hard_mute.command(True)
        opening = asyncio.create_task(it.media.open())
        await it.until(lambda: it.media.is_open or opening.done() or it.media._speaker.is_open)
        it.hard_mute.command(False)
        await opening
        await it.until(lambda: it.microphone.is_open)


async def test_a_microphone_that_cannot_be_opened_again_is_reported_and_tried_again():
    async with Bench(has_switch=False).running() as it:
        await it.media.open()
        it.hard_mute.command(True)
        await it.until(lambda: not it.microphone.is_open)
        it.microphone.unplug()
        it.hard_mute.command(False)
        await it.until(lambda: it.faults)
        it.microphone.plug_in()
        await it.until(lambda: it.microphone.is_open)


async def test_rapid_changes_end_as_the_last_one():
    async with Bench(has_switch=False).running() as it:
        await it.media.open()
        for count in range(7):
            it.hard_mute.command(count % 2 == 0)
            await asyncio.sleep(0)
        await it.until(lambda: not it.hard_mute._tasks)
        assert (it.microphone.is_open, it.media.mic_enabled, it.lamp[-1]) == (False, False, False)


async def test_neither_a_fault_nor_another_device_opens_a_muted_microphone():
    async with Bench(has_switch=False).running() as it:
        await it.media.open()
        it.hard_mute.command(True)
        it.media._on_fault(DeviceKind.MIC, PartFailed("pulled out"))
        await it.media.select(DeviceKind.MIC, (await it.media.devices())[0].device_id)
        await it.until(lambda: not it.hard_mute._tasks)
        await asyncio.sleep(0.05)
        assert not it.microphone.is_open


@pytest.mark.parametrize("hard_mute", [True, False])
@pytest.mark.parametrize("soft_mute", [True, False])
async def test_both_mutes_by_command_are_kept_over_a_restart_and_the_switch_is_not(tmp_path, soft_mute, hard_mute):
    memory = PersistentState(tmp_path)
    memory.on_status(Status(mute=True, soft_mute=soft_mute, hard_mute=True, hard_mute_by_command=hard_mute))
    memory._write()
    again = PersistentState(tmp_path)
    assert again.read() == (None, soft_mute)
    assert again.hard_mute is hard_mute


async def test_a_state_file_of_an_earlier_version_has_no_hard_mute(tmp_path):
    (tmp_path / "state.json").write_text(json.dumps({"volume_percent": 40, "mute": True, "instead_of": None}))
    memory = PersistentState(tmp_path)
    assert memory.read() == (40, True)
    assert memory.hard_mute is False
