"""The report against a real Mosquitto."""

import asyncio
import contextlib
import json
import random
import sys
from datetime import datetime, timedelta

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.ports import free_port
from tests.rig.tls import make_certificate

from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.mqtt import client
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model import homeassistant, topics
from callbox.mqtt.model.publications import Timestamp
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker, BrokerError
from callbox.rtvi import TransportState as S
from callbox_device.model.gestures import Pressed

STATUS, STATE, INFO, HEALTH, RING, ANNOUNCE, ALARM = (
    f"callbox/kitchen/{name}" for name in ("status", "state", "info", "health", "ring", "announce", "alarm")
)
EVENTS = {"callbox/kitchen/event/button", "callbox/kitchen/event/session"}


@pytest.fixture
def broker(tmp_path):
    with Mosquitto(tmp_path) as mosquitto:
        yield mosquitto


async def soon(condition, within_s=60):
    return await asyncio.to_thread(wait_for, condition, within_s)


@contextlib.asynccontextmanager
async def running(report, **options):
    task = asyncio.create_task(report.run())
    try:
        yield report
    finally:
        task.cancel()
        await asyncio.wait([task])


def report_to(port, **options):
    return MqttObserver(Broker("127.0.0.1", port, **options), Topics("callbox", "kitchen"))


async def test_session_is_published_in_order_and_only_states_are_retained(broker):
    with Listener(broker.port) as early:
        async with running(report_to(broker.port)) as report:
            assert await soon(lambda: early.of(STATUS) == [b"online"])
            report.on_gesture(Pressed(1.0), "main")
            report.on_status(Status(S.CONNECTING, session="s1"))
            report.on_status(Status(S.CONNECTING, session="s1"))  # nothing new
            report.on_status(Status(S.READY, session="s1", mic_live=True))
            report.on_status(Status())
            assert await soon(lambda: len(early.messages) >= 14)
        assert await soon(lambda: early.of(STATUS)[-1] == b"offline")
        states = [json.loads(payload) for payload in early.of(STATE)]
        published = [topic for topic, _, _ in early.messages]
        assert published[: published.index(STATUS) + 1] == [
            INFO,
            STATE,
            RING,
            ANNOUNCE,
            ALARM,
            HEALTH,
            STATUS,
        ]  # first what is so, then online
        assert [published["transport"] for published in states] == [
            "disconnected",
            "connecting",
            "ready",
            "disconnected",
        ]
        assert [published["seq"] for published in states] == [1, 2, 3, 4]
        assert len({published["boot"] for published in states}) == 1
        assert json.loads(early.of(HEALTH)[0])["mqtt"]["connections"] == 1
        assert [json.loads(published)["event_type"] for published in early.of("callbox/kitchen/event/session")] == [
            "started",
            "ready",
            "ended",
        ]
        assert [json.loads(published)["event_type"] for published in early.of("callbox/kitchen/event/button")] == [
            "press"
        ]
    with Listener(broker.port) as late:
        assert await soon(lambda: len(late.messages) == 7)
        assert {topic for topic, _, _ in late.messages} == {STATUS, STATE, INFO, HEALTH, RING, ANNOUNCE, ALARM}
        assert all(retained for _, _, retained in late.messages)
        assert late.of(STATUS) == [b"offline"]


async def test_a_clock_that_is_set_after_the_start_puts_it_right(broker, monkeypatch):
    with Listener(broker.port) as listener:
        async with running(report_to(broker.port)) as report:
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
            now, step = client.timestamp(), timedelta(days=3)
            monkeypatch.setattr(client, "timestamp", lambda: Timestamp(now.utc + step, now.monotonic_s))
            report.on_status(Status(S.CONNECTING, session="s1"))
            assert await soon(lambda: len(listener.of(INFO)) == 2)
            before, after = (datetime.fromisoformat(json.loads(info)["started"]) for info in listener.of(INFO))
            assert abs(after - before - step) < timedelta(seconds=2)


async def test_a_broker_that_was_away_gets_the_last_state_and_no_old_press(broker):
    async with running(report_to(broker.port)) as report:
        with Listener(broker.port) as listener:
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
        await asyncio.to_thread(broker.stop)
        assert await soon(lambda: report._client is None)
        report.on_gesture(Pressed(1.0), "main")
        report.on_status(Status(S.CONNECTING, session="s1"))
        report.on_status(Status(S.READY, session="s1"))
        await asyncio.to_thread(broker.start)
        with Listener(broker.port) as listener:
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
            assert json.loads(listener.of(STATE)[-1])["transport"] == "ready"
            assert not {topic for topic, _, _ in listener.messages} & EVENTS


