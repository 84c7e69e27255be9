"""What waits for a broker is bounded, and the newest of each topic gets there."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.mqtt.model.outbox import MAX_IN_FLIGHT, InFlightWindow, Outbox
from callbox.mqtt.model.topics import Publication


def publication(topic, payload, *, retained):
    return Publication(topic, payload.encode(), 1, retained)


ACKNOWLEDGED = "an acknowledgement"
STEPS = st.lists(st.one_of(st.just(ACKNOWLEDGED), st.tuples(st.sampled_from("abc"), st.booleans())), max_size=200)


@given(STEPS)
def test_in_whatever_order_things_happen(steps):
    outbox, numbers, on_its_way, arrived, newest = InFlightWindow(), itertools.count(), {}, [], {}

    def send(message):
        number = next(numbers)
        outbox.sent(number)
        on_its_way[number] = message

    def acknowledge():
        number = next(iter(on_its_way))
        arrived.append(on_its_way.pop(number))
        for message in outbox.acknowledged(number):
            send(message)

    for count, step in enumerate(steps):
        if step is not ACKNOWLEDGED:
            topic, retained = step
            message = publication(topic, str(count), retained=retained)
            if retained:
                newest[topic] = message
            if outbox.offer(message):
                send(message)
        elif on_its_way:
            acknowledge()
        assert len(on_its_way) <= MAX_IN_FLIGHT
    while on_its_way:
        acknowledge()
    for topic, message in newest.items():
        assert [told for told in arrived if told.topic == topic and told.retained][-1] == message
    assert len(set(arrived)) == len(arrived)


@pytest.fixture
def full():
    """An outbox with 16 messages on their way, which is as many as may be."""
    outbox = InFlightWindow()
    for number in range(16):
        assert outbox.offer(publication("event", str(number), retained=False)) is True
        outbox.sent(number)
    return outbox


def test_an_event_that_cannot_go_at_once_is_lost(full):
    assert full.offer(publication("event", "late", retained=False)) is False
    assert full.acknowledged(0) == []


def test_what_is_retained_waits_and_goes_as_room_is_made(full):
    states = [publication(topic, "new", retained=True) for topic in "abc"]
    for state in states:
        assert full.offer(publication(state.topic, "old", retained=True)) is False
    for state in states:
        assert full.offer(state) is False
    assert full.acknowledged(99) == []  # somebody else's
    for number, state in enumerate(states):
        assert full.acknowledged(number) == [state]
        full.sent(16 + number)
    assert full.acknowledged(16) == []


# -- Connection after connection ---------------------------------------------------------------------------------------

STATE = Publication("state", b"ready", 1, retained=True)
EVENT = Publication("event", b"pressed", 1, retained=False)
LEVEL = Publication("level", b"-20", 0, retained=False)


class Connection:
    """Takes what is sent, and numbers it from 1."""

    def __init__(self):
        self.taken = []

    def send(self, publication):
        self.taken.append(publication)
        return len(self.taken)


@pytest.fixture
def outbox():
    return Outbox()


@pytest.fixture
def connection(outbox):
    connection = Connection()
    outbox.open(connection.send)
    return connection


def fill(outbox):
    """As much as may be unacknowledged is on its way."""
    assert outbox.publish([EVENT] * MAX_IN_FLIGHT) == (MAX_IN_FLIGHT, 0)


def counted(outbox):
    counters = outbox.counters
    return counters.connections, counters.published, counters.dropped


def test_what_is_published_is_sent_in_order_and_counted(outbox, connection):
    assert outbox.publish([STATE, EVENT, LEVEL]) == (3, 0)
    assert outbox.publish([EVENT]) == (1, 0)
    assert connection.taken == [STATE, EVENT, LEVEL, EVENT]
    assert counted(outbox) == (1, 4, 0)


@pytest.mark.parametrize("was_open", [False, True])
def test_without_a_connection_events_are_lost_and_only_they_are_counted(outbox, was_open):
    connection = Connection()
    if was_open:
        outbox.open(connection.send)
        outbox.close()
    assert outbox.publish([STATE, EVENT, EVENT]) == (0, 2)
    assert outbox.publish([EVENT]) == (0, 1)
    # A level at QoS 0 is worth nothing a moment later: nobody misses it.
    assert outbox.publish([LEVEL]) == (0, 0)
    assert connection.taken == []
    assert counted(outbox) == (int(was_open), 0, 3)


def test_what_waits_is_sent_when_something_is_acknowledged(outbox, connection):
    fill(outbox)
    assert outbox.publish([STATE, EVENT, LEVEL]) == (0, 1)
    outbox.acknowledged(1)
    assert connection.taken[MAX_IN_FLIGHT:] == [STATE]
    # What waited takes a place itself: it has a number too.
    assert outbox.publish([EVENT]) == (0, 1)
    outbox.acknowledged(MAX_IN_FLIGHT + 1)
    assert outbox.publish([EVENT]) == (1, 0)


def test_what_needs_no_acknowledgement_takes_no_place(outbox, connection):
    assert outbox.publish([LEVEL] * (MAX_IN_FLIGHT + 1)) == (MAX_IN_FLIGHT + 1, 0)
    fill(outbox)


def test_a_new_connection_begins_with_nothing_on_its_way(outbox, connection):
    fill(outbox)
    outbox.publish([STATE])
    outbox.close()
    outbox.acknowledged(1)  # of the old one: nobody is there to send to
    second = Connection()
    outbox.open(second.send)
    fill(outbox)
    assert second.taken == [EVENT] * MAX_IN_FLIGHT
    assert STATE not in connection.taken
    assert counted(outbox) == (2, 2 * MAX_IN_FLIGHT, 0)
