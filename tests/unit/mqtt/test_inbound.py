"""What a box does about what comes from the broker, without one."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from callbox.control.remote_commands import Denied
from callbox.mqtt.model import topics
from callbox.mqtt.model.inbound import InboundHandler
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
        self.incoming = InboundHandler(publications, self.published.extend)
        self.incoming.on_birth = self.born

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


ASKED = json.dumps({"mute": True, "transaction": 7}).encode()


def test_a_command_is_carried_out_and_answered(box):
    box.execute({"mute": True})
    box.incoming.on_message(REQUEST, ASKED, retained=False)
    assert len(box.orders) == 1
    assert box.answers() == [{"status": "ok", "transaction": 7, "data": {"mute": True}}]


def test_a_command_that_takes_its_time_is_answered_when_it_is_done(box):
    later: list[Callable[[object], None]] = []
    box.execute(later.append)
    box.incoming.on_message(REQUEST, ASKED, retained=False)
    assert box.answers() == []
    [tell] = later
    tell(None)
    assert box.answers() == [{"status": "ok", "transaction": 7}]


def test_before_there_is_a_box_a_command_is_refused(box):
    box.incoming.on_message(REQUEST, ASKED, retained=False)
    assert [answer["error"]["code"] for answer in box.answers()] == ["not_possible"]


def test_a_command_that_is_wrong_is_refused_and_not_carried_out(box):
    box.execute(Denied("never", "asked"))
    box.incoming.on_message(REQUEST, b"{", retained=False)
    assert [answer["status"] for answer in box.answers()] == ["error"]
    assert box.orders == []


def test_a_retained_command_is_refused_and_what_removes_it_is_none(box):
    box.execute(None)
    box.incoming.on_message(REQUEST, ASKED, retained=True)
    box.incoming.on_message(REQUEST, b"", retained=True)
    assert [answer["error"]["code"] for answer in box.answers()] == ["retained"]
    assert box.orders == []


def test_home_assistants_birth_is_passed_on(box):
    birth = HERE.of(topics.HA_BIRTH)
    box.incoming.on_message(birth, b"online", retained=False)
    box.incoming.on_message(birth, b"offline", retained=False)
    assert box.births == 1


def test_who_does_not_see_itself_online_says_hello_again(box):
    box.incoming.on_connected()
    hello = [sent.topic for sent in box.published]
    assert HERE.of(topics.STATUS) in hello
    box.incoming.on_settled()
    assert [sent.topic for sent in box.published] == hello * 2
    box.incoming.on_message(HERE.of(topics.STATUS), topics.ONLINE, retained=True)
    box.published.clear()
    box.incoming.on_settled()
    assert box.published == []
