"""A box for Home Assistant: one retained message that makes a device, its entities and its triggers of it. Pure.

What an entity is called in Home Assistant's registry hangs on the hardware, so a box that gets another name or another
topic stays the same device there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from callbox.control.gesture_actions import button_words
from callbox.control.status import Activity
from callbox.mqtt.model import topics
from callbox.mqtt.model.payloads import ALARM_EVENTS, ANNOUNCE_EVENTS, BUTTON_EVENTS, RING_EVENTS
from callbox.mqtt.model.topics import Publication, Topics
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox_device.interfaces import MAIN_BUTTON

Component = dict[str, Any]

TRIGGERS = {"press": "button_short_press", "double_press": "button_double_press", "long_press": "button_long_press"}
"""Home Assistant's words for what starts an automation. A `release` starts none."""

_MEASURED: tuple[tuple[str, str, str, Component, bool], ...] = (
    ("temperature", "Temperature", "temperature_c", {"device_class": "temperature", "unit_of_measurement": "°C"}, True),
    (
        "last_connect",
        "Last connect",
        "last_connect_ms",
        {"device_class": "duration", "unit_of_measurement": "ms"},
        True,
    ),
    ("wifi", "Wi-Fi", "wifi_dbm", {"device_class": "signal_strength", "unit_of_measurement": "dBm"}, False),
    ("memory", "Memory", "memory_mb", {"device_class": "data_size", "unit_of_measurement": "MB"}, False),
    ("cpu", "Processor", "cpu_percent", {"icon": "mdi:cpu-32-bit", "unit_of_measurement": "%"}, False),
    ("round_trip", "Round trip", "round_trip_ms", {"device_class": "duration", "unit_of_measurement": "ms"}, False),
    ("loss", "Loss", "loss_in_percent", {"icon": "mdi:wifi-alert", "unit_of_measurement": "%"}, False),
)
"""Of `health`: key, name, where it stands, what it is, and whether it is shown unless somebody says so."""


def discovery(
    topics_: Topics,
    info: Mapping[str, Any],
    serial: str,
    mac: str | None = None,
    *,
    max_volume_percent: int = 100,
) -> Publication:
    """The message. `info`: what `info` tells of the box; `serial`: what stays with the hardware; `max_volume_percent`:
    the loudest that may be set.
    """
    payload = device(topics_, info, serial, mac, max_volume_percent=max_volume_percent)
    return topics_.publication(topics.DISCOVERY, payload, serial)


def withdrawal(topics_: Topics, serial: str) -> Publication:
    """Publication that takes the device away again."""
    return topics_.publication(topics.DISCOVERY, b"", serial)


def device(
    topics_: Topics,
    info: Mapping[str, Any],
    serial: str,
    mac: str | None = None,
    *,
    max_volume_percent: int = 100,
) -> dict[str, Any]:
    """Payload of the discovery message. A component without `state_topic` or `availability` has those of the root."""
    name, events_topic = f"callbox_{serial}", topics_.of(topics.EVENT_BUTTON)
    entities = {
        **_state_entities(topics_.of(topics.STATE)),
        **_command_entities(topics_, info["commands"], max_volume_percent),
        "bot": _bot_select(topics_, info.get("bots", ())),
        **_ring_entities(topics_, allowed="ring" in info["commands"]),
        **_announce_entities(topics_, allowed="announce" in info["commands"]),
        **_alarm_entities(topics_, allowed="silence_alarm" in info["commands"]),
        **_health_entities(topics_.of(topics.HEALTH)),
        "started": {
            **_entity("sensor", "Started", "{{ value_json.started }}"),
            "device_class": "timestamp",
            "entity_category": "diagnostic",
            "state_topic": topics_.of(topics.INFO),
        },
        "button": _button(events_topic, MAIN_BUTTON),
        **{f"button_{button}": _button(events_topic, button) for button in info.get("buttons", ())},
    }
    return {
        "device": {
            "identifiers": [name],
            **({"connections": [["mac", mac]]} if mac else {}),
            "name": info["name"],
            "manufacturer": "Callbox",
            "model": info["model"],
            "serial_number": serial,
            "sw_version": info["version"],
        },
        "origin": {"name": "callbox", "sw_version": info["version"]},
        "availability": [{"topic": topics_.of(topics.STATUS)}],
        "state_topic": topics_.of(topics.STATE),
        "components": {
            **{key: _identified(entity, f"{name}_{key}") for key, entity in entities.items()},
            **{f"on_{event}": _trigger(events_topic, event, MAIN_BUTTON) for event in TRIGGERS},
            **{
                f"on_{event}_{button}": _trigger(events_topic, event, button)
                for button in info.get("buttons", ())
                for event in TRIGGERS
            },
        },
    }


