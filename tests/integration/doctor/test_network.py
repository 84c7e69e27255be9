"""Broker, bot and STUN, each a real server: each code by a fault of it, or of the way to it."""

import asyncio
import dataclasses
import json
import socket
import ssl
import subprocess
import threading
from urllib.parse import urlsplit

import pytest
from tests.integration.doctor.servers import Bot, Stun, full, relay, server_context
from tests.integration.doctor.visits import check, codes
from tests.integration.test_prewarm import NotingBot
from tests.rig import mqtt_packets as packets
from tests.rig.forgetful_router import forgetful_router
from tests.rig.mosquitto import Listener, Mosquitto
from tests.rig.ports import free_port
from tests.rig.tcp_server import tcp_server
from tests.rig.tls import make_certificate
from tests.rig.turn_server import TurnServer

from callbox.doctor import runner
from callbox.doctor.checks import CHECKS
from callbox.doctor.model.codes import CODES
from callbox.doctor.model.evaluate import network
from callbox.doctor.model.findings import Outcome
from callbox.doctor.probes import standby, tcp
from callbox.doctor.probes import stun as stun_probe
from callbox.mqtt import blocking_client, broker_probe
from callbox.rtvi import http_pool
from callbox.transports.aiortc_patches import turn_check

NOWHERE = "no-such-host.invalid"
OWN = "callbox/kitchen"


@pytest.fixture(autouse=True)
def a_busy_machine_is_no_slow_server(request, monkeypatch):
    if not request.node.name.endswith("-SLOW]"):
        for limit in ("MQTT_SLOW_MS", "BOT_SLOW_MS", "STUN_SLOW_MS"):
            monkeypatch.setattr(network, limit, 60_000.0)
    monkeypatch.setattr(tcp, "TCP_S", 0.5 if request.node.name.endswith("-NO-ROUTE]") else 60.0)
    monkeypatch.setattr(stun_probe, "WAIT_S", 2.0 if request.node.name.endswith("-SILENT]") else 20.0)
    patient = tuple(dataclasses.replace(check, limit_s=250.0) for check in CHECKS)
    monkeypatch.setattr(runner, "CHECKS", patient)


UNANSWERED = (
    *(f"MQTT-NO-{what}]" for what in ("DISCOVERY", "PUBLISH", "READ", "WILL", "RETAINED")),
    *("message_size_limit 4096]", "max_packet_size 4096]"),
)
"""Ends of the names of tests in which an answer of the broker never comes. In all others it must come."""


@pytest.fixture(autouse=True)
def a_busy_machine_is_no_silent_broker(request, monkeypatch):
    for module in (blocking_client, broker_probe):
        monkeypatch.setattr(module, "RESPONSE_TIMEOUT_S", 10.0 if request.node.name.endswith(UNANSWERED) else 60.0)
    if request.node.name.endswith("MQTT-RECONNECTS]"):
        monkeypatch.setattr(broker_probe, "RETAINED_GAP_S", 5.0)
    if not request.node.name.endswith("MQTT-NO-KEEP-ALIVE]"):
        monkeypatch.setattr(broker_probe, "_SILENT_S", 120.0)


@pytest.fixture
def retained(monkeypatch):
    """What the broker has retained is waited for."""
    monkeypatch.setattr(broker_probe, "RETAINED_GAP_S", 5.0)


def broker(place, *options):
    """A real Mosquitto, which the settings name."""
    mosquitto = place.running.enter_context(Mosquitto(place.folder, *options))
    place.settings["mqtt"] = {"host": "127.0.0.1", "port": mosquitto.port}
    return mosquitto


def tls_broker(place):
    certificate, key = make_certificate(place.folder)
    broker(place, "allow_anonymous true", f"certfile {certificate}", f"keyfile {key}")
    return certificate


def rules(place, *lines):
    acl = place.folder / "acl"
    acl.write_text("\n".join(lines) + "\n")
    acl.chmod(0o600)
    broker(place, "allow_anonymous true", f"acl_file {acl}")


def mqtt_ca_file(place):
    tls_broker(place)
    place.settings["mqtt"]["tls"] = {"ca_file": str(place.folder / "no-such-file.pem")}


def mqtt_cert_file(place):
    ca_file = tls_broker(place)
    place.settings["mqtt"]["tls"] = {"ca_file": str(ca_file), "cert_file": str(place.folder / "no-such-file.pem")}


