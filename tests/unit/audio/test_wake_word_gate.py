"""The gate while a wake word is listened for: what is kept, for how long, and what of it begins a call."""

import asyncio
from pathlib import Path

import pytest
from tests.unit.audio.test_mic_gate import (
    QUIET,
    SPOKEN,
    Broken,
    LateLock,
    Microphone,
    make,
    number_of,
    numbered,
    soon,
)

from callbox.audio.capture.locked_ring import LockedRing
from callbox.audio.capture.mic_gate import MicGate
from callbox.audio.capture.model.detection import (
    CUT_LEAD_MS,
    KEPT_PERIODS,
    LONGEST_CUT_LEAD_MS,
    NAME_MS,
    Detection,
    keep_periods,
    scores_since_rise,
)
from callbox.audio.capture.model.gate_states import GateState, MicUse
from callbox_device.interfaces import PartFailed
from callbox_device.model import pcm

pytestmark = pytest.mark.simulated_time


class Detector:
    """Detects its word in the period with this number."""

    def __init__(self, number, keeps=10):
        self.number, self.keeps = number, keeps
        self.received = []

    def __call__(self, period):
        self.received.append(number_of(period))
        return Detection("okay_nabu", 0.9, self.keeps) if self.received[-1] == self.number else None


async def test_speech_from_the_name_on_is_the_begin_of_the_call_and_nothing_leaves_before():
    microphone, gate, _ = make()
    uses: list[MicUse] = []
    microphone.on_lamp = uses.append
    listening = asyncio.create_task(gate.listen(Detector(200, keeps=10)))
    await soon()
    assert (gate.state, uses) == (GateState.WAKE_WORD, [MicUse.WAKE_WORD])
    assert [await gate.read() for _ in range(3)] == [pcm.SILENT_PERIOD] * 3
    microphone.capture(pcm.SILENT_PERIOD)
    for number in range(1, 206):  # the event loop is late by five
        microphone.capture(numbered(number))
    detection = await listening
    assert detection
    assert (detection.word, gate.state, uses[-1]) == ("okay_nabu", GateState.PREROLL, MicUse.CALL)
    gate.hold()  # as the call does, which has begun
    await gate.open()
    microphone.capture(numbered(206))
    assert microphone.history.count("pcm open") == 1
    assert uses == [MicUse.WAKE_WORD, MicUse.CALL]
    gate.release()
    gate._kept.extend(gate._periods.take_all())
    left = [number_of(await gate.read()) for _ in range(16)]
    assert left == list(range(191, 207))


async def test_a_press_while_a_wake_word_is_listened_for_sends_nothing_from_before_it():
    now_s = 100.0
    microphone, _, _ = make()
    uses: list[MicUse] = []
    gate = MicGate(microphone, uses.append, lambda error: None, now_s=lambda: now_s)
    listening = asyncio.create_task(gate.listen(Detector(0)))
    await soon()
    for number in range(1, 50):
        microphone.capture(numbered(number), now_s - 1.0 + number * 0.02)
    gate.hold()
    assert uses == [MicUse.WAKE_WORD, MicUse.CALL]
    microphone.capture(numbered(50), now_s - 0.005)  # begun before the press
    microphone.capture(numbered(51), now_s + 0.015)
    await gate.open()
    assert await listening is None
    assert [number_of(period) for period in gate._periods.pending] == [51]


async def test_a_call_that_is_not_by_the_detection_sends_nothing_from_before_it():
    now_s = 100.0
    microphone, gate, _ = make(now_s=lambda: now_s)
    listening = asyncio.create_task(gate.listen(Detector(2)))
    await soon()
    for number in (1, 2):
        microphone.capture(numbered(number), now_s - 1.0)
    assert await listening
    gate.forget_detection()
    assert (gate.state, list(gate._periods.pending)) == (GateState.QUEUED, [])
    gate.hold()
    microphone.capture(numbered(3), now_s - 0.005)  # begun before
    microphone.capture(numbered(4), now_s + 0.015)
    await gate.open()
    assert [number_of(period) for period in gate._periods.pending] == [4]


async def test_a_period_of_the_moment_in_which_a_call_begins_is_the_calls():
    now_s = 100.0
    microphone, gate, _ = make(now_s=lambda: now_s)
    detector = Detector(1)
    listening = asyncio.create_task(gate.listen(detector))
    await soon()
    gate._lock = LateLock(gate.hold)
    microphone.capture(numbered(1), now_s)
    assert detector.received == []
    assert [number_of(period) for period in gate._periods.pending] == [1]
    await gate.close()
    assert await listening is None


async def test_a_call_without_a_pre_roll_takes_over_the_open_pcm():
    microphone, gate, _ = make()
    uses: list[MicUse] = []
    microphone.on_lamp = uses.append
    detector = Detector(0)
    listening = asyncio.create_task(gate.listen(detector))
    await soon()
    microphone.capture(numbered(1))
    for _ in range(2):
        await gate.open()
        assert (gate.state, uses) == (GateState.QUEUED, [MicUse.WAKE_WORD, MicUse.CALL])
    assert await listening is None
    microphone.capture(numbered(2))
    assert (number_of(await gate.read()), detector.received) == (2, [1])
    assert microphone.history == ["lamp on", "pcm open", "lamp on"]


async def test_no_wake_word_is_listened_for_once_a_call_has_begun():
    microphone, gate, _ = make()
    opened: list[bool] = []
    gate.hold()
    assert await gate.listen(Detector(0), lambda: opened.append(True)) is None
    assert (gate.state, microphone.history, opened) == (GateState.HELD, [], [])


