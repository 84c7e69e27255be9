"""The gate against a microphone that a test plays by hand: privacy is a property."""

import asyncio
import threading
from concurrent.futures import Future

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rig.simulated_time import SimulatedTimeLoop

from callbox.audio.capture.mic_gate import Gate
from callbox.audio.capture.model.pre_roll import LEAD_PERIODS, PAUSE_PERIODS, keep_mask
from callbox_device.interfaces import BoardError, PartFailed, PartMissing
from callbox_device.model import pcm

pytestmark = pytest.mark.simulated_time


class Microphone:
    def __init__(self):
        self.overruns = 0
        self.is_open = False
        self.fails = None
        self.stops_at_once = True
        self.on_lamp = lambda live: None
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
        self.stopping: Future[None] = Future()
        if self.stops_at_once:
            self.stopping.set_result(None)
        return self.stopping


def make():
    microphone = Microphone()
    faults: list[BoardError] = []

    def light(live):
        microphone.history.append(f"lamp {'on' if live else 'off'}")
        microphone.on_lamp(live)

    return microphone, Gate(microphone, light, faults.append), faults


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


async def test_what_is_captured_leaves():
    microphone, gate, _ = make()
    await gate.open()
    microphone.hear(SPOKEN)
    assert await gate.read() == SPOKEN
    assert gate.level_dbfs > -20
    await gate.close()
    assert gate.level_dbfs == pcm.MIN_DBFS


async def test_the_level_is_that_of_the_last_period_that_left():
    microphone, gate, _ = make()
    assert gate.level_dbfs == pcm.MIN_DBFS
    await gate.open()
    microphone.hear(SPOKEN)
    assert gate.level_dbfs == pcm.MIN_DBFS
    assert await gate.read() == SPOKEN
    assert gate.level_dbfs == pcm.peak_dbfs(SPOKEN)
    gate.enabled = False
    microphone.hear(SPOKEN)
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


async def test_open_and_close_said_again_change_nothing():
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
    microphone.hear(SPOKEN)
    assert await gate.read() == SPOKEN
    microphone.stops_at_once = True
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
        microphone.hear(sound)
        await gate.read()
    assert gate.is_quiet is is_quiet
    await gate.close()


async def test_quiet_is_200_ms_without_a_sound():
    microphone, gate, _ = make()
    await gate.open()
    for _ in range(2):
        for _ in range(10):
            assert not gate.is_quiet
            microphone.hear(pcm.SILENT_PERIOD)
            await gate.read()
        assert gate.is_quiet
        microphone.hear(SPOKEN)
        await gate.read()
    assert not gate.is_quiet
    await gate.close()


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


async def test_sound_that_waits_for_more_than_100_ms_is_dropped_oldest_first_and_counted():
    microphone, gate, _ = make()
    await gate.open()
    for value in range(5):
        microphone.hear(period(value))
    assert await gate.read() == period(0)
    assert gate.dropped == 0
    for value in range(5, 8):
        microphone.hear(period(value))
    assert await read(gate, 5) == [period(value) for value in range(3, 8)]
    assert gate.dropped == 2
    await gate.close()


async def test_sound_of_an_earlier_session_never_leaves_in_a_later_one():
    microphone, gate, _ = make()
    await gate.open()
    microphone.hear(SPOKEN)
    await asyncio.sleep(0)
    await gate.close()
    microphone.hear(SPOKEN)  # its thread is late
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


async def test_what_is_said_before_the_bot_is_ready_leaves_when_it_is():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.hear(sound)
    assert await read(gate, 3) == [pcm.SILENT_PERIOD] * 3
    assert now_ms() == 60  # in real time
    assert gate.release()
    microphone.hear(period(500))
    left = await read(gate, LEAD_PERIODS + 5 + 1)
    assert left == [*QUIET[:LEAD_PERIODS], *LOUD, period(500)]
    assert now_ms() == 60 + 5 * (LEAD_PERIODS + 5 + 1)  # four times as fast as it was spoken
    await gate.close()


