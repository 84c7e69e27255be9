"""A real Home Assistant, a real Mosquitto, and what a box tells."""

import asyncio
import contextlib
import json
from dataclasses import replace
from typing import Any

import pytest
import yaml
from tests.rig.homeassistant import HERE, INFO, ROOT, HomeAssistant
from tests.rig.mosquitto import Listener, Mosquitto, wait_for

from callbox.control.alarm_overview import AlarmEntry, AlarmOverview
from callbox.control.alarm_table import AlarmAction, AlarmKind, AlarmState
from callbox.control.announcements import Announcement, Announcements, Priority, Words
from callbox.control.faults import Fault, Problem
from callbox.control.remote_commands import Announce, ChooseBot, RemoteCommand, SetVolume, SilenceAlarm
from callbox.control.status import Status
from callbox.mqtt import cleanup
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model import homeassistant
from callbox.mqtt.paho_client import Broker
from callbox.rtvi import TransportState
from callbox_device.model.gestures import DoublePressed, Held, Pressed, Released

pytestmark = [
    pytest.mark.homeassistant,
    pytest.mark.timeout(400),
]
CARD = ROOT / "deploy/homeassistant/card.yaml"
TELL = [{"action": "mqtt.publish", "data": {"topic": "house/trouble", "payload": "{{ box }}: {{ problem }}"}}]


def count(what):
    return [{"action": "counter.increment", "target": {"entity_id": f"counter.{what}"}}]


def automation(name, blueprint, **inputs):
    return {"id": name, "alias": name, "use_blueprint": {"path": f"callbox/{blueprint}.yaml", "input": inputs}}


SETTINGS = {
    "counter": {"presses": {"restore": True}, "changes": {"restore": True}},
    "automation": [
        automation(
            "pressed", "callbox_press", button="event.kitchen_button", gesture="press", actions=count("presses")
        ),
        {
            "id": "changed",
            "alias": "changed",
            "actions": count("changes"),
            "triggers": [{"trigger": "state", "entity_id": "event.kitchen_button"}],
        },
        automation(
            "announced",
            "callbox_announce",
            cause="event.kitchen_button_red",
            box=f"{HERE.prefix}/{HERE.device_id}",
            words="The red button",
            priority="high",
        ),
        automation("trouble", "callbox_problem", problem="binary_sensor.kitchen_problem", minutes=0, actions=TELL),
    ],
}


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as mosquitto:
        yield mosquitto


@pytest.fixture(scope="module")
def home(tmp_path_factory, broker):
    with HomeAssistant(tmp_path_factory.mktemp("homeassistant"), SETTINGS) as home:
        home.move_in(broker.port)
        yield home


@contextlib.asynccontextmanager
async def box(broker, **info):
    reported = {**INFO, **info}
    discovery = homeassistant.discovery(HERE, reported, "1a2b3c", "b8:27:eb:1a:2b:3c")
    report = MqttObserver(Broker("127.0.0.1", broker.port), HERE, reported, discovery)
    task = asyncio.create_task(report.run())
    try:
        yield report
    finally:
        task.cancel()
        await asyncio.wait([task])


async def soon(condition, within_s=60):
    return await asyncio.to_thread(wait_for, condition, within_s)


def displayed(home):
    return {id_: entity["state"] for id_, entity in home.states().items() if "kitchen" in id_}


def entities_in(card):
    """Every entity that a card names, at whatever depth."""
    for key, value in card.items():
        if key == "entity":
            yield value
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from entities_in(inner)


def entities():
    """The unique ids of all that the box announces, but triggers of automations and what is taken away."""
    message = homeassistant.discovery(HERE, INFO, "1a2b3c", "b8:27:eb:1a:2b:3c")
    components = json.loads(message.payload)["components"].values()
    return {component["unique_id"] for component in components if "unique_id" in component}


