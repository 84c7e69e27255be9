"""The gate against a microphone that a test plays by hand: privacy is a property."""

import asyncio
import threading
from concurrent.futures import Future

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.rig.simulated_time import SimulatedTimeLoop

from callbox.audio.capture.mic_gate import MicGate
from callbox.audio.capture.model.detection import KEPT_PERIODS, Detection
from callbox.audio.capture.model.gate_states import (
    PCM_OPEN,
    SOUND_LEAVES,
    GateEvent,
    GateState,
    MicUse,
    mic_use,
    transition,
)
from callbox.audio.capture.model.pre_roll import LEAD_PERIODS, PAUSE_PERIODS, keep_mask
from callbox.audio.capture.model.push_to_talk import PREROLL_S, RELEASE_DELAY_S, TalkState
from callbox_device.interfaces import BoardError, PartFailed, PartMissing
from callbox_device.model import pcm

pytestmark = pytest.mark.simulated_time


class Microphone:
    def __init__(self):
        self.overruns = 0
        self.is_open = False
        self.fails = None
        self.is_missing = None
        self.stops_at_once = True
        self.stop_fails = False
        self.on_lamp = lambda live: None
        self.history = []

    def missing(self):
        return self.is_missing

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

    def capture(self, period, captured_s=0.0):
        self.deliver(period, captured_s)

    def stop(self):
        if self.stop_fails:
            raise Broken
        if self.is_open:
            self.history.append("pcm closed")
        self.is_open = False
        self.stopping: Future[None] = Future()
        if self.stops_at_once:
            self.stopping.set_result(None)
        return self.stopping


def make(**options):
    microphone = Microphone()
    faults: list[BoardError] = []

    def light(live):
        microphone.history.append(f"lamp {'on' if live else 'off'}")
        microphone.on_lamp(live)

    return microphone, MicGate(microphone, light, faults.append, **options), faults


PERIOD_S = pcm.PERIOD_MS / 1000
SPOKEN = b"\x10\x20" * pcm.PERIOD_FRAMES


def period(value):
    return value.to_bytes(2, "little") * pcm.PERIOD_FRAMES


QUIET, LOUD = [period(10)] * 30, [period(9000)] * 5


def now_ms():
    return round(asyncio.get_running_loop().time() * 1000, 6)


async def soon():
    """Everything that can happen now has happened."""
    for _ in range(10):
        await asyncio.sleep(0)


async def read(gate, count):
    return [await gate.read() for _ in range(count)]


async def test_the_lamp_is_lit_before_the_pcm_opens_and_dark_after_it_closed():
    microphone, gate, _ = make()
    await gate.open()
    await gate.close()
    assert microphone.history == ["lamp on", "pcm open", "pcm closed", "lamp off"]


async def test_the_lamp_stays_dark_for_a_microphone_that_is_missing():
    microphone, gate, _ = make()
    microphone.is_missing = PartMissing("pulled out")
    with pytest.raises(PartMissing):
        await gate.open()
    assert (microphone.history, gate.is_live) == ([], False)


async def test_what_is_captured_leaves():
    microphone, gate, _ = make()
    await gate.open()
    microphone.capture(SPOKEN)
    assert await gate.read() == SPOKEN
    assert gate.level_dbfs > -20
    await gate.close()
    assert gate.level_dbfs == pcm.MIN_DBFS


async def test_the_level_is_that_of_the_last_period_that_left():
    microphone, gate, _ = make()
    assert gate.level_dbfs == pcm.MIN_DBFS
    await gate.open()
    microphone.capture(SPOKEN)
    assert gate.level_dbfs == pcm.MIN_DBFS
    assert await gate.read() == SPOKEN
    assert gate.level_dbfs == pcm.peak_dbfs(SPOKEN)
    gate.enabled = False
    microphone.capture(SPOKEN)
    await gate.read()
    assert gate.level_dbfs == pcm.MIN_DBFS
    await gate.close()


async def test_the_gate_is_live_while_the_lamp_is_lit():
    microphone, gate, _ = make()
    live = [gate.is_live]
    await gate.open()
    live.append(gate.is_live)
    microphone.stops_at_once = False
    closing = asyncio.create_task(gate.close())
    await soon()
    live.append(gate.is_live)
    microphone.stopping.set_result(None)
    await closing
    assert [*live, gate.is_live] == [False, True, True, False]


async def test_open_and_close_again_change_nothing():
    microphone, gate, _ = make()
    await gate.close()
    assert microphone.history == []
    await gate.open()
    await gate.open()
    assert microphone.history == ["lamp on", "pcm open"]
    await asyncio.gather(gate.close(), gate.close())
    await gate.close()
    assert microphone.history == ["lamp on", "pcm open", "pcm closed", "lamp off"]


async def test_open_waits_for_a_card_that_takes_long_to_close():
    microphone, gate, _ = make()
    await gate.open()
    microphone.stops_at_once = False
    closing = asyncio.create_task(gate.close())
    await soon()
    opening = asyncio.create_task(gate.open())
    await soon()
    assert microphone.history == ["lamp on", "pcm open", "pcm closed"]
    microphone.stopping.set_result(None)
    await asyncio.gather(opening, closing)
    assert microphone.history[3:] == ["lamp off", "lamp on", "pcm open"]
    microphone.capture(SPOKEN)
    assert await gate.read() == SPOKEN
    microphone.stops_at_once = True
    await gate.close()