def _identified(entity: Component, unique_id: str) -> Component:
    # With nothing but its platform it is taken away, if it was there: one that is left out altogether would stay.
    return {**entity, "unique_id": unique_id, "qos": 1} if set(entity) > {"platform"} else entity


def _state_entities(state_topic: str) -> dict[str, Component]:
    return {
        "session": _enum("Session", "transport", [state.value for state in TransportState], "mdi:phone"),
        "activity": _enum("Activity", "activity", [activity.value for activity in Activity], "mdi:account-voice"),
        "mic_live": {**_binary("Microphone", "mic_live"), "icon": "mdi:microphone"},
        "wake_word": {**_binary("Wake word", "wake_word"), "icon": "mdi:ear-hearing"},
        "bot_ready": {**_binary("Bot", "bot_ready"), "device_class": "connectivity"},
        "settings_version": {
            **_entity("sensor", "Settings version", "{{ value_json.settings_version }}"),
            "icon": "mdi:file-cog",
            "entity_category": "diagnostic",
            "enabled_by_default": False,
        },
        "problem": {
            **_binary("Problem", "problem"),
            "device_class": "problem",
            "json_attributes_topic": state_topic,
            "json_attributes_template": "{{ {'code': value_json.problem, 'text': value_json.problem_text} | tojson }}",
        },
    }


def _command_entities(topics_: Topics, commands: list[str], max_volume_percent: int) -> dict[str, Component]:
    session, mute = topics_.of(topics.SET, "session"), topics_.of(topics.SET, "mute")
    buttons: dict[str, Component] = {
        "connect": {"name": "Connect", "icon": "mdi:phone", "command_topic": session, "payload_press": "connect"},
        "disconnect": {
            "name": "Hang up",
            "icon": "mdi:phone-hangup",
            "command_topic": session,
            "payload_press": "disconnect",
        },
        "identify": {"device_class": "identify", "command_topic": topics_.of(topics.SET, "identify")},
        "restart": {"device_class": "restart", "command_topic": topics_.of(topics.SET, "restart")},
    }
    for key in ("identify", "restart"):
        buttons[key]["entity_category"] = "config"
    switch = {**_entity("switch", "Mute", _on_or_off("mute")), "icon": "mdi:microphone-off", "command_topic": mute}
    hard_mute = {
        **_entity("switch", "Microphone off", _on_or_off("hard_mute")),
        "icon": "mdi:microphone-off",
        "command_topic": topics_.of(topics.SET, "hard_mute"),
    }
    known = {key: {"platform": "button", **(button if key in commands else {})} for key, button in buttons.items()}
    volume = {
        **_entity("number", "Volume", "{{ value_json.volume }}"),
        "icon": "mdi:volume-high",
        "command_topic": topics_.of(topics.SET, "volume"),
        "min": 0,
        "max": max_volume_percent,
        "unit_of_measurement": "%",
    }
    return {"mute": switch, "hard_mute": hard_mute, "volume": volume, **known}


def _ring_entities(topics_: Topics, *, allowed: bool) -> dict[str, Component]:
    if not allowed:
        return {
            "ring": {"platform": "button"},
            "ring_notify": {"platform": "notify"},
            "ring_event": {"platform": "event"},
        }
    command = {"command_topic": topics_.of(topics.SET, "ring")}
    return {
        "ring": {"platform": "button", "name": "Ring", "icon": "mdi:phone-ring", **command},
        "ring_notify": {"platform": "notify", "name": "Ring because of", "icon": "mdi:phone-ring", **command},
        "ring_event": {
            "platform": "event",
            "name": "Ring",
            "icon": "mdi:phone-ring",
            "event_types": list(RING_EVENTS),
            "state_topic": topics_.of(topics.EVENT_RING),
            "availability": [],  # as a button's
        },
    }


