"""The wake word's listener with real media and a microphone that a test plays by hand."""

import asyncio
import time
from typing import Any, cast

import pytest
from tests.unit.audio.test_mic_gate import Microphone, number_of, numbered, soon

from callbox.app.wake_word import WakeConfig, WakeWordListener
from callbox.audio.capture.model.detection import Detection
from callbox.audio.capture.model.gate_states import GateState
from callbox.audio.capture.wake_word import WakeWord
from callbox.audio.media import AudioConfig, BoardMedia
from callbox_device.interfaces import PartFailed, PartMissing
from callbox_device.simulated import SimulatedSpeaker

pytestmark = pytest.mark.simulated_time
NABU = WakeConfig((WakeWord("okay_nabu", bot="kitchen"),))


class Detector:
    """Detects its first word in period 100. The model has its own test."""

    def __init__(self, word):
        self.word, self.resets = word, 0

    def process(self, period):
        return Detection(self.word, 0.9, 5) if number_of(period) == 100 else None

    def reset(self):
        self.resets += 1


async def at_once(work, *arguments):
    """In place of a thread, which simulated time can't wait for."""
    return work(*arguments)


class Owner:
    def __init__(self, config=NABU, *, pre_roll=True):
        self.microphone = Microphone()
        microphone: Any = self.microphone
        self.media = BoardMedia(microphone, SimulatedSpeaker(), processing=AudioConfig(pre_roll=pre_roll))
        self.is_idle = True
        self.called: list[str | None] = []
        self.faults: list[str] = []
        self.makes = 0
        self.observers: list[object] = []
        self.listener = WakeWordListener(
            self,
            config,
            self.media,
            lambda error: self.faults.append(str(error)),
            lambda: self.observers,
            self.make,
            at_once,
        )

    def make(self, words, keeps_name):
        self.makes += 1
        return Detector(words[0].model)

    def interrupt_bot(self):
        self.called.append("interrupt")

    def on_stop_word(self):
        self.called.append("stop")

    def on_wake_word(self, bot):
        self.called.append(bot)
        self.is_idle = False
        return

    async def __aenter__(self):
        self.task = asyncio.create_task(self.listener.run())
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await asyncio.wait([self.task])
        assert not self.microphone.is_open or self.media.gate.state is not GateState.WAKE_WORD

    async def until(self, state):
        async with asyncio.timeout(60):
            while self.media.gate.state is not state:
                await asyncio.sleep(0.01)


async def test_a_detection_calls_its_bot_and_what_was_kept_begins_the_call():
    async with Owner() as it:
        await it.until(GateState.WAKE_WORD)
        it.microphone.capture(numbered(100))
        await it.until(GateState.PREROLL)
        await soon()
        assert it.called == ["kitchen"]
        await it.media.close()  # the call has ended
        it.is_idle = True
        it.listener.refresh()
        await it.until(GateState.WAKE_WORD)
        assert it.makes == 1


@pytest.mark.parametrize(
    ("conditions", "config"), [({"muted": True, "quiet": False}, NABU), ({"muted": False, "quiet": True}, NABU)]
)
async def test_mute_and_quiet_hours_close_the_pcm_until_they_are_over(conditions, config):
    async with Owner(config) as it:
        await it.until(GateState.WAKE_WORD)
        it.listener.set_conditions(**conditions)
        await it.until(GateState.CLOSED)
        assert not it.microphone.is_open
        it.listener.set_conditions(muted=False, quiet=False)
        await it.until(GateState.WAKE_WORD)


async def test_quiet_hours_may_leave_the_wake_word_on():
    async with Owner(WakeConfig(NABU.words, in_quiet_hours=True)) as it:
        await it.until(GateState.WAKE_WORD)
        it.listener.set_conditions(muted=False, quiet=True)
        await soon()
        assert it.media.gate.state is GateState.WAKE_WORD


async def test_a_microphone_that_breaks_is_reported_and_listened_to_again():
    async with Owner() as it:
        await it.until(GateState.WAKE_WORD)
        it.microphone.failed(PartFailed("pulled out"))
        await it.until(GateState.CLOSED)
        await it.until(GateState.WAKE_WORD)
        assert it.faults == ["pulled out"]


