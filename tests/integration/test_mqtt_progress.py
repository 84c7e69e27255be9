"""Connections that look alive and aren't, and states that change faster than they are published."""

import asyncio
import contextlib
import json
import os
import signal
import time
from dataclasses import replace

import pytest
from tests.integration.test_mqtt_client import STATE, STATUS, report_to, running, soon
from tests.rig import mqtt_packets as packets
from tests.rig.mosquitto import Listener, Mosquitto
from tests.rig.tcp_server import tcp_server

from callbox.control.status import Speech, Status
from callbox.fleet.broker_options import BrokerTarget
from callbox.fleet.monitor.watch import print_changes
from callbox.fleet.sim.runner import SimulationPlan, simulate
from callbox.mqtt import client, paho_client
from callbox.mqtt.model import rate_limit, topics
from callbox.mqtt.model.backoff import ReconnectBackoff
from callbox.mqtt.model.outbox import MAX_LOSSES
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker, BrokerError
from callbox.rtvi import TransportState as S


class SilentBroker:
    """Accepts connections and subscriptions, answers pings, and acknowledges no PUBLISH.

    `subscribes` false: it closes the connection at SUBSCRIBE, as RabbitMQ does that can't declare a queue in time.
    """

    def __init__(self, *, subscribes=True):
        self.connections, self._subscribes = 0, subscribes
        self._running = contextlib.AsyncExitStack()
        self.published: list[int] = []
        """Of each PUBLISH, the bytes behind its fixed header."""

    async def serve(self, reader, writer):
        while True:
            header, size, shift = (await reader.readexactly(1))[0], 0, 0
            while True:
                digit = (await reader.readexactly(1))[0]
                size |= (digit & 0x7F) << shift
                shift += 7
                if digit < 0x80:
                    break
            body = await reader.readexactly(size)
            match header >> 4:
                case 1:
                    self.connections += 1
                    writer.write(packets.connack())
                case 3:
                    self.published.append(size)
                case 8 if not self._subscribes:
                    return
                case 8:
                    writer.write(packets.packet(0x90, body[:2] + b"\x01"))
                case 12:
                    writer.write(packets.packet(0xD0, b""))

    async def __aenter__(self):
        self.port = await self._running.enter_async_context(tcp_server(self.serve))
        return self

    async def __aexit__(self, *_):
        await self._running.aclose()


@pytest.fixture
def patient_pings(monkeypatch):
    """paho waits for an answer to its pings as long as a busy machine needs: what it finds is not what is tested."""
    connect = paho_client.connect_in_thread
    monkeypatch.setattr(
        paho_client,
        "connect_in_thread",
        lambda client, broker, post: connect(client, replace(broker, keep_alive_s=60), post),
    )


@pytest.mark.usefixtures("patient_pings")
async def test_connection_without_puback_is_renewed():
    async with SilentBroker() as broker:
        observer = report_to(broker.port, keep_alive_s=2)
        with pytest.raises(BrokerError, match=r"no PUBACK for \d+ s"):
            await observer.one_connection()
        async with running(observer):
            assert await soon(lambda: broker.connections > 2)


@pytest.mark.usefixtures("patient_pings")
async def test_a_broker_without_a_puback_for_a_while_gets_every_publication_again(caplog):
    """As RabbitMQ without memory: it is not the size of a message that it takes none."""
    async with SilentBroker() as broker:
        place = Broker("127.0.0.1", broker.port, keep_alive_s=2)
        observer = client.MqttObserver(place, Topics("callbox", "kitchen"), {"name": "x" * 2000})
        for _ in range(MAX_LOSSES):
            with pytest.raises(BrokerError, match="no PUBACK"):
                await observer.one_connection()
        assert max(broker.published) > 2000
        broker.published.clear()
        async with running(observer):
            assert await soon(lambda: broker.published and max(broker.published) > 2000)
    assert "not published any more" not in caplog.text


