"""What waits for a broker is bounded, and the newest of each topic gets there."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.mqtt.model import broker_errors
from callbox.mqtt.model.outbox import MAX_IN_FLIGHT, MAX_LOSSES, MAX_QUEUED_RESPONSES, MAX_UNWRITTEN, Outbox
from callbox.mqtt.model.rate_limit import BURST, RATE_HZ
from callbox.mqtt.model.topics import Publication


def publication(topic, payload, *, retained):
    return Publication(topic, payload.encode(), 1, retained)


class Clock:
    """Monotonic time that the test sets."""

    now_s = 100.0

    def __call__(self):
        return self.now_s


ACKNOWLEDGED, LATER = "an acknowledgement", "a second later"
STEPS = st.lists(
    st.one_of(st.sampled_from([ACKNOWLEDGED, LATER]), st.tuples(st.sampled_from("abc"), st.booleans())), max_size=200
)


@given(STEPS)
def test_newest_retained_publication_arrives_in_any_order_of_events(steps):
    clock = Clock()
    outbox, numbers, on_its_way, arrived, newest = Outbox(clock), itertools.count(), {}, [], {}

    def send(message):
        number = next(numbers)
        on_its_way[number] = message
        return number

    def acknowledge():
        number = next(iter(on_its_way))
        arrived.append(on_its_way.pop(number))
        outbox.acknowledged(number)

    outbox.open(send)
    for count, step in enumerate(steps):
        if step is LATER:
            clock.now_s += 1
            outbox.flush()
        elif step is not ACKNOWLEDGED:
            topic, retained = step
            message = publication(topic, str(count), retained=retained)
            if retained:
                newest[topic] = message
            outbox.publish([message])
        elif on_its_way:
            acknowledge()
        assert len(on_its_way) <= MAX_IN_FLIGHT
    while on_its_way or outbox.due_s is not None:
        if on_its_way:
            acknowledge()
        else:
            clock.now_s += outbox.due_s or 0.0
            outbox.flush()
    for topic, message in newest.items():
        assert [one for one in arrived if one.topic == topic and one.retained][-1] == message
    assert len(set(arrived)) == len(arrived)


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
def clock():
    return Clock()


@pytest.fixture
def outbox(clock):
    return Outbox(clock)


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
    # A level at QoS 0 is outdated a moment later, and not counted.
    assert outbox.publish([LEVEL]) == (0, 0)
    assert connection.taken == []
    assert counted(outbox) == (int(was_open), 0, 3)


def test_what_waits_is_sent_when_something_is_acknowledged(outbox, connection):
    fill(outbox)
    assert outbox.publish([STATE, EVENT, LEVEL]) == (1, 1)  # QoS 0 needs no place
    outbox.acknowledged(1)
    assert connection.taken[MAX_IN_FLIGHT:] == [LEVEL, STATE]
    # What waited takes a place itself: it has a number too.
    assert outbox.publish([EVENT]) == (0, 1)
    outbox.acknowledged(MAX_IN_FLIGHT + 2)
    assert outbox.publish([EVENT]) == (1, 0)


def test_what_needs_no_acknowledgement_takes_no_place(outbox, connection):
    assert outbox.publish([LEVEL] * (MAX_IN_FLIGHT + 1)) == (MAX_IN_FLIGHT + 1, 0)
    fill(outbox)


def test_a_new_connection_begins_with_nothing_on_its_way(outbox, connection):
    fill(outbox)
    outbox.publish([STATE])
    outbox.close()
    outbox.acknowledged(1)  # of the old connection
    second = Connection()
    outbox.open(second.send)
    fill(outbox)
    assert second.taken == [EVENT] * MAX_IN_FLIGHT
    assert STATE not in connection.taken
    assert counted(outbox) == (2, 2 * MAX_IN_FLIGHT, 0)


def test_retained_topics_wait_for_the_window_and_only_the_newest_is_sent(outbox, connection):
    fill(outbox)
    for payload in ("old", "new"):
        outbox.publish([publication(topic, payload, retained=True) for topic in "abc"])
    outbox.acknowledged(99)  # another client's
    assert len(connection.taken) == MAX_IN_FLIGHT
    for number in (1, 2, 3):
        outbox.acknowledged(number)
    assert connection.taken[MAX_IN_FLIGHT:] == [publication(topic, "new", retained=True) for topic in "abc"]


def states(connection):
    return [one.payload for one in connection.taken if one.topic == "state"]


def test_retained_topic_is_limited_to_its_rate_and_ends_with_the_last_publication(outbox, connection, clock):
    for number in range(1000):  # 500 a second, for 2 s
        clock.now_s += 0.002
        outbox.flush()
        outbox.publish([publication("state", str(number), retained=True)])
        for unacknowledged in range(1, len(connection.taken) + 1):
            outbox.acknowledged(unacknowledged)
    assert len(states(connection)) <= 14 + 2 * 4 + 1  # as docs/mqtt.md says: 14 at once, and 4 a second
    while (due_s := outbox.due_s) is not None:
        assert due_s <= 0.25
        clock.now_s += due_s
        outbox.flush()
    assert states(connection)[-1] == b"999"
    clock.now_s += BURST / RATE_HZ
    assert outbox.publish([publication("state", str(number), retained=True) for number in range(BURST)]) == (BURST, 0)


def test_flush_by_force_sends_what_the_window_holds_back(outbox, connection):
    fill(outbox)
    outbox.publish([STATE])
    outbox.flush(force=True)
    assert connection.taken[MAX_IN_FLIGHT:] == [STATE]


def test_flush_by_force_sends_what_the_rate_limit_holds_back(outbox, connection):
    outbox.publish([publication("state", str(number), retained=True) for number in range(BURST + 3)])
    assert len(connection.taken) == BURST
    outbox.flush(force=True)
    assert states(connection)[-1] == str(BURST + 2).encode()


def test_age_of_the_oldest_message_without_puback(outbox, connection, clock):
    outbox.publish([EVENT])
    clock.now_s += 5
    outbox.publish([EVENT, LEVEL])
    assert outbox.stalled_s == 5
    outbox.acknowledged(1)
    assert outbox.stalled_s == 0
    outbox.acknowledged(2)
    clock.now_s += 50
    assert outbox.stalled_s == 0


def test_publication_larger_than_the_broker_takes_is_not_sent_and_a_warning_once(outbox, caplog):
    connection = Connection()
    outbox.open(connection.send, max_bytes=1000)
    large = Publication("state", b"x" * 1000, 1, retained=True)
    for _ in range(3):
        outbox.publish([large, EVENT])
    assert connection.taken == [EVENT] * 3
    [record] = caplog.records
    assert "state is not published: 1020 bytes, and the broker takes 1000 at most" in record.getMessage()


def test_denied_publication_is_a_warning_once(outbox, connection, caplog):
    for number in (1, 2):
        outbox.publish([STATE])
        outbox.acknowledged(number, "Not authorized")
    [record] = caplog.records
    assert record.getMessage() == broker_errors.denied_publication("state", "Not authorized")


def test_publication_at_which_the_broker_closes_the_connection_is_withheld(outbox, caplog):
    large, small = Publication("discovery", b"x" * 6500, 1, retained=True), STATE
    for _ in range(MAX_LOSSES):
        connection = Connection()
        outbox.open(connection.send)
        outbox.publish([small, large, EVENT])
        assert connection.taken == [small, large, EVENT]
        outbox.acknowledged(1)
        outbox.lost()
    connection = Connection()
    outbox.open(connection.send)
    outbox.publish([small, large, EVENT])
    assert connection.taken == [small, EVENT]
    assert outbox.due_s is None
    [record] = caplog.records
    assert record.getMessage().startswith(
        "discovery is not published any more: the broker closes the connection at its 6524 bytes"
    )


def test_losses_that_are_not_in_a_row_withhold_nothing(outbox):
    large = Publication("discovery", b"x" * 6500, 1, retained=True)
    for number in range(2 * MAX_LOSSES):
        connection = Connection()
        outbox.open(connection.send)
        outbox.publish([large])
        assert connection.taken == [large]
        if number % 2:
            outbox.acknowledged(1)
        outbox.lost()


def test_limits_are_those_of_the_documentation():
    assert (MAX_IN_FLIGHT, MAX_QUEUED_RESPONSES, MAX_UNWRITTEN, MAX_LOSSES) == (16, 64, 256, 3)


def test_response_without_a_connection_is_dropped_and_counted(outbox):
    assert not outbox.can_respond
    assert outbox.respond(EVENT) is False
    assert outbox.refuse(EVENT) is False
    assert counted(outbox) == (0, 0, 2)


def test_responses_are_queued_up_to_the_limit_and_sent_in_order(outbox, connection):
    fill(outbox)
    responses = [publication("response", str(number), retained=False) for number in range(MAX_QUEUED_RESPONSES + 1)]
    assert [outbox.respond(response) for response in responses] == [True] * MAX_QUEUED_RESPONSES + [False]
    assert not outbox.can_respond
    outbox.acknowledged(1)
    assert outbox.can_respond
    assert connection.taken[MAX_IN_FLIGHT:] == responses[:1]
    assert counted(outbox) == (1, MAX_IN_FLIGHT + 1, 1)


def test_refusals_wait_for_the_socket_only(outbox, connection):
    fill(outbox)
    assert [outbox.refuse(EVENT) for _ in range(MAX_UNWRITTEN + 1)] == [True] * MAX_UNWRITTEN + [False]
    assert {one.qos for one in connection.taken[MAX_IN_FLIGHT:]} == {0}
    outbox.acknowledged(MAX_IN_FLIGHT + 1)  # written
    assert outbox.refuse(EVENT) is True


def test_new_connection_forgets_what_was_queued_and_denied(outbox, connection, caplog):
    fill(outbox)
    outbox.publish([STATE])
    outbox.respond(EVENT)
    for _ in range(2):
        second = Connection()
        outbox.open(second.send)
        outbox.flush()
        assert second.taken == []
        outbox.publish([EVENT])
        outbox.acknowledged(1, "Not authorized")
    assert len(caplog.records) == 2


def test_refusals_and_what_was_queued_are_counted_once(outbox, connection):
    fill(outbox)
    assert outbox.refuse(EVENT) is True
    assert counted(outbox) == (1, MAX_IN_FLIGHT + 1, 0)
    outbox.publish([STATE])  # queued
    outbox.acknowledged(1)
    assert connection.taken[-1] == STATE
    assert counted(outbox) == (1, MAX_IN_FLIGHT + 2, 0)


def test_a_response_of_just_the_packet_limit_is_sent_and_a_larger_one_dropped(outbox):
    connection = Connection()
    outbox.open(connection.send, EVENT.packet_bytes)
    larger = replace(EVENT, payload=EVENT.payload + b"!")
    assert outbox.respond(EVENT) is True
    assert outbox.respond(larger) is False
    assert connection.taken == [EVENT]
    assert counted(outbox) == (1, 1, 1)


def test_before_the_first_connection_every_size_fits(outbox):
    assert outbox.fits(replace(EVENT, payload=bytes(1 << 20)))


def test_nothing_is_sent_over_a_connection_that_was_lost(outbox, connection):
    outbox.publish([EVENT])
    outbox.lost()
    assert outbox.publish([EVENT]) == (0, 1)
    assert connection.taken == [EVENT]


@pytest.mark.parametrize(("size", "is_withheld"), [(1023, False), (1024, True)])
def test_from_1_kib_on_a_publication_is_withheld(outbox, size, is_withheld):
    large = Publication("x", b"", 1, retained=True)
    large = replace(large, payload=bytes(size - large.packet_bytes))
    assert large.packet_bytes == size
    for _ in range(MAX_LOSSES):
        outbox.open(Connection().send)
        outbox.publish([large])
        outbox.lost()
    connection = Connection()
    outbox.open(connection.send)
    outbox.publish([large])
    assert connection.taken == ([] if is_withheld else [large])


def test_nothing_is_due_while_the_window_is_full(outbox, connection):
    fill(outbox)
    outbox.publish([STATE])
    assert outbox.due_s is None
    outbox.acknowledged(1)
    outbox.acknowledged(MAX_IN_FLIGHT + 1)
    assert outbox.due_s is None  # it was sent