async def test_a_microphone_that_was_missing_for_long_is_listened_to_as_soon_as_it_is_back():
    async with Owner() as it:
        await it.until(GateState.WAKE_WORD)
        it.microphone.is_missing = PartMissing("There is no such card")
        it.microphone.failed(PartFailed("pulled out"))
        await asyncio.sleep(600)
        it.listener.set_conditions(muted=True, quiet=False)
        it.microphone.is_missing = None
        await asyncio.sleep(600)
        assert it.media.gate.state is GateState.CLOSED
        it.microphone.is_missing = PartMissing("There is no such card")
        it.listener.set_conditions(muted=False, quiet=False)
        await asyncio.sleep(600)
        assert it.media.gate.state is GateState.CLOSED
        it.microphone.is_missing = None
        async with asyncio.timeout(1.1):
            await it.until(GateState.WAKE_WORD)
        assert it.faults == ["pulled out", "There is no such card"]
        assert it.microphone.history.count("pcm open") == 2


async def test_a_call_takes_the_pcm_and_a_detection_without_a_call_closes_it():
    async with Owner() as it:
        await it.until(GateState.WAKE_WORD)
        it.is_idle = False
        it.listener.refresh()
        it.media.hold()
        await it.media.gate.open()
        assert it.media.gate.state is GateState.PREROLL
        await it.media.close()
        it.on_wake_word = lambda bot: "there is no such bot"
        it.is_idle = True
        it.listener.refresh()
        await it.until(GateState.WAKE_WORD)
        it.microphone.capture(numbered(100))
        await soon()
        await it.until(GateState.WAKE_WORD)
        assert it.microphone.history.count("pcm closed") == 2


class Broker:
    """An observer that knows another box: it takes its time, and says what a test says."""

    def __init__(self, answers, meanwhile=lambda: None):
        self.answers, self.meanwhile = answers, meanwhile

    async def answers_wake_word(self, detection):
        await asyncio.sleep(0.1)
        self.meanwhile()
        return self.answers


async def test_a_box_that_does_not_answer_keeps_nothing_and_listens_on():
    async with Owner() as it:
        it.observers = [object(), Broker(answers=False)]
        cues: list[object] = []
        it.media.player.cue = lambda *given, **_: cues.append(given)
        await it.until(GateState.WAKE_WORD)
        it.microphone.capture(numbered(100))
        await it.until(GateState.PREROLL)
        await it.until(GateState.WAKE_WORD)
        assert (it.called, len(it.media.gate._periods)) == ([], 0)
        assert it.microphone.history.count("pcm closed") == 1
        assert cues == []
        it.observers = [Broker(answers=True)]
        it.microphone.capture(numbered(100))
        await it.until(GateState.PREROLL)
        await asyncio.sleep(0.2)
        assert it.called == ["kitchen"]


async def test_a_mute_while_it_is_decided_which_box_answers_wins():
    async with Owner() as it:
        it.observers = [Broker(answers=True, meanwhile=lambda: it.listener.set_conditions(muted=True, quiet=False))]
        await it.until(GateState.WAKE_WORD)
        it.microphone.capture(numbered(100))
        await it.until(GateState.PREROLL)
        await it.until(GateState.CLOSED)
        await soon()
        assert (it.called, it.media.gate.state) == ([], GateState.CLOSED)


@pytest.mark.parametrize("pre_roll", [True, False])
@pytest.mark.parametrize("answers", [True, False])
async def test_a_press_while_it_is_decided_which_box_answers_sends_nothing_from_before_it(pre_roll, answers):
    async with Owner(pre_roll=pre_roll) as it:

        def press():
            it.listener.on_call()
            it.is_idle = False
            it.media.hold()

        it.observers = [Broker(answers, meanwhile=press)]
        await it.until(GateState.WAKE_WORD)
        it.microphone.capture(numbered(100))
        await it.until(GateState.PREROLL)
        it.microphone.capture(numbered(101))
        begun_s = time.monotonic()
        await asyncio.sleep(0.2)
        if pre_roll:
            it.microphone.capture(numbered(102), begun_s)  # the card had begun it before the press
        await it.media.gate.open()
        it.microphone.capture(numbered(103), time.monotonic())
        assert it.called == []
        assert [number_of(period) for period in it.media.gate._periods.pending] == [103]


