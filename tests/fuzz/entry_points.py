"""The entry points of a running box, each fed with one hostile input after the other.

An entry point is an async context manager that gives `feed`. `feed` draws an input, hands it to the function that a
running box hands it to, and raises `AssertionError` at a wrong outcome; any other exception is one too.
"""

import asyncio
import contextlib
import errno
import json
import re
import socket
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import yaml
from tests.fuzz.box import InProcessBox
from tests.fuzz.inputs import HostileInputs
from tests.rig import mqtt_packets, sdp
from tests.rig.crash_injection import NOW
from tests.rig.hid_descriptors import OFF_HOOK, SPEAKERPHONE
from tests.rig.ports import free_port
from tests.rig.tcp_server import tcp_server

from callbox.app import early_boot
from callbox.app.alarm_store import NAME as ALARMS_NAME
from callbox.app.alarm_store import AlarmStore
from callbox.app.persistent_state import NAME as STATE_NAME
from callbox.app.persistent_state import PersistentState
from callbox.app.ring_store import NAME as RINGS_NAME
from callbox.app.ring_store import RingStore
from callbox.config import SettingsError, load_all
from callbox.config.boot_import import Import, ImportResult
from callbox.config.sources import preset_for
from callbox.control.alarm_overview import overview
from callbox.control.alarms import AlarmRules
from callbox.control.clock_history import ClockHistory, ClockReading
from callbox.mqtt import paho_client
from callbox.mqtt.model import payloads
from callbox.mqtt.paho_client import Broker, Connected, Ended
from callbox.panel.connection import PageConnection
from callbox.panel.model.access import AccessPolicy
from callbox.panel.server import served
from callbox.rtvi import APIRequest
from callbox.rtvi.errors import InvalidTransportParamsError
from callbox.rtvi.http_client import HttpError, post_json
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol import ice_servers
from callbox.rtvi.protocol.auth_bundle import origin
from callbox.rtvi.proxies import proxy_for
from callbox.system.files import service_folder
from callbox.system.systemd import Notifier
from callbox.text import encodable
from callbox.transports.small_webrtc import signalling
from callbox.transports.small_webrtc.sdp import usable_answer
from callbox_device import early_io
from callbox_device.hardware_probe import read_hardware_ids
from callbox_device.model import alsa_names, light_specs, pcm_errors
from callbox_device.model.hid_report import MAX_REPORT_BITS, output_reports, parse_descriptor, value_of

