"""A real Mosquitto that is killed, frozen, restarted, full, refuses, changes its certificate, or isn't there yet."""

import asyncio
import contextlib
import gc
import json
import logging
from pathlib import Path

import pytest
from tests.integration.test_mqtt_client import HEALTH, STATE, STATUS, report_to, running, soon
from tests.rig import appliance as boxes
from tests.rig.faulty_bot import FaultyBot
from tests.rig.mosquitto import Listener, Mosquitto, filled
from tests.rig.ports import free_port
from tests.rig.tls import make_certificate

from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.mqtt.model.backoff import EndReason
from callbox.mqtt.model.outbox import MAX_IN_FLIGHT
from callbox.mqtt.paho_client import BrokerError
from callbox.rtvi import TransportState as S
from callbox_device.model.gestures import Pressed

BUTTON = "callbox/kitchen/event/button"
GONE = Status(problem=Problem(Fault.NO_MICROPHONE, "gone"))


async def is_online(port):
    with Listener(port) as listener:
        return await soon(lambda: listener.of(STATUS)[-1:] == [b"online"])


async def test_a_box_that_is_there_before_its_broker(tmp_path):
    broker = Mosquitto(tmp_path)
    async with running(report_to(broker.port)) as report:
        report.on_gesture(Pressed(1.0), "main")
        report.on_status(GONE)
        await asyncio.sleep(1)
        with broker, Listener(broker.port) as listener:
            assert await soon(lambda: listener.of(STATUS)[-1:] == [b"online"])
            assert json.loads(listener.of(STATE)[-1])["problem"] == "no_microphone"
            assert not listener.of(BUTTON)  # what was pressed in vain is not told later


@pytest.mark.parametrize("keeps", [True, False])
async def test_a_broker_that_is_killed_and_comes_back(tmp_path, keeps):
    options = ("allow_anonymous true", f"persistence {str(keeps).lower()}", f"persistence_location {tmp_path}/")
    with Mosquitto(tmp_path, *options) as broker:
        async with running(report_to(broker.port)) as report:
            assert await is_online(broker.port)
            report.on_status(GONE)
            await asyncio.to_thread(broker.stop)
            assert await soon(lambda: report._client is None)
            report.on_gesture(Pressed(1.0), "main")
            report.on_status(Status(S.READY, session="s1"))  # healed meanwhile
            await asyncio.to_thread(broker.start)
            assert await is_online(broker.port)
            with Listener(broker.port) as late:
                assert await soon(lambda: late.of(STATE) and late.of(HEALTH))
                assert json.loads(late.of(STATE)[-1])["transport"] == "ready"
                assert json.loads(late.of(HEALTH)[-1])["mqtt"]["connections"] >= 2
                assert not late.of("callbox/kitchen/alert/no_microphone")
                assert not late.of(BUTTON)


async def test_a_broker_that_hangs_for_a_while(tmp_path):
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        async with running(report_to(broker.port)) as report:
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
            broker.freeze()
            try:
                for number in range(5000):  # a day's worth: what waits is bounded
                    report.on_status(Status(S.CONNECTING, session=f"s{number}"))
                    report.on_gesture(Pressed(float(number)), "main")
                await asyncio.sleep(1)
                assert len(report._client._out_messages) <= MAX_IN_FLIGHT
            finally:
                broker.thaw()
            report.on_status(Status(S.READY, session="last"))
            assert await soon(lambda: json.loads(listener.of(STATE)[-1])["session"] == "last")


async def test_a_broker_that_hangs_for_good_is_left(tmp_path):
    with Mosquitto(tmp_path) as broker:
        async with running(report_to(broker.port, keep_alive_s=5)) as report:
            assert await is_online(broker.port)
            broker.freeze()
            assert await soon(lambda: report._client is None)
            broker.thaw()
            assert await is_online(broker.port)


async def test_a_broker_that_refuses_and_then_lets_in(tmp_path):
    with Mosquitto(tmp_path, "allow_anonymous false") as broker:
        async with running(report_to(broker.port)) as report:
            await asyncio.sleep(1)
            assert report._client is None
            await asyncio.to_thread(broker.stop)
            broker.configure("allow_anonymous true")
            await asyncio.to_thread(broker.start)
            assert await is_online(broker.port)


async def test_a_broker_that_is_full_and_then_has_room(tmp_path):
    with Mosquitto(tmp_path, "allow_anonymous true", "max_connections 2") as broker, contextlib.ExitStack() as others:
        others.enter_context(filled(broker.port))
        async with running(report_to(broker.port)) as report:
            with pytest.raises(BrokerError):
                await report_to(broker.port).one_connection()
            assert report._client is None
            others.close()
            assert await soon(lambda: report._client is not None)


HOW_IT_ENDS = [
    ("absent", EndReason.ABSENT),
    ("frozen", EndReason.ABSENT),
    ("refusing", EndReason.REFUSED),
    ("unknown", EndReason.REFUSED),
]