async def test_a_box_is_a_device_with_all_its_entities(home, broker):
    on_card = set(entities_in(yaml.safe_load(CARD.read_text())))
    expected = {
        "sensor.kitchen_session": "disconnected",
        "sensor.kitchen_activity": "idle",
        "binary_sensor.kitchen_microphone": "off",
        "binary_sensor.kitchen_bot": "off",
        "binary_sensor.kitchen_problem": "off",
        "switch.kitchen_mute": "off",
        "number.kitchen_volume": "unknown",  # null: as the card was left
        "sensor.kitchen_last_connect": "unknown",  # null: there was no call
        "select.kitchen_bot_to_call": "kitchen",
        "switch.kitchen_microphone_off": "off",
    }
    async with box(broker) as report:
        report.on_status(Status(bot="kitchen"))
        assert await soon(lambda: expected.items() <= displayed(home).items()), displayed(home)
        assert await soon(lambda: str(home.state("sensor.kitchen_started")).startswith("20"))
        assert on_card
        assert on_card <= set(displayed(home))
        [device] = [d for d in home.ask_socket({"type": "config/device_registry/list"}) if d["name"] == "Kitchen"]
        assert device["connections"] == [["mac", "b8:27:eb:1a:2b:3c"]]
        triggers = home.ask_socket({"type": "device_automation/trigger/list", "device_id": device["id"]})
        reported = {trigger["type"] for trigger in triggers if trigger["domain"] == "mqtt"}
        assert reported == set(homeassistant.TRIGGERS.values())
        registry = home.ask_socket({"type": "config/entity_registry/list"})
        ours = {entry["unique_id"]: entry for entry in registry if entry["device_id"] == device["id"]}
        assert set(ours) == entities()
        asleep = {unique_id for unique_id, entry in ours.items() if entry["disabled_by"]}
        assert len(displayed(home)) == len(set(ours) - asleep)
        assert asleep == {f"callbox_1a2b3c_{key}" for key in ("wifi", "memory", "cpu", "round_trip", "loss")}
    assert await soon(lambda: home.state("sensor.kitchen_session") == "unavailable")


@pytest.mark.parametrize("state", TransportState)
async def test_each_of_the_ten_states_is_displayed(home, broker, state):
    async with box(broker) as report:
        report.on_status(Status(state, session="s", mic_live=True, mute=True))
        expected = {
            "sensor.kitchen_session": state.value,
            "binary_sensor.kitchen_microphone": "on",
            "switch.kitchen_mute": "on",
        }
        assert await soon(lambda: expected.items() <= displayed(home).items()), displayed(home)


async def test_alarms_are_displayed_and_silenced(home, broker):
    orders: list[Any] = []
    tea = AlarmEntry("tea", AlarmKind.REMINDER, "Tea", AlarmState.SCHEDULED, 1_893_456_000.0)
    async with box(broker) as report:
        report.attach(lambda order: orders.append(order))
        assert await soon(lambda: home.state("switch.kitchen_mute") == "off")
        report.on_status(Status(alarms=AlarmOverview(pending=(tea,), total=1)))
        assert await soon(lambda: home.state("sensor.kitchen_next_alarm") == "2030-01-01T00:00:00+00:00")
        ringing = replace(tea, state=AlarmState.RINGING)
        report.on_status(Status(alarms=AlarmOverview((ringing,), (ringing,), 1, changes=((AlarmAction.RING, tea),))))
        event = "event.kitchen_alarm"
        assert await soon(lambda: home.states()[event]["attributes"].get("event_type") == "ringing")
        assert home.states()[event]["attributes"]["text"] == "Tea"
        for button in ("snooze", "stop"):
            await asyncio.to_thread(home.do, "button.press", f"button.kitchen_{button}_alarm")
        assert await soon(lambda: orders == [SilenceAlarm(True), SilenceAlarm(False)])


async def test_commands_arrive(home, broker):
    orders = []
    async with box(broker) as report:
        report.attach(lambda order: orders.append(order))
        assert await soon(lambda: home.state("switch.kitchen_mute") == "off")
        for service, entity, order in (
            ("switch.turn_on", "switch.kitchen_mute", RemoteCommand.MUTE),
            ("switch.turn_off", "switch.kitchen_mute", RemoteCommand.UNMUTE),
            ("button.press", "button.kitchen_connect", RemoteCommand.CONNECT),
            ("button.press", "button.kitchen_hang_up", RemoteCommand.DISCONNECT),
            ("button.press", "button.kitchen_identify", RemoteCommand.IDENTIFY),
            ("button.press", "button.kitchen_restart", RemoteCommand.RESTART),
        ):
            await asyncio.to_thread(home.do, service, entity)
            assert await soon(lambda: orders and orders[-1] is order)  # noqa: B023
        await asyncio.to_thread(home.do, "select.select_option", "select.kitchen_bot_to_call", option="doctor")
        assert await soon(lambda: orders[-1] == ChooseBot("doctor"))
        await asyncio.to_thread(home.do, "number.set_value", "number.kitchen_volume", value=40)
        assert await soon(lambda: orders[-1] == SetVolume(40))
        assert len(orders) == 8


