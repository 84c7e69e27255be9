"""Commands by MQTT: what is read, what is refused, and that nothing from outside does harm."""

import json
import re
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.control.alarm_requests import AlarmRequest
from callbox.control.alarm_table import AlarmKind
from callbox.control.remote_commands import (
    CancelAlarm,
    CommandContext,
    Denied,
    RemoteCommand,
    RequestRing,
    SetAlarm,
    SetHardMute,
    SetVolume,
    SilenceAlarm,
    authorize,
)
from callbox.control.rings import Rings
from callbox.mqtt.model import command_arguments, commands, payloads
from callbox.mqtt.model.commands import NAMES
from callbox.mqtt.model.topics import REQUEST, RESPONSE, SET, Topics

HERE = Topics("callbox", "kitchen")
ROOT = Path(__file__).parents[3]


def read(row, name, payload, *, retained=False):
    return commands.parse(HERE, HERE.of(row, name), payload, retained=retained)


@pytest.mark.parametrize(
    ("row", "name", "payload", "order"),
    [
        (REQUEST, "connect", b"", RemoteCommand.CONNECT),
        (REQUEST, "disconnect", b"{}", RemoteCommand.DISCONNECT),
        (REQUEST, "mute", b'{"mute": true}', RemoteCommand.MUTE),
        (REQUEST, "mute", b'{"mute": false, "transaction": 7}', RemoteCommand.UNMUTE),
        (REQUEST, "identify", b'{"transaction": "a"}', RemoteCommand.IDENTIFY),
        (REQUEST, "restart", b"", RemoteCommand.RESTART),
        (REQUEST, "volume", b'{"volume": 0}', SetVolume(0)),
        (REQUEST, "volume", b'{"volume": 100, "transaction": 1}', SetVolume(100)),
        (REQUEST, "doctor", b"", RemoteCommand.DOCTOR),
        (REQUEST, "bundle", b"", RemoteCommand.BUNDLE),
        (SET, "volume", b"70", SetVolume(70)),
        (SET, "session", b"connect", RemoteCommand.CONNECT),
        (SET, "session", b"disconnect\n", RemoteCommand.DISCONNECT),
        (SET, "mute", b"ON", RemoteCommand.MUTE),
        (SET, "mute", b"OFF", RemoteCommand.UNMUTE),
        (REQUEST, "hard_mute", b'{"hard_mute": true}', SetHardMute(True)),
        (REQUEST, "hard_mute", b'{"hard_mute": false}', SetHardMute(False)),
        (SET, "hard_mute", b"ON", SetHardMute(True)),
        (SET, "hard_mute", b"OFF", SetHardMute(False)),
        (SET, "identify", b"PRESS", RemoteCommand.IDENTIFY),
        (REQUEST, "timer", b'{"seconds": 60, "transaction": 1}', SetAlarm(AlarmRequest(AlarmKind.TIMER, seconds=60))),
        (REQUEST, "alarm", b'{"time": "07:00"}', SetAlarm(AlarmRequest(AlarmKind.ALARM, at=time(7)))),
        (REQUEST, "reminder", b'{"seconds": 5}', SetAlarm(AlarmRequest(AlarmKind.REMINDER, seconds=5))),
        (REQUEST, "cancel_alarm", b'{"cancel_alarm": "tea"}', CancelAlarm("tea")),
        (REQUEST, "cancel_alarm", b'{"cancel_alarm": "all"}', CancelAlarm(None)),
        (REQUEST, "silence_alarm", b'{"silence_alarm": "snooze"}', SilenceAlarm(True)),
        (REQUEST, "alarms", b"", RemoteCommand.ALARMS),
        (SET, "timer", b"300", SetAlarm(AlarmRequest(AlarmKind.TIMER, seconds=300))),
        (SET, "alarm", b"STOP", SilenceAlarm(False)),
        (SET, "restart", b"PRESS", RemoteCommand.RESTART),
    ],
)
def test_commands(row, name, payload, order):
    assert read(row, name, payload).order == order
    assert read(row, name, payload, retained=True).order.code == "retained"


