import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rig.simulated_link import Network, run, speech_packets

from callbox.audio.playout.model.decision_logic import (
    CALM_MS,
    HOPELESS_MS,
    TABLE,
    WORTH_MS,
    LagLevel,
    Operation,
    Situation,
    judge,
    spare_ms,
)
from callbox.audio.playout.rtp_playout import RtpPlayout
from callbox_device.model import pcm

POLICY = """
             short              right     long        hopeless
nothing yet  wait               wait      wait        wait
first        wait               begin     begin       drop lag
next         preemptive expand  play      accelerate  drop lag
nothing      conceal            conceal   conceal     conceal
bridged      resume             resume    resume      drop lag
gap          fill gap           fill gap  fill gap    drop lag
void         fill gap           fill gap  resume      drop lag
"""
"""What is there is played and never made up. Nothing is stretched where something is missing. What may only be late is
waited for. Only silence, or what isn't missed, is left out; too much of it at once, in whatever it is."""


def test_the_policy():
    lags, *rows = (re.split(r" {2,}", line) for line in POLICY.strip("\n").splitlines())
    wanted = {
        (Situation(found), LagLevel(lag)): Operation(action)
        for found, *actions in rows
        for lag, action in zip(lags[1:], actions, strict=True)
    }
    assert wanted == TABLE
    assert set(TABLE) == {(found, lag) for found in Situation for lag in LagLevel}
    assert set(TABLE.values()) == set(Operation)


def test_on_a_network_without_jitter_the_headroom_that_is_aimed_at_is_3_ms():
    playout = RtpPlayout()
    run(speech_packets(), Network(), duration_ms=1000, playout=playout)
    assert playout.target_ms == 3.0


NOISE = random.Random(1).randbytes(pcm.PERIOD_BYTES)
"""No two pieces of it are alike: wherever it is cut or stretched, that is audible."""


@pytest.mark.parametrize(("too_much_ms", "is_cut"), [(9.9, False), (10.0, True)])
def test_from_10_ms_too_much_on_it_is_cut_even_where_that_is_audible(too_much_ms, is_cut):
    scaled = RtpPlayout()._scale(NOISE, Operation.ACCELERATE, too_much_ms)
    assert (len(scaled) < len(NOISE)) is is_cut


@pytest.mark.parametrize(("too_little_ms", "is_expanded"), [(1.9, False), (2.0, True)])
def test_from_2_ms_too_little_on_it_is_expanded_even_where_that_is_audible(too_little_ms, is_expanded):
    playout = RtpPlayout()
    playout._below_ms = too_little_ms
    assert (len(playout._scale(NOISE, Operation.PREEMPTIVE_EXPAND, 0.0)) > len(NOISE)) is is_expanded


@pytest.mark.parametrize(
    ("above_ms", "carried_ms", "waiting_ms", "lag"),
    [
        (-0.1, 9, 0, LagLevel.SHORT),
        (0, 0, 0, LagLevel.RIGHT),
        (11.9, 4.9, 0, LagLevel.RIGHT),
        (12, 0, 0, LagLevel.LONG),
        (0, 5, 0, LagLevel.LONG),
        (1500, 0, 1500, LagLevel.HOPELESS),
        (1500, 0, 100, LagLevel.LONG),  # only what waits can be left out
        (1002, 0, 1000, LagLevel.HOPELESS),  # a second: at once
        (1011, 8, 999.9, LagLevel.LONG),
        (1001, 9, 2000, LagLevel.LONG),
    ],
)
def test_lag_is_judged_by_what_a_cut_can_win(above_ms, carried_ms, waiting_ms, lag):
    assert judge(above_ms, spare_ms(above_ms, carried_ms), waiting_ms) is lag


@given(st.floats(0, 500), st.floats(0, 9.99))
def test_a_cut_never_makes_the_lag_short(above_ms, carried_ms):
    cut_ms = spare_ms(above_ms, carried_ms)
    # What is left of what is carried over; each time it runs out, the next packet is fetched a period earlier.
    left_ms = carried_ms - cut_ms
    while left_ms < -1e-9:
        left_ms += 10
        above_ms -= 10
    assert above_ms >= 0
    # And it is enough: what is left is not worth another cut.
    assert above_ms < CALM_MS + 10
    assert spare_ms(above_ms, 0.0) < WORTH_MS


def test_the_limits_are_in_order():
    assert CALM_MS < WORTH_MS < HOPELESS_MS