async def test_while_nothing_is_captured_silence_leaves_in_real_time():
    _, gate, _ = make()
    assert await read(gate, 3) == [pcm.SILENT_PERIOD] * 3
    assert now_ms() == 60


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


@pytest.mark.parametrize(("periods", "is_kept"), [(151, True), (152, False)])
async def test_more_than_the_pre_roll_of_3_s_is_dropped_as_a_whole_and_told(periods, is_kept):
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *[period(9000)] * (periods - len(QUIET))]:
        microphone.hear(sound)
    assert gate.release() is is_kept
    microphone.hear(period(500))
    assert await gate.read() == (period(10) if is_kept else period(500))
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
    for sound in [*QUIET, *LOUD]:
        microphone.hear(sound)
    gate.hold()
    gate.release()
    microphone.hear(period(500))
    assert await gate.read() == period(500)
    await gate.close()


async def held_and_released():
    """A gate that has words to catch up with: `LOUD` and what leads up to it."""
    microphone, gate, faults = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.hear(sound)
    assert gate.release()
    return microphone, gate, faults


async def test_what_was_not_caught_up_with_before_the_microphone_closed_never_leaves():
    _, gate, _ = await held_and_released()
    await gate.read()
    await gate.close()
    assert await gate.read() == pcm.SILENT_PERIOD
    await gate.open()
    await gate.close()


async def test_what_was_held_when_the_microphone_closed_never_leaves():
    microphone, gate, _ = make()
    gate.hold()
    await gate.open()
    for sound in [*QUIET, *LOUD]:
        microphone.hear(sound)
    await gate.close()
    assert gate.release()
    assert await gate.read() == pcm.SILENT_PERIOD


async def test_what_was_not_caught_up_with_before_the_call_was_over_never_leaves():
    microphone, gate, _ = await held_and_released()
    await gate.read()
    assert not gate.forget()
    microphone.hear(period(500))
    assert await gate.read() == period(500)
    await gate.close()


@pytest.mark.parametrize(("ended_by", "says"), [("release", True), ("forget", False)])
async def test_where_nothing_is_held_nothing_is_released_or_forgotten(ended_by, says):
    microphone, gate, _ = make()
    await gate.open()
    microphone.hear(QUIET[0])
    microphone.hear(LOUD[0])
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


async def test_a_microphone_that_breaks_while_words_are_caught_up_with_is_told_behind_them():
    microphone, gate, faults = await held_and_released()
    microphone.hear(period(500))
    microphone.failed(PartFailed("pulled out"))
    assert await read(gate, LEAD_PERIODS + 5 + 1) == [*QUIET[:LEAD_PERIODS], *LOUD, period(500)]
    assert now_ms() == 5 * (LEAD_PERIODS + 5 + 1)
    assert faults == []
    assert await gate.read() == pcm.SILENT_PERIOD
    assert [str(fault) for fault in faults] == ["pulled out"]


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

    with asyncio.Runner(loop_factory=SimulatedTimeLoop) as runner:
        runner.run(walk())


# -- The straight way: what the microphone's thread sends by itself, and when it must not ------------------------------


async def reading(gate, left):
    while True:
        left.append(await gate.read())


class Straight:
    """A gate that is read, with a straight way."""

    async def __aenter__(self):
        self.microphone, self.gate, self.faults = make()
        await self.gate.open()
        self.read: list[bytes] = []
        self.straight: list[bytes] = []
        self.task = asyncio.create_task(reading(self.gate, self.read))
        await soon()
        self.end = self.gate.straight(self.straight.append)
        await soon()
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await self.gate.close()


async def test_what_is_captured_while_somebody_waits_leaves_without_the_loop():
    async with Straight() as it:
        it.microphone.hear(period(1))
        it.microphone.hear(period(2))  # the loop hasn't turned
        assert it.straight == [period(1), period(2)]
        await soon()
        assert it.read == []