def mqtt_refused(place):
    passwords = place.folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", passwords, "box", "right"], check=True)
    broker(place, f"password_file {passwords}")
    key = place.write("password", "wr0ng-s3cr3t")
    key.chmod(0o600)
    place.settings["mqtt"] |= {"username": "box", "password": {"file": str(key)}}


async def mqtt_no_broker(place):
    bot = await place.running.enter_async_context(Bot())
    place.settings["mqtt"] = {"host": "127.0.0.1", "port": int(bot.url.split(":")[2].split("/")[0])}


async def mqtt_slow(place):
    mosquitto = broker(place)
    place.settings["mqtt"]["port"] = await relay(place.running, mosquitto.port, delay_s=0.3)


async def mqtt_no_keep_alive(place):
    mosquitto = broker(place)
    place.settings["mqtt"]["port"] = await relay(place.running, mosquitto.port, ends=False)


async def mqtt_protocol(place, silent=False):
    """A broker that speaks MQTT 3.1.1 only, and refuses another version, or closes the connection."""

    async def accept(reader, writer):
        packet = await reader.readexactly(9)
        if packet[8] == 4 or not silent:  # protocol level, MQTT 3.1.1 section 3.1.2.2
            writer.write(packets.connack(0 if packet[8] == 4 else 1))
            await reader.read()

    port = await place.running.enter_async_context(tcp_server(accept))
    place.settings["mqtt"] = {"host": "127.0.0.1", "port": port, "protocol": 5}


def mqtt_reconnects(place):
    mosquitto = broker(place)
    health = {"boot": "b00t", "uptime_s": 100, "mqtt": {"connections": 20, "published": 0, "dropped": 0}}
    with Listener(mosquitto.port) as listener:
        listener.publish(f"{OWN}/health", json.dumps(health).encode(), retain=True)


def mqtt_at(place, host, port):
    place.settings["mqtt"] = {"host": host, "port": port}


def dns_is_silent(monkeypatch):
    def fail(host, *_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)


MQTT = {
    "MQTT-DNS": lambda place: mqtt_at(place, "broker.lan", 1883),
    "MQTT-NAME": lambda place: mqtt_at(place, NOWHERE, 1883),
    "MQTT-REFUSED-TCP": lambda place: mqtt_at(place, "127.0.0.1", free_port()),
    "MQTT-NO-ROUTE": lambda place: mqtt_at(place, "127.0.0.1", full(place.running)),
    "MQTT-TLS-UNTRUSTED": lambda place: tls_broker(place) and place.settings["mqtt"].update(tls={}),
    "MQTT-TLS-FAILED": lambda place: broker(place) and place.settings["mqtt"].update(tls={}),
    "MQTT-CA-FILE": mqtt_ca_file,
    "MQTT-CERT-FILE": mqtt_cert_file,
    "MQTT-NO-BROKER": mqtt_no_broker,
    "MQTT-REFUSED": mqtt_refused,
    "MQTT-PROTOCOL": mqtt_protocol,
    "MQTT-NO-DISCOVERY": lambda place: rules(place, f"topic readwrite {OWN}/#"),
    "MQTT-RECONNECTS": mqtt_reconnects,
    "MQTT-NO-PUBLISH": lambda place: rules(place, f"topic read {OWN}/#"),
    "MQTT-NO-READ": lambda place: rules(place, f"topic write {OWN}/#"),
    "MQTT-NO-WILL": lambda place: rules(place, f"topic read {OWN}/#", f"topic write {OWN}/doctor"),
    "MQTT-NO-KEEP-ALIVE": mqtt_no_keep_alive,
    "MQTT-NO-RETAINED": lambda place: rules(
        place,
        *(f"topic readwrite {OWN}/{topic}" for topic in ("doctor", "doctor/will", "+")),
        f"topic write {OWN}/doctor/retained",
        "topic readwrite homeassistant/device/+/config",
    ),
    "MQTT-SLOW": mqtt_slow,
}


def bot_at(place, url):
    place.settings["bot"]["start_url"] = url


def mood(name, **deadlines):
    async def fault(place):
        bot = await place.running.enter_async_context(Bot(name))
        place.settings["bot"] |= {"start_url": bot.url, "deadlines": deadlines}

    return fault