@pytest.mark.usefixtures("patient_pings")
async def test_connection_on_which_nothing_is_delivered_any_more_is_renewed(tmp_path, monkeypatch):
    """As by a node of a cluster that was frozen. Here the broker's ACL forbids to read, from one moment to the next."""
    monkeypatch.setattr(topics, "LOOPBACK_PERIOD_S", 4.0)  # within which it must be back
    rules = tmp_path / "acl"
    rules.write_text("topic readwrite #\n")
    with Mosquitto(tmp_path, "allow_anonymous true", f"acl_file {rules}") as broker, Listener(broker.port) as listener:
        observer = report_to(broker.port, keep_alive_s=2)
        connection = asyncio.create_task(observer.one_connection())
        assert await soon(lambda: observer._inbound._loopback_returned)
        assert await soon(lambda: listener.of("callbox/kitchen/request/loopback"))
        assert not connection.done()
        rules.write_text("topic write #\n")
        os.kill(broker.pid, signal.SIGHUP)
        with pytest.raises(BrokerError, match="it delivers nothing"):
            await connection
        monkeypatch.setattr(topics, "LOOPBACK_PERIOD_S", 1.0)
        deaf = asyncio.create_task(observer.one_connection())
        await asyncio.sleep(3)
        assert not deaf.done(), "on a connection that never delivered it another one would be no better"
        deaf.cancel()
        await asyncio.wait([deaf])


async def simulated_box(port):
    await simulate(
        SimulationPlan(1, spread_s=0.0), Broker("127.0.0.1", port), "callbox", asyncio.Event(), lambda _: None
    )


async def watch(port):
    await print_changes(BrokerTarget(Broker("127.0.0.1", port), "callbox"), asyncio.Event(), as_json=True)


@pytest.mark.parametrize("connected", [lambda port: report_to(port).run(), simulated_box, watch])
async def test_pause_doubles_at_a_broker_that_closes_the_connection_at_subscribe(monkeypatch, connected):
    after, pauses = ReconnectBackoff.after, []

    def recorded(self, *ended):
        state, within_s = after(self, *ended)
        pauses.append(within_s)
        return state, (0.0, 0.0)

    monkeypatch.setattr(ReconnectBackoff, "after", recorded)
    async with SilentBroker(subscribes=False) as broker:
        running_ = asyncio.create_task(connected(broker.port))
        assert await soon(lambda: len(pauses) >= 4)
        running_.cancel()
        await asyncio.wait([running_])
    assert pauses[:4] == [(0, 1), (0, 2), (0, 4), (0, 8)]


@pytest.mark.usefixtures("patient_pings")
async def test_connection_from_before_a_suspension_is_renewed(tmp_path, monkeypatch):
    suspended_s = [0.0]
    monkeypatch.setattr(client, "suspended_time_s", lambda: suspended_s[0])
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        observer = report_to(broker.port, keep_alive_s=2)
        connection = asyncio.create_task(observer.one_connection())
        assert await soon(lambda: listener.of(STATUS) == [b"online"])
        suspended_s[0] = 3600.0
        with pytest.raises(BrokerError, match="the machine was suspended for 3600 s"):
            await connection


def test_suspended_time_is_what_the_monotonic_clock_lacks():
    assert client.suspended_time_s() >= -0.01  # two clocks, read one after the other


async def test_speech_events_are_limited_and_the_last_state_is_published(tmp_path):
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        async with running(report_to(broker.port)) as observer:
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
            began_s, published = time.monotonic(), len(listener.of(STATE))
            for number in range(301):  # each after a pause, in which it could be published
                speech = Speech.BOT if number % 2 else Speech.USER
                observer.on_status(Status(S.READY, session="s1", speech=speech))
                await asyncio.sleep(0.002)
            observer.on_status(Status(S.READY, session="s1", speech=Speech.THINKING))
            assert await soon(lambda: json.loads(listener.of(STATE)[-1])["activity"] == "thinking")
            most = rate_limit.BURST + rate_limit.RATE_HZ * (time.monotonic() - began_s) + 1
            assert len(listener.of(STATE)) - published <= most
            events = [json.loads(payload)["event_type"] for payload in listener.of("callbox/kitchen/event/session")]
            assert events == ["started", "ready"]


async def test_box_that_ends_leaves_its_last_state_retained(tmp_path):
    with Mosquitto(tmp_path) as broker:
        with Listener(broker.port) as listener:
            async with running(report_to(broker.port)) as observer:
                assert await soon(lambda: listener.of(STATUS) == [b"online"])
                for number in range(40):
                    observer.on_status(Status(S.READY, session=f"s{number}", mic_live=True))
                observer.on_status(Status())
        with Listener(broker.port) as late:
            assert await soon(lambda: late.of(STATE) and late.of(STATUS) == [b"offline"])
            assert json.loads(late.of(STATE)[0])["transport"] == "disconnected"
            assert json.loads(late.of(STATE)[0])["mic_live"] is False
