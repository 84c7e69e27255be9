"""What Home Assistant is published, without a broker. Its own code judges it in tests/system/interop/homeassistant."""

import json
from typing import get_args

import pytest
from tests.rig.homeassistant import HERE, INFO

from callbox.control.announcements import AnnouncementOutcome
from callbox.control.remote_commands import SilenceAlarm
from callbox.control.rings import RingOutcome
from callbox.control.status import Activity
from callbox.mqtt.model import commands, homeassistant, payloads, topics
from callbox.mqtt.model.topics import Topics
from callbox.rtvi import TransportState
from callbox_device.model.gestures import Gesture, Held, Released, Stuck

BUTTONS = ("main", "red")
DEVICE = homeassistant.device(HERE, INFO, "1a2b3c", "b8:27:eb:1a:2b:3c")
COMPONENTS = DEVICE["components"]
ENTITIES = {key: what for key, what in COMPONENTS.items() if what["platform"] != "device_automation"}


def test_it_is_one_retained_message_named_by_the_hardware():
    published = homeassistant.discovery(HERE, INFO, "1a2b3c")
    assert (published.topic, published.retained, published.qos) == (
        "homeassistant/device/callbox_1a2b3c/config",
        True,
        1,
    )
    assert homeassistant.discovery(Topics("callbox", "kitchen", "ha/x"), INFO, "1").topic.startswith("ha/x/device/")
    assert json.loads(published.payload)["device"]["name"] == "Kitchen"


def test_a_box_that_is_called_otherwise_stays_the_same_device():
    other = homeassistant.device(Topics("house", "hall"), {**INFO, "name": "Hall"}, "1a2b3c")
    assert other["device"]["identifiers"] == DEVICE["device"]["identifiers"]
    assert [what.get("unique_id") for what in other["components"].values()] == [
        what.get("unique_id") for what in COMPONENTS.values()
    ]
    assert "callbox/kitchen" not in json.dumps(other)


def test_the_volume_ends_at_the_loudest_that_may_be_set():
    assert COMPONENTS["volume"]["max"] == 100
    published = homeassistant.discovery(HERE, INFO, "1a2b3c", max_volume_percent=60)
    assert json.loads(published.payload)["components"]["volume"]["max"] == 60


def test_every_entity_has_an_id_of_its_own():
    ids = [entity["unique_id"] for entity in ENTITIES.values()]
    assert len(set(ids)) == len(ids) == len(ENTITIES)
    assert all(id_.startswith("callbox_1a2b3c_") for id_ in ids)


def test_enums_have_every_value_that_is_published():
    assert COMPONENTS["session"]["options"] == [state.value for state in TransportState]
    assert len(COMPONENTS["session"]["options"]) == 10
    assert COMPONENTS["activity"]["options"] == [activity.value for activity in Activity]


def test_every_event_of_the_button_has_a_type_and_none_is_repeated_by_coming_back():
    gestures = [kind(1.0, 2.0) if kind in (Held, Released, Stuck) else kind(1.0) for kind in get_args(Gesture)]
    published = {event["event_type"] for gesture in gestures if (event := payloads.button_event(gesture))}
    button = COMPONENTS["button"]
    assert set(button["event_types"]) == published
    assert button["availability"] == []
    assert button["state_topic"] == HERE.of(topics.EVENT_BUTTON)
    assert not topics.EVENT_BUTTON.retained
    triggers = {what["payload"]: what for what in COMPONENTS.values() if "automation_type" in what}
    types = {payload: what["type"] for payload, what in triggers.items()}
    assert types == {f"{name} {event}": type_ for name in BUTTONS for event, type_ in homeassistant.TRIGGERS.items()}
    assert set(homeassistant.TRIGGERS) <= published
    assert {what["subtype"] for what in triggers.values()} == {"button_1", "red"}
    assert COMPONENTS["button_red"]["name"] == "Button red"