async def test_a_late_will_is_put_right(broker):
    async with running(report_to(broker.port)):
        with Listener(broker.port) as listener:
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
            listener.publish(STATUS, b"offline", retain=True)
            assert await soon(lambda: listener.of(STATUS)[-2:] == [b"offline", b"online"])


async def test_a_box_that_vanishes_is_offline_by_its_will(broker):
    with Listener(broker.port) as listener:
        async with running(report_to(broker.port)) as report:
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
            report._client.socket().close()  # no DISCONNECT
            assert await soon(lambda: b"offline" in listener.of(STATUS))
            assert await soon(lambda: listener.of(STATUS)[-1] == b"online")  # and it comes back by itself


async def test_unreachable_broker_is_an_error_with_its_address():
    port = free_port()
    with pytest.raises(BrokerError, match=rf"no connection to the broker at 127.0.0.1:{port}: unreachable"):
        await report_to(port).one_connection()


async def test_unknown_host_name_is_an_error():
    report = MqttObserver(Broker("broker.invalid", 1883), Topics("callbox", "kitchen"))
    with pytest.raises(BrokerError, match=r"no connection .* broker\.invalid:1883: host name not found"):
        await report.one_connection()


async def test_wrong_password_is_refused_and_not_logged(tmp_path, caplog):
    empty = tmp_path / "passwords"
    empty.write_text("")
    with Mosquitto(tmp_path, "allow_anonymous false", f"password_file {empty}") as broker:
        report = report_to(broker.port, username="box", password="hunter2")
        with pytest.raises(BrokerError, match="refused the connection") as caught:
            await report.one_connection()
    assert "hunter2" not in str(caught.value) + caplog.text + repr(report._broker)


@pytest.mark.parametrize("trusted", [True, False])
async def test_tls_is_checked(tmp_path, trusted):
    certificate, key = make_certificate(tmp_path)
    tls = (f"certfile {certificate}", f"keyfile {key}", "allow_anonymous true")
    with Mosquitto(tmp_path, *tls) as broker:
        report = report_to(broker.port, tls=True, ca_file=str(certificate) if trusted else None)
        if trusted:
            async with running(report):
                assert await soon(lambda: report._client is not None)
        else:
            with pytest.raises(BrokerError, match="no connection"):
                await report.one_connection()


async def test_missing_ca_file_is_an_error_with_its_name():
    with pytest.raises(BrokerError, match=r"mqtt.tls.ca_file /no.pem: .*No such file"):
        await report_to(1, tls=True, ca_file="/no.pem").one_connection()


async def test_an_alert_is_there_as_long_as_the_fault_and_leftovers_are_removed(broker):
    alert, leftover = "callbox/kitchen/alert/no_microphone", "callbox/kitchen/alert/no_speaker"
    with Listener(broker.port) as listener:
        listener.publish(leftover, b'{"code": "no_speaker"}', retain=True)
        async with running(report_to(broker.port)) as report:
            assert await soon(lambda: b"" in listener.of(leftover))
            report.on_status(Status(problem=Problem(Fault.NO_MICROPHONE, "gone")))
            assert await soon(lambda: listener.of(alert))
            assert json.loads(listener.of(alert)[0])["text"] == "gone"
            with Listener(broker.port) as late:
                assert await soon(lambda: late.of(alert))
                assert not late.of(leftover)
            report.on_status(Status())
            assert await soon(lambda: listener.of(alert)[-1] == b"")


async def test_status_that_did_not_come_back_is_published_again(broker):
    async with running(report_to(broker.port)):
        with Listener(broker.port) as listener:
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
            # Somebody removes it in the moment that we come: our own word doesn't come back as we said it.
            listener.publish(STATUS, b"", retain=True)
            assert await soon(lambda: listener.of(STATUS)[-1] == b"online")


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_what_is_of_the_moment_expires_by_mqtt_5(broker, protocol):
    received = []
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.on_message = lambda _, __, message: received.append(message)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    client.subscribe("#", qos=1)
    async with running(report_to(broker.port, protocol=protocol)) as report:
        assert await soon(lambda: any(message.topic == STATUS for message in received))
        report.on_gesture(Pressed(1.0), "main")
        assert await soon(lambda: any(message.topic.endswith("event/button") for message in received))
        report._client.socket().close()  # it dies
        assert await soon(lambda: any(message.payload == b"offline" for message in received))
    client.loop_stop()
    press = next(message for message in received if message.topic.endswith("event/button"))
    will = next(message for message in received if message.payload == b"offline")
    state = json.loads(next(message.payload for message in received if message.topic == STATE))
    expiry_s = getattr(press.properties, "MessageExpiryInterval", None)
    whose = getattr(will.properties, "UserProperty", None)
    assert (expiry_s, whose) == ((30, [("boot", state["boot"])]) if protocol == "5" else (None, None))