Feed = Callable[[], Awaitable[None]]
EntryPoint = Callable[[HostileInputs], contextlib.AbstractAsyncContextManager[Feed]]
PRESS_EVERY = 500
"""Inputs of a box between two calls."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]")


def assert_line(text: str) -> None:
    """`text` may be shown, logged and published: one line, encodable, without control characters, bounded."""
    text.encode()
    assert not _CONTROL.search(text), text
    assert len(text) <= 2000, len(text)


# -- the bot ---------------------------------------------------------------------------------------------

RTVI_MESSAGES: list[dict[str, Any]] = [
    {"label": "rtvi-ai", "type": kind, "id": "1", "data": data}
    for kind, data in (
        ("bot-ready", {"version": "2.2.0", "about": {"library": "pipecat"}}),
        ("error", {"error": "no", "fatal": False}),
        ("error-response", {"error": "no"}),
        ("server-response", {"t": "x", "d": 1}),
        ("server-message", {"a": [1]}),
        ("metrics", {"ttfb": [{"processor": "llm", "value": 0.5}], "processing": []}),
        ("user-transcription", {"text": "x", "final": True, "timestamp": "t", "user_id": "u"}),
        ("bot-output", {"text": "x", "spoken": True, "aggregated_by": "sentence"}),
        ("bot-transcription", {"text": "x"}),
        ("bot-llm-text", {"text": "x"}),
        ("bot-tts-text", {"text": "x"}),
        ("bot-started-speaking", None),
        ("bot-stopped-speaking", None),
        ("user-started-speaking", None),
        ("user-stopped-speaking", None),
        ("user-mute-started", None),
        ("user-mute-stopped", None),
        ("bot-interrupted", None),
        ("llm-function-call", {"function_name": "f", "tool_call_id": "1", "args": {"a": 1}}),
        ("llm-function-call-in-progress", {"function_name": "f", "tool_call_id": "1", "arguments": {"a": 1}}),
        ("llm-function-call-stopped", {"function_name": "f", "tool_call_id": "1", "cancelled": True, "result": None}),
        ("client-message", {"t": "x", "d": 1}),
        *(
            ("llm-function-call-in-progress", {"function_name": name, "tool_call_id": name, "arguments": arguments})
            for name, arguments in (
                ("set_volume", {"percent": 5}),
                ("mute_microphone", {}),
                ("hang_up", {}),
                ("show_lamp", {"color": "green", "seconds": 1}),
                ("set_timer", {"seconds": 5, "text": "x"}),
                ("set_alarm", {"time": "07:00", "repeat": "daily"}),
                ("set_reminder", {"text": "x", "seconds": 5}),
                ("ring_later", {"reason": "x", "seconds": 5}),
                ("list_alarms", {}),
                ("cancel_alarm", {"id": "x"}),
                ("get_health", {}),
                ("light", {"state": "ON"}),
            )
        ),
    )
]


@contextlib.asynccontextmanager
async def data_channel(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """RTVI messages in a call; the box calls again after each that ends the call."""
    async with InProcessBox() as box:
        count = 0

        async def feed() -> None:
            nonlocal count
            count += 1
            if not box.is_in_call:
                await box.press()
            text = inputs.json_text(RTVI_MESSAGES)
            signalling.read_signal(text)
            box.on_bot_text(text)
            box.check()
            if count % PRESS_EVERY == 0:
                await box.press_twice()

        yield feed
        await box.press_twice()


START_ANSWERS: list[dict[str, Any]] = [
    {"sessionId": "1", "iceConfig": {"iceServers": [{"urls": ["stun:stun.example:3478"]}]}},
    {"webrtcUrl": "http://bot.example:7860/api/offer", "ice_config": {"ice_servers": [{"urls": "turn:[::1]:3478", "username": "u", "credential": "p"}]}},
    {"webrtc_url": "/api/offer", "error": "x", "detail": [{"loc": ["body", 1], "msg": "x"}]},
]  # fmt: skip
ERRORS: list[dict[str, Any]] = [
    {"error": "no", "code": "x"},
    {"detail": [{"loc": ["body", "a"], "msg": "missing"}]},
    {"info": "x"},
    {"message": "x"},
]
REQUEST = APIRequest("http://bot.example/start", {"Authorization": "Bearer x"})


@contextlib.asynccontextmanager
async def start_answer(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """The document of a start request's answer: session, address of the offer, STUN and TURN servers."""

    async def feed() -> None:
        document = inputs.changed(inputs.random.choice(START_ANSWERS))
        if not isinstance(document, dict):
            document = {"sessionId": document}
        try:
            target = signalling.offer_target(document, REQUEST)
        except InvalidTransportParamsError as error:
            assert_line(str(error))
            return
        target.url.encode()
        is_ours = origin(target.url) == ("http", "bot.example", 80)
        assert is_ours or not target.headers, target.url
        servers = ice_servers.select(target.ice_servers)
        for sentence in servers.skipped:
            assert_line(sentence)
        for url in (servers.stun, servers.turn and servers.turn.url):
            assert url is None or ice_servers.parse_url(str(url)) == url

    yield feed


