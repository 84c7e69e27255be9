"""The table of promises in docs/fleet.md is made of the recording; `make test-cluster` measures it again."""

import re
from datetime import UTC, datetime

import pytest
from tests.system.cluster import __main__ as command
from tests.system.cluster.promises import definitions

from callbox.fleet.sim.context import simulated_info
from callbox.mqtt.model import commands, homeassistant
from callbox.mqtt.model.publications import BoxPublications, Timestamp
from callbox.mqtt.model.topics import Topics


def test_page_is_made_of_the_recording():
    assert command.page(command.PAGE.read_text(), command.load()) == command.PAGE.read_text()


def routing_key(topic):
    """As RabbitMQ checks a topic, or a filter, against its permissions."""
    return topic.replace("/", ".").replace("+", "*")


@pytest.fixture
def box():
    """The patterns of RabbitMQ's permissions for the box `kitchen`."""
    [permission] = definitions().definitions({"kitchen": "k1tchen"})["topic_permissions"]
    return {kind: re.compile(permission[kind].replace("{username}", "kitchen")) for kind in ("read", "write")}


def test_permissions_let_a_box_do_what_it_does(box):
    named = Topics("callbox", "kitchen")
    info = simulated_info(1)
    publications = BoxPublications(
        named,
        "b",
        info,
        Timestamp(datetime(2026, 11, 29, tzinfo=UTC), 0.0),
        homeassistant.discovery(named, info, "1a2b3c"),
        (["okay_nabu"], "home"),
    )
    for pattern in (*publications.own_subscriptions, *commands.subscriptions(named)):
        assert box["read"].fullmatch(routing_key(pattern)), pattern
    for publication in publications.on_connect():
        assert box["write"].fullmatch(routing_key(publication.topic)), publication.topic


def test_permissions_keep_a_box_from_others_topics(box):
    assert not box["write"].fullmatch("callbox.attic.status")
    assert not box["write"].fullmatch("callbox.kitchen2.status")
    assert not box["read"].fullmatch("callbox.attic.state")
    assert not box["read"].fullmatch("callbox.#")
    assert not box["read"].fullmatch("#")
