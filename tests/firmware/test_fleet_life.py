"""The lives of simulated boxes, without a broker."""

import itertools
import json
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.firmware.test_report_reporter import START

from callbox.appliance.status import Status
from callbox.fleet.life import Habits, life, vitals
from callbox.fleet.resident import about
from callbox.report import topics
from callbox.report.reporter import Reporter
from callbox.report.topics import Topics
from callbox.rtvi import TransportState as S
from callbox.rtvi.lifecycle import TransportState
from callbox.sound.health import SoundHealth


def steps(seed, number=400, **habits):
    return list(itertools.islice(life(Random(seed), Habits(**habits)), number))


def test_the_same_seed_is_the_same_life_and_another_another():
    assert steps(1) == steps(1)
    assert steps(1) != steps(2)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_a_life_makes_sense(seed):
    session = None
    for step in steps(seed):
        assert step.after_s >= 0
        if isinstance(step.what, SoundHealth):
            assert session is not None
            assert step.after_s == 1
        elif isinstance(step.what, Status):
            session = step.what.session
            assert step.what.mic_live == (session is not None and step.what.transport not in (S.DISCONNECTING, S.ERROR))
            assert (step.what.transport is TransportState.ERROR) <= (step.what.problem is not None)


def test_a_reporter_tells_each_life_with_every_kind_of_message():
    reporter, told, at_s = Reporter(Topics("callbox", "sim"), "b", about(1), START), [], 0.0
    for step in steps(3, 3000, fails=0.3, breaks=0.3, idle_s=10.0):
        at_s += step.after_s
        if isinstance(step.what, Status):
            told += reporter.status(step.what, START.after(at_s))
        else:
            told += reporter.second(step.what) if isinstance(step.what, SoundHealth) else reporter.gesture(step.what)
    kinds = {publication.topic.removeprefix("callbox/sim/") for publication in told}
    assert {"state", "sound", "event/button", "event/session"} <= kinds
    assert any(kind.startswith("alert/") for kind in kinds)
    sessions = [json.loads(one.payload)["event_type"] for one in told if one.topic.endswith("event/session")]
    assert {"started", "ready", "ended", "failed"} == set(sessions)
    assert sessions.count("started") - sessions.count("ended") - sessions.count("failed") in (0, 1)


def test_info_and_vitals_are_whole():
    assert {*about(1), "started", "boot"} == set(topics.INFO.example)
    assert vitals(Random(1), busy=True).cpu_percent > vitals(Random(1), busy=False).cpu_percent