@pytest.mark.parametrize(
    ("row", "name", "payload", "code"),
    [
        (REQUEST, "open", b"", "unknown_command"),
        (SET, "loudness", b"3", "unknown_command"),
        (REQUEST, "volume", b"", "bad_argument"),
        (REQUEST, "volume", b'{"volume": 101}', "bad_argument"),
        (REQUEST, "volume", b'{"volume": -1}', "bad_argument"),
        (REQUEST, "volume", b'{"volume": 50.5}', "bad_argument"),
        (REQUEST, "volume", b'{"volume": true}', "bad_argument"),
        (REQUEST, "volume", b'{"volume": "50"}', "bad_argument"),
        (SET, "volume", b"101", "bad_argument"),
        (SET, "volume", b"-1", "bad_argument"),
        (SET, "volume", b"", "bad_argument"),
        (SET, "volume", "٣".encode(), "bad_argument"),
        (REQUEST, "doctor", b'{"doctor": "microphone"}', "bad_argument"),
        (REQUEST, "bundle", b'{"bundle": true}', "bad_argument"),
        (REQUEST, "connect", b"x" * 4097, "too_large"),
        (REQUEST, "connect", b"\xff", "not_utf8"),
        (SET, "mute", b"\xff", "not_utf8"),
        (REQUEST, "connect", b"[]", "not_json"),
        (REQUEST, "connect", b"{", "not_json"),
        (REQUEST, "connect", b"[" * 4000, "not_json"),
        (REQUEST, "connect", b'{"connect": true}', "bad_argument"),
        (REQUEST, "connect", b'{"url": "http://evil/"}', "bad_argument"),
        (REQUEST, "mute", b"", "bad_argument"),
        (REQUEST, "mute", b'{"mute": 1}', "bad_argument"),
        (REQUEST, "mute", b'{"mute": [true]}', "bad_argument"),
        (REQUEST, "mute", b'{"mute": true, "transaction": {"a": 1}}', "bad_argument"),
        (REQUEST, "mute", b'{"mute": true, "transaction": true}', "bad_argument"),
        (REQUEST, "mute", json.dumps({"mute": True, "transaction": "x" * 65}).encode(), "bad_argument"),
        (SET, "mute", b"on", "bad_argument"),
        (SET, "session", b"", "bad_argument"),
        (REQUEST, "timer", b'{"seconds": 0}', "bad_argument"),
        (REQUEST, "alarm", b"", "bad_argument"),
        (REQUEST, "cancel_alarm", b"", "bad_argument"),
        (REQUEST, "silence_alarm", b'{"silence_alarm": ["stop"]}', "bad_argument"),
        (SET, "timer", b"0", "bad_argument"),
        (SET, "timer", b"5 min", "bad_argument"),
    ],
)
def test_what_is_wrong_is_answered(row, name, payload, code):
    request = read(row, name, payload)
    assert request.order.code == code
    answer = commands.response(HERE, request, None)
    assert answer.topic == HERE.of(RESPONSE, request.name)
    message = json.loads(answer.payload)
    assert message["status"] == "error"
    assert message["error"]["code"] == code
    assert len(answer.payload) < 500


@pytest.mark.parametrize(
    ("name", "payload", "limits"),
    [
        ("volume", "70.5", "a whole number, 0 to 100"),
        ("timer", "0", "a whole number of seconds, 1 to 2678400"),
        ("announce", "a" * 1001, "the text, at most 1000 characters, or a sound file, at most 1048576 bytes"),
    ],
)
def test_a_word_that_is_refused_is_answered_with_its_limits(name, payload, limits):
    assert read(SET, name, payload.encode()).order == Denied("bad_argument", f"{name}/set takes {limits}.")


@pytest.mark.parametrize(
    ("name", "payload"), [("ring", b'{"id": "door", "reson": "x"}'), ("announce", b'{"text": "Lunch", "reson": "x"}')]
)
def test_an_unknown_argument_is_named(name, payload):
    assert read(REQUEST, name, payload).order == Denied("bad_argument", f"{name} has no argument reson.")


def test_a_retained_command_is_answered_with_how_it_is_removed():
    refused = read(REQUEST, "mute", b'{"mute": true}', retained=True).order
    assert refused.code == "retained"
    assert refused.text.endswith("An empty retained message on …/request/mute removes it.")


@pytest.mark.parametrize("retained", [False, True])
def test_a_command_that_there_is_not_is_named_and_answered_with_its_transaction(retained):
    request = read(REQUEST, "muet", b'{"mute": true, "transaction": 7}', retained=retained)
    assert (request.name, request.transaction) == ("unknown", 7)
    assert ("removes it" if retained else "There is no muet; there are connect,") in request.order.text
    assert "muet" in request.order.text
    assert "There is no loudness/set; there are session/set," in read(SET, "loudness", b"3").order.text


@pytest.mark.parametrize(
    ("name", "fields", "text"),
    [
        ("ring", {"id": "a", "ring": "bell"}, 'ring must be "tone" or "words".'),
        ("ring", {"reason": "x"}, "id must be one line of at most 64 characters, and not empty."),
        ("ring", {"id": "a", "until": "tomorrow", "reason": 5}, "reason must be a text. until must be a time with its"),
        (
            "ring",
            {"id": "a", "request_data": {"x": "y" * 2048}},
            "request_data must be an object of at most 2048 bytes",
        ),
        ("ring", {"id": "a", "bot": 5}, "bot must be the name of a bot."),
        ("announce", {"text": "a", "volume": 101}, "volume must be a whole number, 0 to 100."),
        ("announce", {"text": "a", "priority": "urgent"}, 'priority must be "low", "normal" or "high".'),
        ("announce", {"text": "a" * 1001}, "text must be 1 to 1000 characters."),
        ("announce", {"sound": "!"}, "sound must be a sound file in Base64, at most 1048576 bytes."),
        ("announce", {"url": 5}, "url must be an address of at most 2000 characters."),
        ("announce", {"text": "a", "id": 7}, "id must be one line of at most 64 characters."),
        ("announce", {"text": "a", "url": "http://a/"}, 'announce takes one of "text"'),
        ("announce", {}, 'announce takes one of "text"'),
    ],
)
def test_a_wrong_field_of_several_is_named(name, fields, text):
    refused = read(REQUEST, name, json.dumps(fields).encode()).order
    assert refused.code == "bad_argument"
    assert refused.text.startswith(text)


