"""A real Mosquitto, and clients that send too much, too large or on topics of their own: the box stays connected."""

import asyncio
import json

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from tests.integration.test_mqtt_client import STATE, STATUS, report_to, running, soon
from tests.rig.mosquitto import Listener, Mosquitto, disconnect

from callbox.control.faults import Fault, Problem
from callbox.control.remote_commands import RemoteCommand
from callbox.control.status import Status
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model import payloads, topics
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import MAX_PACKET_BYTES, Broker
from callbox.rtvi import TransportState as S

REQUEST, RESPONSE = "callbox/kitchen/request/mute", "callbox/kitchen/response/mute"
KITCHEN = Topics("callbox", "kitchen")


class MutedBox:
    """What executes the commands: mutes, and publishes it."""

    def __init__(self, observer):
        self.observer, self.status, self.executed = observer, Status(), 0
        observer.attach(self.execute)

    def execute(self, command):
        self.executed += 1
        self.status = Status(mute=command is RemoteCommand.MUTE)
        self.observer.on_status(self.status)


def answers(listener):
    return {json.loads(payload)["transaction"]: json.loads(payload) for payload in listener.of(RESPONSE)}


def send(client, number, *, qos, mute=True):
    client.publish(REQUEST, json.dumps({"mute": mute, "transaction": number}), qos=qos)


@pytest.fixture
def sender(tmp_path):
    """A broker, a client that records, and one that sends without waiting."""
    options = ("allow_anonymous true", "max_queued_messages 0", "max_inflight_messages 0")
    with Mosquitto(tmp_path, *options) as broker, Listener(broker.port) as listener:
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(1000)
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        yield broker, listener, client
        disconnect(client)


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_20_commands_at_once_are_answered(sender, protocol):
    broker, listener, client = sender
    async with running(report_to(broker.port, protocol=protocol)) as observer:
        box = MutedBox(observer)
        assert await soon(lambda: listener.of(STATUS) == [b"online"])
        for number in range(20):
            send(client, number, qos=1, mute=number % 2 == 0)
        assert await soon(lambda: len(answers(listener)) == 20)
        assert {answer["status"] for answer in answers(listener).values()} == {"ok"}
        assert box.executed == 20
        assert await soon(lambda: json.loads(listener.of(STATE)[-1])["mute"] is False)  # as the last one said


@pytest.mark.slow
async def test_two_bursts_of_15000_commands_leave_the_box_connected_and_its_topics_current(sender):
    broker, listener, client = sender
    async with running(report_to(broker.port)) as observer:
        box = MutedBox(observer)
        assert await soon(lambda: listener.of(STATUS) == [b"online"])
        for burst in range(2):
            for number in range(15_000):
                send(client, burst * 15_000 + number, qos=0, mute=number % 2 == 0)
            await asyncio.sleep(0)
        send(client, "last", qos=1, mute=True)
        # Refused as busy while answers wait, it is asked again, as docs/mqtt.md says.
        while not await soon(lambda: "last" in answers(listener), 2) or answers(listener)["last"]["status"] == "error":
            send(client, "last", qos=1, mute=True)
        assert await soon(lambda: json.loads(listener.of(STATE)[-1])["mute"] is box.status.mute)
        assert observer._outbox.counters.connections == 1
        assert await soon(lambda: observer._outbox.stalled_s == 0)  # no PUBACK was lost
        executed = [answer for answer in answers(listener).values() if answer["status"] == "ok"]
        busy = [answer for answer in answers(listener).values() if answer["status"] == "error"]
        assert {answer["error"]["code"] for answer in busy} <= {"busy"}
        assert len(executed) <= box.executed


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
@pytest.mark.parametrize("retained", [False, True])
async def test_message_of_8_mib_leaves_the_box_connected(sender, protocol, retained):
    broker, listener, client = sender
    size = 8 << 20
    if retained:
        client.publish("callbox/kitchen/alert/x", b"x" * size, qos=1, retain=True).wait_for_publish(200)
        listener.messages.clear()
    async with running(report_to(broker.port, protocol=protocol)) as observer:
        MutedBox(observer)
        assert await soon(lambda: listener.of(STATUS)[-1:] == [b"online"])
        if not retained:
            client.publish(REQUEST, b"x" * size, qos=1).wait_for_publish(200)
        send(client, 1, qos=1)
        assert await soon(lambda: any(answer["transaction"] == 1 for answer in map(json.loads, listener.of(RESPONSE))))
        assert observer._outbox.counters.connections == 1


async def test_command_of_a_mebibyte_is_answered_as_too_large(sender):
    broker, listener, client = sender
    async with running(report_to(broker.port)) as observer:
        MutedBox(observer)
        assert await soon(lambda: listener.of(STATUS)[-1:] == [b"online"])
        client.publish(REQUEST, b"x" * (1 << 20), qos=1)
        assert await soon(lambda: listener.of(RESPONSE))
        assert json.loads(listener.of(RESPONSE)[0])["error"]["code"] == "too_large"
        assert MAX_PACKET_BYTES < 1 << 20


async def test_error_of_200_kb_arrives_at_a_broker_that_limits_messages(tmp_path):
    with (
        Mosquitto(tmp_path, "allow_anonymous true", "message_size_limit 4096") as broker,
        Listener(broker.port) as listener,
    ):
        async with running(report_to(broker.port)) as observer:
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
            text = "\x1b[31m\n" + "\N{GRINNING FACE}" * 200_000
            observer.on_status(Status(S.ERROR, problem=Problem(Fault.BOT_FAILED, text)))
            assert await soon(lambda: listener.of("callbox/kitchen/alert/bot_failed"))
            alert = json.loads(listener.of("callbox/kitchen/alert/bot_failed")[0])
            assert await soon(lambda: json.loads(listener.of(STATE)[-1])["problem"] == "bot_failed")
            for text in (alert["text"], json.loads(listener.of(STATE)[-1])["problem_text"]):
                assert len(text) == payloads.MAX_TEXT_CHARS
                assert not {"\x1b", "\n"} & set(text)


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_discovery_larger_than_the_broker_takes_leaves_the_rest_published(tmp_path, protocol, caplog):
    discovery = KITCHEN.publication(topics.DISCOVERY, {"x": "x" * 6500}, "1a2b3c")
    with (
        Mosquitto(tmp_path, "allow_anonymous true", "max_packet_size 4000") as broker,
        Listener(broker.port) as listener,
    ):
        observer = MqttObserver(Broker("127.0.0.1", broker.port, protocol=protocol), KITCHEN, {}, discovery)
        async with running(observer):
            assert await soon(lambda: listener.of(STATUS)[-1:] == [b"online"] and listener.of(STATE))
            assert await soon(lambda: observer._outbox.stalled_s == 0)
        assert any("homeassistant/device" in record.getMessage() for record in caplog.records)
        assert not listener.of(discovery.topic)


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_two_boxes_with_one_id_warn_that_they_are_two(tmp_path, protocol, caplog):
    with Mosquitto(tmp_path) as broker:
        kitchen, attic = (
            MqttObserver(Broker("127.0.0.1", broker.port, protocol=protocol), KITCHEN, {"name": name})
            for name in ("Kitchen", "Attic")
        )
        async with running(kitchen), running(attic):
            assert await soon(lambda: any("publishes as callbox/kitchen too" in r.getMessage() for r in caplog.records))