async def test_a_call_that_ended_before_it_was_decided_which_box_answers_is_followed_by_none():
    async with Owner() as it:
        it.observers = [Broker(answers=True, meanwhile=it.listener.on_call)]
        await it.until(GateState.WAKE_WORD)
        it.microphone.capture(numbered(100))
        await it.until(GateState.PREROLL)
        await it.until(GateState.WAKE_WORD)
        assert it.called == []


async def test_other_devices_while_it_is_decided_which_box_answers_leave_those_before_closed():
    async with Owner() as it:
        before, microphone = it.microphone, Microphone()
        media = BoardMedia(cast("Any", microphone), SimulatedSpeaker())
        it.observers = [Broker(answers=True, meanwhile=lambda: it.listener.use(NABU, media))]
        await it.until(GateState.WAKE_WORD)
        before.capture(numbered(100))
        await it.until(GateState.PREROLL)
        await it.until(GateState.CLOSED)
        await soon()
        assert (it.called, before.is_open, media.gate.state) == ([], False, GateState.WAKE_WORD)


async def test_without_words_nothing_is_made_or_opened_until_the_settings_name_some():
    async with Owner(WakeConfig()) as it:
        await asyncio.sleep(100)
        assert (it.makes, it.microphone.history) == (0, [])
        it.listener.use(NABU, it.media)
        await it.until(GateState.WAKE_WORD)
        microphone: Any = Microphone()
        other = BoardMedia(microphone, SimulatedSpeaker())
        it.listener.use(NABU, other)
        await it.until(GateState.CLOSED)
        it.media, old = other, it.media
        await it.until(GateState.WAKE_WORD)
        assert not old.gate.is_live


@pytest.mark.parametrize(
    ("config", "called"),
    [
        (WakeConfig(NABU.words, interrupts=True), "interrupt"),
        (WakeConfig((*NABU.words, WakeWord("hey_mycroft", ends_call=True))), "stop"),
    ],
)
async def test_in_a_call_a_word_interrupts_the_bot_or_ends_the_call_unless_it_is_muted(config, called):
    async with Owner(config) as it:
        await it.until(GateState.WAKE_WORD)
        it.is_idle = False
        it.media.hold()
        await it.media.gate.open()
        it.media.gate.release()
        it.listener.refresh()
        await soon()
        it.microphone.capture(numbered(99))
        it.microphone.capture(numbered(100))
        await soon()
        assert it.called == [called]
        assert [number_of(await it.media.gate.read()) for _ in range(2)] == [99, 100]
        it.listener.set_conditions(muted=True, quiet=False)
        await soon()
        assert it.media.gate.call_detector is None
        it.listener.set_conditions(muted=False, quiet=False)
        await soon()
        it.media.gate.enabled = False
        it.microphone.capture(numbered(100))
        await soon()
        assert it.called == [called]
        await it.media.close()
        it.is_idle = True
        it.listener.refresh()
        await it.until(GateState.WAKE_WORD)
        assert (it.media.gate.call_detector, it.makes) == (None, 2)


async def test_in_a_call_nothing_is_detected_without_a_word_for_it_and_other_words_take_the_place_of_old_ones():
    async with Owner() as it:
        it.is_idle = False
        it.listener.refresh()
        await soon()
        assert it.makes == 0
        it.listener.use(WakeConfig(NABU.words, interrupts=True), it.media)
        await soon()
        detectors = [it.media.gate.call_detector]
        it.listener.use(WakeConfig((*NABU.words, WakeWord("alexa")), interrupts=True), it.media)
        await soon()
        detectors.append(it.media.gate.call_detector)
        assert None not in detectors
        assert len(set(detectors)) == 2
        it.listener.use(NABU, it.media)
        await soon()
        assert it.media.gate.call_detector is None