async def test_what_came_before_leaves_before_and_nothing_is_lost_or_said_twice():
    microphone, gate, _ = make()
    await gate.open()
    microphone.hear(period(1))
    straight: list[bytes] = []
    read: list[bytes] = []
    gate.straight(straight.append)
    microphone.hear(period(2))  # nobody reads
    assert straight == []
    task = asyncio.create_task(reading(gate, read))
    await soon()
    microphone.hear(period(3))
    assert (read, straight) == ([period(1), period(2)], [period(3)])
    task.cancel()
    await gate.close()


async def test_muted_silence_leaves_by_it_too():
    async with Straight() as it:
        it.gate.enabled = False
        it.microphone.hear(SPOKEN)
        assert it.straight == [pcm.SILENT_PERIOD]


async def test_held_nothing_leaves_by_it_and_after_the_release_it_goes_on():
    async with Straight() as it:
        it.gate.hold()
        it.microphone.hear(pcm.SILENT_PERIOD)
        it.microphone.hear(SPOKEN)
        assert it.straight == []
        assert it.gate.release()
        await asyncio.sleep(0.2)  # what was held is caught up with
        it.microphone.hear(period(7))
        await soon()
        assert SPOKEN in it.read
        assert it.straight == [period(7)]


async def test_once_ended_the_loop_reads_again():
    async with Straight() as it:
        it.end()
        it.microphone.hear(period(1))
        await soon()
        assert (it.straight, it.read) == ([], [period(1)])


async def test_with_nobody_who_reads_nothing_leaves():
    async with Straight() as it:
        it.task.cancel()
        await soon()
        it.microphone.hear(period(1))
        await soon()
        assert (it.straight, it.read) == ([], [])


async def test_when_the_lamp_is_dark_nothing_leaves_by_it():
    async with Straight() as it:
        it.microphone.on_lamp = lambda live: live or it.microphone.hear(SPOKEN)
        await it.gate.close()
        await soon()
        assert it.straight == []
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


async def test_a_period_that_comes_in_the_last_moment_before_it_opens_is_not_overtaken():
    microphone, gate, _ = make()
    await gate.open()
    read: list[bytes] = []
    straight: list[bytes] = []
    gate.straight(straight.append)
    gate._lock = LateLock(lambda: microphone.hear(period(1)))
    task = asyncio.create_task(reading(gate, read))
    await asyncio.sleep(0)
    microphone.hear(period(2))
    await soon()
    assert (read, straight) == ([period(1), period(2)], [])
    task.cancel()
    await gate.close()


async def test_an_end_that_comes_late_does_not_end_another():
    async with Straight() as it:
        other: list[bytes] = []
        it.gate.straight(other.append)
        await soon()
        it.end()
        it.microphone.hear(period(1))
        assert (it.straight, other) == ([], [period(1)])


async def test_its_end_waits_until_the_thread_is_done():
    async with Straight() as it:
        inside, go_on, done = threading.Event(), threading.Event(), []

        def slow(_):
            inside.set()
            go_on.wait(5)
            done.append(True)

        end = it.gate.straight(slow)
        await soon()
        thread = threading.Thread(target=it.microphone.hear, args=(period(1),))
        thread.start()
        assert inside.wait(5)
        threading.Timer(0.1, go_on.set).start()
        end()
        assert done
        thread.join()


async def test_a_microphone_that_breaks_is_told_and_followed_by_silence():
    async with Straight() as it:
        it.microphone.hear(period(1))
        it.microphone.failed(PartFailed("pulled out"))
        await asyncio.sleep(0.1)
        assert it.straight == [period(1)]
        assert [str(fault) for fault in it.faults] == ["pulled out"]
        assert not it.gate.is_live
        assert pcm.SILENT_PERIOD in it.read