def test_every_value_is_one_that_the_box_tells():
    published = {
        HERE.of(topics.STATE): set(topics.STATE.example),
        HERE.of(topics.HEALTH): set(topics.HEALTH.example),
        HERE.of(topics.INFO): set(topics.INFO.example),
        HERE.of(topics.EVENT_BUTTON): set(topics.EVENT_BUTTON.example),
        HERE.of(topics.ALARM): set(topics.ALARM.example),
    }
    for key, entity in ENTITIES.items():
        if template := entity.get("value_template"):
            field = template.split("value_json.")[1].split()[0]
            assert field in published[entity.get("state_topic", DEVICE["state_topic"])], key


@pytest.mark.parametrize("key", [key for key, entity in ENTITIES.items() if "command_topic" in entity])
def test_every_command_is_one_that_the_box_reads(key):
    entity = ENTITIES[key]
    typed = {"button": [entity.get("payload_press", "PRESS")], "notify": ["Lunch is ready"]}
    words = typed.get(entity["platform"], ["ON", "OFF"])
    for word in words:
        request = commands.parse(HERE, entity["command_topic"], word.encode(), retained=False)
        assert request
        if request.name == "alarm":
            assert request.order == SilenceAlarm(key == "snooze_alarm")
        else:
            assert key.removesuffix("_notify") in (request.order, request.name)


def test_connect_is_there_only_if_it_is_allowed():
    shy = homeassistant.device(HERE, {**INFO, "commands": ["disconnect", "mute"]}, "1a2b3c")["components"]
    gone = {key for key, component in shy.items() if set(component) == {"platform"}}  # taken away, if it was there
    rings = {"ring", "ring_notify", "ring_event", "announce", "announce_event", "snooze_alarm", "stop_alarm"}
    assert gone == {"connect", "identify", "restart", *rings}
    assert set(shy) == set(COMPONENTS)
    assert all(len(component) > 3 for component in COMPONENTS.values())


def test_the_next_alarm_and_what_becomes_of_alarms():
    assert COMPONENTS["next_alarm"]["device_class"] == "timestamp"
    assert COMPONENTS["alarm_event"]["event_types"][:3] == ["ringing", "waiting", "snoozed"]
    assert [COMPONENTS[f"{word}_alarm"]["payload_press"] for word in ("snooze", "stop")] == ["SNOOZE", "STOP"]


def test_every_end_of_a_ring_is_an_event():
    assert set(COMPONENTS["ring_event"]["event_types"]) == {"ringing", *RingOutcome}
    assert COMPONENTS["ring_event"]["availability"] == []


def test_every_end_of_an_announcement_is_an_event():
    assert set(COMPONENTS["announce_event"]["event_types"]) == {"playing", "waiting", *AnnouncementOutcome}
    assert COMPONENTS["announce_event"]["availability"] == []


def test_bots_can_be_chosen_where_there_are_several():
    assert COMPONENTS["bot"]["options"] == ["kitchen", "doctor"]
    assert COMPONENTS["bot"]["command_topic"] == "callbox/kitchen/bot/set"
    one = homeassistant.device(HERE, {**INFO, "bots": ["bot"]}, "1a2b3c")["components"]
    assert one["bot"] == {"platform": "select"}  # taken away, if it was there


def test_diagnostics_are_diagnostics_and_the_noisy_ones_are_asleep():
    health = {key for key, entity in ENTITIES.items() if entity.get("state_topic") == HERE.of(topics.HEALTH)}
    assert {"temperature", "wifi", "memory", "cpu", "last_connect", "round_trip", "loss"} == health
    assert all(ENTITIES[key]["entity_category"] == "diagnostic" for key in health)
    assert {key for key in health if ENTITIES[key].get("enabled_by_default", True)} == {"temperature", "last_connect"}


def test_without_a_network_card_there_is_no_connection():
    assert DEVICE["device"]["connections"] == [["mac", "b8:27:eb:1a:2b:3c"]]
    assert "connections" not in homeassistant.device(HERE, INFO, "1a2b3c")["device"]
