"""What a box does about what comes from the broker, without one."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from callbox.control.remote_commands import Denied, RemoteCommand
from callbox.mqtt.model import topics
from callbox.mqtt.model.inbound import InboundHandler
from callbox.mqtt.model.outbox import MAX_IN_FLIGHT, MAX_QUEUED_RESPONSES, MAX_UNWRITTEN, Outbox
from callbox.mqtt.model.publications import BoxPublications, Timestamp
from callbox.mqtt.model.topics import Publication, Topics

HERE = Topics("callbox", "kitchen")
REQUEST, RESPONSE = HERE.of(topics.REQUEST, "mute"), HERE.of(topics.RESPONSE, "mute")


class Box:
    """What it publishes, and what it is ordered to do."""

    def __init__(self):
        self.published: list[Publication] = []
        self.orders: list[object] = []
        self.births = 0
        discovery = HERE.publication(topics.DISCOVERY, {})
        publications = BoxPublications(HERE, "b00t", {}, Timestamp(datetime(2026, 11, 23, tzinfo=UTC), 0.0), discovery)
        self.outbox = Outbox(time.monotonic)
        self.outbox.open(self.send)
        self.incoming = InboundHandler(publications, self.outbox)
        self.incoming.on_birth = self.born

    def send(self, publication):
        self.published.append(publication)
        return len(self.published)

    def acknowledge(self, *numbers):
        for number in numbers:
            self.outbox.acknowledged(number)

    def born(self):
        self.births += 1

    def execute(self, outcome):
        def execute(order):
            self.orders.append(order)
            return outcome

        self.incoming.execute = execute

    def answers(self):
        return [json.loads(sent.payload) for sent in self.published if sent.topic == RESPONSE]


@pytest.fixture
def box():
    return Box()


REQUESTED = json.dumps({"mute": True, "transaction": 7}).encode()


def test_a_command_is_carried_out_and_answered(box):
    box.execute({"mute": True})
    box.incoming.on_message(REQUEST, REQUESTED, retained=False)
    assert len(box.orders) == 1
    assert box.answers() == [{"status": "ok", "transaction": 7, "data": {"mute": True}}]


def test_a_command_that_takes_its_time_is_answered_when_it_is_done(box):
    later: list[Callable[[object], None]] = []
    box.execute(later.append)
    box.incoming.on_message(REQUEST, REQUESTED, retained=False)
    assert box.answers() == []
    [tell] = later
    tell(None)
    assert box.answers() == [{"status": "ok", "transaction": 7}]


def test_before_there_is_a_box_a_command_is_refused(box):
    box.incoming.on_message(REQUEST, REQUESTED, retained=False)
    assert [answer["error"]["code"] for answer in box.answers()] == ["not_possible"]


def test_a_command_that_is_wrong_is_refused_and_not_carried_out(box):
    box.execute(Denied("never", "asked"))
    box.incoming.on_message(REQUEST, b"{", retained=False)
    assert [answer["status"] for answer in box.answers()] == ["error"]
    assert box.orders == []


def test_what_removes_a_retained_command_is_none_for_a_box_that_is_there(box):
    """The broker gives it RETAIN 0."""
    restart = HERE.of(topics.REQUEST, "restart")
    box.execute(None)
    box.incoming.on_message(restart, b"{}", retained=True)
    box.incoming.on_message(restart, b"", retained=False)
    assert box.orders == []
    box.incoming.on_message(restart, b"", retained=False)
    assert box.orders == [RemoteCommand.RESTART]


def test_a_retained_command_of_an_earlier_connection_is_forgotten(box):
    restart = HERE.of(topics.REQUEST, "restart")
    box.execute(None)
    box.incoming.on_message(restart, b"{}", retained=True)
    box.incoming.on_connected()
    box.incoming.on_message(restart, b"", retained=False)
    assert box.orders == [RemoteCommand.RESTART]


def test_a_retained_command_is_refused_and_what_removes_it_is_none(box):
    box.execute(None)
    box.incoming.on_message(REQUEST, REQUESTED, retained=True)
    box.incoming.on_message(REQUEST, b"", retained=True)
    assert [answer["error"]["code"] for answer in box.answers()] == ["retained"]
    assert box.orders == []


def test_home_assistants_birth_is_passed_on(box):
    birth = HERE.of(topics.HA_BIRTH)
    box.incoming.on_message(birth, b"online", retained=False)
    box.incoming.on_message(birth, b"offline", retained=False)
    assert box.births == 1


def test_everything_is_published_again_unless_online_came_back(box):
    box.incoming.on_connected()
    hello = [sent.topic for sent in box.published]
    assert HERE.of(topics.STATUS) in hello
    box.incoming.on_settled()
    assert [sent.topic for sent in box.published] == hello * 2
    box.incoming.on_message(HERE.of(topics.STATUS), topics.ONLINE, retained=True)
    box.published.clear()
    box.incoming.on_settled()
    assert box.published == []


# -- more commands than answers fit -------------------------------------------------------------------------


def command(number):
    return json.dumps({"mute": True, "transaction": number}).encode()


LOOPBACK, PERIOD_S = HERE.of(topics.LOOPBACK), topics.LOOPBACK_PERIOD_S


def test_a_broker_that_delivers_no_more_is_noticed_when_the_next_message_is_due(box):
    box.incoming.on_connected()
    assert box.incoming.check_delivery(100.0)
    assert box.published[-1] == Publication(LOOPBACK, b"b00t", 1, retained=False)
    box.incoming.on_message(LOOPBACK, b"b00t", retained=False)
    before = len(box.published)
    assert box.incoming.check_delivery(99.0 + PERIOD_S)
    assert len(box.published) == before
    assert box.incoming.check_delivery(100.0 + PERIOD_S)
    box.incoming.on_message(LOOPBACK, b"another box's", retained=False)
    assert box.incoming.check_delivery(199.0 + PERIOD_S)
    assert not box.incoming.check_delivery(100.0 + 2 * PERIOD_S)


def test_a_broker_that_never_delivered_it_or_was_sent_none_is_left_alone(box):
    box.incoming.on_connected()
    assert all(box.incoming.check_delivery(place * PERIOD_S) for place in range(1, 9))
    box.incoming.on_message(LOOPBACK, b"b00t", retained=False)
    box.outbox.lost()
    assert all(box.incoming.check_delivery(place * PERIOD_S) for place in range(9, 20))


def test_each_of_20_commands_at_once_is_answered(box):
    box.execute(None)
    for number in range(20):
        box.incoming.on_message(REQUEST, command(number), retained=False)
    assert len(box.answers()) == MAX_IN_FLIGHT
    box.acknowledge(1, 2, 3, 4)
    assert [answer["transaction"] for answer in box.answers()] == list(range(20))


def test_commands_beyond_the_queue_are_refused_as_busy_and_not_executed(box):
    box.execute(None)
    fit = MAX_IN_FLIGHT + MAX_QUEUED_RESPONSES
    for number in range(fit + 5):
        box.incoming.on_message(REQUEST, command(number), retained=False)
    assert len(box.orders) == fit
    busy = [answer for answer in box.answers() if answer["status"] == "error"]
    assert [(answer["transaction"], answer["error"]["code"]) for answer in busy] == [
        (number, "busy") for number in range(fit, fit + 5)
    ]
    assert {sent.qos for sent in box.published[MAX_IN_FLIGHT:]} == {0}  # a place in the window isn't needed


def test_flood_of_commands_leaves_memory_bounded_and_retained_topics_current(box, caplog):
    box.execute(None)
    for number in range(15_000):
        box.incoming.on_message(REQUEST, command(number), retained=False)
    assert len(box.published) == MAX_IN_FLIGHT + MAX_UNWRITTEN
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    state = Publication(HERE.of(topics.STATE), b"newest", 1, retained=True)
    box.outbox.publish([state])
    box.acknowledge(1)
    assert box.published[-1] == state


def test_command_that_fails_is_answered_and_the_next_one_executed(box):
    def defective(order):
        raise ZeroDivisionError

    box.incoming.execute = defective
    box.incoming.on_message(REQUEST, REQUESTED, retained=False)
    box.execute(None)
    box.incoming.on_message(REQUEST, REQUESTED, retained=False)
    assert [answer["status"] for answer in box.answers()] == ["error", "ok"]
    assert box.answers()[0]["error"]["code"] == "failed"


SURROGATE = "\\ud800"


@pytest.mark.parametrize(
    ("payload", "transaction", "status"),
    [
        (f'{{"mute": true, "transaction": "{SURROGATE}"}}', "\ufffd", "ok"),
        (f'{{"{SURROGATE}": 1, "transaction": 2}}', 2, "error"),
        ('{"mute": true, "transaction": NaN}', None, "ok"),
        ('{"mute": true, "transaction": 1e999}', None, "ok"),
        ('{"mute": true, "transaction": ' + "9" * 4000 + "}", None, "error"),
        ("[" * 4000, None, "error"),
    ],
)
def test_json_that_cannot_be_encoded_is_answered(box, payload, transaction, status):
    box.execute(None)
    box.incoming.on_message(REQUEST, payload.encode(), retained=False)
    [answer] = box.answers()
    assert (answer["status"], answer["transaction"]) == (status, transaction)


def test_answer_larger_than_the_broker_takes_is_replaced_by_an_error(box):
    box.outbox.open(box.send, max_bytes=2000)
    later: list[Callable[[object], None]] = []
    box.execute(later.append)
    box.incoming.on_message(REQUEST, REQUESTED, retained=False)
    later[0]({"bundle": "x" * 3000})
    [answer] = box.answers()
    assert (answer["transaction"], answer["error"]["code"]) == (7, "too_large")


@pytest.mark.parametrize("prefix", ["callbox", "call.box", "a/call.box/b"])
def test_broker_that_makes_dots_slashes_is_reported_once(caplog, prefix):
    here = Topics(prefix, "kitchen")
    publications = BoxPublications(here, "b00t", {}, Timestamp(datetime(2026, 11, 23, tzinfo=UTC), 0.0))
    incoming = InboundHandler(publications, Outbox(time.monotonic))
    for _ in range(2):  # as RabbitMQ delivers it
        incoming.on_message(here.of(topics.STATUS).replace(".", "/"), b"online", retained=False)
    reported = [record.getMessage() for record in caplog.records]
    sentence = (
        f"The broker delivers {prefix}/kitchen/status as {prefix.replace('.', '/')}/kitchen/status: commands do not "
        "arrive; leave dots out of mqtt.prefix, which RabbitMQ makes slashes"
    )
    assert reported == ([sentence] if "." in prefix else [])
    incoming.on_connected()
    incoming.on_message(here.of(topics.STATUS).replace(".", "/"), b"online", retained=False)
    assert len(caplog.records) == len(reported)


def test_alerts_of_others_take_no_memory(box):
    """More topics than the window takes: what can't be sent at once would wait, a topic each."""
    for number in range(1000):
        box.incoming.on_message(HERE.of(topics.ALERT, f"alert-{number}"), b"{}", retained=False)
    assert box.published == []
    for number in range(2):
        box.incoming.on_message(HERE.of(topics.ALERT, "no_speaker"), b"{}", retained=number == 0)
    assert {(sent.topic, sent.payload) for sent in box.published} == {(HERE.of(topics.ALERT, "no_speaker"), b"")}
