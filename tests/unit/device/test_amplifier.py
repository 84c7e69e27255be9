"""An amplifier that a pin enables, on gpiozero's mock pins beside a loudspeaker in memory."""

from concurrent.futures import Future
from typing import Any

import pytest

from callbox_device.alsa import mixer
from callbox_device.alsa.devices import MixerDefaults
from callbox_device.amplifier import AmplifiedSpeaker
from callbox_device.gpio import GpioLamp
from callbox_device.interfaces import PartFailed, PartMissing
from callbox_device.model import pcm
from callbox_device.model.mixer_controls import ControlState
from callbox_device.simulated import SimulatedSpeaker

PIN = 25
SILENCE = bytes(pcm.PLAYBACK_PERIOD_BYTES)


def amplified(pins, speaker):
    return AmplifiedSpeaker(speaker, GpioLamp(PIN, dimmable=False, pin_factory=pins))


class WatchedSpeaker(SimulatedSpeaker):
    """Notes the pin's level whenever it is opened; opens and closes when it is told."""

    def __init__(self, pin):
        super().__init__()
        self.pin, self.levels = pin, []
        self.opened: Future[None] = Future()
        self.stopped: Future[None] = Future()
        self.failed: Any = None

    def start(self, fill, failed):
        self.levels.append(self.pin.state)
        self.failed = failed
        return self.opened

    def stop(self):
        return self.stopped


def test_it_is_on_before_the_pcm_opens_and_off_after_it_is_closed(pins):
    speaker = WatchedSpeaker(pins.pin(PIN))
    both = amplified(pins, speaker)
    assert pins.pin(PIN).state == 0
    both.start(lambda _: SILENCE, lambda _: None)
    assert speaker.levels == [1]
    both.stop()
    assert pins.pin(PIN).state == 1  # what is in the card is still heard
    speaker.stopped.set_result(None)
    assert pins.pin(PIN).state == 0


def test_opening_that_is_given_up_is_no_error(pins, caplog):
    speaker = WatchedSpeaker(pins.pin(PIN))
    both = amplified(pins, speaker)
    both.start(lambda _: SILENCE, lambda _: None).cancel()
    assert not caplog.records
    both.stop()
    speaker.stopped.set_result(None)
    assert pins.pin(PIN).state == 0


def test_it_stays_on_when_the_loudspeaker_is_started_again_meanwhile(pins):
    speaker = WatchedSpeaker(pins.pin(PIN))
    both = amplified(pins, speaker)
    both.start(lambda _: SILENCE, lambda _: None)
    both.stop()
    before, speaker.opened = speaker.stopped, Future()
    both.start(lambda _: SILENCE, lambda _: None)
    before.set_result(None)
    assert pins.pin(PIN).state == 1


def test_it_stays_on_for_another_loudspeaker_while_the_one_before_is_closed(pins):
    before, after = WatchedSpeaker(pins.pin(PIN)), WatchedSpeaker(pins.pin(PIN))
    playing = amplified(pins, before)
    playing.start(lambda _: SILENCE, lambda _: None)
    other = playing.exchanged(after)
    other.start(lambda _: SILENCE, lambda _: None)
    playing.stop()
    before.stopped.set_result(None)
    assert pins.pin(PIN).state == 1
    other.stop()
    after.stopped.set_result(None)
    assert pins.pin(PIN).state == 0


def test_it_is_off_when_the_pcm_can_t_be_opened_or_breaks(pins):
    speaker, failures = WatchedSpeaker(pins.pin(PIN)), list[PartFailed]()
    both = amplified(pins, speaker)
    both.start(lambda _: SILENCE, failures.append)
    speaker.opened.set_exception(PartMissing("gone"))
    assert pins.pin(PIN).state == 0
    speaker.opened = Future()
    both.start(lambda _: SILENCE, failures.append)
    speaker.failed(PartFailed("pulled out"))
    assert (pins.pin(PIN).state, str(failures[0])) == (0, "pulled out")


def test_it_is_off_when_start_itself_fails(pins):
    speaker = SimulatedSpeaker()
    both = amplified(pins, speaker)
    both.start(lambda _: SILENCE, lambda _: None).result()
    with pytest.raises(RuntimeError):
        speaker.start(lambda _: SILENCE, lambda _: None)
    both.stop().result()
    assert pins.pin(PIN).state == 0


def test_all_else_is_the_loudspeaker_s(pins):
    speaker = SimulatedSpeaker(buffer_ms=20)
    both = amplified(pins, speaker)
    both.volume_percent = 30
    both.use("other")
    assert (both.volume_percent, speaker.volume_percent, both.device) == (30, 30, "other")
    assert (both.underruns, both.is_open, both.delay_ms) == (0, False, 0.0)
    assert both.devices() == speaker.devices()
    both.flush()


def test_a_mixer_that_is_not_there():
    states = {"Headphone": ControlState(db=0, switch=True)}
    assert mixer.set_controls("hw:31", states) is None
    assert mixer.set_controls("nothing", states) is None
    MixerDefaults(states).restore(-1)
    MixerDefaults(states).restore(31)
