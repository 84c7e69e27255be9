import json
import subprocess
from typing import Any

import pytest
from tests.rig.fake_session import FakeSession
from tests.rig.pipecat import PYTHON, ROOT

from callbox.rtvi import File, RTVIError, RTVIEvent, UnsupportedFeatureError
from callbox.rtvi.protocol import outbound, versions
from callbox.rtvi.protocol.messages import Message, client_ready, encode
from callbox.rtvi.protocol.values import BotReady, FunctionCall
from callbox.rtvi.protocol.versions import FEATURES, VERSIONS, require

NEW = (2, 2, 0)
HOW = {"run_immediately": True, "audio_response": False}


@pytest.mark.pipecat
def test_the_installed_pipecat_accepts_every_message_that_we_can_send():
    call = FunctionCall("1", "volume", {"to": 3})
    messages = [
        client_ready("1", "callbox", "0.1.0"),
        outbound.client_message("t", None, NEW),
        outbound.client_message("t", [1, {"a": None}], NEW),
        outbound.text("hello", NEW, **HOW),
        outbound.file("look", File("application/pdf", b"%PDF", name="a.pdf"), NEW, **HOW),
        outbound.file("look", File("image/png", url="https://example.org/a.png"), NEW, **HOW),
        *outbound.dtmf("0123456789*#", NEW),
        *(outbound.function_call_result(call, result) for result in ({"ok": True}, "done", [1, 2], 5, False)),
        outbound.ui_event("press", {"x": 1}, NEW),
        outbound.ui_event("press", None, NEW),
        outbound.cancel_ui_job_group("7", None, NEW),
        outbound.cancel_ui_job_group("7", "enough", NEW),
    ]
    lines = "".join(encode(Message(message.type, message.data, "1")) + "\n" for message in messages)
    program = ROOT / "tests/bots/pipecat_messages.py"
    done = subprocess.run([PYTHON, program, "receive"], input=lines, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["ok"] * len(messages)


@pytest.mark.pipecat
def test_that_judge_says_no_when_it_should():
    program = ROOT / "tests/bots/pipecat_messages.py"
    line = '{"label":"rtvi-ai","type":"dtmf","id":"1","data":{"button":"1"}}\n'
    done = subprocess.run([PYTHON, program, "receive"], input=line, capture_output=True, text=True, check=True)
    assert "buttons" in done.stdout


def test_support_of_a_call_by_version():
    assert [versions.supports("send_dtmf", version) for version in ((0, 0, 0), (1, 4, 0), (2, 0, 0))] == [1, 0, 1]
    assert not versions.supports("append_to_context", (1, 2, 0))


def test_a_bot_that_receives_or_sends_no_sound_says_so():
    assert BotReady(capabilities={"audio_in": True, "video_in": False}).limits == ()
    assert BotReady(capabilities={"audio_in": False, "audio_out": None}).limits == (
        "The bot receives no sound: it doesn't hear you.",
    )
    assert len(BotReady(capabilities={"audio_in": False, "audio_out": False}).limits) == 2


@pytest.mark.parametrize(
    ("feature", "version", "allowed"),
    [
        ("send_file", (2, 2, 0), True),
        ("send_file", (2, 1, 0), False),
        ("send_dtmf", (1, 4, 0), False),
        ("append_to_context", (1, 0, 0), True),
        ("append_to_context", (1, 2, 0), False),
        ("append_to_context", (2, 2, 0), False),
        ("send_text", (0, 3, 0), False),
        ("send_client_message", (1, 0, 0), True),
        ("cancel_ui_job_group", (1, 3, 0), False),
        ("send_file", (0, 0, 0), True),
        ("send_file", (3, 0, 0), True),
    ],
)
def test_who_knows_what(feature, version, allowed):
    if allowed:
        require(feature, version)
        return
    with pytest.raises(UnsupportedFeatureError, match=rf"{feature}\(\) needs RTVI .*this bot speaks {version[0]}\."):
        require(feature, version)


def test_every_feature_began_with_a_version_of_the_table():
    assert {feature.since for feature in FEATURES.values()} <= {era.version for era in VERSIONS}


def test_telephone_keys_by_version():
    assert [message.data for message in outbound.dtmf("1#", (2, 0, 0))] == [{"button": "1"}, {"button": "#"}]
    assert [message.data for message in outbound.dtmf("1#", (2, 1, 0))] == [{"buttons": ["1", "#"]}]
    for wrong in ("", "12a", "+49"):
        with pytest.raises(RTVIError, match="0123456789"):
            outbound.dtmf(wrong, NEW)


def test_a_file_has_content_or_an_address():
    cases: tuple[dict[str, Any], ...] = ({}, {"content": b"x", "url": "y"})
    for wrong in cases:
        with pytest.raises(RTVIError, match="either"):
            File("text/plain", **wrong)


async def test_a_refused_call_raises_and_nothing_is_sent():
    stage = FakeSession()
    await stage.until_ready(version="2.1.0")
    refused = []
    stage.client.on(RTVIEvent.UnsupportedFeature, lambda error: refused.append(error.feature))
    sent = len(stage.transport.sent)
    with pytest.raises(
        UnsupportedFeatureError, match=r"send_file\(\) needs RTVI 2.2.0 or newer; this bot speaks 2.1.0"
    ):
        stage.client.send_file("look", File("text/plain", b"x"))
    assert refused == ["send_file"]
    assert len(stage.transport.sent) == sent
    await stage.client.disconnect()


async def test_each_call_puts_its_message_on_the_wire():
    stage = FakeSession()
    await stage.until_ready()
    client = stage.client
    identity = client.send_client_message("volume", {"to": 3})
    client.send_text("hi", run_immediately=False)
    client.send_dtmf("1#")
    client.send_file("look", File("text/plain", b"x"))
    client.send_ui_event("press")
    client.cancel_ui_job_group("7")
    client.disconnect_bot()
    sent = stage.transport.sent[1:]
    assert [message.type for message in sent] == [
        "client-message", "send-text", "dtmf", "send-file", "ui-event", "ui-cancel-job-group", "disconnect-bot",
    ]  # fmt: skip
    assert sent[0] == Message("client-message", {"t": "volume", "d": {"to": 3}}, identity)
    assert sent[1].data == {"content": "hi", "options": {"run_immediately": False, "audio_response": True}}
    assert len({message.id for message in sent}) == len(sent)
    assert json.loads(encode(sent[2]))["data"] == {"buttons": ["1", "#"]}
    await client.disconnect()


async def test_append_to_context_of_the_bots_that_know_it():
    stage = FakeSession()
    await stage.until_ready(version="1.0.0")
    stage.client.append_to_context("user", "hi")
    assert stage.transport.sent[-1].type == "append-to-context"
    await stage.client.disconnect()
    await stage.until_ready(version="2.2.0")
    with pytest.raises(UnsupportedFeatureError, match=r"older than 1.2.0.*Instead: send_text\(\)"):
        stage.client.append_to_context("user", "hi")
    await stage.client.disconnect()


@pytest.mark.parametrize(
    ("sent", "described"),
    [
        (File("text/plain", b"x"), {"format": "text/plain", "source": {"type": "bytes", "bytes": "eA=="}}),
        (
            File("image/png", url="http://a/b.png", name="b.png"),
            {"format": "image/png", "source": {"type": "url", "url": "http://a/b.png"}, "name": "b.png"},
        ),
    ],
)
def test_a_file_goes_as_its_content_or_as_its_address(sent, described):
    assert outbound.file("look", sent, NEW, **HOW).data == {"content": "look", "file": described, "options": HOW}