def test_the_guide_has_each_code_of_a_refusal():
    guide = (ROOT / "docs/mqtt.md").read_text().split("Refusals:")[1].split("What was asked")[0]
    files = [file for part in ("app", "control", "mqtt") for file in (ROOT / "firmware/callbox" / part).rglob("*.py")]
    codes = {code for file in files for code in re.findall(r'Denied\(\s*"(\w+)"', file.read_text())}
    assert sorted(codes) == sorted(re.findall(r"`(\w+)`", guide))


def test_the_answer_brings_the_transaction_back():
    request = read(REQUEST, "mute", b'{"mute": true, "transaction": "42"}')
    assert json.loads(commands.response(HERE, request, None).payload) == {"status": "ok", "transaction": "42"}
    found = json.loads(commands.response(HERE, request, {"outcome": "pass"}).payload)
    assert found == {"status": "ok", "transaction": "42", "data": {"outcome": "pass"}}
    refused = json.loads(commands.response(HERE, request, Denied("muted", "why")).payload)
    assert refused == {"status": "error", "transaction": "42", "error": {"code": "muted", "text": "why"}}


def test_other_topics_are_no_commands():
    assert commands.parse(HERE, "callbox/kitchen/state", b"{}", retained=False) is None
    assert commands.parse(HERE, "callbox/other/request/connect", b"", retained=False) is None


@given(st.sampled_from([REQUEST, SET]), st.sampled_from([*NAMES, "session", "x"]), st.binary(), st.booleans())
def test_nothing_from_outside_does_harm(row, name, payload, retained):
    request = read(row, name, payload, retained=retained)
    assert json.loads(commands.response(HERE, request, None).payload)["status"] in ("ok", "error")
    assert not (retained and not isinstance(request.order, Denied))


FREE = CommandContext(allow_remote_connect=True, hard_mute=False, is_supervised=True)
SHUT = CommandContext(allow_remote_connect=False, hard_mute=False, is_supervised=False)


@pytest.mark.parametrize("order", [*RemoteCommand, SetVolume(3), SetHardMute(True), SetHardMute(False)])
@pytest.mark.parametrize("allow", [True, False])
@pytest.mark.parametrize("hard_mute", [True, False])
@pytest.mark.parametrize("supervised", [True, False])
@pytest.mark.parametrize("in_call", [True, False])
@pytest.mark.parametrize("mute_switch", [True, False])
def test_each_order_in_each_situation(order, allow, hard_mute, supervised, in_call, mute_switch):
    refused = authorize(order, CommandContext(allow, hard_mute, supervised, in_call, mute_switch))
    opens = order in (RemoteCommand.CONNECT, RemoteCommand.UNMUTE)
    lifts = order == SetHardMute(False)
    expected = None
    if (opens and hard_mute) or ((opens or lifts) and mute_switch):
        expected = "muted"
    elif not allow and (order is RemoteCommand.CONNECT or (lifts and in_call)):
        expected = "not_allowed"
    elif order is RemoteCommand.RESTART and not supervised:
        expected = "not_possible"
    elif order in (RemoteCommand.DOCTOR, RemoteCommand.BUNDLE) and in_call:
        expected = "busy"
    assert (refused.code if refused else None) == expected


@pytest.mark.parametrize("order", [SetAlarm(AlarmRequest(AlarmKind.TIMER)), CancelAlarm(None), SilenceAlarm(True)])
def test_alarms_need_their_permission(order):
    refused = authorize(order, FREE)
    assert refused == Denied("not_allowed", "alarm.allow_alarm is false.")
    assert authorize(order, replace(SHUT, allow_alarm=True)) is None


NO_YEARS_OF_UTC = ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"]


@pytest.mark.parametrize("until", ["2026-11-30T07:00:00", "soon", 7, *NO_YEARS_OF_UTC])
def test_the_time_of_a_ring_has_its_zone(until):
    assert isinstance(command_arguments.ring({"id": "door", "until": until}), Denied)
    assert command_arguments.ring({"id": "door", "until": "2026-11-30T07:00:00Z"})


def test_a_ring_may_have_the_last_second_that_there_is():
    command = command_arguments.ring({"id": "door", "until": "9999-12-31T23:59:59Z"})
    assert isinstance(command, RequestRing)
    assert payloads.rings(Rings((command.ring,)))["current"]["until"] == "9999-12-31T23:59:59.000Z"
