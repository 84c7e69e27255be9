"""The panel's server: names behind a TLS proxy, malformed requests, the token, and pages that misbehave."""

import asyncio
import contextlib
import functools
import json
import time
import types

import httpx
import pytest
from tests.rig.ports import free_port
from tests.rig.tls_proxy import TlsProxy
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request
from websockets.typing import Origin

from callbox.app import compose
from callbox.config import SettingsError, load_all
from callbox.control.alarm_requests import AlarmRequest
from callbox.control.alarm_table import AlarmKind
from callbox.control.announcements import Announcement, Words
from callbox.control.faults import Fault, Problem
from callbox.control.remote_commands import (
    Announce,
    CancelAlarm,
    ChooseBot,
    Command,
    Denied,
    PendingResult,
    RequestRing,
    SetAlarm,
    SetHardMute,
    SetVolume,
)
from callbox.control.rings import Ring
from callbox.control.status import Status
from callbox.demo.terminal_demo import SPEECH
from callbox.panel import panel as panel_module
from callbox.panel import server as server_module
from callbox.panel.browser_board import PageBoard
from callbox.panel.connection import MAX_WAITING
from callbox.panel.model import server_messages
from callbox.panel.model.access import MIN_TOKEN_CHARS, AccessPolicy
from callbox.panel.model.client_messages import HOOK_SWITCH, MUTE_SWITCH
from callbox.panel.model.rate_limit import BURST
from callbox.panel.panel import MAX_REQUESTS, Panel
from callbox.panel.server import MAX_CONNECTIONS, MAX_FRAME_BYTES
from callbox.rtvi import TransportState
from callbox_device.interfaces import Edge
from callbox_device.model.gestures import Pressed
from callbox_device.model.keypad import LAYOUTS, KeypadDecoder, KeypadEvent, KeyPressed
from callbox_device.simulated import SimulatedKeypad, SimulatedKnob, SimulatedRotaryDial

TOKEN = "a good tökén"


