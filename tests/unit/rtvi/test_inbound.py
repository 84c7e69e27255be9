import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rig.fake_session import FakeSession
from tests.rig.pipecat import PYTHON, ROOT

from callbox.rtvi import RTVIEvent
from callbox.rtvi.errors import MalformedMessageError
from callbox.rtvi.protocol import values
from callbox.rtvi.protocol.inbound import ROWS, bot_ready, error
from callbox.rtvi.protocol.messages import Message, decode
from callbox.rtvi.protocol.values import BotOutput, BotReady, ErrorData, FunctionCall, SpokenProgress, Transcript

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted({name for kind in vars(values).values() for name in getattr(kind, "__dataclass_fields__", ())})


def read(kind, data):
    parse = ROWS[kind].parse
    assert parse is not None
    return parse(data)


@pytest.fixture(scope="module")
def pipecats_own():
    program = ROOT / "tests/bots/pipecat_messages.py"
    done = subprocess.run([PYTHON, program, "send"], capture_output=True, text=True, check=True)
    return [decode(line) for line in done.stdout.splitlines()]


@pytest.mark.pipecat
def test_every_message_that_the_installed_pipecat_can_send_is_known_and_read(pipecats_own):
    moving = {"bot-ready", "error", "error-response", "server-response"}
    assert {message.type for message in pipecats_own} - moving <= set(ROWS)
    assert len(pipecats_own) > 60
    for message in pipecats_own:
        if (row := ROWS.get(message.type)) and row.parse:
            row.parse(message.data)


@pytest.mark.pipecat
async def test_each_of_them_is_emitted_as_its_own_event_and_none_as_generic(pipecats_own):
    stage = FakeSession()
    await stage.until_ready()
    stage.events.clear()
    plain = [message for message in pipecats_own if message.type not in ("bot-ready", "error")]
    for message in plain:
        stage.transport.receive(message.type, message.data, message.id)
    assert "on_generic_message" not in stage.events
    assert len(stage.events) == len(plain)
    await stage.client.disconnect()


def test_each_message_type_has_an_event_of_its_own():
    assert len({row.event for row in ROWS.values()}) == len(ROWS)


@given(
    kind=st.sampled_from(sorted(kind for kind, row in ROWS.items() if row.parse)),
    data=JSON | st.dictionaries(st.sampled_from(FIELDS), JSON),
)
def test_data_of_any_shape_is_read_or_malformed(kind, data):
    try:
        read(kind, data)
    except MalformedMessageError:
        pass


@given(data=JSON | st.dictionaries(st.sampled_from(["version", "about", "capabilities", "config"]), JSON))
def test_no_shape_of_data_keeps_a_bot_from_being_ready(data):
    assert isinstance(bot_ready(data), BotReady)
    assert isinstance(error(data), ErrorData)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, BotReady()),
        ({"version": "0.3.0", "config": [{"service": "llm"}]}, BotReady((0, 3, 0), config=({"service": "llm"},))),
        (
            {"version": "2.2.0", "about": {"library": "p"}, "capabilities": {"audio_in": True}},
            BotReady((2, 2, 0), {"library": "p"}, {"audio_in": True}),
        ),
        ({"version": "two"}, BotReady()),
        ({"version": "1.²²²²²².0"}, BotReady()),
        ({"version": 2, "about": "x", "config": {}}, BotReady()),
    ],
)
def test_bot_ready_of_every_age(data, expected):
    assert bot_ready(data) == expected


def test_errors_old_and_new():
    assert error({"error": "x", "fatal": True}) == ErrorData("x", True)
    assert error({"message": "x"}) == ErrorData("x", False)
    assert error({"error": {"code": 1}}) == ErrorData('{"code": 1}', False)
    assert error("x") == ErrorData("x", False)
    assert error(None) == ErrorData("unknown error", False)


def test_transcripts_and_texts():
    received = {"text": "hi", "final": True, "user_id": "u", "timestamp": "t", "a field of the future": 1}
    assert read("user-transcription", received) == Transcript("hi", True, "u", "t")
    with pytest.raises(MalformedMessageError, match="text"):
        read("user-transcription", {"text": 5})


def test_bot_output_of_every_age():
    old = {"text": "hi", "spoken": True, "aggregated_by": "word"}
    assert read("bot-output", old) == BotOutput("hi", "word", spoken=True)
    progress = {"accumulated_text": "h", "remaining_text": "i"}
    new = {
        "text": "hi", "output_type": "sentence", "text_type": "sentence", "aggregated_by": "sentence", "segment_id": 4,
        "will_be_spoken": True, "spoken_status": "in-progress", "spoken_progress": progress,
    }  # fmt: skip
    assert read("bot-output", new) == BotOutput(
        "hi", "sentence", 4, None, True, "in-progress", SpokenProgress("h", "i")
    )


def test_function_calls_of_every_age():
    expected = FunctionCall("1", "volume", {"to": 3})
    old = {"tool_call_id": "1", "function_name": "volume", "args": {"to": 3}}
    assert read("llm-function-call", old) == expected
    new = {"tool_call_id": "1", "function_name": "volume", "arguments": {"to": 3}}
    assert read("llm-function-call-in-progress", new) == expected
    hidden = {"tool_call_id": "1", "function_name": None, "arguments": None}
    assert read("llm-function-call-in-progress", hidden) == FunctionCall("1")


def test_sound_in_a_message_is_bytes():
    assert read("bot-tts-audio", {"audio": "AAEC", "sample_rate": 24000, "num_channels": 1}).audio == b"\0\1\2"
    with pytest.raises(MalformedMessageError):
        read("bot-tts-audio", {"audio": "no base64!", "sample_rate": 24000, "num_channels": 1})


def test_a_search_with_its_origins():
    data = {"search_result": "x", "origins": [{"site_uri": "u", "results": [{"text": "t", "confidence": [1, 0.5]}]}]}
    found = read("bot-llm-search-response", json.loads(json.dumps(data)))
    assert found.origins[0].results[0].confidence == (1.0, 0.5)


async def test_a_known_type_whose_data_does_not_fit_is_passed_on_whole():
    stage = FakeSession()
    await stage.until_ready()
    received: list[Message] = []
    stage.client.on(RTVIEvent.GenericMessage, received.append)
    stage.transport.receive("user-transcription", {"text": 5})
    assert received == [Message("user-transcription", {"text": 5})]
    await stage.client.disconnect()