def _announce_entities(topics_: Topics, *, allowed: bool) -> dict[str, Component]:
    if not allowed:
        return {"announce": {"platform": "notify"}, "announce_event": {"platform": "event"}}
    return {
        "announce": {
            "platform": "notify",
            "name": "Announce",
            "icon": "mdi:bullhorn",
            "command_topic": topics_.of(topics.SET, "announce"),
        },
        "announce_event": {
            "platform": "event",
            "name": "Announcement",
            "icon": "mdi:bullhorn",
            "event_types": list(ANNOUNCE_EVENTS),
            "state_topic": topics_.of(topics.EVENT_ANNOUNCE),
            "availability": [],  # as a button's
        },
    }


def _alarm_entities(topics_: Topics, *, allowed: bool) -> dict[str, Component]:
    command = {"command_topic": topics_.of(topics.SET, "alarm")}
    snooze = {"name": "Snooze alarm", "icon": "mdi:alarm-snooze", **command, "payload_press": "SNOOZE"}
    stop = {"name": "Stop alarm", "icon": "mdi:alarm-off", **command, "payload_press": "STOP"}
    return {
        "next_alarm": {
            **_entity("sensor", "Next alarm", "{{ value_json.next }}"),
            "device_class": "timestamp",
            "icon": "mdi:alarm",
            "state_topic": topics_.of(topics.ALARM),
        },
        "alarm_event": {
            "platform": "event",
            "name": "Alarm",
            "icon": "mdi:alarm-bell",
            "event_types": list(ALARM_EVENTS.values()),
            "state_topic": topics_.of(topics.EVENT_ALARM),
            "availability": [],  # as a button's
        },
        "snooze_alarm": {"platform": "button", **(snooze if allowed else {})},
        "stop_alarm": {"platform": "button", **(stop if allowed else {})},
    }


def _bot_select(topics_: Topics, bots: Sequence[str]) -> Component:
    if len(bots) < 2:
        return {"platform": "select"}
    return {
        **_entity("select", "Bot to call", "{{ value_json.bot }}"),
        "icon": "mdi:account-switch",
        "command_topic": topics_.of(topics.SET, "bot"),
        "options": list(bots),
    }


def _health_entities(health_topic: str) -> dict[str, Component]:
    return {
        key: {
            **_entity("sensor", name, f"{{{{ value_json.{field} }}}}"),
            **what,
            "state_class": "measurement",
            "entity_category": "diagnostic",
            "state_topic": health_topic,
            **({} if enabled else {"enabled_by_default": False}),
        }
        for key, name, field, what, enabled in _MEASURED
    }


def _button(events_topic: str, button: str) -> Component:
    # Not with the box's availability: an entity that comes back takes its old event with it, and to an automation that
    # waits for a change that is a press. With the retained ones, which Home Assistant ignores and we don't send, gone
    # are the ghosts.
    return {
        "platform": "event",
        "name": button_words(button).capitalize(),
        "device_class": "button",
        "event_types": list(BUTTON_EVENTS),
        "state_topic": events_topic,
        # An empty text is ignored: the event is of another button.
        "value_template": f"{{{{ value if value_json.button == '{button}' else '' }}}}",
        "availability": [],
    }


def _trigger(events_topic: str, event: str, button: str) -> Component:
    return {
        "platform": "device_automation",
        "automation_type": "trigger",
        "type": TRIGGERS[event],
        "subtype": "button_1" if button == MAIN_BUTTON else button,
        "topic": events_topic,
        "value_template": "{{ value_json.button }} {{ value_json.event_type }}",
        "payload": f"{button} {event}",
        "qos": 1,
    }


def _enum(name: str, key: str, options: list[str], icon: str) -> Component:
    # All there are: Home Assistant refuses a word that is not among the options.
    sensor = _entity("sensor", name, f"{{{{ value_json.{key} }}}}")
    return {**sensor, "device_class": "enum", "options": options, "icon": icon}


def _binary(name: str, key: str) -> Component:
    return _entity("binary_sensor", name, _on_or_off(key))


def _entity(platform: str, name: str, template: str) -> Component:
    return {"platform": platform, "name": name, "value_template": template}


def _on_or_off(key: str) -> str:
    # A bare `True` is not `ON`.
    return f"{{{{ 'ON' if value_json.{key} else 'OFF' }}}}"