async def bot_untrusted(place):
    bot = await place.running.enter_async_context(Bot())
    port = await relay(place.running, int(bot.url.split(":")[2].split("/")[0]), tls=server_context(place.folder))
    bot_at(place, f"https://127.0.0.1:{port}/start")


async def bot_without_tls(place):
    bot = await place.running.enter_async_context(Bot())
    bot_at(place, bot.url.replace("http:", "https:"))


async def bot_behind_a_proxy(place):
    bot = await place.running.enter_async_context(Bot())
    bot_at(place, bot.url)


BOT = {
    "BOT-DNS": lambda place: bot_at(place, "http://bot.lan:7860/start"),
    "BOT-PROXY": bot_behind_a_proxy,
    "BOT-NAME": lambda place: bot_at(place, f"http://{NOWHERE}:7860/start"),
    "BOT-REFUSED-TCP": lambda place: bot_at(place, f"http://127.0.0.1:{free_port()}/start"),
    "BOT-NO-ROUTE": lambda place: bot_at(place, f"http://127.0.0.1:{full(place.running)}/start"),
    "BOT-TLS-UNTRUSTED": bot_untrusted,
    "BOT-TLS-FAILED": bot_without_tls,
    "BOT-NOT-FOUND": mood("404"),
    "BOT-KEY": mood("401"),
    "BOT-REFUSED": mood("422"),
    "BOT-SERVER-ERROR": mood("503"),
    "BOT-NOT-JSON": mood("html"),
    "BOT-SILENT": mood("never", start_s=1.0),
    "BOT-NO-SESSION": mood("no session"),
    "BOT-NO-MEDIA": mood("behind a wall", connect_s=1.0),
    "BOT-SLOW": mood("3.1 s"),
}


@pytest.fixture(autouse=True)
def a_busy_machine_is_no_silent_server(request, monkeypatch):
    for module, limit in ((turn_check, "MAX_GATHER_S"), (turn_check, "TIMEOUT_S"), (standby, "ANSWER_S")):
        monkeypatch.setattr(module, limit, 60.0)
    if not request.node.name.endswith(("STUN-SILENT]", "STUN-NAME]")):
        monkeypatch.setattr(stun_probe, "WAIT_S", 60.0)


def stun(delay_s):
    async def fault(place):
        port = await Stun(delay_s).start(place.running)
        place.settings["bot"]["ice_servers"] = [{"urls": f"stun:127.0.0.1:{port}"}]

    return fault


def stun_name(place):
    place.settings["bot"]["ice_servers"] = [{"urls": f"stun:{NOWHERE}"}]


async def turn_with_another_password(place):
    turn = await place.running.enter_async_context(TurnServer())
    place.settings["bot"]["ice_servers"] = [turn_entry(place, turn, "wrong")]


def turn_entry(place, turn, password):
    file = place.folder / "turn_password"
    file.write_text(password)
    return {"urls": turn.ice_server["urls"], "username": "box", "credential": {"file": str(file)}}


STUN = {
    "STUN-NAME": stun_name,
    "STUN-SILENT": stun(None),
    "STUN-SLOW": stun(0.7),
    "TURN-FAILED": turn_with_another_password,
}
FAULTS = {**MQTT, **BOT, **STUN}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_nothing_else(place, monkeypatch, name):
    if name.endswith("-DNS"):
        dns_is_silent(monkeypatch)
    if name == "BOT-PROXY":
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    if (work := FAULTS[name](place)) and asyncio.iscoroutine(work):
        await work
    results = await place.visit(CODES[name].check)
    assert set(codes(results)) == {name}, results  # STUN: once for each interface
    assert results[0].outcome.value == CODES[name].severity.value


@pytest.mark.parametrize("kind", ["plain", "tls"])
async def test_a_good_broker_is_timed_and_left_as_it_was(place, kind):
    if kind == "tls":
        ca_file = tls_broker(place)
        place.settings["mqtt"]["tls"] = {"ca_file": str(ca_file)}
        [result] = await place.visit("mqtt")
        assert result.report.measured["tls_ms"] > 0
    else:
        mosquitto = broker(place)
        with Listener(mosquitto.port) as listener:
            [result] = await place.visit("mqtt")
            async with asyncio.timeout(60):  # the broker sends the listener what it has just received
                while not any(topic.startswith("homeassistant/") for topic, _, _ in listener.messages):
                    await asyncio.sleep(0.01)
            recorded = {topic for topic, _, _ in listener.messages}
        with Listener(mosquitto.port) as late:
            assert [topic for topic, _, _ in late.messages if not topic.startswith("$")] == []
        [discovery] = recorded - {
            f"{OWN}/doctor{below}" for below in ("", "/will", "/retained")
        }  # as the box publishes it
        assert discovery.startswith("homeassistant/device/callbox_")
    assert (result.outcome, codes([result])) == (Outcome.PASS, [])
    assert all(result.report.measured[f"{step}_ms"] > 0 for step in ("tcp", "login", "round_trip", "will"))