async def test_a_broker_that_lets_in_by_certificate(tmp_path):
    certificate, key = make_certificate(tmp_path)
    tls = (f"certfile {certificate}", f"keyfile {key}", f"cafile {certificate}", "require_certificate true")
    with Mosquitto(tmp_path, *tls, "use_identity_as_username true") as broker:
        own = {"ca_file": str(certificate), "cert_file": str(certificate), "key_file": str(key)}
        async with running(report_to(broker.port, tls=True, **own)) as report:
            assert await soon(lambda: report._client is not None)
        with pytest.raises(BrokerError, match="no connection"):
            await report_to(broker.port, tls=True, ca_file=str(certificate)).one_connection()


@pytest.mark.parametrize("retain", [False, True])
async def test_everything_is_published_again_after_home_assistants_birth(broker, monkeypatch, retain):
    pauses = []

    def draw(low, high):
        pauses.append((low, high))
        return 1.0  # in which all births arrive

    monkeypatch.setattr(random, "uniform", draw)
    here = Topics("callbox", "kitchen")
    config, birth = "homeassistant/device/callbox_1a2b3c/config", "homeassistant/status"
    report = MqttObserver(Broker("127.0.0.1", broker.port), here, {}, here.publication(topics.DISCOVERY, {}, "1a2b3c"))
    with Listener(broker.port) as listener:
        async with running(report):
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
            published = [topic for topic, _, _ in listener.messages]
            assert published[: published.index(STATUS) + 1] == [
                INFO,
                config,
                STATE,
                RING,
                ANNOUNCE,
                ALARM,
                HEALTH,
                STATUS,
            ]
            for _ in range(3):  # one answer is enough
                listener.publish(birth, b"online", retain=retain)
            assert await soon(lambda: len(listener.of(STATUS)) == 2)
            listener.publish(birth, b"offline", retain=retain)
            await asyncio.sleep(0.3)
        assert pauses == [(0, 5)]
        assert [len(listener.of(topic)) for topic in (INFO, config, STATE)] == [2, 2, 2]
    with Listener(broker.port) as late:
        assert await soon(lambda: late.of(config))


async def test_a_box_that_home_assistant_shall_not_know_any_more_takes_itself_away(broker):
    here, config = Topics("callbox", "kitchen"), "homeassistant/device/callbox_1a2b3c/config"
    other = "homeassistant/device/callbox_ffffff/config"
    published, silent = here.publication(topics.DISCOVERY, {}, "1a2b3c"), homeassistant.withdrawal(here, "1a2b3c")
    async with running(MqttObserver(Broker("127.0.0.1", broker.port), here, {}, published)):
        with Listener(broker.port) as listener:
            assert await soon(lambda: listener.of(config))
            listener.publish(other, b"{}", retain=True)
    with Listener(broker.port) as listener:
        assert await soon(lambda: listener.of(config) == [b"{}"])  # without the box too
        async with running(MqttObserver(Broker("127.0.0.1", broker.port), here, {}, silent)):
            assert await soon(lambda: listener.of(config) == [b"{}", b""])
    with Listener(broker.port) as late:
        assert await soon(lambda: late.of(STATUS) and late.of(other))
        assert not late.of(config)


VANISHES_AT_ONCE = """
import asyncio, os, sys
from callbox.control.status import Status
from callbox.mqtt.paho_client import Broker
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.topics import Topics

async def main():
    task = asyncio.create_task(MqttObserver(Broker("127.0.0.1", int(sys.argv[1])), Topics("callbox", "kitchen")).run())
    await asyncio.to_thread(sys.stdin.readline)  # the broker has it as online
    sys.setswitchinterval(10)  # paho's thread runs when we wait, not when it likes
    task.cancel()
    await asyncio.wait([task])
    os._exit(0)

asyncio.run(main())
"""


async def test_process_that_ends_after_offline_leaves_no_will(broker):
    with Listener(broker.port) as listener:
        for goodbyes in range(1, 4):
            before = len(listener.of(STATUS))
            command = [sys.executable, "-c", VANISHES_AT_ONCE, str(broker.port)]
            child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
            assert await soon(lambda: b"online" in listener.of(STATUS)[before:])  # noqa: B023
            await child.communicate(b"\n")
            assert child.returncode == 0
            assert await soon(lambda: listener.of(STATUS).count(b"offline") >= goodbyes)  # noqa: B023
        await asyncio.sleep(0.5)  # a will would have come by now
        assert listener.of(STATUS).count(b"offline") == 3