async def test_it_announces_by_a_notification_and_by_the_blueprint(home, broker):
    orders: list[Any] = []
    async with box(broker) as report:
        report.attach(lambda order: orders.append(order))
        assert await soon(lambda: home.state("notify.kitchen_announce") == "unknown")
        await asyncio.to_thread(home.do, "notify.send_message", "notify.kitchen_announce", message="Lunch is ready")
        assert await soon(lambda: orders == [Announce(Announcement("", Words("Lunch is ready")))])
        report.on_gesture(Held(1.0, 1000.0), "red")
        assert await soon(lambda: len(orders) == 2)
        announcement = orders[1].announcement
        assert (announcement.source, announcement.priority) == (Words("The red button"), Priority.HIGH)
        assert announcement.id
        report.on_status(Status(announcements=Announcements(playing=announcement)))
        played = "event.kitchen_announcement"
        assert await soon(lambda: home.states()[played]["attributes"].get("event_type") == "playing")


async def test_a_problem_is_reported_by_the_blueprint_in_words(home, broker):
    with Listener(broker.port) as listener:
        async with box(broker) as report:
            assert await soon(lambda: home.state("binary_sensor.kitchen_problem") == "off")
            report.on_status(Status(problem=Problem(Fault.NO_MICROPHONE, "There is no microphone.")))
            # Before it perhaps that the box of another test is not there.
            assert await soon(lambda: listener.of("house/trouble")[-1:] == [b"Kitchen: There is no microphone."])
            attributes = home.states()["binary_sensor.kitchen_problem"]["attributes"]
            assert (attributes["code"], attributes["text"]) == ("no_microphone", "There is no microphone.")
        assert await soon(lambda: listener.of("house/trouble")[-1] == b"Kitchen: It is not there.")


async def test_a_press_is_one_press_whoever_starts_again(home, broker):
    async with box(broker) as report:
        assert await soon(lambda: home.state("sensor.kitchen_session") == "disconnected")
        before = int(home.state("counter.presses"))  # another test may have pressed
        for gesture in (DoublePressed(1.0), Released(1.1, 100.0), Pressed(1.2)):  # the press is what is remembered
            report.on_gesture(gesture, "main")
        assert await soon(lambda: int(home.state("counter.presses")) == before + 1)
        assert home.states()["event.kitchen_button"]["attributes"]["event_type"] == "press"
        report.on_gesture(Held(1.3, 1000.0), "red")
        assert await soon(lambda: home.state("event.kitchen_button_red") != "unknown")
        assert home.states()["event.kitchen_button_red"]["attributes"]["event_type"] == "long_press"
        assert home.states()["event.kitchen_button"]["attributes"]["event_type"] == "press"

        await asyncio.to_thread(broker.stop)
        assert await soon(lambda: home.state("event.kitchen_button") == "unavailable")
        report.on_gesture(Pressed(2.0), "main")  # no subscriber receives it, now or later
        await asyncio.to_thread(broker.start)
        assert await soon(lambda: home.state("sensor.kitchen_session") == "disconnected")

        await asyncio.to_thread(home.stop)
        await asyncio.to_thread(home.start)
        assert await soon(lambda: home.state("sensor.kitchen_session") == "disconnected")
        await asyncio.sleep(6)  # told again after Home Assistant's start
        assert int(home.state("counter.presses")) == before + 1
        report.on_gesture(Pressed(3.0), "main")
        assert await soon(lambda: int(home.state("counter.presses")) == before + 2)
        seen = home.state("counter.changes")
    # The box itself starts again: no press even to who waits for any change.
    assert await soon(lambda: home.state("sensor.kitchen_session") == "unavailable")
    async with box(broker):
        assert await soon(lambda: home.state("sensor.kitchen_session") == "disconnected")
    assert int(home.state("counter.presses")) == before + 2
    assert home.state("counter.changes") == seen


async def test_connect_that_is_no_more_allowed_is_gone(home, broker):
    async with box(broker):
        assert await soon(lambda: home.state("button.kitchen_connect"))
    async with box(broker, commands=["disconnect", "mute"]):
        assert await soon(lambda: home.state("button.kitchen_connect") is None)
        assert home.state("button.kitchen_hang_up")


async def test_a_box_that_shall_not_be_known_any_more_is_gone(home, broker):
    async with box(broker):
        assert await soon(lambda: home.state("sensor.kitchen_session"))
    report = MqttObserver(Broker("127.0.0.1", broker.port), HERE, INFO, homeassistant.withdrawal(HERE, "1a2b3c"))
    task = asyncio.create_task(report.run())
    assert await soon(lambda: displayed(home) == {}), displayed(home)
    task.cancel()
    await asyncio.wait([task])


async def test_clean_takes_the_box_away(home, broker):
    async with box(broker):
        assert await soon(lambda: home.state("sensor.kitchen_session"))
    cleaned = await asyncio.to_thread(cleanup.clean, Broker("127.0.0.1", broker.port), HERE)
    assert not cleaned.left
    assert await soon(lambda: displayed(home) == {})