STATUSES = ("200 OK", "200 OK", "200 \x1b[2J", "201 ", "204 No Content", "301 Moved", "307 Temporary", "308 P", "400 Bad", "401 ", "404 Not Found", "405 ", "422 Unprocessable", "500 \xff\xfe", "502 Bad Gateway", "999 x", "20 x", "abc", "")  # fmt: skip
FIELDS = ("Content-Type: application/json", "Content-Encoding: gzip", "Content-Encoding: br", "Location: /start", "Location: http://[", "Location: \x00", "Set-Cookie: a=\xff; Path=/", "X: " + "y" * 9000, "Transfer-Encoding: chunked", "Content-Length: -1", "Content-Length: 99999999999999999999", "no colon", "Connection: upgrade", "\u202e: x")  # fmt: skip


@contextlib.asynccontextmanager
async def http_answer(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """An HTTP answer as bytes, over TCP, to the start request of the real HTTP client."""
    answer = b""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(2)
        writer.write(answer)
        await writer.drain()

    pool = HttpPool()

    async def feed() -> None:
        nonlocal answer
        body = inputs.json_bytes(START_ANSWERS + ERRORS)
        fields = [inputs.random.choice(FIELDS) for _ in range(inputs.random.choice((0, 0, 1, 2)))]
        if inputs.random.random() < 0.8:
            fields.append(f"Content-Length: {len(body)}")
        head = "\r\n".join([f"HTTP/1.1 {inputs.random.choice(STATUSES)}", *fields]).encode("utf-8", "surrogatepass")
        answer = head + b"\r\n\r\n" + body
        if inputs.random.random() < 0.1:
            answer = answer[: inputs.random.randrange(len(answer))]
        try:
            document = await asyncio.wait_for(post_json(url, {}, {}, pool), 20)
        except HttpError as error:
            assert_line(str(error))
        else:
            json.dumps(document, ensure_ascii=False).encode()

    async with tcp_server(serve) as port:
        url = f"http://127.0.0.1:{port}/start"
        yield feed
        answer = b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"sessionId": ""}'
        assert await post_json(url, {}, {}, pool) == {"sessionId": ""}
        await pool.close()