async def test_discovery_message_of_a_box_with_many_buttons(place):
    buttons = {f"button-{pin}": {"pin": pin} for pin in (5, 6, 12, 13, 16, 19, 20, 26)}
    place.settings["board"] = {**place.settings.get("board", {}), "buttons": buttons}
    with Listener(broker(place).port) as listener:
        [result] = await place.visit("mqtt")
        assert (result.outcome, codes([result])) == (Outcome.PASS, [])
        async with asyncio.timeout(60):
            while not (discoveries := [p for topic, p, _ in listener.messages if topic.startswith("homeassistant/")]):
                await asyncio.sleep(0.01)
    assert [len(payload) > 16384 for payload in discoveries] == [True]  # once


async def test_broker_that_lets_in_by_a_certificate_of_the_box(place):
    certificate, key = make_certificate(place.folder)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificate)
    tls.load_cert_chain(certificate, key)
    tls.verify_mode, tls.maximum_version = ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_2  # 1.3 refuses after the handshake
    port = await relay(place.running, broker(place).port, tls=tls)
    files = {"ca_file": str(certificate), "cert_file": str(certificate), "key_file": str(key)}
    place.settings["mqtt"] |= {"port": port, "tls": files}
    [result] = await place.visit("mqtt")
    assert (result.outcome, codes([result])) == (Outcome.PASS, [])


async def test_broker_that_closes_at_the_wrong_version_of_mqtt(place):
    await mqtt_protocol(place, silent=True)
    assert codes(await place.visit("mqtt")) == ["MQTT-PROTOCOL"]


@pytest.mark.parametrize("limit", ["message_size_limit 4096", "max_packet_size 4096"])
@pytest.mark.parametrize("protocol", ["3.1.1", 5])
async def test_broker_that_takes_no_discovery_message(place, limit, protocol):
    broker(place, "allow_anonymous true", limit)
    place.settings["mqtt"]["protocol"] = protocol
    results = await place.visit("mqtt")
    assert codes(results) == ["MQTT-NO-DISCOVERY"], results


async def test_discovery_is_not_published_if_the_settings_want_none(place):
    rules(place, f"topic readwrite {OWN}/#")
    place.settings["mqtt"]["homeassistant"] = None
    assert codes(await place.visit("mqtt")) == []


@pytest.mark.usefixtures("retained")
async def test_two_boxes_with_one_id_are_found(place):
    mosquitto = broker(place)
    with Listener(mosquitto.port) as listener:
        for name, boot in (("info", "b00t1"), ("state", "b00t2")):
            listener.publish(f"{OWN}/{name}", json.dumps({"boot": boot}).encode(), retain=True)
    assert codes(await place.visit("mqtt")) == ["MQTT-RECONNECTS"]


@pytest.mark.usefixtures("retained")
@pytest.mark.parametrize(
    ("name", "number"), [("uptime_s", "9" * 4000), ("uptime_s", "-1"), ("connections", "9" * 4000)]
)
async def test_a_number_that_no_box_can_have_is_left_out(place, name, number):
    numbers = {"uptime_s": "1", "connections": "9", name: number}
    health = (
        f'{{"boot": "b00t1", "uptime_s": {numbers["uptime_s"]}, "mqtt": {{"connections": {numbers["connections"]}}}}}'
    )
    with Listener(broker(place).port) as listener:
        listener.publish(f"{OWN}/health", health.encode(), retain=True)
        listener.publish(f"{OWN}/state", b'{"boot": "b00t2"}', retain=True)
    [result] = await place.visit("mqtt")
    [found] = result.report.findings
    assert (found.code.name, found.detail) == ("MQTT-RECONNECTS", "0 connections in 0 s, 2 boots")


