"""Shares of exporters, without a broker."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.fleet.test_fleet_state import life

from callbox.fleet.monitor.model import shard
from callbox.fleet.monitor.model.box_state import MqttMessage
from callbox.fleet.monitor.model.fleet_state import SUBSCRIBED_TOPICS
from callbox.fleet.monitor.model.shard import (
    ASK_HEARTBEATS,
    BOXES_AT_ONCE,
    JOIN_HEARTBEATS,
    MAX_MEMBERS,
    MISSED_HEARTBEATS,
    SLOTS,
    Membership,
    Shard,
    owner,
    share,
    slot,
)

NOW = datetime(2026, 11, 29, tzinfo=UTC)
BOXES = [f"box-{number:05d}" for number in range(1000)]
names = st.sets(st.text("abcdefghij0123456789-", min_size=1, max_size=8), min_size=1, max_size=5)


# -- who holds what ------------------------------------------------------------------------------------------


@settings(max_examples=10)
@given(names)
def test_every_slot_has_one_owner_among_the_members(members):
    shares = [share(name, members) for name in members]
    assert sorted(number for one in shares for number in one) == list(range(SLOTS))


@settings(max_examples=10)
@given(names, st.data())
def test_a_death_moves_the_slots_of_the_dead_only(members, data):
    dead = data.draw(st.sampled_from(sorted(members)))
    free = share(dead, members)
    for name in members - {dead}:
        before, after = share(name, members), share(name, members - {dead})
        assert before <= after
        assert after - before <= free


def test_who_holds_what_is_the_same_on_every_machine_and_in_every_version():
    # A member of another version must not divide otherwise: change these only with the topic of the heartbeats.
    assert [slot(one) for one in ("kitchen", "sim-000000", "b827eb123456")] == [3636, 2145, 110]
    assert [owner(number, ("one", "two", "three")) for number in range(6)] == [
        "one",
        "one",
        "one",
        "three",
        "one",
        "three",
    ]


@pytest.mark.parametrize("count", [2, 3, 10])
def test_shares_are_even(count):
    members = [f"watch-{number}" for number in range(count)]
    held = Counter(owner(slot(f"sim-{number:06d}"), members) for number in range(20_000))
    assert max(held.values()) < 1.25 * 20_000 / count


# -- who lives -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heartbeats", "joined", "living"),
    [
        ("", False, "a"),
        ("a" * (JOIN_HEARTBEATS - 1), False, "a"),
        ("a" * JOIN_HEARTBEATS, True, "a"),
        ("aba", False, "ab"),
        ("b" * 9, False, "ab"),  # what others do takes no time: only one's own heartbeats do
        ("b" + "a" * (MISSED_HEARTBEATS - 1), True, "ab"),
        ("b" + "a" * MISSED_HEARTBEATS, True, "a"),
        ("b" + "a" * (MISSED_HEARTBEATS - 1) + "b" + "a" * (MISSED_HEARTBEATS - 1), True, "ab"),
        ("bc" + "ab" * MISSED_HEARTBEATS, True, "ab"),
        ("b" + "a" * MISSED_HEARTBEATS + "b", True, "ab"),  # it is back
    ],
)
def test_living_members(heartbeats, joined, living):
    membership = Membership("a")
    for name in heartbeats:
        membership.heartbeat(name)
    assert (membership.joined, "".join(sorted(membership.living))) == (joined, living)


def test_no_more_members_than_fit_and_none_with_another_name():
    membership = Membership("a")
    for name in ["", "A", "x/y", "\x1b", "n" * 33, *(f"b{number}" for number in range(1000))]:
        membership.heartbeat(name)
    assert len(membership.living) == MAX_MEMBERS
    assert membership.living - {"a"} <= {f"b{number}" for number in range(1000)}


# -- a member ------------------------------------------------------------------------------------------------


class Member:
    """A member with a broker that delivers what it is subscribed to."""

    def __init__(self, name, prefix="callbox", statuses=None):
        self.shard = Shard(prefix, name, statuses)
        self.prefix = prefix
        self.filters = set(self.shard.subscriptions)

    def heartbeats(self, *members):
        for name in members:
            self.receive(f"{self.prefix}-watch/{name}", b"online")
        return self.change()

    def change(self):
        while change := self.shard.next_change():
            assert len(change.subscribe) <= BOXES_AT_ONCE * len(SUBSCRIBED_TOPICS)
            assert not self.filters & set(change.subscribe)
            assert set(change.unsubscribe) <= self.filters
            self.filters = (self.filters | set(change.subscribe)) - set(change.unsubscribe)
        return self

    def receive(self, topic, payload, *, retained=False):
        self.shard.apply(MqttMessage(topic, payload, retained, NOW))
        return self

    def statuses(self, boxes, payload=b"online"):
        for box in boxes:
            self.receive(f"{self.prefix}/{box}/status", payload)
        return self.change()

    @property
    def presences(self):
        return {row.box: row.status for row in self.shard.table.rows(NOW)}

    @property
    def boxes(self):
        return {row.box for row in self.shard.table.rows(NOW)}

    @property
    def subscribed(self):
        return {one.split("/")[1] for one in self.filters if one.endswith("/state")}


def test_it_reads_no_box_until_the_broker_delivers_its_heartbeats():
    member = Member("a")
    assert member.change().filters == {"callbox-watch/+"}
    assert member.heartbeats("a").filters == {"callbox-watch/+", "callbox/+/status"}


def test_it_holds_nothing_until_all_members_were_received():
    member = Member("a").heartbeats("a").statuses(BOXES)
    assert (member.boxes, member.subscribed, member.shard.settled) == (set(), set(), False)
    member.heartbeats("b", *"a" * JOIN_HEARTBEATS).statuses(BOXES)
    assert member.boxes == member.subscribed == {one for one in BOXES if owner(slot(one), "ab") == "a"}
    assert member.shard.settled


def test_living_members_hold_each_box_once_whoever_goes_or_comes():
    members = {name: Member(name) for name in "abc"}

    def rounds(living, count):
        for _ in range(count):
            for name in living:
                members[name].heartbeats(*living).statuses(BOXES)

    def held():
        return Counter(box for name in members for box in members[name].boxes)

    rounds("abc", MISSED_HEARTBEATS)
    before = {name: members[name].boxes for name in "abc"}
    assert held() == Counter(BOXES)
    members["b"] = Member("b")  # dead
    rounds("ac", MISSED_HEARTBEATS)
    assert held() == Counter(BOXES)
    assert before["a"] < members["a"].boxes
    assert before["c"] < members["c"].boxes
    rounds("abc", MISSED_HEARTBEATS)
    assert {name: members[name].boxes for name in "abc"} == before
    assert {name: members[name].subscribed for name in "abc"} == before


def test_boxes_that_are_taken_over_have_the_presence_that_was_received_before():
    """A cluster may not hand out their `status` again."""
    member = Member("a").heartbeats("b", *"a" * JOIN_HEARTBEATS)
    [here, away] = [one for one in BOXES if owner(slot(one), "ab") == "b"][:2]
    member.statuses([here, away]).statuses([away], b"offline")
    assert member.presences == {}
    member.heartbeats(*"a" * MISSED_HEARTBEATS)
    assert member.presences == {here: "online", away: "offline"}
    assert member.subscribed == {here, away}


def test_next_connection_of_a_member_begins_with_the_statuses_of_the_last_one():
    statuses: dict[str, bool] = {}
    Member("a", statuses=statuses).heartbeats(*"a" * JOIN_HEARTBEATS).statuses(BOXES).statuses(BOXES[:1], b"")
    member = Member("a", statuses=statuses).heartbeats(*"a" * JOIN_HEARTBEATS)
    assert member.presences == dict.fromkeys(BOXES[1:], "online")
    assert member.subscribed == set(BOXES[1:])


def test_request_to_report_comes_when_statuses_are_read_and_when_the_share_has_grown_but_not_while_boxes_answer():
    member, requests = Member("a"), []

    def heartbeats(*names):
        for name in names:
            member.heartbeats(name)
            requests.append(member.shard.asks_boxes())

    heartbeats(*"ba" * JOIN_HEARTBEATS)
    assert requests == [False, True, False, False, False, False]
    requests.clear()
    heartbeats(*"ba" * ASK_HEARTBEATS)  # after the first request its share has come
    assert requests.count(True) == 1
    assert requests[: 2 * (ASK_HEARTBEATS - JOIN_HEARTBEATS) + 1].count(True) == 0
    requests.clear()
    heartbeats(*"a" * (MISSED_HEARTBEATS + ASK_HEARTBEATS))  # b is dead
    assert requests.count(True) == 1
    assert not any(requests[: MISSED_HEARTBEATS - 2])


def test_no_request_to_report_comes_before_topics_are_subscribed_to():
    member = Member("a").heartbeats("a")
    assert member.shard.asks_boxes()
    member.statuses(BOXES).heartbeats(*"a" * ASK_HEARTBEATS)
    member.receive("callbox/new/status", b"online")
    assert not member.shard.asks_boxes()
    member.change()
    assert member.shard.asks_boxes()


def test_state_of_anothers_box_is_not_kept():
    member = Member("a").heartbeats("b", *"a" * JOIN_HEARTBEATS).statuses(BOXES)
    anothers = next(one for one in BOXES if owner(slot(one), "ab") == "b")
    member.receive(f"callbox/{anothers}/info", json.dumps({"boot": "b", "name": "x"}).encode())
    assert anothers not in member.boxes


def test_box_that_is_cleaned_away_is_forgotten_and_subscribed_to_no_more():
    member = Member("a").heartbeats(*"a" * JOIN_HEARTBEATS).statuses(BOXES)
    assert member.subscribed == set(BOXES)
    member.statuses(BOXES[:10], b"")
    assert member.boxes == member.subscribed == set(BOXES[10:])
    assert member.statuses(BOXES[:10]).boxes == set(BOXES)


def test_filters_of_a_box_are_those_of_a_table():
    member = Member("a").heartbeats(*"a" * JOIN_HEARTBEATS).statuses(["kitchen"])
    assert member.filters == {
        "callbox-watch/+",
        "callbox/+/status",
        *(f"callbox/kitchen/{one.suffix.replace('{}', '+')}" for one in SUBSCRIBED_TOPICS),
    }


def test_what_a_box_reports_makes_its_row_as_without_shares():
    member = Member("a", "site/1").heartbeats(*"a" * JOIN_HEARTBEATS).statuses(["kitchen"])
    for one in life().on_connect():
        member.receive(one.topic.replace("callbox/", "site/1/", 1), one.payload)
    [row] = member.shard.table.rows(NOW)
    assert (row.box, row.status, row.name, row.activity) == ("kitchen", "online", "Kitchen", "idle")


def test_retained_heartbeat_is_none():
    member = Member("a").heartbeats(*"a" * JOIN_HEARTBEATS)
    member.receive("callbox-watch/b", b"online", retained=True)
    assert member.shard.membership.living == {"a"}


def test_strange_topics_are_counted():
    member = Member("a").heartbeats(*"a" * JOIN_HEARTBEATS)
    member.receive("callbox/UPPER/status", b"online")
    assert member.shard.table.ignored == 1


def test_a_status_that_says_nothing_changes_no_presence_and_one_that_came_and_went_no_filter():
    member = Member("a").heartbeats(*"a" * JOIN_HEARTBEATS).statuses(["kitchen"])
    assert member.statuses(["kitchen"], b"perhaps").subscribed == {"kitchen"}
    member.receive("callbox/attic/status", b"online").receive("callbox/attic/status", b"")
    assert member.change().subscribed == {"kitchen"}


def test_no_more_ids_than_fit(monkeypatch):
    monkeypatch.setattr(shard, "MAX_IDS", 2)
    member = Member("a").heartbeats(*"a" * JOIN_HEARTBEATS).statuses(["attic", "cellar", "kitchen"])
    assert (member.subscribed, member.shard.table.ignored) == ({"attic", "cellar"}, 1)
