"""The panel of a box with a button of its own: a page that looks, and acts only by the token, as MQTT may."""

import contextlib
import json
import signal
import urllib.request
from typing import Any

import pytest
from tests.rig.fake_session import FakeSession
from tests.rig.mosquitto import wait_for
from tests.rig.ports import free_port, wait_until_open
from tests.rig.service import Service
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from callbox.panel.model import server_messages
from callbox.panel.model.access import AccessPolicy
from callbox.panel.panel import MAX_WRONG_TOKENS, Panel

TOKEN = "open-sesame"


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def box(tmp_path, port):
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o600)
    config = tmp_path / "callbox.yaml"
    config.write_text(f"""\
board: {{kind: simulated}}
bot: {{start_url: http://127.0.0.1:{free_port()}/start}}
panel: {{enabled: true, port: {port}, token: {{file: {tmp_path}/token}}}}
log: {{level: debug}}
""")
    with Service(config) as running:
        running.until("READY=1")
        yield running


@contextlib.contextmanager
def page(port):
    wait_until_open(port)
    with connect(f"ws://127.0.0.1:{port}/ws", origin=Origin(f"http://127.0.0.1:{port}"), open_timeout=60) as socket:
        yield socket


def send(socket, **message):
    socket.send(json.dumps(message))


def until(socket, type_, **wanted):
    """The next message of this type with these values."""
    while True:
        message = json.loads(socket.recv(timeout=100))
        if message["type"] == type_ and wanted.items() <= message.items():
            return message


def with_token(socket):
    send(socket, type="token", token=TOKEN)
    assert until(socket, "token")["may_act"]


def test_a_page_sees_the_box_and_may_do_nothing(box, port):
    with page(port) as socket:
        about = until(socket, "about")
        assert about["is_board"] is False
        assert about["has_token"] is True
        assert until(socket, "status")["transport"] == "disconnected"
        for message in (
            {"type": "order", "order": "identify"},
            {"type": "edge", "closed": True, "at_ms": 0},
            {"type": "lend"},
            {"type": "fault", "name": "microphone", "on": True},
        ):
            send(socket, **message)
            assert "Without the panel's token" in until(socket, "refused")["text"]
        box.process.send_signal(signal.SIGUSR1)  # the box's own button
        until(socket, "event", text="button pressed")
        while not until(socket, "lamp", lamp="status")["brightness"]:
            pass
        until(socket, "status", transport="error")


def test_with_the_token_it_may_what_commands_over_mqtt_may(box, port):
    with page(port) as socket:
        with_token(socket)
        send(socket, type="order", order="identify")
        assert until(socket, "lamp", lamp="status", brightness=1)
        send(socket, type="order", order="connect")
        assert "only the button opens the microphone" in until(socket, "refused")["text"]
        send(socket, type="order", order="dance")
        assert "There is no command dance" in until(socket, "refused")["text"]


def test_the_microphone_of_a_real_box_is_out_of_reach(box, port):
    with page(port) as socket:
        with_token(socket)
        for message in (
            {"type": "edge", "closed": True, "at_ms": 0},
            {"type": "lend"},
            {"type": "use", "part": "microphone", "device": "browser"},
            {"type": "take", "periods": 3, "delay_ms": 0},
        ):
            send(socket, **message)
            assert "of its own" in until(socket, "refused")["text"]
        socket.send(bytes(1920))
        send(socket, type="order", order="mute")
        assert until(socket, "status", mute=True)["transport"] == "disconnected"


def test_guessing_the_token_ends_soon(box, port):
    with page(port) as socket:
        for number in range(MAX_WRONG_TOKENS):
            send(socket, type="token", token=f"guess {number}")
        messages = [json.loads(message) for message in socket]  # until the box ends it
    assert [message["may_act"] for message in messages if message["type"] == "token"] == [False] * MAX_WRONG_TOKENS


def test_nonsense_is_answered_and_does_no_harm(box, port):
    with page(port) as socket:
        for text in ("", "{", "null", "[]", '{"type":"token"}', "\ud7ff" * 300, "x" * 1100):
            socket.send(text)
            assert "not understood" in until(socket, "refused")["text"], text
        with_token(socket)


def test_what_is_too_long_ends_the_page_and_nothing_else(box, port):
    with page(port) as socket:
        socket.send("x" * 100_000)
        with contextlib.suppress(ConnectionClosed):
            list(socket)
        assert socket.close_code == 1009  # message too big
    with page(port) as socket:
        assert until(socket, "status")


def test_the_token_is_in_no_log(box, port):
    with page(port) as socket:
        with_token(socket)
        send(socket, type="token", token="wrong-" + TOKEN)
        until(socket, "refused")
    _, log = box.end()
    assert "panel" in log
    assert TOKEN not in log


def test_the_files_come_with_a_policy(box, port):
    with page(port):
        pass
    for path in ("", "panel.js", "panel.css", "audio.js", "capture.js", "icon.svg"):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for path in ("../panel.py", "static/panel.js", "%2e%2e/server.py", "ws/../index.html"):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}")


def test_a_port_that_is_taken_stops_nothing(tmp_path, box, port):
    config = tmp_path / "second.yaml"
    config.write_text((tmp_path / "callbox.yaml").read_text())
    with Service(config) as second:
        second.until("READY=1")
        second.process.send_signal(signal.SIGUSR1)
        second.until("STATUS=error")
        assert wait_for(lambda: "can't listen" in second.log)
        _, log = second.end()
    assert f"the panel can't listen at 127.0.0.1 port {port}" in log
    assert "see panel.port" in log


@pytest.mark.parametrize("shows_transcript", [False, True])
async def test_pages_get_the_transcript_only_if_enabled(shows_transcript, monkeypatch):
    stage = FakeSession()
    about = server_messages.about("box", "1", is_board=False, has_token=False)
    panel = Panel(AccessPolicy("127.0.0.1", "pi"), 1, about, shows_transcript=shows_transcript)
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(panel, "broadcast", messages.append)
    panel.listen(stage.client)
    await stage.until_ready()
    stage.transport.receive("bot-tts-text", {"text": "my secret"})
    stage.transport.receive("user-transcription", {"text": "my secret", "final": True, "user_id": "", "timestamp": ""})
    stage.transport.receive("bot-started-speaking")
    await stage.client.disconnect()
    assert any(message["type"] == "event" for message in messages)
    assert ("my secret" in str(messages)) is shows_transcript