@pytest.mark.parametrize("way", ["start_url", "offer_url"])
async def test_a_good_bot_is_timed_and_hung_up(place, way):
    async with Bot() as bot:
        place.settings["bot"] = {way: bot.url if way == "start_url" else bot.offer_url}
        [result] = await place.visit("bot")
        assert (result.outcome, codes([result])) == (Outcome.PASS, [])
        assert ("start_ms" in result.report.measured) is (way == "start_url")
        assert result.report.measured["connect_ms"] > 0
        [call] = bot.calls
        async with asyncio.timeout(60):
            while not call._over:
                await asyncio.sleep(0.02)
        assert call.received == []  # not even client-ready


async def test_each_address_of_each_bot_is_tried_and_the_bot_named(place):
    async with Bot() as bot:
        del place.settings["bot"]
        place.settings["bots"] = {
            "kitchen": {"start_url": "http://127.0.0.1:1/start", "fallback_urls": [bot.url]},
            "doctor": {"offer_url": bot.offer_url},
        }
        [result] = await place.visit("bot")
        assert codes([result]) == ["BOT-REFUSED-TCP"]
        assert result.report.findings[0].detail.startswith("kitchen: ")
        assert list(result.report.measured) == ["kitchen", "kitchen fallback 1", "doctor"]
        assert result.report.measured["kitchen fallback 1"]["connect_ms"] > 0
        assert result.report.measured["doctor"]["connect_ms"] > 0
        assert len(bot.calls) == 2


async def test_a_real_pipecat_server_is_timed_and_its_bot_let_go(place, pipecat):
    place.settings["bot"]["start_url"] = pipecat.start_url
    before = pipecat.log
    [result] = await place.visit("bot")
    assert (result.outcome, codes([result])) == (Outcome.PASS, [])
    async with asyncio.timeout(60):
        while "Client connection closed" not in pipecat.log[len(before) :]:
            await asyncio.sleep(0.1)


async def test_stun_is_requested_from_each_address_of_this_machine(place):
    servers = [Stun(), Stun(0.2)]
    ports = [await server.start(place.running) for server in servers]
    place.settings["bot"]["ice_servers"] = [{"urls": f"stun:127.0.0.1:{port}"} for port in ports]
    is_separate = False
    while not is_separate:  # on a busy machine the quick one may be late; ends with the test's time limit
        [result] = await place.visit("stun")
        assert (result.outcome, codes([result])) == (Outcome.PASS, [])
        quick, slow = (result.report.measured[f"127.0.0.1:{port}_ms"] for port in ports)
        is_separate = min(quick.values()) < min(slow.values())
    assert len(quick) == len(slow) == len(servers[0].callers) >= 1
    assert min(quick.values()) > 0
    assert min(slow.values()) >= 200


async def test_requests_to_all_servers_are_made_at_the_same_time(place, monkeypatch):
    """Eight names, as many as a bot may have, and each takes as long as it may."""
    over = threading.Event()
    place.running.callback(over.set)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(600) and [])
    monkeypatch.setattr(runner, "CHECKS", (check("settings"), dataclasses.replace(check("stun"), limit_s=12)))
    monkeypatch.setattr(stun_probe, "WAIT_S", 1.0)
    place.settings["bot"]["ice_servers"] = [{"urls": f"stun:stun{number}.example"} for number in range(8)]
    [result] = await place.visit("stun")
    assert codes([result]) == ["STUN-NAME"] * 8
    assert [found.detail for found in result.report.findings][7] == "stun7.example:3478: no answer in time"


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_turn_server_gives_an_allocation_over_each_transport(place, transport):
    turn = await place.running.enter_async_context(TurnServer(transport))
    place.settings["bot"]["ice_servers"] = [turn_entry(place, turn, turn.password)]
    [result] = await place.visit("stun")
    assert (result.outcome, codes([result])) == (Outcome.PASS, [])
    assert turn.allocations == 1
    assert result.report.measured == {turn.ice_server["urls"]: "gives a relayed candidate"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"valid_from_days": -9, "valid_until_days": -3}, "has expired"),
        ({"valid_from_days": 3, "valid_until_days": 9}, "not yet valid"),
        ({"address": "127.0.0.9"}, "mismatch"),
    ],
)
async def test_what_is_wrong_with_a_bots_certificate_is_named(place, options, words):
    certificate, key = make_certificate(place.folder, **options)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    bot = await place.running.enter_async_context(Bot())
    port = await relay(place.running, int(bot.url.split(":")[2].split("/")[0]), tls=tls)
    place.settings["bot"] |= {"start_url": f"https://127.0.0.1:{port}/start", "tls": {"ca_file": str(certificate)}}
    [result] = await place.visit("bot")
    [found] = result.report.findings
    assert (found.code.name, words in found.detail) == ("BOT-TLS-UNTRUSTED", True)


