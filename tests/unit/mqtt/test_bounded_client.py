"""The real paho client object, fed with a broker's bytes: no packet raises, none is lost, none fills the memory."""

import json
import socket
import threading
import time
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rig import mqtt_packets as packets

from callbox.mqtt import paho_client
from callbox.mqtt.model import topics
from callbox.mqtt.model.inbound import InboundHandler
from callbox.mqtt.model.outbox import Outbox
from callbox.mqtt.model.publications import BoxPublications, Timestamp
from callbox.mqtt.model.topics import TOPICS, Topics
from callbox.mqtt.paho_client import MAX_PACKET_BYTES, Broker, Connected, Ended, Published, Received

KITCHEN = Topics("callbox", "kitchen")


class Connection:
    """A paho client as the box makes it, whose socket is one end of a pair; the test has the other end."""

    def __init__(self, protocol="3.1.1"):
        self.events: list[Any] = []
        self.broker = Broker("broker", 1883, protocol=protocol)
        self.client = paho_client.new_client(self.broker, "callbox-kitchen", None, "", self.events.append)
        own, self.peer = socket.socketpair()
        self.client._create_socket = lambda: own
        self.v5 = protocol == "5"

    def open(self):
        paho_client.connect_blocking(self.client, self.broker)
        self.sent = self.peer.recv(4096)
        self.feed(packets.connack(v5=self.v5))
        assert self.events == [Connected()]
        self.events.clear()
        return self

    def feed(self, data, size=1 << 16):
        """Send `data` in pieces of `size` bytes, and let paho read each."""
        for start in range(0, len(data), size):
            self.peer.sendall(data[start : start + size])
            self.read()

    def read(self):
        self.peer.setblocking(False)
        for _ in range(10_000):
            try:
                self.client.socket().recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                break
            except (AttributeError, OSError):  # paho has closed it
                break
            self.client.loop_read()
        self.peer.setblocking(True)

    def __enter__(self):
        return self.open()

    def __exit__(self, *_):
        self.close()

    def close(self):
        paho_client.detach(self.client)
        if own := self.client.socket():
            own.close()
        self.peer.close()


OWN = [KITCHEN.of(row, "mute").encode() for row in TOPICS]
PUBLISH = st.tuples(
    st.one_of(st.sampled_from(OWN), st.binary(min_size=1, max_size=40), st.just(b"callbox/kitchen/request/\xff")),
    st.one_of(
        st.binary(max_size=60),
        st.sampled_from(
            [b"", b"online", b'{"boot": "\\ud800"}', b'{"transaction": "\\ud800"}', b"[" * 900, b"9" * 5000]
        ),
    ),
    st.integers(0, 1),
    st.booleans(),
)
ACKNOWLEDGED = "a PUBACK"


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.one_of(PUBLISH, st.just(ACKNOWLEDGED)), max_size=12), size=st.integers(1, 400))
def test_no_inbound_packet_raises_and_no_control_event_is_lost(protocol, steps, size):
    box = BoxPublications(
        KITCHEN, "b00t", {}, Timestamp(datetime.now(UTC), 0.0), KITCHEN.publication(topics.DISCOVERY, {})
    )
    outbox = Outbox(time.monotonic)
    inbound = InboundHandler(box, outbox)
    with Connection(protocol) as connection:
        outbox.open(lambda publication: int(paho_client.publish(connection.client, publication).mid))
        state = KITCHEN.publication(topics.EVENT_SESSION, {})
        numbers = [int(paho_client.publish(connection.client, state).mid) for step in steps if step == ACKNOWLEDGED]
        expected: list[object] = []
        data, unsent = b"", iter(numbers)
        for step in steps:
            if step == ACKNOWLEDGED:
                number = next(unsent)
                data += packets.puback(number)
                expected.append(number)
                continue
            topic, payload, qos, retained = step
            data += packets.publish(topic, payload, qos=qos, retained=retained, v5=connection.v5)
            try:
                expected.append((topic.decode(), payload))
            except UnicodeDecodeError:
                pass
        connection.feed(data, size)
        events = [
            event for event in connection.events if not (isinstance(event, Published) and event.number not in numbers)
        ]
        assert [
            event.number if isinstance(event, Published) else (event.topic, event.payload) for event in events
        ] == expected
        for event in events:
            if isinstance(event, Received):
                inbound.on_message(event.topic, event.payload, retained=event.retained)


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
@pytest.mark.parametrize("qos", [0, 1])
def test_packet_beyond_the_limit_is_cut_and_the_next_one_is_read(protocol, qos):
    topic, size = KITCHEN.of(topics.REQUEST, "mute"), 64 << 20
    with Connection(protocol) as connection:
        large = packets.publish(topic.encode(), b"x" * size, qos=qos, v5=connection.v5)
        small = packets.publish(topic.encode(), b"{}", v5=connection.v5)
        tracemalloc.start()
        try:
            writer = threading.Thread(target=lambda: connection.peer.sendall(large + small))
            writer.start()
            while len(connection.events) < 2:
                connection.client.loop_read()
            writer.join()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        first, second = connection.events
        assert second == Received(topic, b"{}", retained=False)
        assert MAX_PACKET_BYTES - 100 < len(first.payload) < MAX_PACKET_BYTES
        # `large + small` is in it once, and what threads of earlier tests take meanwhile; a packet kept whole is a second time.
        assert peak - size < size / 4


