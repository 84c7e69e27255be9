"""The measure of the real-time tests itself: what a busy machine does passes, what a broken program does fails."""

import random

import numpy as np
import pytest
from tests.rig.speaking_media import SPEECH
from tests.rig.speech import BROKEN_BELOW, RECEIVED_FROM, likeness

from callbox_device.model import pcm
from callbox_device.wav import read_wav

SPOKEN = read_wav(SPEECH)
PERIODS = [SPOKEN[start : start + pcm.PERIOD_BYTES] for start in range(0, len(SPOKEN), pcm.PERIOD_BYTES)]


def test_the_same_is_found_at_any_delay():
    assert likeness(SPOKEN, bytes(48_000) + SPOKEN) > 0.99


@pytest.mark.parametrize("seed", range(5))
def test_stalls_of_a_busy_machine_are_no_fault(seed):
    dice = random.Random(seed)
    stalled = b"".join(bytes(dice.choice((0, 9600))) * (dice.random() < 0.02) + period for period in PERIODS)
    assert likeness(SPOKEN, stalled) >= RECEIVED_FROM


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        bytes(len(SPOKEN)),
        np.frombuffer(SPOKEN, "<i2")[::-1].tobytes(),
        b"".join(PERIODS[::2]),
        b"".join(period[:480] * 4 for period in PERIODS),
        b"".join(random.Random(1).sample(PERIODS, len(PERIODS))),
    ],
    ids=["nothing", "silence", "backwards", "every other period", "a quarter of each period", "out of order"],
)
def test_what_a_broken_program_does_is_not_received(broken):
    assert likeness(SPOKEN, broken) < BROKEN_BELOW < RECEIVED_FROM
