"""A card's volume, on a real mixer: PulseAudio's, which alsa-lib shows as a card's. A kernel's is in tests/system/hardware."""

import json
import os
import subprocess
import sys

import pytest
from tests.rig.alsa import SoundCard

pytestmark = pytest.mark.pulseaudio

PROGRAM = """
import dataclasses, json, logging, sys
from callbox_device.alsa import mixer as alsa_mixer
logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
def state(*which):
    now = alsa_mixer.get_state("callbox_mixer", *which)
    print(json.dumps(now and dataclasses.asdict(now)))
def set_volume(*which):
    print(json.dumps(alsa_mixer.set_volume("callbox_mixer", *which)))
"""


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    with SoundCard(tmp_path_factory.mktemp("card")) as sound_card:
        yield sound_card


@pytest.fixture
def program(card):
    def run(code):
        env = {**os.environ, **card.env, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM + code], env=env, capture_output=True, text=True, timeout=200, check=True
        )
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    return run


def test_volume_that_was_set_is_read_back(program):
    results, _ = program("set_volume(30); state(); set_volume(0); state(); set_volume(100); state()")
    quiet, off, loud = results[1::2]
    assert results[::2] == [True, True, True]
    assert quiet == {"control": "Master", "share": pytest.approx(0.3, abs=0.01), "is_on": True}
    assert off == {"control": "Master", "share": 0.0, "is_on": False}
    assert loud == {"control": "Master", "share": pytest.approx(1.0, abs=0.01), "is_on": True}


def test_it_can_be_named(program):
    results, log = program("set_volume(60, 'Master'); set_volume(20, 'Nothing'); state('Master')")
    assert results == [True, False, {"control": "Master", "share": pytest.approx(0.6, abs=0.01), "is_on": True}]
    assert "callbox_mixer has no playback control 'Nothing'; there are: Master" in log


def test_of_two_that_are_called_alike_the_first_is_set(program):
    results, _ = program("set_volume(100); alsa_mixer.set_volume('callbox_two_masters', 30); state()")
    assert results[1]["share"] == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("device", ["hw:31", "hw:CARD=Gone", "nothing", ""])
def test_what_is_not_there_is_no_mixer(program, device):
    results, _ = program(
        f"print(json.dumps([alsa_mixer.set_volume({device!r}, 30), alsa_mixer.get_state({device!r})]))"
    )
    assert results == [[False, None]]
