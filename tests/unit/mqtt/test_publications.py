"""What a box decides to tell, without a broker."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.mqtt.model import homeassistant, topics
from callbox.mqtt.model.publications import BoxPublications, MqttCounters, Timestamp
from callbox.mqtt.model.topics import TOPICS, Topics
from callbox.rtvi import TransportState as S
from callbox.system.host_metrics import HostMetrics
from callbox_device.model.gestures import Pressed, Stuck

HERE = Topics("house/callbox", "kitchen")
START = Timestamp(datetime(2026, 11, 23, 8, tzinfo=UTC), 1000.0)
METRICS = HostMetrics(0.4, 58.2, None, [], None)


@pytest.fixture
def publications():
    return BoxPublications(HERE, "b00t", {"name": "Kitchen"}, START)


def published(publications):
    prefix = HERE.of(topics.Topic("", "", "", ""))
    return [
        (p.topic.removeprefix(prefix), json.loads(p.payload) if p.payload[:1] == b"{" else p.payload)
        for p in publications
    ]


def test_retained_topics_are_published_before_online(publications):
    publications.health(METRICS, MqttCounters(), START)
    publications.status(Status(problem=Problem(Fault.NO_SPEAKER, "x")), START)
    names = [name for name, _ in published(publications.on_connect())]
    assert names == ["info", "state", "ring", "announce", "alarm", "alert/no_speaker", "health", "status"]
    assert publications.on_connect()[-1].payload == b"online"


def test_discovery_is_published_after_info():
    discovery = HERE.publication(topics.DISCOVERY, {}, "1a2b3c")
    published_ = BoxPublications(HERE, "b00t", {}, START, discovery)
    assert [p.topic for p in published_.on_connect()][:3] == [
        HERE.of(topics.INFO),
        "homeassistant/device/callbox_1a2b3c/config",
        HERE.of(topics.STATE),
    ]
    assert "homeassistant/status" in published_.own_subscriptions
    assert published_.is_ha_birth("homeassistant/status", b"online")
    assert not published_.is_ha_birth("homeassistant/status", b"offline")
    assert not published_.is_ha_birth(HERE.of(topics.STATUS), b"online")


def test_info_is_published_again_with_other_settings(publications):
    [before] = [content for topic, content in published(publications.on_connect()) if topic == "info"]
    assert publications.info({"name": "Kitchen"}) == []
    [(_, after)] = published(publications.info({"name": "Bathroom"}))
    assert after == before | {"name": "Bathroom"}
    assert ("info", after) in published(publications.on_connect())


def test_retained_discovery_is_withdrawn_where_it_is_found():
    config = "homeassistant/device/callbox_1a2b3c/config"
    withdrawing = BoxPublications(HERE, "b00t", {}, START, homeassistant.withdrawal(HERE, "1a2b3c"))
    assert config not in [p.topic for p in withdrawing.on_connect()]
    assert config in withdrawing.own_subscriptions
    assert "homeassistant/status" not in withdrawing.own_subscriptions
    assert withdrawing.on_own_retained(config, b"") == []  # our own word comes back
    [removal] = withdrawing.on_own_retained(config, b'{"device": {}}')
    assert (removal.topic, removal.payload, removal.retained, removal.qos) == (config, b"", True, 1)
    telling = BoxPublications(HERE, "b00t", {}, START, HERE.publication(topics.DISCOVERY, {}, "1a2b3c"))
    assert telling.on_own_retained(config, b'{"device": {}}') == []


def test_who_does_not_tell_home_assistant_does_not_listen_to_it(publications):
    assert "homeassistant/status" not in publications.own_subscriptions
    assert not publications.is_ha_birth("homeassistant/status", b"online")


def test_a_message_has_its_rows_retain_and_qos(publications):
    for publication in publications.on_connect() + publications.gesture(Pressed(1.0)):
        row = next(row for row in TOPICS if HERE.of(row) == publication.topic)
        assert (publication.retained, publication.qos, publication.expiry_s) == (row.retained, row.qos, row.expiry_s)


def test_since_is_when_it_became_so_and_seq_counts(publications):
    later = START.after(5)
    [(_, first)] = published(publications.status(Status(S.INITIALIZING), later))
    assert publications.status(Status(S.INITIALIZING), START.after(9)) == []
    again = dict(published(publications.on_connect()))["state"]
    assert (first["since"], again["since"]) == ("2026-11-23T08:00:05.000Z",) * 2
    assert again["seq"] == first["seq"] + 1
    assert again["boot"] == "b00t"


def test_a_clock_that_is_set_after_the_start_moves_what_was_before(publications):
    publications.status(Status(problem=Problem(Fault.NO_SPEAKER, "x")), START.after(1))
    drifted = Timestamp(START.after(61.5).utc, START.after(60).monotonic_s)
    assert publications.follow_clock(drifted) == []
    days_later = Timestamp(START.after(300_030).utc, START.after(30).monotonic_s)
    moved = dict(published(publications.follow_clock(days_later)))
    assert moved["info"]["started"] == "2026-11-26T19:20:00.000Z"
    assert moved["state"]["since"] == moved["alert/no_speaker"]["since"] == "2026-11-26T19:20:01.000Z"
    assert publications.follow_clock(days_later) == []
    [(_, health)] = published(publications.health(METRICS, MqttCounters(), days_later))
    assert health["uptime_s"] == 30
    assert dict(published(publications.on_connect()))["info"]["started"] == "2026-11-26T19:20:00.000Z"


def test_an_alert_keeps_its_beginning_and_ends(publications):
    no_mic, worse = Problem(Fault.NO_MICROPHONE, "gone"), Problem(Fault.NO_MICROPHONE, "still gone")
    assert dict(published(publications.status(Status(problem=no_mic), START)))["alert/no_microphone"]["text"] == "gone"
    alert = dict(published(publications.status(Status(problem=worse), START.after(60))))["alert/no_microphone"]
    assert (alert["text"], alert["since"]) == ("still gone", "2026-11-23T08:00:00.000Z")
    other = published(publications.status(Status(problem=Problem(Fault.BOT_FAILED, "x")), START.after(61)))
    assert ("alert/no_microphone", b"") in other
    assert dict(published(publications.status(Status(), START.after(62))))["alert/bot_failed"] == b""


def test_what_is_left_of_another_life_is_removed_and_a_stale_status_put_right(publications):
    publications.status(Status(problem=Problem(Fault.NO_SPEAKER, "x")), START)
    status, mine, other = HERE.of(topics.STATUS), HERE.of(topics.ALERT, "no_speaker"), HERE.of(topics.ALERT, "no_gpio")
    assert [p.payload for p in publications.on_own_retained(status, b"offline")] == [b"online"]
    assert publications.on_own_retained(status, b"online") == []
    assert publications.on_own_retained(mine, b"{}") == []
    assert [(p.topic, p.payload) for p in publications.on_own_retained(other, b"{}")] == [(other, b"")]
    assert publications.on_own_retained(other, b"") == []  # our own removal, coming back


def test_health_counts_sessions_and_traffic(publications):
    for at_s, status in enumerate([Status(S.CONNECTING, session="a"), Status(S.READY, session="a"), Status()]):
        publications.status(status, START.after(at_s))
    [(_, health)] = published(publications.health(METRICS, MqttCounters(2, 10, 1), START.after(60)))
    assert (health["uptime_s"], health["sessions"], health["failed"], health["last_connect_ms"]) == (60, 1, 0, 1000)
    assert health["mqtt"] == {"connections": 2, "published": 10, "dropped": 1}


def test_a_stuck_button_is_no_event(publications):
    assert publications.gesture(Stuck(1.0, 60_000)) == []


@given(st.text(max_size=40), st.binary(max_size=40))
def test_no_topic_from_outside_does_harm(topic, payload):
    assert BoxPublications(HERE, "b", {}, START).on_own_retained(topic, payload) == []


@given(st.from_regex(r"[a-z_]{1,20}", fullmatch=True))
def test_the_name_in_a_topic_is_found_again(name):
    assert HERE.name_in(topics.ALERT, HERE.of(topics.ALERT, name)) == name
    assert HERE.name_in(topics.SET, HERE.of(topics.SET, name)) == name
    assert HERE.name_in(topics.ALERT, HERE.of(topics.REQUEST, name)) is None


def test_examples_have_the_published_keys(publications):
    publications.health(METRICS, MqttCounters(), START)
    publications.status(Status(problem=Problem(Fault.NO_SPEAKER, "x")), START)
    payloads = dict(published(publications.on_connect()))
    assert set(topics.STATE.example) == set(payloads["state"])
    assert set(topics.HEALTH.example) == set(payloads["health"])
    assert set(topics.ALERT.example) == set(payloads["alert/no_speaker"])
