"""The gate against a microphone that a test plays by hand: privacy is a property."""

import asyncio
from concurrent.futures import Future

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callbox.audio.capture.mic_gate import BACKLOG_PERIODS, Gate
from callbox.audio.capture.model.pre_roll import LEAD_PERIODS, PAUSE_PERIODS, keep_mask
from callbox_device.interfaces import BoardError, PartFailed, PartMissing
from callbox_device.model import pcm


class Microphone:
    def __init__(self):
        self.overruns = 0
        self.is_open = False
        self.fails = None
        self.history = []

    def start(self, deliver, failed):
        future: Future[None] = Future()
        self.deliver, self.failed = deliver, failed
        if self.fails:
            future.set_exception(self.fails)
        else:
            self.is_open = True
            self.history.append("pcm open")
            future.set_result(None)
        return future

    def hear(self, period):
        self.deliver(period, 0.0)

    def stop(self):
        if self.is_open:
            self.history.append("pcm closed")
        self.is_open = False
        future: Future[None] = Future()
        future.set_result(None)
        return future


def make():
    microphone = Microphone()
    faults: list[BoardError] = []
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
    microphone.hear(SPOKEN)
    assert await gate.read() == SPOKEN
    assert gate.level_dbfs > -20
    await gate.close()
    assert gate.level_dbfs == pcm.MIN_DBFS


async def test_a_disabled_gate_lets_silence_out_in_its_place():
    microphone, gate, _ = make()
    gate.enabled = False
    await gate.open()
    microphone.hear(SPOKEN)
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
    microphone.hear(SPOKEN)
    assert await gate.read() == SPOKEN
    await gate.close()


async def test_late_sound_is_dropped_oldest_first_and_counted():
    microphone, gate, _ = make()
    await gate.open()
    for value in range(BACKLOG_PERIODS + 2):
        microphone.hear(bytes([value, 0]) * pcm.PERIOD_FRAMES)
    await asyncio.sleep(0)
    assert (await gate.read())[0] == 2
    assert gate.dropped == 2
    await gate.close()


async def test_sound_of_an_earlier_session_never_leaves_in_a_later_one():
    microphone, gate, _ = make()
    await gate.open()
    microphone.hear(SPOKEN)
    await asyncio.sleep(0)
    await gate.close()
    await gate.open()
    microphone.hear(pcm.SILENT_PERIOD)
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


def period(value):
    return value.to_bytes(2, "little") * pcm.PERIOD_FRAMES


QUIET, LOUD = [period(10)] * 30, [period(9000)] * 5


async def read(gate, count):
    return [await gate.read() for _ in range(count)]


async def test_what_is_said_before_the_bot_is_ready_leaves_when_it_is():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.hear(sound)
    assert await read(gate, 3) == [pcm.SILENT_PERIOD] * 3
    assert gate.release()
    microphone.hear(period(500))
    left = await read(gate, LEAD_PERIODS + 5 + 1)
    assert left == [*QUIET[:LEAD_PERIODS], *LOUD, period(500)]
    await gate.close()


async def test_when_nothing_was_said_nothing_is_caught_up_with():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in QUIET:
        microphone.hear(sound)
    assert gate.release()
    microphone.hear(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def test_more_than_the_pre_roll_takes_is_dropped_as_a_whole_and_told():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in (*QUIET * 10, *LOUD):
        microphone.hear(sound)
    assert not gate.release()
    microphone.hear(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def test_too_long_a_silence_is_no_loss():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in QUIET * 10:
        microphone.hear(sound)
    assert gate.release()
    await gate.close()


async def test_what_was_said_before_the_press_never_leaves():
    microphone, gate, _ = make()
    await gate.open()
    for sound in LOUD:
        microphone.hear(sound)
    gate.hold()
    gate.release()
    microphone.hear(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def test_what_is_said_while_muted_never_leaves_not_even_later():
    microphone, gate, _ = make()
    gate.hold()
    gate.enabled = False
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.hear(sound)
    gate.enabled = True
    gate.release()
    microphone.hear(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def test_a_call_that_fails_forgets_and_says_whether_there_was_something_to_forget():
    microphone, gate, _ = make()
    for said, lost in ((LOUD, True), ([], False)):
        gate.hold()
        await gate.open()
        for sound in [*QUIET, *said]:
            microphone.hear(sound)
        assert gate.forget() is lost
        await gate.close()
    await gate.open()
    microphone.hear(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def test_a_microphone_that_breaks_while_held_is_told_at_the_release():
    microphone, gate, faults = make()
    gate.hold()
    await gate.open()
    microphone.failed(PartFailed("pulled out"))
    gate.release()
    assert await gate.read() == pcm.SILENT_PERIOD
    assert [str(fault) for fault in faults] == ["pulled out"]
    assert microphone.history[-1] == "lamp off"


async def test_a_reader_that_waits_while_the_microphone_is_closed_gets_silence():
    _, gate, _ = make()
    await gate.open()
    reading = asyncio.create_task(gate.read())
    await asyncio.sleep(0)
    await gate.close()
    assert await reading == pcm.SILENT_PERIOD


async def test_what_is_captured_is_cleaned_before_it_can_leave():
    class Cleaner:
        def process(self, sound, captured_s):
            return period(7) if captured_s == 0.0 else sound

    microphone = Microphone()
    gate = Gate(microphone, lambda live: None, lambda fault: None, Cleaner())
    await gate.open()
    microphone.hear(SPOKEN)
    assert await gate.read() == period(7)
    await gate.close()


@given(st.lists(st.booleans(), max_size=200))
def test_every_word_is_sent_with_its_lead_and_no_more_than_that(spoken):
    sent = keep_mask(spoken)
    for place, speaks_ in enumerate(spoken):
        near = spoken[max(0, place - PAUSE_PERIODS) : place + LEAD_PERIODS + 1]
        assert sent[place] == any(near)
        assert sent[place] or not speaks_


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["open", "close", "open fails", "breaks", "read", "hold", "release", "forget"])))
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
            elif step in ("hold", "release", "forget"):
                getattr(gate, step)()
            elif microphone.is_open:
                if step == "breaks":
                    microphone.failed(PartFailed("x"))
                else:
                    microphone.hear(SPOKEN)
                await gate.read()
            assert lamp[0] or not microphone.is_open
        await gate.close()
        assert not microphone.is_open
        assert not lamp[0]

    asyncio.run(walk())