class RunningPanel:
    """``async with RunningPanel() as running``: a panel at `running.port` of 127.0.0.1."""

    def __init__(self, *, board=None, hosts=()):
        self.port = free_port()
        self.board = board
        about = server_messages.about("box", "1", is_board=board is not None, has_token=True)
        self.panel = Panel(AccessPolicy("127.0.0.1", "pi", TOKEN, hosts), self.port, about, board=board)

    async def __aenter__(self):
        served = asyncio.Event()
        self.panel.when_served = served.set
        self._task = asyncio.create_task(self.panel.run())
        await served.wait()
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def page(self, *, origin=None, **options):
        address = f"127.0.0.1:{self.port}"
        return connect(f"ws://{address}/ws", origin=Origin(origin or f"http://{address}"), close_timeout=1, **options)

    async def raw(self, *headers, path="/"):
        """The status of a request with these headers."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write("\r\n".join((f"GET {path} HTTP/1.1", *headers, "", "")).encode())
        text = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
        return int(text.split()[1]), text


async def until(page, type_, **wanted):
    """The next message of this type with these values."""
    async for text in page:
        message = json.loads(text)
        if message["type"] == type_ and wanted.items() <= message.items():
            return message
    raise AssertionError(f"closed: {page.close_code}")


async def authenticate(page, token=TOKEN):
    await page.send(json.dumps({"type": "token", "token": token}))
    return (await until(page, "token"))["may_act"]


# -- names, and a proxy with TLS --------------------------------------------------------------------------


@pytest.mark.parametrize("keeps_host", [True, False])
@pytest.mark.parametrize("prefix", ["", "/callbox"])
async def test_page_is_served_and_connected_behind_a_tls_proxy(tmp_path, keeps_host, prefix):
    async with (
        RunningPanel(hosts=("box.fritz.box",)) as running,
        TlsProxy(tmp_path, running.port, prefix=prefix, keeps_host=keeps_host) as proxy,
    ):
        name = f"box.fritz.box:{proxy.port}"
        options = {"host": "127.0.0.1", "port": proxy.port, "ssl": proxy.client_context}
        async with connect(f"wss://{name}{prefix}/ws", origin=Origin(f"https://{name}"), **options) as page:
            assert await authenticate(page)
            running.panel.on_status(Status(TransportState.READY))
            assert (await until(page, "status", transport="ready"))["in_session"] is False
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"wss://{name}{prefix}/ws", origin=Origin("https://evil.example"), **options)
        assert refused.value.response.status_code == 403


async def test_own_address_may_be_opened_by_https(tmp_path):
    async with RunningPanel() as running, TlsProxy(tmp_path, running.port) as proxy:
        address = f"127.0.0.1:{proxy.port}"
        async with connect(
            f"wss://{address}/ws", origin=Origin(f"https://{address}"), ssl=proxy.client_context
        ) as page:
            assert await until(page, "about")


async def test_unknown_name_is_refused_with_the_setting_that_allows_it():
    async with RunningPanel() as running:
        status, text = await running.raw("Host: box.fritz.box")
        assert status == 421
        assert "box.fritz.box" in text
        assert "panel.allowed_hosts" in text


async def test_proxy_without_entry_is_refused_with_the_setting_that_allows_it():
    async with RunningPanel() as running:
        with pytest.raises(InvalidStatus) as refused:
            await running.page(origin="https://box.fritz.box")
        assert refused.value.response.status_code == 403
        body = refused.value.response.body.decode()
        assert "panel.allowed_hosts" in body
        assert "Host" in body


# -- malformed requests -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Host: 127.0.0.1", "Host: 127.0.0.1"),
        ("Host: 127.0.0.1", "Host: evil.example"),
        ("Host: 127.0.0.1", "host: 127.0.0.1", "HOST: 127.0.0.1"),
        ("Host: 127.0.0.1", "Origin: http://127.0.0.1", "Origin: http://127.0.0.1"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/ws", "/panel.js"])
async def test_request_without_exactly_one_host_is_bad(headers, path):
    async with RunningPanel() as running:
        status, _ = await running.raw(*headers, path=path)
        assert status == 400


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Host:", 421),
        ("Host: \x80\xff", 421),
        ("Host: " + "a" * 3000, 421),
        ("Host: a, b", 421),
        ("Host: [::1", 421),
        ("Host: 127.0.0.1:99999999", 421),
        ("Host: 127.0.0.1", 200),
    ],
)
async def test_strange_host_is_no_error_of_the_server(header, status):
    async with RunningPanel() as running:
        assert (await running.raw(header))[0] == status


# -- the token --------------------------------------------------------------------------------------------


async def test_pause_after_a_wrong_token_holds_for_new_connections(monkeypatch):
    waits = []
    real = asyncio.sleep

    async def sleep(delay_s):
        if delay_s == panel_module.WRONG_TOKEN_S:
            waits.append(delay_s)
            await ended.wait()
        else:
            await real(delay_s)

    ended = asyncio.Event()
    async with RunningPanel() as running:
        monkeypatch.setattr(asyncio, "sleep", sleep)
        async with running.page() as first:
            assert not await authenticate(first, "wrong guess")
        async with running.page() as second:  # the first one is closed: its pause goes on
            attempt = asyncio.create_task(authenticate(second))
            await until_idle(real)
            assert not attempt.done()
            ended.set()
            assert await attempt
        assert len(waits) == 1


async def until_idle(sleep):
    """Long enough for an answer over loopback."""
    for _ in range(50):
        await sleep(0.002)


# -- pages that misbehave ---------------------------------------------------------------------------------

GARBAGE = [
    "",
    "{",
    "null",
    "[" * 900,
    '{"type":"edge","closed":true,"at_ms":1' + "0" * 400 + "}",
    '{"type":"edge","closed":true,"at_ms":NaN}',
    '{"type":"edge","closed":true,"at_ms":-1e308}',
    '{"type":"token","token":"\\ud800"}',
    '{"type":"token","token":"\\u0000\\u001b[2J"}',
    '{"type":"order","order":"\\ud800\\u001b]0;x\\u0007"}',
    '{"type":"fault","name":"\\ud800","on":true}',
    '{"type":"use","part":"camera","device":"x"}',
    '{"type":"use","part":"microphone","device":"\\ud800\\u202e"}',
    '{"type":"refuse","part":"speaker","reason":"\\ud800\\n\\u001b[31m"}',
    '{"type":"take","periods":1' + "0" * 500 + ',"delay_ms":1e308,"underruns":-1' + "0" * 200 + "}",
    '{"type":"lend","more":1}',
    "\u202e\u2028\x00\x1b",
    b"",
    b"\0",
    bytes(MAX_FRAME_BYTES),
]


@pytest.fixture
async def running(tmp_path):

    async with RunningPanel(board=PageBoard(SPEECH)) as running:
        yield running


async def assert_works(running, page, number):
    """Whether a page still gets what happens, and may act."""
    running.panel.on_gesture(Pressed(0.0), "main")
    running.panel.on_status(Status(TransportState.ERROR, problem=Problem(Fault.BOT_FAILED, f"number {number}")))
    assert await until(page, "status", problem={"code": "bot_failed", "text": f"number {number}"})
    await page.send(json.dumps({"type": "lend"}))
    assert await until(page, "sound", is_lent=True)


async def test_garbage_is_refused_and_harms_no_page(running, caplog):
    async with running.page() as good, running.page() as bad:
        assert await authenticate(good)
        assert await authenticate(bad)
        for message in GARBAGE:
            await bad.send(message)
        await bad.send(json.dumps({"type": "token", "token": TOKEN}))
        await bad.send(json.dumps({"type": "order", "order": "last"}))
        texts: list[str] = []
        while not texts or "no command last" not in texts[-1]:
            texts.append((await until(bad, "refused"))["text"])
        for text in texts:
            assert len(text) <= 500
            assert text.isprintable(), text
        await assert_works(running, good, 0)
    assert "Traceback" not in caplog.text


async def test_frame_that_is_too_large_ends_its_page_only(running):
    async with running.page() as good, running.page() as bad:
        assert await authenticate(good)
        await bad.send(bytes(MAX_FRAME_BYTES + 1))
        with contextlib.suppress(ConnectionClosed):
            while True:
                await bad.recv()
        assert bad.close_code == 1009
        await assert_works(running, good, 1)


@pytest.mark.parametrize(
    "message", ["{", json.dumps({"type": "lend"}), bytes(1920), json.dumps({"type": "clock", "at_ms": 1})]
)
async def test_flood_is_slowed_down_and_harms_no_page(running, message):
    async with running.page() as good, running.page() as bad:
        assert await authenticate(good)
        assert await authenticate(bad)

        async def flood():
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await bad.send(message)
                    await asyncio.sleep(0)  # one loop for both ends

        flooding = asyncio.create_task(flood())
        try:
            for number in range(20):
                await assert_works(running, good, number)
        finally:
            flooding.cancel()
            await asyncio.gather(flooding, return_exceptions=True)
        bad.transport.abort()
        await assert_works(running, good, 100)


async def test_messages_beyond_the_burst_wait(running, monkeypatch):
    waits: list[float] = []
    real = asyncio.sleep

    async def sleep(delay_s):
        if delay_s > 0:
            waits.append(delay_s)
        await real(delay_s)

    async with running.page() as page:
        monkeypatch.setattr(
            panel_module, "time", types.SimpleNamespace(monotonic=lambda: 5.0)
        )  # the bucket isn't filled
        monkeypatch.setattr(asyncio, "sleep", sleep)
        for _ in range(BURST + 10):
            await page.send("{")
        for _ in range(BURST + 10):
            await until(page, "refused")
    assert len([wait_s for wait_s in waits if wait_s < 1]) == 10  # the library's keep-alive waits longer


async def test_page_that_reads_nothing_is_disconnected_and_harms_no_page(running):
    async with running.page() as good:
        assert await authenticate(good)
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{running.port}\r\nOrigin: http://127.0.0.1:{running.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        assert b"101" in await reader.readline()
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        while len(running.panel._pages) < 2:
            await asyncio.sleep(0)
        hung = next(page for page in running.panel._pages if not page.may_act)
        event = server_messages.event("x" * 500, running.panel._since)
        for number in range(1000 * MAX_WAITING):  # the sockets' buffers take some megabytes
            running.panel.broadcast(event)
            if number % 100 == 0:
                for _ in range(100 if number else 1):  # what there is
                    await until(good, "event")
            if hung not in running.panel._pages:
                break
        assert hung not in running.panel._pages
        await assert_works(running, good, 1)
        writer.close()


class SlowFault:
    """Fulfils `handlers.FaultInjection`; never done."""

    name, label, expect, is_on = "slow", "Slow", "", False

    async def turn(self, on):
        await asyncio.Event().wait()


class BrokenFault(SlowFault):
    name, label = "broken", "Broken"

    async def turn(self, on):
        raise OSError("\ud800\x1b[31m" + "x" * 10_000)


async def test_requests_that_hang_are_bounded(running):
    running.panel.handler.set_faults([SlowFault(), BrokenFault()])
    async with running.page() as good, running.page() as bad:
        assert await authenticate(good)
        assert await authenticate(bad)
        await bad.send(json.dumps({"type": "fault", "name": "broken", "on": True}))
        text = (await until(bad, "refused"))["text"]
        assert text.startswith("Broken: ")
        assert text.isprintable()
        for _ in range(MAX_REQUESTS + 1):
            await bad.send(json.dumps({"type": "fault", "name": "slow", "on": True}))
        assert f"{MAX_REQUESTS} requests" in (await until(bad, "refused"))["text"]
        await assert_works(running, good, 1)


async def test_text_of_the_bot_reaches_pages_as_one_line(running):
    async with running.page() as page:
        problem = Problem(Fault.BOT_FAILED, "\ud800\x1b[31m\nforged" + "x" * 100_000)
        running.panel.on_status(Status(TransportState.ERROR, problem=problem))
        text = (await until(page, "status", transport="error"))["problem"]["text"]
        assert text.isprintable()
        assert len(text) <= 500


async def test_connections_that_say_nothing_leave_the_box_its_files(monkeypatch, caplog):
    def patient(*arguments, **options):
        return serve(*arguments, **{**options, "open_timeout": 600})

    monkeypatch.setattr(server_module, "serve", patient)  # else a busy machine ends them meanwhile
    async with RunningPanel(board=PageBoard(SPEECH)) as running, running.page() as good:
        assert await authenticate(good)
        silent = [await asyncio.open_connection("127.0.0.1", running.port) for _ in range(3 * MAX_CONNECTIONS)]
        ends = [asyncio.create_task(reader.read()) for reader, _ in silent]
        async with asyncio.timeout(60):
            await asyncio.gather(*ends[MAX_CONNECTIONS:], return_exceptions=True)
        assert not any(end.done() for end in ends[: MAX_CONNECTIONS // 2])
        await assert_works(running, good, 1)
        for _, writer in silent:
            writer.close()
        await asyncio.gather(*ends, return_exceptions=True)
        status = 0
        async with asyncio.timeout(60):
            while status != 200:
                with contextlib.suppress(ConnectionError, IndexError):  # those that were closed still count
                    status, _ = await running.raw(f"Host: 127.0.0.1:{running.port}")
                await asyncio.sleep(0.01)
    assert not caplog.records


async def test_panel_ends_during_a_flood(running):
    async with running.page() as bad:

        async def flood():
            while True:
                await bad.send("{")
                await asyncio.sleep(0)

        flooding = asyncio.create_task(flood())
        await until(bad, "refused")
        running._task.cancel()
        await asyncio.gather(running._task, return_exceptions=True)  # else the test's time limit ends it
        with pytest.raises(ConnectionClosed):
            await flooding


# -- settings ---------------------------------------------------------------------------------------------


def plan(folder, panel):
    file = folder / "callbox.yaml"
    file.write_text(f"bot: {{start_url: http://127.0.0.1:9/start}}\npanel: {{enabled: true, {panel}}}\n")
    factory = compose.panel_factory(load_all(file, []))
    assert factory
    return factory


@pytest.mark.parametrize("size", [0, 1, MIN_TOKEN_CHARS - 1])
def test_token_that_is_too_short_is_refused_and_not_repeated(tmp_path, size):
    token = tmp_path / "token"
    token.write_text("s3cr3t-s3cr3t"[:size])
    token.chmod(0o600)
    with pytest.raises(SettingsError) as refused:
        plan(tmp_path, f"token: {{file: {token}}}")
    assert "panel.token" in str(refused.value)
    assert "s3cr" not in str(refused.value)
    if size:
        assert f"at least {MIN_TOKEN_CHARS}" in str(refused.value)


def test_token_of_the_least_length_is_taken(tmp_path):
    token = tmp_path / "token"
    token.write_text("x" * MIN_TOKEN_CHARS)
    token.chmod(0o600)
    assert plan(tmp_path, f"token: {{file: {token}}}").policy.is_token("x" * MIN_TOKEN_CHARS)


def test_allowed_hosts_of_the_settings(tmp_path):
    policy = plan(tmp_path, 'allowed_hosts: ["Box.fritz.box", .lan, box.example.net.]').policy
    assert policy.allowed_hosts == ("box.fritz.box", ".lan", "box.example.net")
    assert policy.allows_host("box.fritz.box:8443")


@pytest.mark.parametrize(
    "name", ["http://box.lan", "box.lan:8067", "", ".", "..lan", "box lan", "*", "box/x", "a@b", "-a.lan"]
)
def test_other_than_host_names_are_refused(tmp_path, name):
    with pytest.raises(SettingsError, match=r"such as box\.fritz\.box"):
        plan(tmp_path, f"allowed_hosts: [{json.dumps(name)}]")


# -- further buttons and the mute switch ------------------------------------------------------------------


async def test_contacts_of_the_page_have_names_and_its_buttons_end_with_it():
    board = PageBoard(SPEECH, further=("red", MUTE_SWITCH))
    edges: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()

    def note(name, edge):
        edges.put_nowait((name, edge.closed))

    for name, contact in board.contacts.items():
        contact.start(functools.partial(note, name))
    async with RunningPanel(board=board) as running:
        async with running.page() as page:
            assert await authenticate(page)
            for name in ("red", MUTE_SWITCH, "blue"):
                await page.send(json.dumps({"type": "edge", "closed": True, "at_ms": 1000.0, "contact": name}))
            assert (await until(page, "refused"))["text"] == "This box has no button blue."
            await page.send(json.dumps({"type": "edge", "closed": True, "at_ms": 1001.0}))
            async with asyncio.timeout(60):
                assert [await edges.get() for _ in range(3)] == [("red", True), (MUTE_SWITCH, True), ("main", True)]
        async with asyncio.timeout(60):
            assert {await edges.get(), await edges.get()} == {("red", False), ("main", False)}
    assert board.contacts[MUTE_SWITCH].closed


async def test_a_short_press_that_arrives_late_and_at_once_keeps_its_length():
    board = PageBoard(SPEECH)
    edges: asyncio.Queue[Edge] = asyncio.Queue()
    board.button.start(edges.put_nowait)
    async with RunningPanel(board=board) as running, running.page() as page:
        assert await authenticate(page)
        await page.send(json.dumps({"type": "edge", "closed": True, "at_ms": 1000.0}))
        await page.send(json.dumps({"type": "edge", "closed": False, "at_ms": 1060.0}))
        async with asyncio.timeout(60):
            pressed, released = await edges.get(), await edges.get()
    assert (pressed.closed, released.closed) == (True, False)
    assert released.at_s - pressed.at_s == pytest.approx(0.06)


async def test_button_of_a_page_that_is_gone_before_its_press_is_read_is_up():
    board = PageBoard(SPEECH)
    async with RunningPanel(board=board) as running:
        async with running.page() as page:
            assert await authenticate(page)
            for number in range(BURST + 20):  # the last ones wait, and so does the press
                await page.send(json.dumps({"type": "clock", "at_ms": number}))
            await page.send(json.dumps({"type": "edge", "closed": True, "at_ms": 1000.0}))
            page.transport.close()
        async with asyncio.timeout(60):
            while running.panel._pages:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert not board.button.closed


# -- telephone parts, bots, volume and hard mute ----------------------------------------------------------


async def test_handset_dial_and_knob_of_the_page_move_their_contacts(monkeypatch):
    stopped = types.SimpleNamespace(monotonic=lambda: 1000.0)  # the dial turns however late the second digit is
    monkeypatch.setattr("callbox_device.simulated.telephone.time", stopped)
    dial, knob = SimulatedRotaryDial(), SimulatedKnob()
    board = PageBoard(SPEECH, None, (HOOK_SWITCH,), dial, knob)
    edges: asyncio.Queue[str] = asyncio.Queue()

    def note(name, edge):
        edges.put_nowait(f"{name}{'+' if edge.closed else '-'}")

    names = ("hook", "pulse", "off-normal", "a", "b")
    for name, contact in zip(names, (board.contacts[HOOK_SWITCH], *dial.contacts, *knob.contacts), strict=True):
        contact.start(functools.partial(note, name))
    async with RunningPanel(board=board) as running:
        async with running.page() as page:
            assert await authenticate(page)
            for message in (
                {"type": "edge", "closed": True, "at_ms": 1000.0, "contact": HOOK_SWITCH},
                {"type": "turn", "detents": -1},
                {"type": "dial", "digit": "2"},
                {"type": "dial", "digit": "3"},
            ):
                await page.send(json.dumps(message))
            assert (await until(page, "contact"))["closed"]
            assert (await until(page, "refused"))["text"] == "The dial still turns."
        async with running.page() as later:  # which shows the handset as it is
            assert (await until(later, "contact", contact=HOOK_SWITCH))["closed"]
    assert board.contacts[HOOK_SWITCH].closed
    moves = ["hook+", "b+", "a+", "b-", "a-", "off-normal+", *(["pulse+", "pulse-"] * 2), "off-normal-"]
    assert [edges.get_nowait() for _ in range(edges.qsize())] == moves


async def test_a_page_chooses_the_bot_the_volume_and_the_hard_mute():
    orders = []

    def execute(order):
        orders.append(order)
        return Denied("bad_argument", "There is no such bot.") if order == ChooseBot("nobody") else None

    async with RunningPanel() as running, running.page() as page:
        running.panel.attach(execute)
        await page.send(json.dumps({"type": "volume", "percent": 40}))
        assert "token" in (await until(page, "refused"))["text"]
        assert await authenticate(page)
        for message in (
            {"type": "volume", "percent": 40},
            {"type": "volume", "percent": 101},
            {"type": "bot", "name": "doctor"},
            {"type": "hard_mute", "on": True},
            {"type": "dial", "digit": "1"},
            {"type": "ring", "reason": "Lunch\nis ready"},
            {"type": "announce", "text": "Lunch\nis ready"},
            {"type": "alarm", "time": "300", "text": "Tea"},
            {"type": "alarm", "time": "soon", "text": "Tea"},
            {"type": "cancel_alarm", "id": "tea"},
            {"type": "bot", "name": "nobody"},
        ):
            await page.send(json.dumps(message))
        refused = [(await until(page, "refused"))["text"] for _ in range(4)]
        running.panel.on_status(
            Status(
                bot="kitchen", bots=("kitchen", "doctor"), volume_percent=20, max_volume_percent=60, quiet_hours=True
            )
        )
        status = await until(page, "status", chosen_bot="kitchen")
    assert orders == [
        SetVolume(40),
        ChooseBot("doctor"),
        SetHardMute(True),
        RequestRing(Ring("", "Lunch is ready")),
        Announce(Announcement("", Words("Lunch is ready"))),
        SetAlarm(AlarmRequest(AlarmKind.TIMER, text="Tea", seconds=300)),
        CancelAlarm("tea"),
        ChooseBot("nobody"),
    ]
    assert "101" in refused[0] or "<= 100" in refused[0]
    assert refused[1:] == [
        "This box has a button, a microphone and a loudspeaker of its own.",
        "time must be such as 07:00, 2026-11-30T07:00 or 2026-11-30T07:00:00+01:00, of a year from 2025 to 2099.",
        "There is no such bot.",
    ]
    assert status["bots"] == ["kitchen", "doctor"]
    assert (status["volume"], status["max_volume"], status["quiet_hours"]) == (20, 60, True)


@pytest.mark.skipif("method" not in Request.__dataclass_fields__, reason="websockets before 17 takes no POST")
async def test_commands_by_http_need_the_token():
    orders: list[Command] = []

    def execute(order: Command) -> Denied | PendingResult | None:
        orders.append(order)
        if isinstance(order, Announce):
            return Denied("not_allowed", "announce.allow_announce is false.")
        return lambda tell: tell({"id": "door", "new": True})

    async with RunningPanel() as running, httpx.AsyncClient(trust_env=False, timeout=60) as http:
        running.panel.attach(execute)
        place = f"http://127.0.0.1:{running.port}/request"
        with_token = httpx.Headers({"Authorization": f"Bearer {TOKEN}"}, encoding="utf-8")
        with_host = with_token.copy()
        with_host["Host"] = "evil.example"
        ring = f"{place}/ring?id=door&reason=Lunch%20is%20ready&request_data=%7B%22n%22%3A1%7D"
        assert (await http.post(ring, headers={"Authorization": "Bearer wrong"})).status_code == 401
        assert (await http.post(ring)).status_code == 401
        assert (await http.get(ring, headers=with_token)).status_code == 405
        assert (await http.post(ring, headers=with_host)).status_code == 421
        assert orders == []
        rung = await http.post(ring, headers=with_token)
        assert (rung.status_code, rung.json()) == (200, {"status": "ok", "data": {"id": "door", "new": True}})
        assert orders == [RequestRing(Ring("door", "Lunch is ready", request_data={"n": 1}))]
        denied = await http.post(f"{place}/announce?text=Lunch&volume=50", headers=with_token)
        assert (denied.status_code, denied.json()["error"]["code"]) == (403, "not_allowed")
        for wrong in ("ring?until=tomorrow", "announce?volume=x&text=x", "announce"):
            assert (await http.post(f"{place}/{wrong}", headers=with_token)).status_code == 400
        assert (await http.post(f"{place}/ring?reason={'x' * 5000}", headers=with_token)).status_code == 414
    assert len(orders) == 2


@pytest.mark.parametrize(("part", "type_"), [("dial", {"digit": "1"}), ("turn", {"detents": 1}), ("key", {"key": "1"})])
async def test_parts_that_the_page_does_not_have_are_refused(part, type_):
    async with RunningPanel(board=PageBoard(SPEECH)) as running, running.page() as page:
        assert await authenticate(page)
        await page.send(json.dumps({"type": part, **type_}))
        assert (await until(page, "refused"))["text"].startswith("This box has no ")


async def test_a_key_clicked_in_the_page_is_pressed_at_the_box():
    keypad, decoder = SimulatedKeypad(LAYOUTS[3]), KeypadDecoder(LAYOUTS[3])
    events: list[KeypadEvent] = []
    decoder.start(keypad.start(lambda scan: events.extend(decoder.scan(scan))), 0.0)
    async with RunningPanel(board=PageBoard(SPEECH, keypad=keypad)) as running, running.page() as page:
        assert await authenticate(page)
        for key in ("1", "#", "A", "x"):
            await page.send(json.dumps({"type": "key", "key": key}))
        refused = [(await until(page, "refused"))["text"] for _ in range(2)]
    assert any(text == "The keypad has no key A." for text in refused)
    assert any("not understood" in text for text in refused)
    events.extend(decoder.tick(time.monotonic() + 1))
    assert [event.key for event in events if isinstance(event, KeyPressed)] == ["1", "#"]


def test_the_page_has_the_telephone_parts_of_the_settings(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text(
        "bots: {kitchen: {start_url: http://127.0.0.1:9/start}}\n"
        "speaker: {volume_percent: 30}\n"
        "board: {kind: panel, hook_switch: {pin: 5}, volume_knob: {a_pin: 23, b_pin: 24, reversed: true},\n"
        "        rotary_dial: {pulse_pin: 6}, keypad: {row_pins: [7, 8, 9, 10], column_pins: [11, 16, 20]}}\n"
        "panel: {enabled: true, token: {env: PATH}}\n"
    )
    loaded = load_all(file, [])
    factory = compose.panel_factory(loaded)
    assert factory is not None
    about = factory.about
    assert (about["contacts"], about["has_dial"], about["has_knob"]) == ([HOOK_SWITCH], True, True)
    panel = factory.make()
    board = compose.make_board(loaded.settings, panel=panel)
    assert panel.board is not None
    assert about["keypad"] == ["123", "456", "789", "*0#"]
    assert panel.board.rotary_dial is not None
    assert panel.board.volume_knob is not None
    assert board.hook_switch is panel.board.contacts[HOOK_SWITCH]
    assert board.rotary_dial == panel.board.rotary_dial.contacts
    assert len(board.rotary_dial) == 1
    assert board.volume_knob == panel.board.volume_knob.contacts
    assert board.keypad is panel.board.keypad is not None
    assert board.speaker.volume_percent == 30
