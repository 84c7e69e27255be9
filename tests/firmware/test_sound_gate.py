"""The gate against a microphone that a test plays by hand: privacy is a property."""

import asyncio
from concurrent.futures import Future

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbox.sound.gate import BACKLOG_PERIODS, Gate
from callbox_device import pcm
from callbox_device.board import PartFailed, PartMissing


class Microphone:
    def __init__(self):
        self.overruns = 0
        self.is_open = False
        self.fails = None
        self.history = []

    def start(self, deliver, failed):
        future = Future()
        self.deliver, self.failed = deliver, failed
        if self.fails:
            future.set_exception(self.fails)
        else:
            self.is_open = True
            self.history.append("pcm open")
            future.set_result(None)
        return future

    def stop(self):
        if self.is_open:
            self.history.append("pcm closed")
        self.is_open = False
        future = Future()
        future.set_result(None)
        return future


def make():
    microphone = Microphone()
    faults = []
    gate = Gate(microphone, lambda live: microphone.history.append(f"lamp {'on' if live else 'off'}"), faults.append)
    return microphone, gate, faults


SPOKEN = b"\x10\x20" * pcm.PERIOD_FRAMES


async def test_the_lamp_is_lit_before_the_pcm_opens_and_dark_after_it_closed():
    microphone, gate, _ = make()
    await gate.open()
    await gate.close()
    assert microphone.history == ["lamp on", "pcm open", "pcm closed", "lamp off"]


async def test_what_is_captured_leaves():
    microphone, gate, _ = make()
    await gate.open()
    microphone.deliver(SPOKEN)
    assert await gate.read() == SPOKEN
    assert gate.level_dbfs > -20
    await gate.close()
    assert gate.level_dbfs == pcm.FLOOR_DBFS


async def test_a_disabled_gate_lets_silence_out_in_its_place():
    microphone, gate, _ = make()
    gate.enabled = False
    await gate.open()
    microphone.deliver(SPOKEN)
    assert await gate.read() == pcm.SILENT_PERIOD
    await gate.close()


async def test_a_lamp_that_cannot_be_lit_keeps_the_microphone_closed():
    microphone = Microphone()

    def broken_lamp(live):
        raise OSError("no lamp")

    gate = Gate(microphone, broken_lamp, lambda fault: None)
    with pytest.raises(OSError, match="no lamp"):
        await gate.open()
    assert microphone.history == []
    assert not gate.is_live


async def test_a_microphone_that_cannot_be_opened_leaves_the_lamp_dark():
    microphone, gate, _ = make()
    microphone.fails = PartMissing("no card")
    with pytest.raises(PartMissing):
        await gate.open()
    assert microphone.history == ["lamp on", "lamp off"]


async def test_a_microphone_that_breaks_is_told_closed_and_followed_by_silence():
    microphone, gate, faults = make()
    await gate.open()
    microphone.failed(PartFailed("pulled out"))
    assert await gate.read() == pcm.SILENT_PERIOD
    assert [str(fault) for fault in faults] == ["pulled out"]
    assert microphone.history[-1] == "lamp off"
    assert await gate.read() == pcm.SILENT_PERIOD
    await gate.close()
    await gate.open()
    microphone.deliver(SPOKEN)
    assert await gate.read() == SPOKEN
    await gate.close()


async def test_late_sound_is_dropped_oldest_first_and_counted():
    microphone, gate, _ = make()
    await gate.open()
    for value in range(BACKLOG_PERIODS + 2):
        microphone.deliver(bytes([value, 0]) * pcm.PERIOD_FRAMES)
    await asyncio.sleep(0)
    assert (await gate.read())[0] == 2
    assert gate.dropped == 2
    await gate.close()


async def test_sound_of_an_earlier_session_never_leaves_in_a_later_one():
    microphone, gate, _ = make()
    await gate.open()
    microphone.deliver(SPOKEN)
    await asyncio.sleep(0)
    await gate.close()
    await gate.open()
    microphone.deliver(pcm.SILENT_PERIOD)
    assert await gate.read() == pcm.SILENT_PERIOD
    await gate.close()


async def test_a_cancelled_close_still_closes():
    microphone, gate, _ = make()
    await gate.open()
    closing = asyncio.create_task(gate.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])
    for _ in range(5):
        await asyncio.sleep(0)
    assert microphone.history[-2:] == ["pcm closed", "lamp off"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["open", "close", "open fails", "breaks", "read"])))
def test_the_lamp_is_never_dark_while_the_pcm_is_open(steps):
    async def walk():
        microphone = Microphone()
        lamp = [False]

        def light(live):
            assert not (microphone.is_open and not live), "dark while open"
            lamp[0] = live

        gate = Gate(microphone, light, lambda fault: None)
        for step in steps:
            if step in ("open", "open fails"):
                microphone.fails = PartMissing("x") if step == "open fails" else None
                try:
                    await gate.open()
                except PartMissing:
                    pass
            elif step == "close":
                await gate.close()
            elif microphone.is_open:
                if step == "breaks":
                    microphone.failed(PartFailed("x"))
                else:
                    microphone.deliver(SPOKEN)
                await gate.read()
            assert lamp[0] or not microphone.is_open
        await gate.close()
        assert not microphone.is_open
        assert not lamp[0]

    asyncio.run(walk())