@pytest.mark.parametrize(("broker_is", "end"), HOW_IT_ENDS)
async def test_refusal_and_absence_are_different_ends(tmp_path, broker_is, end):
    certificate, key = make_certificate(tmp_path)
    options = {
        "refusing": ("allow_anonymous false",),
        "unknown": (f"certfile {certificate}", f"keyfile {key}", "allow_anonymous true"),
    }
    broker = Mosquitto(tmp_path, *options.get(broker_is, ("allow_anonymous true",)))
    with contextlib.nullcontext() if broker_is == "absent" else broker:
        if broker_is == "frozen":
            broker.freeze()
        keep_alive_s = 5 if broker_is == "frozen" else 60  # within which an answer must come
        with pytest.raises(BrokerError) as caught:
            await report_to(broker.port, keep_alive_s=keep_alive_s, tls=broker_is == "unknown").one_connection()
        if broker_is == "frozen":
            broker.thaw()
    assert caught.value.end is end
    if broker_is == "unknown":
        assert "certificate" in str(caught.value)  # and not that it is absent


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("broker_is", ["never there", "refusing"])
async def test_an_attempt_leaves_no_socket_behind_that_waits_for_the_garbage_collector(tmp_path, broker_is):
    with Mosquitto(tmp_path, "allow_anonymous false") as broker:
        report = report_to(free_port() if broker_is == "never there" else broker.port)

        async def attempt(times):
            for _ in range(times):
                with pytest.raises(BrokerError):
                    await report.one_connection()

        await attempt(1)
        gc.collect()
        gc.disable()
        try:
            before = open_files()
            await attempt(20)
            assert await soon(lambda: open_files() <= before + 2)  # paho's last thread ends after us
        finally:
            gc.enable()


async def test_a_long_outage_is_one_line_in_the_journal(tmp_path, caplog):
    with Mosquitto(tmp_path) as broker:
        async with running(report_to(broker.port)) as report:
            assert await soon(lambda: report._client is not None)
            await asyncio.to_thread(broker.stop)
            caplog.set_level(logging.DEBUG)
            attempts = lambda: [r for r in caplog.records if "unreachable" in r.getMessage()]  # noqa: E731
            assert await soon(lambda: len(attempts()) > 3)
            assert len([r for r in caplog.records if r.levelno >= logging.WARNING and "broker" in r.getMessage()]) == 1
            await asyncio.to_thread(broker.start)
            assert await soon(lambda: report._client is not None)


@pytest.mark.parametrize("broker_is", ["never there", "killed", "frozen", "refusing", "full"])
async def test_a_person_can_call_whatever_the_broker_is(tmp_path, broker_is):
    options = {"refusing": ("allow_anonymous false",), "full": ("allow_anonymous true", "max_connections 2")}
    broker = Mosquitto(tmp_path, *options.get(broker_is, ("allow_anonymous true",)))
    report = report_to(broker.port if broker_is != "never there" else free_port())
    async with FaultyBot() as bot, contextlib.AsyncExitStack() as stack:
        if broker_is != "never there":
            stack.enter_context(broker)
        if broker_is == "full":
            stack.enter_context(filled(broker.port))
        rig = await stack.enter_async_context(boxes.running(bot.url, observers=[report]))
        if broker_is in ("killed", "frozen"):
            assert await soon(lambda: report._client is not None)
            (broker.stop if broker_is == "killed" else broker.freeze)()
        try:
            await rig.click()
            await rig.until(boxes.at(S.READY))
            assert rig.mic_lamp.brightness
            await rig.click()
            await rig.until(boxes.at(S.DISCONNECTED))
            await rig.until_dark()
        finally:
            if broker_is == "frozen":
                broker.thaw()


async def test_a_broker_that_changes_its_certificate(tmp_path):
    folders = [tmp_path / name for name in ("old", "new")]
    for folder in folders:
        folder.mkdir()
    (old, old_key), (new, new_key) = map(make_certificate, folders)
    trusted = tmp_path / "ca.pem"
    trusted.write_bytes(old.read_bytes())
    options = lambda certificate, key: (f"certfile {certificate}", f"keyfile {key}", "allow_anonymous true")  # noqa: E731
    with Mosquitto(tmp_path, *options(old, old_key)) as broker:
        async with running(report_to(broker.port, tls=True, ca_file=str(trusted))) as report:
            assert await soon(lambda: report._client is not None)
            await asyncio.to_thread(broker.stop)
            broker.configure(*options(new, new_key))
            await asyncio.to_thread(broker.start)
            await asyncio.sleep(2)
            assert report._client is None  # no CA signed it
            trusted.write_bytes(new.read_bytes())
            assert await soon(lambda: report._client is not None)  # no restart of the box


async def test_commands_are_carried_out_and_answered(tmp_path):
    orders = []
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        listener.publish("callbox/kitchen/request/connect", b"{}", retain=True)  # of yesterday
        report = report_to(broker.port)
        report.attach(lambda order: orders.append(str(order)))
        async with running(report):
            response = "callbox/kitchen/response/connect"
            assert await soon(lambda: listener.of(response))
            assert json.loads(listener.of(response)[0])["error"]["code"] == "retained"
            listener.publish("callbox/kitchen/request/mute", b'{"mute": true, "transaction": "42"}')
            assert await soon(lambda: listener.of("callbox/kitchen/response/mute"))
            message = json.loads(listener.of("callbox/kitchen/response/mute")[0])
            assert message == {"status": "ok", "transaction": "42"}
            listener.publish("callbox/kitchen/session/set", b"disconnect")
            listener.publish("callbox/kitchen/identify/set", b"\xff\xfe")
            assert await soon(lambda: listener.of("callbox/kitchen/response/identify"))
            assert orders == ["mute", "disconnect"]