async def test_a_close_while_open_waits_for_the_card_wins():
    microphone, gate, _ = make()
    await gate.open()
    microphone.stops_at_once = False
    closing = asyncio.create_task(gate.close())
    await soon()
    opening = [asyncio.create_task(gate.open()) for _ in range(2)]
    await soon()
    closing_again = asyncio.create_task(gate.close())
    await soon()
    microphone.stopping.set_result(None)
    await asyncio.gather(closing, closing_again, *opening)
    assert microphone.history == ["lamp on", "pcm open", "pcm closed", "lamp off"]
    microphone.stops_at_once = True
    await gate.open()
    assert microphone.is_open
    await gate.close()


QUIET_SOUND, LOUD_SOUND = (183).to_bytes(2, "little"), (184).to_bytes(2, "little")


@pytest.mark.parametrize(
    ("sound", "is_quiet"),
    [
        (QUIET_SOUND * pcm.PERIOD_FRAMES, True),
        (LOUD_SOUND * pcm.PERIOD_FRAMES, False),
        ((b"\0\0" + LOUD_SOUND) * (pcm.PERIOD_FRAMES // 2), False),
        # A fourth of a period is looked at: 240 frames, of each two the second.
        (bytes(2 * 239) + LOUD_SOUND + bytes(2 * 720), False),
        (bytes(2 * 241) + LOUD_SOUND + bytes(2 * 718), True),
    ],
)
async def test_quiet_is_45_db_below_full_scale(sound, is_quiet):
    microphone, gate, _ = make()
    await gate.open()
    for _ in range(10):
        microphone.capture(sound)
        await gate.read()
    assert gate.is_quiet is is_quiet
    await gate.close()


async def test_quiet_is_200_ms_without_a_sound():
    microphone, gate, _ = make()
    await gate.open()
    for _ in range(2):
        for _ in range(10):
            assert not gate.is_quiet
            microphone.capture(pcm.SILENT_PERIOD)
            await gate.read()
        assert gate.is_quiet
        microphone.capture(SPOKEN)
        await gate.read()
    assert not gate.is_quiet
    await gate.close()


async def test_a_disabled_gate_lets_silence_out_in_its_place():
    microphone, gate, _ = make()
    gate.enabled = False
    await gate.open()
    microphone.capture(SPOKEN)
    assert await gate.read() == pcm.SILENT_PERIOD
    await gate.close()


async def test_a_lamp_that_cannot_be_lit_keeps_the_microphone_closed():
    microphone = Microphone()

    def broken_lamp(live):
        raise OSError("no lamp")

    gate = MicGate(microphone, broken_lamp, lambda fault: None)
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


async def test_a_microphone_that_breaks_is_reported_closed_and_followed_by_silence():
    microphone, gate, faults = make()
    await gate.open()
    microphone.failed(PartFailed("pulled out"))
    assert await gate.read() == pcm.SILENT_PERIOD
    assert [str(fault) for fault in faults] == ["pulled out"]
    assert microphone.history[-1] == "lamp off"
    assert await gate.read() == pcm.SILENT_PERIOD
    await gate.close()
    await gate.open()
    microphone.capture(SPOKEN)
    assert await gate.read() == SPOKEN
    await gate.close()


async def test_sound_that_waits_for_more_than_100_ms_is_dropped_oldest_first_and_counted():
    microphone, gate, _ = make()
    await gate.open()
    for value in range(5):
        microphone.capture(period(value))
    assert await gate.read() == period(0)
    assert gate.dropped == 0
    for value in range(5, 8):
        microphone.capture(period(value))
    assert await read(gate, 5) == [period(value) for value in range(3, 8)]
    assert gate.dropped == 2
    await gate.close()


async def test_sound_of_an_earlier_session_never_leaves_in_a_later_one():
    microphone, gate, _ = make()
    await gate.open()
    microphone.capture(SPOKEN)
    await asyncio.sleep(0)
    await gate.close()
    microphone.capture(SPOKEN)  # its thread is late
    await gate.open()
    microphone.capture(pcm.SILENT_PERIOD)
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


async def test_speech_before_the_bot_is_ready_leaves_when_it_is():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.capture(sound)
    assert await read(gate, 3) == [pcm.SILENT_PERIOD] * 3
    assert now_ms() == 60  # in real time
    assert gate.release()
    microphone.capture(period(500))
    left = await read(gate, LEAD_PERIODS + 5 + 1)
    assert left == [*QUIET[:LEAD_PERIODS], *LOUD, period(500)]
    assert now_ms() == 60 + 5 * (LEAD_PERIODS + 5 + 1)  # four times as fast as it was spoken
    await gate.close()


async def test_kept_words_do_not_wait_for_a_period_of_silence_to_be_over():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.capture(sound)
    reading = asyncio.create_task(gate.read())
    await asyncio.sleep(0.004)
    assert gate.release()
    assert await reading == QUIET[0]
    assert now_ms() == 4 + 5
    await gate.close()


async def test_while_nothing_is_captured_silence_leaves_in_real_time():
    _, gate, _ = make()
    assert await read(gate, 3) == [pcm.SILENT_PERIOD] * 3
    assert now_ms() == 60


async def test_a_pre_roll_without_words_is_not_flushed():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in QUIET:
        microphone.capture(sound)
    assert gate.release()
    microphone.capture(period(500))
    assert await gate.read() == period(500)
    await gate.close()


@pytest.mark.parametrize(("periods", "is_kept"), [(151, True), (152, False)])
async def test_more_than_the_pre_roll_of_3_s_is_dropped_as_a_whole_and_reported(periods, is_kept):
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *[period(9000)] * (periods - len(QUIET))]:
        microphone.capture(sound)
    assert gate.release() is is_kept
    microphone.capture(period(500))
    assert await gate.read() == (period(10) if is_kept else period(500))
    await gate.close()


async def test_too_long_a_silence_is_no_loss():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in QUIET * 10:
        microphone.capture(sound)
    assert gate.release()
    await gate.close()


async def test_speech_before_the_press_never_leaves():
    microphone, gate, _ = make()
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.capture(sound)
    gate.hold()
    gate.release()
    microphone.capture(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def held_and_released():
    """A gate that has words to catch up with: `LOUD` and what leads up to it."""
    microphone, gate, faults = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.capture(sound)
    assert gate.release()
    return microphone, gate, faults


async def test_what_was_not_flushed_before_the_microphone_closed_never_leaves():
    _, gate, _ = await held_and_released()
    await gate.read()
    await gate.close()
    assert await gate.read() == pcm.SILENT_PERIOD
    await gate.open()
    await gate.close()


@pytest.mark.parametrize("meanwhile", ["close", "hold", "forget"])
async def test_what_a_reader_was_about_to_flush_does_not_leave_after_a_close_a_hold_or_the_end_of_the_call(meanwhile):
    _, gate, _ = await held_and_released()
    reading = asyncio.create_task(gate.read())
    await soon()
    if meanwhile == "close":
        await gate.close()
    else:
        getattr(gate, meanwhile)()
    assert await reading == pcm.SILENT_PERIOD
    await gate.close()


async def test_what_was_held_when_the_microphone_closed_never_leaves():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.capture(sound)
    await gate.close()
    assert gate.release()
    assert await gate.read() == pcm.SILENT_PERIOD


async def test_what_was_not_flushed_before_the_call_was_over_never_leaves():
    microphone, gate, _ = await held_and_released()
    await gate.read()
    assert not gate.forget()
    microphone.capture(period(500))
    assert await gate.read() == period(500)
    await gate.close()


@pytest.mark.parametrize(("ended_by", "says"), [("release", True), ("forget", False)])
async def test_where_nothing_is_held_nothing_is_released_or_forgotten(ended_by, says):
    microphone, gate, _ = make()
    await gate.open()
    microphone.capture(QUIET[0])
    microphone.capture(LOUD[0])
    assert getattr(gate, ended_by)() is says
    assert await read(gate, 2) == [QUIET[0], LOUD[0]]
    await gate.close()


async def test_a_reader_that_waits_when_a_call_begins_gets_silence_in_real_time():
    _, gate, _ = make()
    await gate.open()
    reading = asyncio.create_task(gate.read())
    await soon()
    gate.hold()
    assert await reading == pcm.SILENT_PERIOD
    assert now_ms() == 20
    await gate.close()


async def test_a_microphone_that_breaks_while_words_are_flushed_is_reported_behind_them():
    microphone, gate, faults = await held_and_released()
    microphone.capture(period(500))
    microphone.failed(PartFailed("pulled out"))
    assert await read(gate, LEAD_PERIODS + 5 + 1) == [*QUIET[:LEAD_PERIODS], *LOUD, period(500)]
    assert now_ms() == 5 * (LEAD_PERIODS + 5 + 1)
    assert faults == []
    assert await gate.read() == pcm.SILENT_PERIOD
    assert [str(fault) for fault in faults] == ["pulled out"]


async def test_speech_while_muted_never_leaves_not_even_later():
    microphone, gate, _ = make()
    gate.hold()
    gate.enabled = False
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.capture(sound)
    gate.enabled = True
    gate.release()
    microphone.capture(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def test_a_call_that_fails_forgets_and_says_whether_there_was_something_to_forget():
    microphone, gate, _ = make()
    for spoken, lost in ((LOUD, True), ([], False)):
        gate.hold()
        await gate.open()
        for sound in [*QUIET, *spoken]:
            microphone.capture(sound)
        assert gate.forget() is lost
        await gate.close()
    await gate.open()
    microphone.capture(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def test_a_microphone_that_breaks_while_held_is_reported_at_the_release():
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
    class Processor:
        def process(self, sound, captured_s):
            return period(7) if captured_s == 0.0 else sound

    microphone = Microphone()
    gate = MicGate(microphone, lambda live: None, lambda fault: None, Processor())
    await gate.open()
    microphone.capture(SPOKEN)
    assert await gate.read() == period(7)
    await gate.close()


@given(st.lists(st.booleans(), max_size=200))
def test_every_word_is_sent_with_its_lead_and_no_more_than_that(spoken):
    sent = keep_mask(spoken)
    for place, speaks_ in enumerate(spoken):
        near = spoken[max(0, place - PAUSE_PERIODS) : place + LEAD_PERIODS + 1]
        assert sent[place] == any(near)
        assert sent[place] or not speaks_


async def test_sound_captured_while_the_card_still_closes_never_leaves():
    microphone, gate, _ = make()
    await gate.open()
    microphone.stops_at_once = False
    reading = asyncio.create_task(gate.read())
    await soon()
    closing = asyncio.create_task(gate.close())
    await soon()
    microphone.capture(SPOKEN)
    assert await reading == pcm.SILENT_PERIOD
    assert gate.is_live  # the lamp is lit until the PCM is closed
    microphone.stopping.set_result(None)
    await closing


async def test_a_fault_of_an_earlier_session_is_not_reported_in_a_later_one():
    microphone, gate, faults = make()
    await gate.open()
    microphone.failed(PartFailed("pulled out"))
    await gate.close()
    await gate.open()
    reading = asyncio.create_task(gate.read())
    await soon()
    assert faults == []
    microphone.capture(SPOKEN)
    assert await reading == SPOKEN
    await gate.close()


async def test_a_hold_in_the_middle_of_flushing_begins_another_pre_roll():
    microphone, gate, _ = await held_and_released()
    await gate.read()
    gate.hold()
    for sound in [*QUIET, period(9001)]:
        microphone.capture(sound)
    assert gate.release()
    assert await read(gate, LEAD_PERIODS + 1) == [*QUIET[:LEAD_PERIODS], period(9001)]
    microphone.capture(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def test_sound_that_was_dropped_before_a_call_is_no_loss_of_its_pre_roll():
    microphone, gate, _ = make()
    await gate.open()
    for sound in QUIET * 6:
        microphone.capture(sound)
    gate.hold()
    for sound in [*QUIET, *LOUD]:
        microphone.capture(sound)
    assert gate.release()
    assert await read(gate, LEAD_PERIODS + 5) == [*QUIET[:LEAD_PERIODS], *LOUD]
    await gate.close()


async def test_a_microphone_that_broke_before_a_call_is_reported_in_it():
    microphone, gate, faults = make()
    await gate.open()
    microphone.failed(PartFailed("pulled out"))
    gate.hold()
    gate.release()
    assert await gate.read() == pcm.SILENT_PERIOD
    assert [str(fault) for fault in faults] == ["pulled out"]


# -- observers and cards that raise -----------------------------------------------------------------------------------


class Broken(Exception):
    """What an observer or a card raises that has a defect."""


def raises(*_):
    raise Broken


async def test_an_observer_that_raises_when_the_microphone_closes_does_not_keep_it_from_opening_again(caplog):
    microphone, gate, _ = make()
    await gate.open()
    microphone.on_lamp = lambda live: live or raises()
    await gate.close()
    assert microphone.history == ["lamp on", "pcm open", "pcm closed", "lamp off"]
    assert caplog.messages == ["The microphone is closed; telling so failed"]
    await gate.open()
    microphone.capture(SPOKEN)
    assert await gate.read() == SPOKEN
    await gate.close()


async def test_an_observer_that_raises_when_the_lamp_is_lit_leaves_it_dark_and_the_pcm_closed():
    microphone, gate, _ = make()
    microphone.on_lamp = lambda live: raises() if live else None
    with pytest.raises(Broken):
        await gate.open()
    assert microphone.history == ["lamp on", "lamp off"]
    assert (gate.is_live, gate.state) == (False, GateState.CLOSED)
    microphone.on_lamp = lambda live: None
    await gate.open()
    microphone.capture(SPOKEN)
    assert await gate.read() == SPOKEN
    await gate.close()


async def test_a_fault_observer_that_raises_does_not_keep_the_microphone_open(caplog):
    microphone = Microphone()
    gate = MicGate(microphone, lambda live: None, raises)
    await gate.open()
    microphone.failed(PartFailed("pulled out"))
    assert await gate.read() == pcm.SILENT_PERIOD
    assert (microphone.is_open, gate.state) == (False, GateState.CLOSED)
    assert caplog.messages == ["Telling that the microphone broke failed"]


async def test_a_card_that_cannot_be_closed_keeps_the_lamp_lit_and_is_closed_by_the_next_close_or_open():
    microphone, gate, _ = make()
    await gate.open()
    microphone.stop_fails = True
    with pytest.raises(Broken):
        await gate.close()
    assert microphone.is_open
    assert (gate.is_live, gate.state) == (True, GateState.CLOSED)
    microphone.capture(SPOKEN)
    assert await gate.read() == pcm.SILENT_PERIOD
    with pytest.raises(Broken):
        await gate.open()
    assert microphone.history == ["lamp on", "pcm open"]
    microphone.stop_fails = False
    await gate.open()
    assert microphone.history == ["lamp on", "pcm open", "pcm closed", "lamp off", "lamp on", "pcm open"]
    microphone.capture(SPOKEN)
    assert await gate.read() == SPOKEN
    await gate.close()


async def test_a_broken_microphone_that_cannot_be_closed_is_reported_and_followed_by_silence(caplog):
    microphone, gate, faults = make()
    await gate.open()
    microphone.stop_fails = True
    microphone.failed(PartFailed("pulled out"))
    assert await gate.read() == pcm.SILENT_PERIOD
    assert len(faults) == 1
    assert caplog.messages == ["A broken microphone could not be closed"]
    microphone.stop_fails = False
    await gate.open()
    microphone.capture(SPOKEN)
    assert await gate.read() == SPOKEN
    await gate.close()


# -- the gate beside its table ----------------------------------------------------------------------------------------


ZEROS = bytes(KEPT_PERIODS * pcm.PERIOD_BYTES)


class ObservedGate(MicGate):
    """Records each period that leaves, with the state that it left in."""

    leavings: list[tuple[GateState, bytes]]

    def _emit(self, period):
        leaving = super()._emit(period)
        self.leavings.append((self._state, leaving))
        return leaving


class GateBesideTable(RuleBasedStateMachine):
    """Any calls, captured periods and defects: the gate is in the state of the table, and lets out what that allows."""

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=SimulatedTimeLoop)
        self.runner.get_loop()
        self.microphone = Microphone()
        self.lamp_is_lit = False
        self.lamp_raises = self.observer_raises = False
        self.state = GateState.CLOSED
        self.captured = 0
        self.presses: list[list[float]] = []
        self.since_hold = 0
        self.reading: asyncio.Task[bytes] | None = None
        self.next_to_leave = 1
        self.listening: asyncio.Task[Detection | None] | None = None
        self.detects: Detection | None = None

    def run(self, work):
        async def call():
            result = work()
            return await result if asyncio.iscoroutine(result) else result

        try:
            return self.runner.run(call())
        except (Broken, PartMissing):
            return None

    @initialize(push_to_talk=st.booleans())
    def begin(self, push_to_talk):
        self.push_to_talk = push_to_talk
        self.run(self.make)

    def make(self):
        def light(live):
            assert live or not self.microphone.is_open, "dark while the PCM is open"
            if live and self.lamp_raises:
                raise Broken
            self.lamp_is_lit, self.lamp_use = bool(live), live
            if self.observer_raises:
                raise Broken

        def fault(error):
            if self.observer_raises:
                raise Broken

        self.lamp_use = MicUse.NONE
        self.gate = ObservedGate(
            self.microphone, light, fault, push_to_talk=self.push_to_talk, now_s=lambda: self.now_s
        )
        self.gate.leavings = []

    def expect(self, event):
        self.state = transition(self.state, event).to

    @rule(defect=st.sampled_from([None, "lamp", "start", "stop", "observer"]))
    def open(self, defect):
        self.stop_reading()
        self.lamp_raises, self.observer_raises = defect == "lamp", defect == "observer"
        self.microphone.fails = PartMissing("x") if defect == "start" else None
        self.microphone.stop_fails = defect == "stop"
        self.run(self.gate.open)
        self.microphone.fails, self.microphone.stop_fails = None, False
        self.lamp_raises = self.observer_raises = False
        if self.microphone.is_open and self.gate.state in PCM_OPEN:
            if self.state is GateState.WAKE_WORD:
                self.since_hold = self.captured + 1
            self.expect(GateEvent.OPEN)
        else:
            assert defect, "it opens"
            if self.state is GateState.WAKE_WORD or (self.state in PCM_OPEN and defect in ("lamp", "observer")):
                self.expect(GateEvent.CLOSE)  # its lamp can't show that sound may leave

    @rule(defect=st.sampled_from([None, "stop", "observer"]))
    def close(self, defect):
        self.stop_reading()
        self.microphone.stop_fails, self.observer_raises = defect == "stop", defect == "observer"
        self.run(self.gate.close)
        self.microphone.stop_fails = self.observer_raises = False
        self.expect(GateEvent.CLOSE)
        assert defect == "stop" or not self.microphone.is_open

    @rule(name=st.sampled_from(["hold", "release", "forget"]))
    def call(self, name):
        self.stop_reading()
        before = self.state
        self.run(getattr(self.gate, name))
        self.expect(GateEvent[name.upper()])
        if name == "hold" and self.state is not before:
            self.since_hold = self.captured + 1
        if self.state is GateState.FLUSHING and not self.gate._kept:
            self.expect(GateEvent.FLUSHED)

    @rule(count=st.integers(1, 160))
    def capture(self, count):
        if self.microphone.is_open:
            self.microphone.capture(pcm.SILENT_PERIOD)  # the quietest one: speech is what is louder
            for _ in range(count):
                self.captured += 1
                self.microphone.capture(numbered(self.captured), self.captured * PERIOD_S)

    @precondition(lambda self: not self.push_to_talk)
    @rule(defect=st.sampled_from([None, "lamp", "start"]))
    def listen(self, defect):
        self.stop_reading()
        self.lamp_raises = defect == "lamp"
        self.microphone.fails = PartMissing("x") if defect == "start" else None
        self.run(self.begin_listening)
        self.microphone.fails, self.lamp_raises = None, False
        if self.microphone.is_open and self.gate.state in PCM_OPEN:
            self.expect(GateEvent.LISTEN)
        else:
            assert defect or self.state is not GateState.CLOSED

    async def begin_listening(self):
        await soon()
        if self.listening and not self.listening.done():
            return
        self.listening = asyncio.create_task(self.gate.listen(self.detect))
        await soon()
        if self.listening.done():
            await self.listening

    def detect(self, period):
        assert number_of(period) == self.captured or period == pcm.SILENT_PERIOD
        detection, self.detects = self.detects, None
        return detection

    @precondition(lambda self: self.state is GateState.WAKE_WORD)
    @rule(keep_periods=st.integers(1, KEPT_PERIODS), late=st.integers(0, 20))
    def say_wake_word(self, keep_periods, late):
        self.detects = Detection("okay_nabu", 0.9, keep_periods)
        for _ in range(1 + late):  # the event loop is late
            self.captured += 1
            self.microphone.capture(numbered(self.captured), self.captured * PERIOD_S)
        self.run(soon)
        self.expect(GateEvent.DETECTED)
        self.since_hold = max(self.captured - KEPT_PERIODS, self.captured - late - keep_periods) + 1
        assert self.listening
        assert self.listening.result()

    @precondition(lambda self: self.state is GateState.WAKE_WORD)
    @rule()
    def break_while_listening(self):
        self.microphone.failed(PartFailed("x"))
        self.run(soon)
        self.expect(GateEvent.CLOSE)
        assert self.listening
        assert isinstance(self.listening.exception(), PartFailed)

    @precondition(lambda self: self.push_to_talk and not self.is_pressed)
    @rule(late_s=st.floats(0, 0.3))
    def press(self, late_s):
        self.stop_reading()
        last_s = self.presses[-1][1] if self.presses else 0.0
        pressed_s = max(last_s, self.now_s - late_s)
        self.presses.append([pressed_s])
        keeps = any(captured_s >= pressed_s - PREROLL_S for captured_s, _ in self.gate._talk._kept)
        self.gate.start_talking(pressed_s)
        if keeps and self.gate.talk_state is TalkState.PRESSED and self.state is not GateState.PREROLL:
            self.expect(GateEvent.TALK)

    @precondition(lambda self: self.push_to_talk and self.is_pressed)
    @rule(late_s=st.floats(0, 0.2))
    def release_button(self, late_s):
        self.stop_reading()
        released_s = max(self.presses[-1][0], self.now_s - late_s)
        self.presses[-1].append(released_s)
        self.gate.stop_talking(released_s)

    @property
    def now_s(self):
        return (self.captured + 1) * PERIOD_S

    @property
    def is_pressed(self):
        return bool(self.presses) and len(self.presses[-1]) == 1

    def was_talk(self, number):
        """Whether a press, its pre-roll or its release delay holds the whole period."""
        begun_s, ended_s = number * PERIOD_S, (number + 1) * PERIOD_S
        return any(
            begun_s >= pressed_s - PREROLL_S - 1e-9
            and (not released_s or ended_s <= released_s[0] + RELEASE_DELAY_S + 1e-9)
            for pressed_s, *released_s in self.presses
        )

    @rule(count=st.integers(1, 10), observer_raises=st.booleans(), breaks=st.booleans())
    def read(self, count, observer_raises, breaks):
        self.stop_reading()
        if breaks and self.gate.state in PCM_OPEN - {GateState.WAKE_WORD}:
            self.microphone.failed(PartFailed("x"))
        self.observer_raises = observer_raises
        for _ in range(count):
            if self.gate.state is GateState.QUEUED and not len(self.gate._periods) and not self.gate._failure:
                break  # it would wait
            closes = self.gate.state is GateState.QUEUED and not len(self.gate._periods)
            self.run(self.gate.read)
            if closes:
                self.expect(GateEvent.CLOSE)
            if self.state is GateState.FLUSHING and not self.gate._kept:
                self.expect(GateEvent.FLUSHED)
        self.observer_raises = False

    @rule()
    def read_directly(self):
        self.stop_reading()
        if self.gate.state is GateState.QUEUED and not len(self.gate._periods) and not self.gate._failure:
            self.run(self.begin_reading)
            self.expect(GateEvent.READER_WAITS)

    async def begin_reading(self):
        self.stop_direct = self.gate.start_direct_send(lambda period: None)
        self.reading = asyncio.create_task(self.gate.read())
        await soon()

    def stop_reading(self):
        if self.reading:
            self.run(self.cancel_reading)
            self.reading = None
            self.expect(GateEvent.READER_LEAVES)

    async def cancel_reading(self):
        assert self.reading
        self.reading.cancel()
        await asyncio.wait([self.reading])
        self.stop_direct()

    @invariant()
    def gate_is_in_the_state_of_the_table(self):
        assert self.gate.state is self.state

    @invariant()
    def captured_sound_leaves_in_no_state_but_three_and_in_order(self):
        for state, period in self.gate.leavings:
            if period != pcm.SILENT_PERIOD:
                assert state in SOUND_LEAVES
                number = number_of(period)
                assert number >= max(self.next_to_leave, self.since_hold)
                assert not self.push_to_talk or self.was_talk(number), "captured while the button was released"
                self.next_to_leave = number + 1
        self.gate.leavings.clear()

    @invariant()
    def nothing_is_kept_while_the_pcm_is_closed(self):
        kept = len(self.gate._periods) or self.gate._kept or self.gate._talk._kept
        assert self.gate.state in PCM_OPEN or not kept

    @invariant()
    def the_ring_is_zero_but_while_a_wake_word_is_listened_for(self):
        if self.gate._ring and self.gate.state is not GateState.WAKE_WORD:
            assert self.gate._ring._memory[:] == ZEROS

    @invariant()
    def the_lamp_shows_the_use(self):
        use = mic_use(self.gate.state)
        assert self.lamp_use is use or (not use and self.microphone.is_open and self.lamp_use), "closing has failed"

    @invariant()
    def lamp_is_lit_while_the_pcm_is_open(self):
        assert self.lamp_is_lit or not (self.microphone.is_open or self.gate.state in PCM_OPEN)
        assert self.gate.is_live == self.lamp_is_lit

    def teardown(self):
        try:
            self.close(None)
            assert not self.lamp_is_lit
            self.open(None)
            self.close(None)
        finally:
            self.runner.close()


def numbered(number):
    """A loud period that carries its number."""
    return (9000 + number).to_bytes(2, "little") * pcm.PERIOD_FRAMES


def number_of(period):
    return int.from_bytes(period[:2], "little") - 9000


TestGateBesideTable = GateBesideTable.TestCase
TestGateBesideTable.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


# -- direct sending: what the microphone's thread sends by itself, and when it must not ------------------------------


async def reading(gate, left):
    while True:
        left.append(await gate.read())


class DirectSend:
    """A gate with a reader and a direct sender."""

    async def __aenter__(self):
        self.microphone, self.gate, self.faults = make()
        await self.gate.open()
        self.read: list[bytes] = []
        self.sent: list[bytes] = []
        self.task = asyncio.create_task(reading(self.gate, self.read))
        await soon()
        self.end = self.gate.start_direct_send(self.sent.append)
        await soon()
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await self.gate.close()


async def test_what_is_captured_while_a_reader_waits_is_sent_without_the_loop():
    async with DirectSend() as it:
        it.microphone.capture(period(1))
        it.microphone.capture(period(2))  # the loop hasn't turned
        assert it.sent == [period(1), period(2)]
        await soon()
        assert it.read == []


async def test_what_came_before_leaves_before_and_nothing_is_lost_or_sent_twice():
    microphone, gate, _ = make()
    await gate.open()
    microphone.capture(period(1))
    sent: list[bytes] = []
    read: list[bytes] = []
    gate.start_direct_send(sent.append)
    microphone.capture(period(2))  # without a reader
    assert sent == []
    task = asyncio.create_task(reading(gate, read))
    await soon()
    microphone.capture(period(3))
    assert (read, sent) == ([period(1), period(2)], [period(3)])
    task.cancel()
    await gate.close()


async def test_muted_silence_is_sent_directly():
    async with DirectSend() as it:
        it.gate.enabled = False
        it.microphone.capture(SPOKEN)
        assert it.sent == [pcm.SILENT_PERIOD]


async def test_held_nothing_is_sent_directly_and_after_the_release_it_goes_on():
    async with DirectSend() as it:
        it.gate.hold()
        it.microphone.capture(pcm.SILENT_PERIOD)
        it.microphone.capture(SPOKEN)
        assert it.sent == []
        assert it.gate.release()
        await asyncio.sleep(0.2)  # what was held is caught up with
        it.microphone.capture(period(7))
        await soon()
        assert SPOKEN in it.read
        assert it.sent == [period(7)]


async def test_once_direct_sending_ended_the_loop_reads_again():
    async with DirectSend() as it:
        it.end()
        assert it.gate.state is GateState.QUEUED
        it.microphone.capture(period(1))
        await soon()
        it.microphone.capture(period(2))
        await soon()
        assert (it.sent, it.read) == ([], [period(1), period(2)])


async def test_another_direct_sender_begins_when_the_reader_waits_again():
    async with DirectSend() as it:
        other: list[bytes] = []
        states = [it.gate.state]
        it.gate.start_direct_send(other.append)
        assert [*states, it.gate.state] == [GateState.DIRECT, GateState.QUEUED]
        await soon()
        it.microphone.capture(period(1))
        assert (it.sent, other) == ([], [period(1)])


async def test_without_a_reader_nothing_is_sent_directly():
    async with DirectSend() as it:
        it.task.cancel()
        await soon()
        it.microphone.capture(period(1))
        await soon()
        assert (it.sent, it.read) == ([], [])


async def test_when_the_lamp_is_dark_nothing_is_sent_directly():
    async with DirectSend() as it:
        it.microphone.on_lamp = lambda live: live or it.microphone.capture(SPOKEN)
        await it.gate.close()
        await soon()
        assert it.sent == []
        assert SPOKEN not in it.read


class LateLock:
    """A lock that is taken just after something has happened in another thread."""

    def __init__(self, happen):
        self._lock, self._happen = threading.Lock(), happen
        self.acquire, self.release = self._lock.acquire, self._lock.release

    def __enter__(self):
        happen, self._happen = self._happen, lambda: None
        happen()
        self.acquire()

    def __exit__(self, *_):
        self.release()


async def test_a_period_that_comes_just_before_direct_sending_begins_is_not_overtaken():
    microphone, gate, _ = make()
    await gate.open()
    read: list[bytes] = []
    sent: list[bytes] = []
    gate.start_direct_send(sent.append)
    gate._lock = LateLock(lambda: microphone.capture(period(1)))
    task = asyncio.create_task(reading(gate, read))
    await asyncio.sleep(0)
    microphone.capture(period(2))
    await soon()
    assert (read, sent) == ([period(1), period(2)], [])
    task.cancel()
    await gate.close()


async def test_a_late_end_of_direct_sending_does_not_end_another():
    async with DirectSend() as it:
        other: list[bytes] = []
        it.gate.start_direct_send(other.append)
        await soon()
        it.end()
        it.microphone.capture(period(1))
        assert (it.sent, other) == ([], [period(1)])


async def test_the_end_of_direct_sending_waits_until_the_thread_is_done():
    async with DirectSend() as it:
        inside, go_on, done = threading.Event(), threading.Event(), []

        def slow(_):
            inside.set()
            go_on.wait(60)
            done.append(True)

        end = it.gate.start_direct_send(slow)
        await soon()
        thread = threading.Thread(target=it.microphone.capture, args=(period(1),))
        thread.start()
        assert inside.wait(60)
        threading.Timer(0.1, go_on.set).start()
        end()
        assert done
        thread.join()


async def test_a_microphone_that_breaks_in_direct_sending_is_reported_and_followed_by_silence():
    async with DirectSend() as it:
        it.microphone.capture(period(1))
        it.microphone.failed(PartFailed("pulled out"))
        await asyncio.sleep(0.1)
        assert it.sent == [period(1)]
        assert [str(fault) for fault in it.faults] == ["pulled out"]
        assert not it.gate.is_live
        assert pcm.SILENT_PERIOD in it.read


async def test_a_detector_in_a_call_gets_each_period_that_has_left_and_silence_while_muted():
    async with DirectSend() as it:
        received: list[tuple[bytes, list[bytes]]] = []
        it.gate.call_detector = lambda period: received.append((period, list(it.sent)))
        it.microphone.capture(SPOKEN)
        it.gate.enabled = False
        it.microphone.capture(SPOKEN)
        assert received == [(SPOKEN, [SPOKEN]), (pcm.SILENT_PERIOD, [SPOKEN, pcm.SILENT_PERIOD])]
        it.gate.call_detector = None
        it.microphone.capture(SPOKEN)
        assert len(received) == 2


# -- push-to-talk: sound leaves while the button is pressed -----------------------------------------------------------


class PushToTalk(DirectSend):
    """A gate with push-to-talk whose direct sender and reader write into one list; period n is captured at n * 20 ms."""

    def __init__(self, *, hold=False):
        self.hold, self.captured = hold, 0

    async def __aenter__(self):
        self.microphone, self.gate, self.faults = make(push_to_talk=True)
        if self.hold:
            self.gate.hold()
        await self.gate.open()
        self.left: list[bytes] = []
        self.task = asyncio.create_task(reading(self.gate, self.left))
        self.end = self.gate.start_direct_send(self.left.append)
        await soon()
        return self

    async def capture(self, count):
        for _ in range(count):
            self.captured += 1
            self.microphone.capture(numbered(self.captured), self.captured * 0.02)
            await asyncio.sleep(0.02)

    def press(self):
        self.gate.start_talking((self.captured + 1) * 0.02 - 0.001)

    def release(self):
        self.gate.stop_talking((self.captured + 1) * 0.02 + 0.001)

    @property
    def numbers(self):
        return [number_of(period) for period in self.left if period is not pcm.SILENT_PERIOD]


async def test_push_to_talk_sends_the_press_with_200_ms_before_and_after_and_else_silence():
    async with PushToTalk() as it:
        await it.capture(50)
        assert it.left == [pcm.SILENT_PERIOD] * 50
        it.press()
        await it.capture(30)
        it.release()
        await it.capture(50)
        assert it.numbers == [*range(41, 91)]
        assert it.left[-40:] == [pcm.SILENT_PERIOD] * 40
        assert len(it.left) == 130 + 10  # those of the pre-roll are sent beside the silence of their time


async def test_push_to_talk_catches_up_with_the_pre_roll_and_is_sent_by_the_microphones_thread_again():
    async with PushToTalk() as it:
        await it.capture(20)
        states = [it.gate.state]
        it.press()
        states.append(it.gate.state)
        await it.capture(5)
        assert [*states, it.gate.state] == [GateState.DIRECT, GateState.FLUSHING, GateState.DIRECT]
        assert it.numbers == [*range(11, 26)]


async def test_a_press_and_a_press_again_send_nothing_twice_and_in_order():
    async with PushToTalk() as it:
        await it.capture(20)
        for _ in range(3):
            it.press()
            await it.capture(5)
            it.release()
            await it.capture(12)  # 10 leave, 2 are kept
        assert it.numbers == [*range(11, 69 + 1)]


async def test_a_press_while_the_last_words_are_still_being_sent_sends_them_first():
    async with PushToTalk() as it:
        it.end()
        it.task.cancel()
        await soon()
        it.press()
        for _ in range(4):
            it.captured += 1
            it.microphone.capture(numbered(it.captured), it.captured * 0.02)
        it.gate.stop_talking(-1.0)
        for _ in range(3):
            it.captured += 1
            it.microphone.capture(numbered(it.captured), it.captured * 0.02)
        it.gate.start_talking(0.14)
        assert [number_of(period) for period in await read(it.gate, 7)] == [1, 2, 3, 4, 5, 6, 7]


async def test_a_press_sends_what_was_kept_without_waiting_for_the_next_period():
    async with PushToTalk() as it:
        await it.capture(5)
        states = [it.gate.talk_state]
        it.press()
        states.append(it.gate.talk_state)
        assert states == [TalkState.RELEASED, TalkState.PRESSED]
        async with asyncio.timeout(5):
            while len(it.numbers) < 5:
                await asyncio.sleep(0.001)
        assert it.numbers == [1, 2, 3, 4, 5]


async def test_push_to_talk_while_connecting_keeps_speech_while_pressed():
    async with PushToTalk(hold=True) as it:
        it.press()
        await it.capture(20)
        it.release()
        await it.capture(300)  # longer than the pre-roll's limit, and not counted
        assert it.gate.release()
        await it.capture(50)
        assert it.numbers == [*range(1, 31)]


async def test_push_to_talk_pressed_while_connecting_begins_200_ms_before():
    async with PushToTalk(hold=True) as it:
        await it.capture(50)
        it.press()
        await it.capture(20)
        assert it.gate.release()
        await it.capture(50)
        assert it.numbers == [*range(41, 121)]


async def test_what_was_captured_while_muted_is_not_sent_by_a_press_after_it():
    async with PushToTalk() as it:
        it.gate.enabled = False
        await it.capture(20)
        it.gate.enabled = True
        it.press()
        await it.capture(5)
        assert it.numbers == [*range(21, 26)]


async def test_what_was_captured_in_an_earlier_session_is_not_sent_by_a_press_in_the_next():
    async with PushToTalk() as it:
        await it.capture(20)
        await it.gate.close()
        await it.gate.open()
        it.press()
        await it.capture(5)
        assert it.numbers == [*range(21, 26)]


async def test_a_raw_edge_of_the_contact_holds_sound_back_before_the_release_is_decided():
    async with PushToTalk() as it:
        it.gate.on_talk_contact("main", True, 0.0)
        it.press()
        await it.capture(10)
        it.gate.on_talk_contact("main", False, (it.captured + 1) * 0.02 + 0.001)
        await it.capture(30)
        assert it.numbers == [*range(1, 21)]


async def test_a_button_that_is_pressed_when_the_pcm_opens_talks():
    microphone, gate, _ = make(push_to_talk=True)
    gate.start_talking(0.0)
    await gate.open()
    microphone.capture(SPOKEN, 1.0)
    assert await gate.read() == SPOKEN
    await gate.close()
