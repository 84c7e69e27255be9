"""Alarms of a whole box: a real Mosquitto, real calls, a microphone that counts how often it opens."""

import asyncio
import json

import pytest
from tests.integration.test_rings import CountedMicrophone, ring_by_hand
from tests.rig.appliance import at, running
from tests.rig.faulty_bot import FaultyBot
from tests.rig.ports import free_port

from callbox.app.alarm_clock import AlarmConfig
from callbox.app.alarm_store import AlarmStore
from callbox.app.ringing import RingConfig
from callbox.cli import main
from callbox.control.alarm_table import AlarmKind, AlarmState
from callbox.control.lamps import ALARM, MISSED_RING
from callbox.control.rate_limit import RateLimit
from callbox.control.remote_commands import Denied
from callbox.control.rings import RingState
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker
from callbox.rtvi import TransportState

ALLOWED = AlarmConfig(allowed=True, rate=RateLimit(1000, 1.0))
HERE = "callbox/kitchen"


def observer(port):
    return MqttObserver(Broker("127.0.0.1", port, retry_s=1), Topics("callbox", "kitchen"))


def alarms(state):
    return lambda status: status.alarms.state is state


async def published(listener, topic, count=1):
    async with asyncio.timeout(60):
        while len(messages := listener.of(f"{HERE}/{topic}")) < count:
            await asyncio.sleep(0.01)
    return [json.loads(message) for message in messages]


async def request(listener, name, **fields):
    """The answer to `request/NAME`."""
    before = len(listener.of(f"{HERE}/response/{name}"))
    payload = json.dumps(fields).encode()
    await asyncio.to_thread(listener.publish, f"{HERE}/request/{name}", payload)
    return (await published(listener, f"response/{name}", before + 1))[before]


async def test_over_mqtt_a_timer_rings_and_a_press_stops_it(broker, listener, tmp_path):
    microphone = CountedMicrophone()
    options = {"alarm": ALLOWED, "microphone": microphone, "observers": [observer(broker.port)]}
    url = f"http://127.0.0.1:{free_port()}/start"
    async with running(url, alarm_store=AlarmStore(tmp_path), **options) as rig:
        await listener.until_online(HERE)
        answer = await request(listener, "timer", seconds=1, id="tea", text="Tea", transaction=7)
        assert answer == {"status": "ok", "transaction": 7, "data": {"id": "tea", "new": True, "kept": True}}
        wrong = await request(listener, "alarm", time="07:00", weekdays=["monday"])
        assert wrong["error"]["text"] == "weekdays must be a list of mon, tue, wed, thu, fri, sat, sun."
        await rig.until(alarms(AlarmState.RINGING))
        assert rig.pattern == ALARM
        await rig.click()
        await rig.until(alarms(None))
        events = await published(listener, "event/alarm", 2)
        assert [(event["event_type"], event["id"]) for event in events] == [("ringing", "tea"), ("stopped", "tea")]
        refused = await request(listener, "silence_alarm", silence_alarm="stop")
        assert refused["error"]["code"] == "not_possible"
        async with asyncio.timeout(60):
            while (last := (await published(listener, "alarm"))[-1])["state"] != "idle":
                await asyncio.sleep(0.01)
        assert (last["total"], last["alarms"]) == (0, [])
        assert rig.box.is_idle
    assert microphone.opened == 0


async def test_without_bot_broker_and_network_and_the_press_is_the_alarms(tmp_path):
    """A ring, which would call, comes after it."""
    microphone = CountedMicrophone()
    url = f"http://127.0.0.1:{free_port()}/start"
    ring = RingConfig(allowed=True)
    options = {"microphone": microphone, "ring": ring, "observers": [observer(free_port())]}
    async with running(url, alarm_store=AlarmStore(tmp_path), **options) as rig:
        assert not isinstance(await rig.box.alarms.set_alarm(AlarmKind.REMINDER, {"seconds": 1}), Denied)
        await rig.until(alarms(AlarmState.RINGING))
        ring_by_hand(rig, "port")
        await rig.until(lambda status: status.rings.state is RingState.RINGING)
        assert rig.pattern == ALARM
        await rig.click()
        status = await rig.until(lambda status: status.alarms.pending[0].state is AlarmState.SNOOZED)
        assert status.rings.state is RingState.RINGING
        assert (rig.box.is_idle, microphone.opened) == (True, 0)
        await rig.click()
        await rig.until(at(TransportState.ERROR))
    async with running(url, alarm_store=AlarmStore(tmp_path)) as rig:
        assert [entry["state"] for entry in rig.box.alarms.entries()] == ["snoozed"]


async def test_in_a_call_it_waits():
    async with FaultyBot() as bot, running(bot.url, alarm=AlarmConfig(ring_s=1.0)) as rig:
        await rig.click()
        await rig.until(at(TransportState.READY))
        await rig.box.alarms.set_alarm(AlarmKind.TIMER, {"seconds": 1, "text": "Tea"})
        await rig.until(alarms(AlarmState.WAITING))
        await rig.click()
        await rig.until(alarms(AlarmState.RINGING))
        await rig.until(alarms(AlarmState.MISSED))
        await rig.until_idle()
        assert rig.pattern == MISSED_RING


@pytest.mark.usefixtures("patient_commands")
async def test_the_command_line(broker, listener, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    settings = tmp_path / "callbox.yaml"
    settings.write_text(
        "bot: {start_url: 'http://127.0.0.1:1/start'}\nboard: {kind: simulated}\ndevice: {id: kitchen}\n"
        f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\n"
    )

    async def command(*words):
        code = await asyncio.to_thread(main, ["timers", *words, "--config", str(settings)])
        return code, capsys.readouterr()

    url = f"http://127.0.0.1:{free_port()}/start"
    alarm = AlarmConfig(allowed=True, zone="Europe/Berlin")
    async with running(url, alarm=alarm, alarm_store=AlarmStore(tmp_path), observers=[observer(broker.port)]) as rig:
        await listener.until_online(HERE)
        code, output = await command("add", "3000", "Green", "tea", "--id", "tea")
        assert (code, output.out) == (0, "Set: tea\n")
        code, output = await command("add", "07:00", "--weekdays", "mon,tue", "--id", "wake", "--json")
        # A machine that doesn't know the time says so.
        knows = rig.box.status.alarms.clock_is_set
        assert (code == 0) == knows, output
        assert knows or "clock" in output.err
        code, output = await command("--json")
        listed = json.loads(output.out)
        assert (code, listed["alarms"][0]["text"], listed["time_zone"]) == (0, "Green tea", "Europe/Berlin")
        assert listed["total"] == 1 + knows
        code, output = await command()
        assert "tea  timer  scheduled" in output.out
        assert (await command("cancel", "soup"))[0] == 69
        assert (await command("add"))[0] == 64
        assert (await command("cancel"))[0] == 64
    code, output = await command("add", "seven", "--set", "mqtt=null")
    assert (code, "time must be such as 07:00" in output.err) == (64, True)
    code, output = await command("list", "--set", "mqtt=null")  # the box is stopped
    assert (code, "Green tea" in output.out, "no broker" in output.err) == (0, True, True)
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "none"))
    assert (await command("list", "--set", "mqtt=null"))[0] == 69
    assert (await command("cancel", "tea", "--set", "mqtt=null"))[0] == 78
