"""The volume of a card that the kernel has, with decibels and a mixer of its own: snd-dummy's Master."""

import time

import pytest
from tests.rig.mosquitto import wait_for
from tests.system.hardware import gpio_actor

from callbox_device.alsa import mixer
from callbox_device.alsa.devices import AlsaSpeaker, MixerDefaults
from callbox_device.interfaces import BoardError
from callbox_device.model import pcm
from callbox_device.model.mixer_controls import ControlState

pytestmark = pytest.mark.vpi

CARD = "hw:CARD=Dummy"
LOUD = (10_000).to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES
LOWEST_DB, HIGHEST_DB = -45.0, 0.0
"""snd-dummy's, in steps of 0.3 dB."""


def standing(name=None):
    found = mixer.get_state(CARD, name)
    assert found is not None
    return found


def db():
    """Where Master stands."""
    return LOWEST_DB + standing().share * (HIGHEST_DB - LOWEST_DB)


@pytest.mark.parametrize(("percent", "expected_db"), [(0, -45.0), (25, -25.0), (50, -13.8), (75, -6.0), (100, 0.0)])
def test_it_stands_where_alsamixer_would_put_it(percent, expected_db):
    assert mixer.set_volume(CARD, percent)
    assert standing().control == "Master"
    assert db() == pytest.approx(expected_db, abs=0.3)


def test_another_control_is_turned_if_it_is_named():
    mixer.set_volume(CARD, 100)
    assert mixer.set_volume(CARD, 0, "Synth")
    assert standing("Synth").share == 0.0
    assert standing().share == 1.0
    assert not mixer.set_volume(CARD, 0, "Nothing")


@pytest.mark.parametrize("device", ["plughw:CARD=Dummy", "hw:CARD=Dummy"])
def test_the_loudspeaker_turns_the_card_it_plays_on_and_leaves_the_samples(device):
    mixer.set_volume(CARD, 100)
    speaker = AlsaSpeaker(device, buffer_ms=200)
    failures: list[BoardError] = []
    speaker.volume_percent = 25
    speaker.start(lambda _: LOUD, failures.append).result()
    try:
        assert wait_for(lambda: db() == pytest.approx(-25.0, abs=0.3))
        speaker.volume_percent = 75
        assert wait_for(lambda: db() == pytest.approx(-6.0, abs=0.3))
    finally:
        speaker.stop().result()
    speaker.volume_percent = 10  # a card that isn't used is not changed
    time.sleep(0.3)
    assert db() == pytest.approx(-6.0, abs=0.3)
    assert not failures


def test_loudspeaker_without_volume_leaves_the_card_as_it_is():
    mixer.set_volume(CARD, 60)
    before, speaker = db(), AlsaSpeaker("plughw:CARD=Dummy", buffer_ms=200)
    speaker.start(lambda _: LOUD, lambda _: None).result()
    time.sleep(0.3)
    speaker.stop().result()
    assert db() == before


def test_controls_are_brought_to_a_state():
    states = {
        "Master": ControlState(db=-12.0),
        "Synth": ControlState(db=-3.0, direction="playback"),
        "Mic": ControlState(switch=True, direction="capture"),
        "Nothing": ControlState(db=0),
        "Master ": ControlState(item="x"),
    }
    assert mixer.set_controls(CARD, states) == ["Nothing", "Master "]
    assert db() == pytest.approx(-12.0, abs=0.3)
    assert LOWEST_DB + standing("Synth").share * (HIGHEST_DB - LOWEST_DB) == pytest.approx(-3.0, abs=0.3)
    assert mixer.set_controls(CARD, {"Master": ControlState(item="x")}) == ["Master"]


def play_once(speaker):
    speaker.start(lambda _: LOUD, lambda _: None).result()
    speaker.stop().result()


def test_a_state_is_set_once_a_card_and_again_when_it_was_unplugged():
    defaults = MixerDefaults({"Master": ControlState(db=-9.0)})
    speaker = AlsaSpeaker("plughw:CARD=Dummy", buffer_ms=200, defaults=defaults)
    mixer.set_volume(CARD, 0)
    play_once(speaker)
    assert db() == pytest.approx(-9.0, abs=0.3)
    mixer.set_volume(CARD, 100)  # by hand, meanwhile
    play_once(speaker)
    assert db() == pytest.approx(0.0, abs=0.3)
    gpio_actor.pull_out("dummy")
    gpio_actor.plug_in("dummy")
    assert wait_for(lambda: mixer.get_state(CARD) is not None)
    play_once(speaker)
    assert db() == pytest.approx(-9.0, abs=0.3)