def test_connect_names_the_limit_with_mqtt_5():
    with Connection("5") as connection:
        assert b"\x27" + MAX_PACKET_BYTES.to_bytes(4, "big") in connection.sent  # property 0x27: MQTT 5, 3.1.2.11.4


@pytest.mark.parametrize(
    ("protocol", "code", "text"),
    [
        ("5", 1, "does not speak MQTT 5: set mqtt.protocol to 3.1.1"),  # as a broker of MQTT 3.1.1 answers
        ("5", 0x84, "does not speak MQTT 5: set mqtt.protocol to 3.1.1"),
        ("3.1.1", 4, "Bad user name or password; see mqtt.username, mqtt.password"),
        ("3.1.1", 3, "Server unavailable; is the broker starting, or out of resources?"),
        ("5", 0x85, "Client identifier not valid; the client id is callbox-kitchen, after device.id"),
    ],
)
def test_refusal_names_what_to_change(protocol, code, text):
    connection = Connection(protocol)
    paho_client.connect_blocking(connection.client, connection.broker)
    connection.feed(packets.connack(code, v5=protocol == "5" and code > 5))
    connection.close()
    ended = connection.events[0]
    assert isinstance(ended, Ended)
    assert str(ended.error).endswith(text)
    assert "see mqtt.username" in text or "mqtt.username" not in str(ended.error)


def test_session_taken_over_names_the_client_id():
    with Connection("5") as connection:
        connection.feed(packets.packet(0xE0, b"\x8e"))
        assert str(connection.events[0].error).endswith(
            "another client has the id callbox-kitchen; give each box a device.id of its own"
        )


@pytest.mark.parametrize(
    "malformed", [b"\x30\x00", b"\x40\x00", b"\x20\x01\x00", b"\xf0\x00", b"\x30\xff\xff\xff\xff\xff"]
)
def test_malformed_packet_ends_the_connection_with_an_event(malformed):
    with Connection() as connection:
        connection.feed(malformed)
        assert isinstance(connection.events[-1], Ended)


def test_exception_in_pahos_thread_ends_the_connection_with_an_event():
    connection, ended = Connection(), threading.Event()

    def post(event):
        connection.events.append(event)
        if isinstance(event, Ended):
            ended.set()

    def defective(*_):
        raise ZeroDivisionError

    connection.client._handle_publish = defective
    paho_client.connect_in_thread(connection.client, connection.broker, post)
    connection.peer.sendall(packets.connack() + packets.publish(b"a", json.dumps({}).encode()))
    assert ended.wait(60)
    connection.close()
    assert "no connection to the broker at broker:1883" in str(connection.events[-1].error)


def test_thread_that_ends_while_it_is_stopped_is_no_error():
    with Connection() as connection:

        class EndsNow:
            """Stands for paho's thread; ends when paho has looked whether there is one."""

            def __ne__(self, _):
                connection.client._thread = None
                return True

        connection.client._thread = EndsNow()
        connection.client.loop_stop()
        assert connection.client._thread is None
