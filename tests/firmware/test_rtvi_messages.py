import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.rtvi import messages
from callbox.rtvi.errors import MalformedMessageError
from callbox.rtvi.messages import BotOutput, BotReady, ErrorData, Message, Transcript, decode, encode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_the_envelope_is_the_standards_own():
    assert json.loads(encode(Message("client-message", {"t": "x"}, "a1"))) == {
        "label": "rtvi-ai",
        "type": "client-message",
        "id": "a1",
        "data": {"t": "x"},
    }


@given(st.text(), JSON.filter(lambda data: data is not None), st.none() | st.text())
def test_what_is_encoded_is_decoded_again(kind, data, identity):
    assert decode(encode(Message(kind, data, identity))) == Message(kind, data, identity)


@given(st.text() | JSON.map(json.dumps))
def test_anything_else_is_malformed_and_nothing_worse(text):
    try:
        decode(text)
    except MalformedMessageError:
        pass


@pytest.mark.parametrize(
    "parse",
    [
        messages.parse_bot_ready,
        messages.parse_error,
        messages.parse_text,
        messages.parse_transcript,
        messages.parse_bot_output,
    ],
)
@given(data=JSON)
def test_data_of_any_shape_is_read_or_malformed(parse, data):
    try:
        parse(data)
    except MalformedMessageError:
        pass


def test_client_ready_says_version_and_library():
    ready = messages.client_ready("a1", "callbox", "0.1.0")
    assert ready.data["version"] == messages.PROTOCOL_VERSION
    assert ready.data["about"]["library"] == "callbox"
    assert ready.id == "a1"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, BotReady()),
        ({"version": "0.3.0", "config": []}, BotReady((0, 3, 0))),
        (
            {"version": "2.2.0", "about": {"library": "p"}, "capabilities": {"audio_in": True}},
            BotReady((2, 2, 0), {"library": "p"}, {"audio_in": True}),
        ),
        ({"version": "two"}, BotReady()),
        ({"version": "1.²²²²²².0"}, BotReady()),
        ({"version": 2}, BotReady()),
    ],
)
def test_bot_ready_of_every_age(data, expected):
    assert messages.parse_bot_ready(data) == expected


def test_errors_old_and_new():
    assert messages.parse_error({"error": "x", "fatal": True}) == ErrorData("x", True)
    assert messages.parse_error({"message": "x"}) == ErrorData("x", False)
    assert messages.parse_error({"error": {"code": 1}}) == ErrorData('{"code": 1}', False)


def test_what_was_said():
    assert messages.parse_transcript({"text": "hi", "final": True, "user_id": "u", "timestamp": "t"}) == Transcript(
        "hi", True, "u", "t"
    )
    assert messages.parse_bot_output({"text": "hi", "spoken": True, "aggregated_by": "word"}) == BotOutput(
        "hi", True, "word"
    )
    assert messages.parse_bot_output({"text": "hi", "will_be_spoken": True}) == BotOutput("hi", True)
