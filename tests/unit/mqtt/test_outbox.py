"""What waits for a broker is bounded, and the newest of each topic gets there."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from callbox.mqtt.model.outbox import MAX_IN_FLIGHT, InFlightWindow
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


def test_an_event_that_cannot_go_at_once_is_lost():
    outbox = InFlightWindow()
    for number in range(MAX_IN_FLIGHT):
        assert outbox.offer(publication("event", str(number), retained=False))
        outbox.sent(number)
    assert not outbox.offer(publication("event", "late", retained=False))
    assert outbox.acknowledged(0) == []
