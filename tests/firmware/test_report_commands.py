"""Commands by MQTT: what is read, what is refused, and that nothing from outside does harm."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.appliance.remote import Refusal, Remote, Situation, refusal
from callbox.report import commands
from callbox.report.topics import REQUEST, RESPONSE, SET, Topics

HERE = Topics("callbox", "kitchen")


def read(row, name, payload, *, retained=False):
    return commands.read(HERE, HERE.of(row, name), payload, retained=retained)


@pytest.mark.parametrize(
    ("row", "name", "payload", "order"),
    [
        (REQUEST, "connect", b"", Remote.CONNECT),
        (REQUEST, "disconnect", b"{}", Remote.DISCONNECT),
        (REQUEST, "mute", b'{"mute": true}', Remote.MUTE),
        (REQUEST, "mute", b'{"mute": false, "transaction": 7}', Remote.UNMUTE),
        (REQUEST, "identify", b'{"transaction": "a"}', Remote.IDENTIFY),
        (REQUEST, "restart", b"", Remote.RESTART),
        (SET, "session", b"connect", Remote.CONNECT),
        (SET, "session", b"disconnect\n", Remote.DISCONNECT),
        (SET, "mute", b"ON", Remote.MUTE),
        (SET, "mute", b"OFF", Remote.UNMUTE),
        (SET, "identify", b"PRESS", Remote.IDENTIFY),
        (SET, "restart", b"PRESS", Remote.RESTART),
    ],
)
def test_commands(row, name, payload, order):
    assert read(row, name, payload).order is order
    assert read(row, name, payload, retained=True).order.code == "retained"


@pytest.mark.parametrize(
    ("row", "name", "payload", "code"),
    [
        (REQUEST, "open", b"", "unknown_command"),
        (SET, "volume", b"3", "unknown_command"),
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
    ],
)
def test_what_is_wrong_is_answered(row, name, payload, code):
    asked = read(row, name, payload)
    assert asked.order.code == code
    answer = commands.answer(HERE, asked, None)
    assert answer.topic == HERE.of(RESPONSE, asked.name)
    said = json.loads(answer.payload)
    assert said["status"] == "error"
    assert said["error"]["code"] == code
    assert len(answer.payload) < 500


def test_the_answer_brings_the_transaction_back():
    asked = read(REQUEST, "mute", b'{"mute": true, "transaction": "42"}')
    assert json.loads(commands.answer(HERE, asked, None).payload) == {"status": "ok", "transaction": "42"}
    refused = json.loads(commands.answer(HERE, asked, Refusal("muted", "why")).payload)
    assert refused == {"status": "error", "transaction": "42", "error": {"code": "muted", "text": "why"}}


def test_other_topics_are_no_commands():
    assert commands.read(HERE, "callbox/kitchen/state", b"{}", retained=False) is None
    assert commands.read(HERE, "callbox/other/request/connect", b"", retained=False) is None


@given(st.sampled_from([REQUEST, SET]), st.sampled_from([*commands.NAMES, "session", "x"]), st.binary(), st.booleans())
def test_nothing_from_outside_does_harm(row, name, payload, retained):
    asked = read(row, name, payload, retained=retained)
    assert json.loads(commands.answer(HERE, asked, None).payload)["status"] in ("ok", "error")
    assert not (retained and isinstance(asked.order, Remote))


FREE = Situation(allow_remote_connect=True, hard_mute=False, is_supervised=True)
SHUT = Situation(allow_remote_connect=False, hard_mute=False, is_supervised=False)


@pytest.mark.parametrize("order", Remote)
@pytest.mark.parametrize("allow", [True, False])
@pytest.mark.parametrize("hard_mute", [True, False])
@pytest.mark.parametrize("supervised", [True, False])
def test_each_order_in_each_situation(order, allow, hard_mute, supervised):
    refused = refusal(order, Situation(allow, hard_mute, supervised))
    expected = None
    if hard_mute and order in (Remote.CONNECT, Remote.UNMUTE):
        expected = "muted"
    elif order is Remote.CONNECT and not allow:
        expected = "not_allowed"
    elif order is Remote.RESTART and not supervised:
        expected = "not_possible"
    assert (refused.code if refused else None) == expected
