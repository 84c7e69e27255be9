"""The lives of simulated boxes, without a broker."""

import itertools
import json
from collections import Counter, defaultdict
from random import Random

import pytest
from docs.generate import capacity
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.mqtt.test_publications import START

from callbox.audio.stats import AudioStats
from callbox.control.status import Status
from callbox.fleet.sim.context import simulated_info
from callbox.fleet.sim.model.behaviour import UsageModel, events, sample_metrics
from callbox.mqtt.model import topics
from callbox.mqtt.model.backoff import EndReason, ReconnectBackoff
from callbox.mqtt.model.publications import BoxPublications
from callbox.mqtt.model.topics import Topics
from callbox.rtvi import TransportState as S
from callbox.rtvi.protocol.lifecycle import TransportState


def steps(seed, number=400, **habits):
    return list(itertools.islice(events(Random(seed), UsageModel(**habits)), number))


def test_the_same_seed_is_the_same_life_and_another_another():
    assert steps(1) == steps(1)
    assert steps(1) != steps(2)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_a_life_makes_sense(seed):
    session = None
    for step in steps(seed):
        assert step.after_s >= 0
        if isinstance(step.what, AudioStats):
            assert session is not None
            assert step.after_s == 1
        elif isinstance(step.what, Status):
            session = step.what.session
            assert step.what.mic_live == (session is not None and step.what.transport not in (S.DISCONNECTING, S.ERROR))
            assert (step.what.transport is TransportState.ERROR) <= (step.what.problem is not None)


def test_a_reporter_tells_each_life_with_every_kind_of_message():
    publications, published, at_s = BoxPublications(Topics("callbox", "sim"), "b", simulated_info(1), START), [], 0.0
    for step in steps(3, 3000, fails=0.3, breaks=0.3, idle_s=10.0):
        at_s += step.after_s
        if isinstance(step.what, Status):
            published += publications.status(step.what, START.after(at_s))
        else:
            published += (
                publications.sound_stats(step.what)
                if isinstance(step.what, AudioStats)
                else publications.gesture(step.what)
            )
    kinds = {publication.topic.removeprefix("callbox/sim/") for publication in published}
    assert {"state", "sound", "event/button", "event/session"} <= kinds
    assert any(kind.startswith("alert/") for kind in kinds)
    sessions = [json.loads(one.payload)["event_type"] for one in published if one.topic.endswith("event/session")]
    assert {"started", "ready", "ended", "failed"} == set(sessions)
    assert sessions.count("started") - sessions.count("ended") - sessions.count("failed") in (0, 1)


def test_info_and_metrics_are_whole():
    assert {*simulated_info(1), "started", "boot"} == set(topics.INFO.example)
    assert sample_metrics(Random(1), busy=True).cpu_percent > sample_metrics(Random(1), busy=False).cpu_percent


def test_the_arithmetic_of_scale_is_what_lives_come_to():
    habits, hours_s, boxes = UsageModel(), 4 * 3600.0, 30
    counted: Counter[str] = Counter()
    for number in range(boxes):
        publications, at_s = BoxPublications(Topics("callbox", "sim"), "b", {}, START), 0.0
        for step in events(Random(number), habits):
            at_s += step.after_s
            if at_s > hours_s:
                break
            published = (
                publications.status(step.what, START.after(at_s))
                if isinstance(step.what, Status)
                else publications.sound_stats(step.what)
                if isinstance(step.what, AudioStats)
                else publications.gesture(step.what)
            )
            counted.update(publication.topic.split("/")[2] for publication in published)
    by_topic: defaultdict[str, float] = defaultdict(float)
    for load in capacity.loads(habits):
        if load.topic is not topics.HEALTH:  # the box's clock tells it, not its life
            by_topic[load.topic.suffix.split("/")[0]] += load.per_s * hours_s * boxes
    assert set(by_topic) == set(counted) == {"state", "sound", "event", "alert"}
    for name, expected in by_topic.items():
        assert counted[name] == pytest.approx(expected, rel=0.1 if name != "alert" else 0.25), name


@pytest.mark.parametrize("retry_s", [1.0, 20.0])
def test_after_an_outage_boxes_come_back_as_the_arithmetic_says(retry_s):
    random, pauses, boxes = Random(1), ReconnectBackoff(retry_s), 20_000
    outage_s = 20 * retry_s
    left = []
    for _ in range(boxes):
        at_s = 0.0
        while at_s < outage_s:
            pauses, within_s = pauses.after(EndReason.ABSENT)
            at_s += random.uniform(*within_s)
        left.append(at_s - outage_s)
    left.sort()
    for share in (0.25, 0.5, 0.95):
        assert left[int(share * boxes)] == pytest.approx(capacity.back_after_s(share, retry_s), rel=0.05)
    early = sum(one < retry_s / 10 for one in left) / (retry_s / 10)
    assert early == pytest.approx(capacity.first_connects_per_s(boxes, retry_s), rel=0.1)