async def test_a_turn_server_with_a_certificate_of_an_unknown_authority_is_named(place):
    turn = await place.running.enter_async_context(TurnServer("tcp", tls=server_context(place.folder)))
    place.settings["bot"]["ice_servers"] = [turn_entry(place, turn, turn.password)]
    [result] = await place.visit("stun")
    [found] = result.report.findings
    assert (found.code.name, "can't be verified" in found.detail) == ("TURN-FAILED", True)


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required", None])
async def test_a_proxy_that_refuses_or_is_away_is_named_by_its_variable(place, monkeypatch, status):
    async def refuse(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    port = free_port() if status is None else await place.running.enter_async_context(tcp_server(refuse))
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
    bot_at(place, "https://bot.invalid/start")
    [result] = await place.visit("bot")
    [found] = result.report.findings
    assert (found.code.name, "https_proxy" in found.detail) == ("BOT-PROXY", True)


# -- the connection that is kept for the next press ------------------------------------------------------


@pytest.mark.parametrize(("forgets", "state"), [(True, "lost without a sign"), (False, "open")])
async def test_a_connection_that_a_nat_forgets_is_found(place, monkeypatch, forgets, state):
    """No bot is started by the measurement."""
    monkeypatch.setattr(standby, "IDLE_S", 0.5)
    if not forgets:
        monkeypatch.setattr(http_pool, "ACK_WAIT_S", 60.0)  # a busy machine is no NAT
    place.options["quick"] = False
    async with (
        NotingBot() as bot,
        forgetful_router(urlsplit(bot.url).port, idle_s=0.0 if forgets else 600) as (port, _),
    ):
        del place.settings["bot"]
        place.settings["bots"] = {
            "kitchen": {"start_url": f"http://127.0.0.1:{port}/start"},
            "cold": {"start_url": bot.url, "standby": "cold"},
        }
        [result] = await place.visit("standby")
        assert codes([result]) == (["STANDBY-IDLE"] if forgets else [])
        details = [found.detail for found in result.report.findings]
        assert details == ["kitchen: no answer over a connection that was idle for 0.5 s"] * forgets
        assert result.report.measured == {"idle_s": 0.5, "kitchen": state}
        assert bot.requests == []


async def closing(reader, writer):
    pass


async def refusing(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")


async def closing_at_a_request(reader, writer):
    await reader.readuntil(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("serve", "state"),
    [(closing, "closed"), (closing_at_a_request, "closed"), (refusing, "open"), (None, "not reached")],
)
async def test_an_idle_connection_that_ends_with_a_sign_is_no_fault(place, monkeypatch, serve, state):
    monkeypatch.setattr(standby, "IDLE_S", 0.2)
    monkeypatch.setattr(standby, "ANSWER_S", 60.0)
    monkeypatch.setattr(http_pool, "ACK_WAIT_S", 60.0)
    place.options["quick"] = False
    port = await place.running.enter_async_context(tcp_server(serve)) if serve else free_port()
    bot_at(place, f"http://127.0.0.1:{port}/start")
    [result] = await place.visit("standby")
    assert (codes([result]), result.report.measured["bot"]) == ([], state)


async def test_an_idle_connection_is_looked_at_only_where_one_is_kept(place, monkeypatch):
    [result] = await place.visit("standby")
    assert result.report.skipped == "it waits 20 s"
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setattr(standby, "IDLE_S", 0.0)
    place.options["quick"] = False
    bot_at(place, "http://bot.invalid/start")
    [result] = await place.visit("standby")
    assert result.report.measured["bot"] == "by a proxy"
    place.settings["bot"]["standby"] = "cold"
    [result] = await place.visit("standby")
    assert result.report.skipped == "`bot.standby: cold` keeps no connection"


REACHED = {*FAULTS, "STANDBY-IDLE"}