async def test_after_a_name_quiet_words_are_kept_and_in_the_next_call_trimmed_again():
    microphone, gate, _ = make()
    listening = asyncio.create_task(gate.listen(Detector(1, keeps=KEPT_PERIODS)))
    await soon()
    captured = [*(QUIET * 5)[: KEPT_PERIODS - 1], numbered(1)]
    for period in captured:
        microphone.capture(period)
    assert await listening
    gate.hold()
    await gate.open()
    assert gate.release()
    assert list(gate._kept) == captured
    await gate.close()
    gate.hold()
    await gate.open()
    for period in [*QUIET, SPOKEN]:
        microphone.capture(period)
    assert gate.release()
    assert gate._kept[-1] == SPOKEN
    assert len(gate._kept) < len(QUIET)


async def test_soft_mute_keeps_samples_from_detector_and_ring():
    microphone, gate, _ = make()
    detector = Detector(0)
    listening = asyncio.create_task(gate.listen(detector))
    await soon()
    gate.enabled = False
    microphone.capture(numbered(1))
    assert gate._ring
    assert (detector.received, gate._ring.since(0)) == ([number_of(pcm.SILENT_PERIOD)], [pcm.SILENT_PERIOD])
    await gate.close()
    assert await listening is None


async def test_closing_ends_the_detector_and_zeroes_what_was_kept():
    microphone, gate, _ = make()
    detector = Detector(0)
    listening = asyncio.create_task(gate.listen(detector))
    await soon()
    microphone.capture(numbered(1))
    await gate.close()
    microphone.deliver(numbered(2), 0.0)  # the card delivers late
    assert not gate._periods.pending
    assert await listening is None
    assert (detector.received, microphone.history) == ([1], ["lamp on", "pcm open", "pcm closed", "lamp off"])
    assert gate._ring
    assert gate._ring._memory[:] == bytes(KEPT_PERIODS * pcm.PERIOD_BYTES)


async def test_a_microphone_that_breaks_while_it_is_listened_to_is_closed_and_raises():
    microphone, gate, _ = make()
    opened: list[GateState] = []
    listening = asyncio.create_task(gate.listen(Detector(0), lambda: opened.append(gate.state)))
    await soon()
    assert opened == [GateState.WAKE_WORD]
    microphone.failed(PartFailed("pulled out"))
    with pytest.raises(PartFailed, match="pulled out"):
        await listening
    assert microphone.history == ["lamp on", "pcm open", "pcm closed", "lamp off"]
    assert gate.state is GateState.CLOSED


async def test_a_lamp_that_cannot_show_a_call_keeps_its_sound_in(caplog):
    microphone = Microphone()

    def light(use):
        if use is MicUse.CALL:
            raise Broken

    gate = MicGate(microphone, light, lambda error: None)
    listening = asyncio.create_task(gate.listen(Detector(1)))
    await soon()
    microphone.capture(numbered(1))
    assert await listening
    assert caplog.messages == ["The microphone lamp can't show that a call begins"]
    with pytest.raises(Broken):
        await gate.open()
    assert (gate.state, microphone.is_open) == (GateState.HELD, False)


async def test_push_to_talk_has_no_wake_word():
    _, gate, _ = make(push_to_talk=True)
    with pytest.raises(RuntimeError):
        await gate.listen(Detector(1))


def test_the_ring_keeps_the_last_3_s_in_locked_memory():
    ring = LockedRing()
    for number in range(KEPT_PERIODS + 20):
        assert ring.append(numbered(number)) == number
    assert [number_of(period) for period in ring.since(-5)] == list(range(20, KEPT_PERIODS + 20))
    assert [number_of(period) for period in ring.since(KEPT_PERIODS + 18)] == [KEPT_PERIODS + 18, KEPT_PERIODS + 19]
    ring.wipe()
    assert ring.since(0) == []
    assert ring.lock_error is None or "ulimit -l" in ring.lock_error
    if ring.lock_error is None:
        assert _locked_kb() >= 288_000 // 1024


def _locked_kb():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmLck:"))


def test_memory_that_cannot_be_locked_is_a_warning(caplog, monkeypatch):
    class Libc:
        def mlock(self, address, size):
            import ctypes

            ctypes.set_errno(12)
            return -1

    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: Libc())
    ring = LockedRing()
    assert ring.lock_error == (
        "mlock of 288000 bytes failed: Cannot allocate memory (ulimit -l, LimitMEMLOCK= of systemd)"
    )
    assert "may be swapped out" in caplog.text


@pytest.mark.parametrize(
    ("scores", "since"), [([0.1, 0.9, 0.95], 2), ([0.9] * 5, 5), ([0.1, 0.2], 1), ([], 1), ([0.1, 0.1, 0.6], 1)]
)
def test_scores_since_the_first_above_the_threshold(scores, since):
    assert scores_since_rise(scores, 0.5) == since


def test_kept_periods_reach_back_before_the_rise_and_no_further_than_the_ring():
    for model, lead_ms in [*CUT_LEAD_MS.items(), ("okay_nabu", LONGEST_CUT_LEAD_MS), ("own.json", LONGEST_CUT_LEAD_MS)]:
        assert keep_periods(model, 100, keeps_name=False) * pcm.PERIOD_MS == lead_ms + 100
        assert keep_periods(model, 100, keeps_name=True) * pcm.PERIOD_MS == NAME_MS + 100
        assert keep_periods(model, 10_000, keeps_name=False) == KEPT_PERIODS
