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
def stands(*which):
    now = alsa_mixer.standing("callbox_mixer", *which)
    print(json.dumps(now and dataclasses.asdict(now)))
def turn(*which):
    print(json.dumps(alsa_mixer.turn("callbox_mixer", *which)))
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
            [sys.executable, "-c", PROGRAM + code], env=env, capture_output=True, text=True, timeout=60, check=True
        )
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    return run


def test_it_is_turned_and_stands_so(program):
    told, _ = program("turn(30); stands(); turn(0); stands(); turn(100); stands()")
    quiet, off, loud = told[1::2]
    assert told[::2] == [True, True, True]
    assert quiet == {"control": "Master", "share": pytest.approx(0.3, abs=0.01), "is_on": True}
    assert off == {"control": "Master", "share": 0.0, "is_on": False}
    assert loud == {"control": "Master", "share": pytest.approx(1.0, abs=0.01), "is_on": True}


def test_it_can_be_named(program):
    told, said = program("turn(60, 'Master'); turn(20, 'Nothing'); stands('Master')")
    assert told == [True, False, {"control": "Master", "share": pytest.approx(0.6, abs=0.01), "is_on": True}]
    assert "callbox_mixer has no playback control 'Nothing'; there are: Master" in said


@pytest.mark.parametrize("device", ["hw:31", "hw:CARD=Gone", "nothing", ""])
def test_what_is_not_there_is_no_mixer(program, device):
    told, _ = program(f"print(json.dumps([alsa_mixer.turn({device!r}, 30), alsa_mixer.standing({device!r})]))")
    assert told == [[False, None]]