@contextlib.asynccontextmanager
async def sdp_answer(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """An SDP answer, up to the parser of aiortc."""

    async def feed() -> None:
        text = inputs.lines(sdp.ANSWER, "\r\n")
        try:
            answer = usable_answer(text, audio=inputs.random.random() < 0.8)
        except ValueError as error:
            assert_line(str(error))
        else:
            assert "m=application" in answer

    yield feed


# -- MQTT ------------------------------------------------------------------------------------------------

REQUESTS: list[dict[str, Any]] = [
    {},
    {"transaction": 1},
    {"transaction": "x", "mute": True},
    {"volume": 50},
    {"hard_mute": False},
    {"bot": "bot"},
]
COMMANDS = ("connect", "disconnect", "mute", "volume", "bot", "hard_mute", "identify", "doctor", "bundle", "nothing")
OWN = ("status", "info", "state", "alerts", "health", "mute", "volume", "mic_live", "discovery")
RETAINED: list[dict[str, Any]] = [
    {"boot": "x", "id": "fuzz", "version": "1"},
    {"transport": "ready", "session": "x"},
    {"code": "bot_failed", "raised": True},
]


@contextlib.asynccontextmanager
async def _mqtt(
    topics: Callable[[HostileInputs], str],
    payload: Callable[[HostileInputs], bytes],
    inputs: HostileInputs,
    *,
    commands: bool,
) -> AsyncIterator[Feed]:
    """PUBLISH packets as bytes through paho to a box at rest."""
    async with InProcessBox() as box:
        events: list[Any] = []
        client = paho_client.new_client(Broker("broker", 1883), "callbox-fuzz", None, "", events.append)
        own, peer = socket.socketpair()
        client._create_socket = lambda: own
        paho_client.connect_blocking(client, Broker("broker", 1883))
        peer.sendall(mqtt_packets.connack())
        count = 0

        def read() -> None:
            with contextlib.suppress(BlockingIOError, AttributeError):
                while client.socket().recv(1, socket.MSG_PEEK):
                    client.loop_read()
            with contextlib.suppress(BlockingIOError):
                peer.recv(1 << 16, socket.MSG_DONTWAIT)

        read()
        assert events == [Connected()]
        events.clear()

        async def feed() -> None:
            nonlocal count
            count += 1
            topic = inputs.bytes(topics(inputs))[:1000] or b"\0"  # an empty one: a protocol error (MQTT 3.1.1, 4.7.3)
            packet = mqtt_packets.publish(
                topic, payload(inputs), qos=0, retained=not commands and inputs.random.random() < 0.5
            )
            for start in range(0, len(packet), 1 << 15):
                peer.sendall(packet[start : start + (1 << 15)])
                read()
            assert not any(isinstance(event, Ended) for event in events), events
            for event in events:
                box.mqtt._on_event(client, event)
            events.clear()
            box.check()
            if count % 20 == 0:
                await asyncio.sleep(0)
            if count % PRESS_EVERY == 0:
                await box.press_twice()

        yield feed
        await box.press_twice()
        paho_client.detach(client)
        own.close()
        peer.close()


def mqtt_command(inputs: HostileInputs) -> contextlib.AbstractAsyncContextManager[Feed]:
    """Commands, by request/NAME and NAME/set."""

    def topic(inputs: HostileInputs) -> str:
        name = inputs.random.choice(COMMANDS) if inputs.random.random() < 0.9 else inputs.text()[:50]
        return inputs.random.choice((f"callbox/fuzz/request/{name}", f"callbox/fuzz/{name}/set"))

    def payload(inputs: HostileInputs) -> bytes:
        return inputs.json_bytes(REQUESTS) if inputs.random.random() < 0.7 else inputs.bytes(inputs.text())

    return _mqtt(topic, payload, inputs, commands=True)


def mqtt_retained(inputs: HostileInputs) -> contextlib.AbstractAsyncContextManager[Feed]:
    """The box's own retained topics, Home Assistant's birth message, and others'."""

    def topic(inputs: HostileInputs) -> str:
        if inputs.random.random() < 0.05:
            return inputs.random.choice(("homeassistant/status", inputs.text()[:200]))
        return f"callbox/fuzz/{inputs.random.choice(OWN)}" + (
            "" if inputs.random.random() < 0.8 else f"/{inputs.text()[:50]}"
        )

    def payload(inputs: HostileInputs) -> bytes:
        return (
            inputs.json_bytes(RETAINED)
            if inputs.random.random() < 0.8
            else inputs.random.choice((b"", b"online", b"offline", b"\xff"))
        )

    return _mqtt(topic, payload, inputs, commands=False)


# -- the panel -------------------------------------------------------------------------------------------

PAGE_MESSAGES: list[dict[str, Any]] = [
    {"type": "clock", "at_ms": 1.0},
    {"type": "edge", "closed": False, "at_ms": 2.0},
    {"type": "order", "order": "mute"},
    {"type": "fault", "name": "x", "on": True},
    {"type": "use", "part": "microphone", "device": "x"},
    {"type": "lend"},
    {"type": "refuse", "part": "speaker", "reason": "x"},
    {"type": "take", "periods": 3, "delay_ms": 20.0, "underruns": 0},
]


class _Page(PageConnection):
    """A page whose browser reads everything."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.may_act = True
        self.refused = 0

    def send_encoded(self, message: str | bytes) -> None:
        if isinstance(message, str):
            document = json.loads(message)
            if document["type"] == "refused":
                assert_line(document["text"])


@contextlib.asynccontextmanager
async def panel_message(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """Messages of a page that may act, to a box whose button and sound are in the page."""
    async with InProcessBox(in_page=True) as box:
        assert box.panel
        page, count = _Page(), 0

        async def settle() -> None:
            """Until the page's requests are done, and the call that its button began is made."""
            while page.requests:
                await asyncio.sleep(0)
            while box.is_connecting:
                await asyncio.sleep(0.001)

        async def feed() -> None:
            nonlocal count
            assert box.panel
            count += 1
            if inputs.random.random() < 0.05 and box.panel.board:
                box.panel.board.browser_microphone.push(inputs.bytes(inputs.text()))
            else:
                await box.panel._on_text(page, inputs.json_text(PAGE_MESSAGES)[: 1 << 16])
            if count % 8 == 0 or count % PRESS_EVERY == 0:
                await settle()
            if count % PRESS_EVERY == 0:
                await box.press_twice()

        yield feed
        await settle()
        await box.press_twice()


REQUEST_LINES = ("GET / HTTP/1.1", "GET /ws HTTP/1.1", "GET /panel.js?x HTTP/1.1", "POST / HTTP/1.1", "GET /../../etc/passwd HTTP/1.1", "GET /%2e%2e/%00 HTTP/1.1", "GET  HTTP/9.9", "\x16\x03\x01", "PRI * HTTP/2.0")  # fmt: skip
REQUEST_FIELDS = ("Host: 127.0.0.1", "Host: [", "Host: evil.example", "Origin: http://127.0.0.1", "Origin: null", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: x", "X-Forwarded-Host: ,,,", "X: " + "z" * 9000, "no colon", "Content-Length: 5")  # fmt: skip


@contextlib.asynccontextmanager
async def panel_http(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """HTTP requests as bytes over TCP to the panel's server; sometimes WebSocket frames behind them."""
    port, count = free_port(), 0

    async def serve_page(page: PageConnection, messages: AsyncIterator[str | bytes]) -> None:
        async for _ in messages:
            pass

    async def ask(request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            writer.write(request)
            answer = b""
            with contextlib.suppress(TimeoutError):  # it waits for more, or is a WebSocket
                async with asyncio.timeout(0.02):
                    answer = await reader.read(1 << 16)
            writer.close()
            return answer
        return b""

    async def assert_served() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()

    async with served(AccessPolicy("127.0.0.1", "box"), port, serve_page):

        async def feed() -> None:
            nonlocal count
            count += 1
            line = inputs.random.choice(REQUEST_LINES)
            fields = [inputs.random.choice(REQUEST_FIELDS) for _ in range(inputs.random.randrange(8))]
            text = "\r\n".join([line, *fields, "", ""])
            request = inputs.bytes(inputs.lines(text, "\r\n") if inputs.random.random() < 0.6 else text)[: 1 << 16]
            answer = await ask(request + (inputs.random.randbytes(40) if inputs.random.random() < 0.3 else b""))
            # RFC 9112, 3.2 and 9110, 15.5: what a client does wrong is answered by 4xx, or with the end of the connection.
            assert not re.match(rb"HTTP/1.1 5(?!05)", answer), answer[:200]
            if count % PRESS_EVERY == 0:
                await assert_served()

        yield feed
        await assert_served()


# -- settings and files ----------------------------------------------------------------------------------

SETTINGS = """\
bot:
  start_url: http://192.168.1.20:7860/start
  headers: {Authorization: {env: KEY}, X-Room: kitchen}
  request_data: {a: [1, {b: c}]}
  ice_servers: [{urls: "stun:a.example:3478"}]
device: {id: kitchen}
board: {kind: simulated, button: {pin: 17, debounce_ms: 20}, lamps: {brightness_percent: 50}}
microphone: {device: "plughw:CARD=x", channel: left}
speaker: {volume_percent: 40, buffer_ms: 80}
calls: {max_minutes: 60}
mqtt: {host: broker, port: 1883, username: a, password: {file: /x}, tls: {ca_file: /y}}
panel: {port: 8080, token: {credential: t}, allowed_hosts: [.lan]}
log: {level: info}
"""


def _settings_text(inputs: HostileInputs) -> bytes:
    if inputs.random.random() < 0.4:
        return inputs.bytes(inputs.lines(SETTINGS, "\n"))
    document = inputs.changed(yaml.safe_load(SETTINGS))
    return inputs.bytes(json.dumps(document, ensure_ascii=inputs.random.random() < 0.5))


@contextlib.asynccontextmanager
async def settings(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """The settings file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "callbox.yaml")

        async def feed() -> None:
            file.write_bytes(_settings_text(inputs))
            _load(file, {})

        yield feed


def _load(file: Path, environ: dict[str, str]) -> None:
    early_boot.fingerprint(file, (), environ)
    try:
        loaded = load_all(file, (), environ)
    except SettingsError as error:
        for line in error.errors:
            assert_line(line.removeprefix(str(file)))
    else:
        for line in loaded.warnings:
            assert_line(line.removeprefix(str(file)))


@contextlib.asynccontextmanager
async def boot_file(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """A settings file on the boot partition, imported as root at the start."""
    with tempfile.TemporaryDirectory() as folder:
        boot, etc = Path(folder, "boot"), Path(folder, "etc")
        boot.mkdir()
        etc.mkdir()
        file = boot / "callbox.yaml"

        async def feed() -> None:
            text = _settings_text(inputs)
            if inputs.random.random() < 0.5:
                text = text.replace(
                    b"{env: KEY}",
                    inputs.random.choice((b"Bearer s3cr3t", b"'\x01'", b"[1]", b"{credential: mqtt.\xc2\xb2}")),
                )
            file.write_bytes(text)
            report = Import(file, etc, NOW).run()
            assert isinstance(report.end, ImportResult)
            for line in report.lines:
                assert_line(line.replace(folder, ""))
            if report.end is ImportResult.IMPORTED:
                _load(etc / "callbox.yaml", {})

        yield feed


@contextlib.asynccontextmanager
async def environment(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """Environment variables as Linux passes them: without NUL, what is no UTF-8 as lone surrogates."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "callbox.yaml")
        file.write_text("bot: {start_url: http://a/start}\n")
        names = ("CALLBOX__bot__start_url", "CALLBOX__MQTT__HOST", "CALLBOX__a__", "CALLBOX____", "HTTP_PROXY", "no_proxy", "ALL_PROXY", "WATCHDOG_USEC", "WATCHDOG_PID", "NOTIFY_SOCKET", "STATE_DIRECTORY")  # fmt: skip

        def text() -> str:
            content = inputs.bytes(inputs.text()).replace(b"\0", b"")[:5000]
            return content.decode(errors="surrogateescape")  # as os.environ

        async def feed() -> None:
            environ = {inputs.random.choice(names): text() for _ in range(3)}
            if inputs.random.random() < 0.3:
                environ[f"CALLBOX__{text()}__{text()}".replace("=", "")] = text()
            _load(file, environ)
            Notifier(environ)
            service_folder("STATE_DIRECTORY", environ)
            proxy_for("http://192.168.1.20:7860/start", environ)

        yield feed


STATE: list[dict[str, Any]] = [
    {"volume_percent": 40, "mute": True, "hard_mute": False, "instead_of": None, "bot": "bot"}
]
WIRING: list[dict[str, Any]] = [
    {
        "of": "x",
        "wiring": {
            "button_pin": 17,
            "pull": "up",
            "lamp": {"kind": "rgb", "red_pin": 5, "green_pin": 6, "blue_pin": 13, "active_high": True},
            "brightness": 1.0,
            "microphone_pixels": [0],
        },
    }
]


@contextlib.asynccontextmanager
async def state_folder(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """The files of the state folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        async def feed() -> None:
            if inputs.random.random() < 0.5:
                (folder / STATE_NAME).write_bytes(inputs.json_bytes(STATE))
                state = PersistentState(folder)
                percent, mute = state.read()
                assert percent is None or (type(percent) is int and 0 <= percent <= 100)
                assert mute in (True, False)
                assert state.bot is None or isinstance(state.bot, str)
            else:
                (folder / early_io.NAME).write_bytes(inputs.json_bytes(WIRING))
                wiring = early_io.load_wiring(folder, "x")
                assert wiring is None or (
                    type(wiring.button_pin) is int
                    and all(type(pin) is int for pin in light_specs.pins_of(wiring.lamp))
                    and wiring.pull in ("up", "down", "none")
                    and 0 <= wiring.brightness <= 1
                ), wiring

        yield feed


ALARMS: list[dict[str, Any]] = [
    {
        "kind": "alarm",
        "text": "up",
        "due": [1_796_000_000.0],
        "seconds": 0.0,
        "after_s": 1_795_900_000.0,
        "state": "scheduled",
        "local": {"at": "06:30:00", "day": None, "weekdays": [0, 4], "zone": "Europe/Berlin"},
    },
    {
        "kind": "ring",
        "text": "tea",
        "due": [300.0, "b00t"],
        "seconds": 300.0,
        "after_s": 0.0,
        "state": "snoozed",
        "bot": "a",
    },
]
RINGS: list[dict[str, Any]] = [
    {"reason": "tea", "bot": None, "request_data": {"a": 1}, "until": 1_796_000_000.0, "sound": "tone"}
]
CLOCK = ClockHistory(ClockReading(1_795_990_000.0, 100.0, "b00t", is_set=True))


@contextlib.asynccontextmanager
async def kept_rows(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """Rows of the files of rings and alarms."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rings, alarms = RingStore(folder), AlarmStore(folder)
        writers = [sqlite3.connect(folder / file, isolation_level=None) for file in (RINGS_NAME, ALARMS_NAME)]
        for writer in writers:
            writer.execute("PRAGMA synchronous=OFF")

        def field(documents: list[dict[str, Any]]) -> Any:
            text = inputs.json_bytes(documents)
            return text if inputs.random.random() < 0.2 else text.decode(errors="replace")

        async def feed() -> None:
            id_ = "x" if inputs.random.random() < 0.5 else encodable(inputs.text())[:1000]
            if inputs.random.random() < 0.5:
                writers[0].execute("DELETE FROM rings")
                writers[0].execute(
                    "INSERT INTO rings (id, fields, state) VALUES (?, ?, ?)", (id_, field(RINGS), "pending")
                )
                kept, _ = rings.read()
                for ring in kept.pending:
                    assert_line(ring.id)
                    assert_line(ring.reason)
                    json.dumps(ring.request_data, allow_nan=False).encode()
                    assert ring.until is None or ring.until + 1.0 > ring.until
            else:
                writers[1].execute("DELETE FROM alarms")
                writers[1].execute("INSERT INTO alarms (id, fields) VALUES (?, ?)", (id_, field(ALARMS)))
                read, _ = alarms.read()
                for alarm in read.pending.values():
                    assert_line(alarm.id)
                    assert_line(alarm.text)
                due = read.in_this_boot(CLOCK).at(CLOCK, AlarmRules())
                due.wait_s(CLOCK, AlarmRules())
                payloads.alarms(overview(due, CLOCK))

        try:
            yield feed
        finally:
            for close in (*(writer.close for writer in writers), rings.close, alarms.close):
                close()


@contextlib.asynccontextmanager
async def device_name(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """Names of PCMs and cards, and what alsa-lib says of them, up to a sentence and to the panel's list."""

    def name() -> str:
        names = ("default", "plughw:CARD=Device,DEV=0", "hw:1,0", "plug:{hw:1}", "sysdefault:CARD=")
        return inputs.spoilt(inputs.random.choice(names)) if inputs.random.random() < 0.7 else inputs.text()

    async def feed() -> None:
        cards = [name() for _ in range(inputs.random.randrange(4))]
        device, reason = name(), inputs.text()
        choices = alsa_names.choices([device, *cards])
        alsa_names.recommended(choices)
        alsa_names.numbered_card(device)
        alsa_names.hardware_of(device)
        errors = [
            alsa_names.missing_card(device, dict(enumerate(cards))),
            pcm_errors.unopened("capture", device, inputs.random.choice(list(errno.errorcode)), cards, cards[:1]),
            pcm_errors.broken("playback", device, inputs.random.choice(list(errno.errorcode))),
            pcm_errors.failed("playback", device, reason),
            pcm_errors.stalled("capture", device),
            pcm_errors.silent_server("capture", device),
        ]
        for error in errors:
            InProcessBox.assert_tellable(str(error))

    yield feed


@contextlib.asynccontextmanager
async def hardware_ids(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """What HAT, sound cards and USB devices say of themselves, up to the preset that is recognised by it."""
    files = {
        "proc/device-tree/hat/product": "WM8960 Soundcard\0",
        "proc/asound/cards": " 0 [Device         ]: USB-Audio - USB Device\n                      C-Media at usb-1\n",
        "proc/asound/card0/usbid": "0d8c:0014",
        "proc/asound/card0/pcm0p/info": "card: 0\ndevice: 0\nid: bcm2835-i2s-wm8960-hifi wm8960-hifi-0\n",
        "sys/bus/usb/devices/1-1/idVendor": "0d8c\n",
        "sys/bus/usb/devices/1-1/idProduct": "0014\n",
    }
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for file in files:
            (root / file).parent.mkdir(parents=True, exist_ok=True)

        async def feed() -> None:
            for file, content in files.items():
                text = inputs.lines(content, "\n") if inputs.random.random() < 0.5 else content
                (root / file).write_bytes(inputs.bytes(text))
            choice = preset_for({}, read_hardware_ids(root))
            assert_line(choice.reason)

        yield feed


@contextlib.asynccontextmanager
async def hid_device(inputs: HostileInputs) -> AsyncIterator[Feed]:
    """Report descriptors of HID devices on USB, and their reports."""

    def changed(content: bytes) -> bytes:
        made = bytearray(content)
        for _ in range(inputs.random.choice((1, 1, 2, 8))):
            at = inputs.random.randrange(len(made) + 1)
            match inputs.random.randrange(4):
                case 0:
                    made[at : at + 1] = inputs.random.randbytes(1)
                case 1:
                    del made[at : at + inputs.random.randrange(1, 6)]
                case 2:
                    made[at:at] = inputs.random.randbytes(inputs.random.randrange(1, 6))
                case _:
                    made[at:at] = made[:at]
        return bytes(made[:4096])  # as long as the kernel lets one be

    async def feed() -> None:
        try:
            descriptor = parse_descriptor(changed(SPEAKERPHONE))
        except ValueError as error:
            assert_line(str(error))
            return
        for report in (inputs.random.randbytes(inputs.random.randrange(9)), changed(OFF_HOOK)):
            for field in descriptor.fields[:64]:
                value = value_of(field, report)
                assert value is None or 0 <= value < 1 << field.size
        for report in output_reports(descriptor, dict.fromkeys((0x080017, 0x080009), 1)):
            assert len(report) <= 1 + MAX_REPORT_BITS // 8, len(report)

    yield feed


ENTRY_POINTS: dict[str, tuple[EntryPoint, int]] = {
    "bot: RTVI messages on the data channel, in a call": (data_channel, 150_000),
    "bot: the document of the start request's answer": (start_answer, 120_000),
    "bot: HTTP answers, as bytes over TCP": (http_answer, 40_000),
    "bot: SDP answers": (sdp_answer, 50_000),
    "MQTT: commands, as packets": (mqtt_command, 150_000),
    "MQTT: retained state and other topics, as packets": (mqtt_retained, 150_000),
    "panel: WebSocket messages and sound": (panel_message, 100_000),
    "panel: HTTP requests, as bytes over TCP": (panel_http, 20_000),
    "settings file": (settings, 20_000),
    "settings file on the boot partition": (boot_file, 10_000),
    "environment": (environment, 20_000),
    "state folder": (state_folder, 80_000),
    "rings and alarms that were kept": (kept_rows, 20_000),
    "names of devices": (device_name, 40_000),
    "ids of HAT, sound cards and USB devices": (hardware_ids, 10_000),
    "HID devices: report descriptors and reports": (hid_device, 20_000),
}
"""Each with the number of inputs of a whole run: a million."""
