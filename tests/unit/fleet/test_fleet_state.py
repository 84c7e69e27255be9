"""The table of boxes, without a broker."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.config.model.signed import MAX_VERSION
from callbox.control.faults import Fault, Problem
from callbox.control.rollout import RolloutState
from callbox.control.status import Status
from callbox.fleet.monitor.model import render
from callbox.fleet.monitor.model.box_state import (
    MAX_ALERTS,
    MAX_PAYLOAD_BYTES,
    MAX_TEXT_CHARS,
    REORDER_S,
    SILENCE_S,
    MqttMessage,
    Presence,
)
from callbox.fleet.monitor.model.fleet_state import FleetState
from callbox.mqtt.model import topics
from callbox.mqtt.model.publications import BoxPublications, MqttCounters, Timestamp
from callbox.mqtt.model.topics import TOPICS, Topics
from callbox.rtvi import TransportState as S
from callbox.system.host_metrics import HostMetrics
from callbox_device.model.gestures import Pressed

START = datetime(2026, 11, 25, 8, tzinfo=UTC)
KITCHEN = Topics("callbox", "kitchen")
OLD, NEW = "0ldb00t0", "newb00t0"


def life(boot=NEW):
    return BoxPublications(KITCHEN, boot, {"name": "Kitchen", "version": "1"}, Timestamp(START, 0.0))


class Watched:
    """A table that hears what reporters tell."""

    def __init__(self, **options):
        self.table = FleetState("callbox", **options)
        self.at = START

    def apply(self, publications, *, retained=False, after_s=0.0, boot=None):
        self.at += timedelta(seconds=after_s)
        for one in publications:
            self.table.apply(MqttMessage(one.topic, one.payload, retained, self.at, boot))
        assert self.table.presence("attic", self.at) is Presence.UNKNOWN
        for row in self.table.rows(self.at):
            assert self.table.presence(row.box, self.at) == row.status
        return self

    def publish(self, topic, payload, **options):
        return self.apply([topics.Publication(topic, payload, 1, False)], **options)

    @property
    def row(self):
        return self.table.row("kitchen", self.at)

    def status_after(self, seconds):
        return self.table.row("kitchen", self.at + timedelta(seconds=seconds)).status


def test_row_of_a_box():
    box, watched = life(), Watched()
    box.health(HostMetrics(0.4, 58.2, 47.2, ["under_voltage"], -58), MqttCounters(), Timestamp(START, 60.0))
    watched.apply(box.on_connect(), retained=True)
    assert (watched.row.status, watched.row.name, watched.row.activity, watched.row.mic_live) == (
        "online", "Kitchen", "idle", False,
    )  # fmt: skip
    assert (watched.row.health["temperature_c"], watched.row.health["throttled"]) == (47.2, ["under_voltage"])
    assert watched.row.well
    watched.apply(box.gesture(Pressed(1.0)), after_s=1)
    watched.apply(box.status(Status(S.READY, session="s1", mic_live=True), Timestamp(watched.at, 1.0)))
    assert (watched.row.press, watched.row.press_at) == ("press", "2026-11-25T08:00:01.000Z")
    assert (watched.row.transport, watched.row.mic_live, watched.row.session) == ("ready", True, "s1")
    assert watched.row.since == "2026-11-25T08:00:01.000Z"


def test_signed_settings_have_a_column_if_some_box_has_any():
    box, watched = life(), Watched()
    watched.apply(box.on_connect())
    assert (watched.row.settings_version, watched.row.rollout) == (None, None)
    assert "settings" not in render.table([watched.row], START)
    for version, rollout, cell in (
        (20261130, RolloutState.TRIAL, "20261130 (trial)"),
        (20261130, RolloutState.ROLLED_BACK, "20261130 (rolled back)"),
        (MAX_VERSION, RolloutState.ACCEPTED, "1000000000000"),
    ):
        watched.apply(box.status(Status(settings_version=version, rollout=rollout), Timestamp(START, 1.0)))
        assert (watched.row.settings_version, watched.row.rollout) == (version, rollout.value)
        heads, [cells] = render.table_cells([watched.row], START)
        assert cells[heads.index("settings")] == cell
        assert f"; settings {cell}" in render.line(watched.row, START)
    watched.apply(box.last_will(), after_s=1)
    assert (watched.row.settings_version, watched.row.rollout) == (None, None)


def test_alert_stands_until_it_is_removed():
    box, watched = life(), Watched()
    watched.apply(box.on_connect())
    watched.apply(box.status(Status(problem=Problem(Fault.NO_SPEAKER, "gone")), Timestamp(START, 1.0)))
    assert [(alert["code"], alert["text"]) for alert in watched.row.alerts] == [("no_speaker", "gone")]
    assert not watched.row.well
    assert render.problems(watched.row) == "no_speaker: gone"
    watched.apply(box.status(Status(), Timestamp(START, 2.0)))
    assert watched.row.alerts == ()
    assert watched.row.well


def test_offline_box_has_no_open_microphone():
    box, watched = life(), Watched()
    watched.apply(box.on_connect()).apply(
        box.status(Status(S.READY, session="s", mic_live=True), Timestamp(START, 0.0))
    )
    before = watched.row
    assert before.mic_live is True
    watched.apply(box.last_will(), after_s=1)
    assert (watched.row.status, watched.row.mic_live, watched.row.transport) == ("offline", None, None)


# -- when `status` is wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize("retained", [True, False])
@pytest.mark.parametrize("will_first", [True, False])
def test_a_will_of_another_life_is_no_death_of_this_one(retained, will_first):
    watched = Watched()
    old, new = life(OLD), life(NEW)
    if will_first:
        watched.apply(old.last_will(), boot=OLD, retained=retained).apply(new.on_connect()[:-1], retained=retained)
    else:
        watched.apply(new.on_connect(), retained=retained).apply(old.last_will(), boot=OLD, retained=retained)
    assert watched.row.status == "online"


def test_a_will_of_this_life_is_its_death_and_so_is_one_that_doesnt_say():
    for boot in (NEW, None):
        assert Watched().apply(life().on_connect()).apply(life().last_will(), boot=boot).row.status == "offline"


def test_a_late_will_that_doesnt_say_whose_it_is_is_put_right_by_the_box():
    box, watched = life(), Watched()
    watched.apply(box.on_connect()).apply(box.last_will(), after_s=1)
    assert watched.row.status == "offline"
    status = KITCHEN.of(topics.STATUS)
    assert watched.apply(box.on_own_retained(status, topics.OFFLINE)).row.status == "online"


def test_who_talks_is_not_dead_but_not_at_once():
    box, watched = life(), Watched()
    watched.apply(box.on_connect()).apply(box.last_will(), after_s=1)
    talk = box.status(Status(S.CONNECTING, session="s"), Timestamp(START, 1.0))
    assert watched.apply(talk, after_s=REORDER_S / 2).row.status == "offline"  # told before, heard after
    talk = box.status(Status(S.READY, session="s"), Timestamp(START, 2.0))
    assert watched.apply(talk, retained=True, after_s=REORDER_S).row.status == "offline"  # the broker's memory
    talk = box.status(Status(), Timestamp(START, 3.0))
    assert watched.apply(talk, after_s=REORDER_S).row.status == "online"


def test_a_state_that_is_old_changes_nothing():
    old, new, watched = life(OLD), life(NEW), Watched()
    watched.apply(old.on_connect())
    ready = new.status(Status(S.READY, session="s", mic_live=True), Timestamp(START, 0.0))
    watched.apply(ready).apply(new.status(Status(), Timestamp(START, 1.0)))
    assert watched.row.transport == "disconnected"
    watched.apply(ready)  # the same boot, a lower seq
    assert watched.row.transport == "disconnected"
    for _ in range(3):
        watched.apply(old.status(Status(S.READY, session="x"), Timestamp(START, 0.0)))  # a life that is over
        watched.apply(old.status(Status(), Timestamp(START, 0.0)))
    assert watched.table._boxes["kitchen"].boot == NEW


def test_a_box_that_says_nothing_for_long_is_silent_until_it_talks():
    box, watched = life(), Watched()
    watched.apply(box.on_connect())
    assert (watched.status_after(SILENCE_S), watched.status_after(SILENCE_S + 1)) == ("online", "silent")
    health = box.health(HostMetrics(0.4, 58.2, None, [], None), MqttCounters(), Timestamp(START, 1.0))
    assert watched.apply(health, after_s=SILENCE_S + 1).row.status == "online"
    watched.apply(health, retained=True, after_s=SILENCE_S + 1)  # the broker's memory is no sign of life
    assert watched.row.status == "silent"
    assert list(watched.table.silent(watched.at)) == ["kitchen"]


def test_box_without_status_is_unknown():
    assert Watched().apply(life().on_connect()[:-1], retained=True).row.status == Presence.UNKNOWN


def test_box_that_tells_something_is_online_without_its_status():
    health = life().health(HostMetrics(0.4, 58.2, None, [], None), MqttCounters(), Timestamp(START, 1.0))
    watched = Watched().apply(health)
    assert watched.row.status == Presence.ONLINE
    assert watched.apply([], after_s=SILENCE_S + 1).row.status == Presence.SILENT


# -- strangers ---------------------------------------------------------------------------------------------

SUFFIXES = [row.suffix.replace("{}", "x") for row in TOPICS]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted({key for row in TOPICS if isinstance(row.example, dict) for key in row.example})
PAYLOADS = (
    st.binary(max_size=30)
    | st.sampled_from([b"online", b"offline", b"", b"[" * 5000, b"9" * 9000, b'{"seq": 1' + b"0" * 400 + b"}"])
    | st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8).map(lambda published: json.dumps(published).encode())
    | st.dictionaries(st.sampled_from(KEYS), JSON).map(
        lambda published: json.dumps({**published, "boot": NEW, "seq": 1}).encode()
    )
)
PLACES = st.text(max_size=30) | st.builds(
    lambda box, suffix: f"callbox/{box}/{suffix}", st.sampled_from(["a", "b", "c", "X", ""]), st.sampled_from(SUFFIXES)
)


CONTROL = {chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")}
CONTROL = CONTROL - {"\n"} | set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.lists(st.tuples(PLACES, PAYLOADS, st.booleans(), st.none() | st.text(max_size=9)), max_size=20))
def test_any_message_leaves_a_printable_row(messages):
    table = FleetState("callbox", max_boxes=2)
    for place, payload, retained, boot in messages:
        table.apply(MqttMessage(place, payload, retained, START, boot))
    assert len(table) <= 2
    rows = table.rows(START)
    for text in [render.table(rows, START), *(render.line(row, START) for row in rows)]:
        assert not CONTROL.intersection(text)
    for row in rows:
        json.dumps(row.as_json(), allow_nan=False)


def test_texts_of_a_box_have_no_control_characters():
    watched = Watched()
    evil = "\x1b]0;owned\x07\x9b2J\u202e\nkitchen2: online"
    watched.publish(KITCHEN.of(topics.INFO), json.dumps({"name": evil, "boot": NEW}).encode())
    alert = json.dumps({"code": "x", "text": evil, "boot": NEW}).encode()
    watched.publish(KITCHEN.of(topics.ALERT, "\x1b[31mx"), alert)
    line = render.line(watched.row, START)
    assert line.isprintable()
    assert "owned" in line  # what is harmless of it is shown


@pytest.mark.parametrize("strange", [10**400, -(10**13), float("nan"), float("inf"), True, "1", None, [1]])
def test_numbers_of_a_row_are_finite_and_bounded(strange):
    watched = Watched()
    health = {"boot": NEW, "uptime_s": strange, "wifi_dbm": -58, "cpu_percent": 0.4}
    watched.publish(KITCHEN.of(topics.HEALTH), json.dumps(health).encode())
    assert [watched.row.health[key] for key in ("uptime_s", "wifi_dbm", "cpu_percent")] == [None, -58, 0.4]


def test_memory_is_bounded():
    watched = Watched(max_boxes=3)
    for number in range(10):
        watched.publish(f"callbox/box-{number}/status", b"online")
    assert len(watched.table) == 3
    assert watched.table.ignored == 7
    for number in range(100):
        watched.publish(f"callbox/box-0/alert/a{number}", b'{"text": "x"}')
        watched.publish("callbox/box-0/state", json.dumps({"boot": f"b{number}", "seq": 1}).encode())
    box = watched.table._boxes["box-0"]
    assert len(box.alerts) == MAX_ALERTS
    assert len(box.past_boots.split("\x1f")) == 6


def test_texts_of_a_row_are_cut_and_a_long_payload_is_not_read():
    watched = Watched()
    watched.publish(KITCHEN.of(topics.ALERT, "x"), json.dumps({"text": "x" * 10_000}).encode())
    [alert] = watched.row.alerts
    assert alert["text"] == "x" * (MAX_TEXT_CHARS - 1) + "…"
    watched.publish(KITCHEN.of(topics.ALERT, "y"), json.dumps({"text": "x" * MAX_PAYLOAD_BYTES}).encode())
    assert [alert["code"] for alert in watched.row.alerts] == ["x"]


def test_table_ignores_other_topics():
    table = FleetState("house/callbox")
    assert table.subscriptions == [
        f"house/callbox/+/{name}" for name in ("status", "state", "info", "health", "event/button", "alert/+")
    ]
    assert table.apply(MqttMessage("callbox/kitchen/status", b"online", False, START)) is None
    assert table.apply(MqttMessage("house/callbox/kitchen/status", b"online", False, START)) == "kitchen"
    assert table.apply(MqttMessage("house/callbox/other/status", b"", False, START)) is None
    assert len(table) == 1


def test_age_has_one_unit():
    ago = [render._age((START - timedelta(seconds=s)).isoformat(), START) for s in (-5, 0, 119, 120, 7200, 172800)]
    assert ago == ["0 s", "0 s", "119 s", "2 min", "2 h", "2 d"]
    assert [render._age(wrong, START) for wrong in (None, "", "yesterday", "0001-01-01T00:00:00")][:3] == ["", "", ""]


def test_a_retained_press_is_none():
    watched = Watched().apply(life().on_connect())
    [press] = life().gesture(Pressed(1.0))
    assert watched.apply([press], retained=True).row.press is None
    assert watched.apply([press]).row.press == "press"
