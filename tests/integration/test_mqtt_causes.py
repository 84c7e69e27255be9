"""Every row of the tables of MQTT causes, reached by a real Mosquitto where it can give it, else by a scripted peer on a socket;
silent name servers and missing routes by the error that the resolver or the kernel gives after seconds to minutes.
"""

import asyncio
import contextlib
import errno
import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Any

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from tests.integration.test_mqtt_client import report_to
from tests.rig import mqtt_packets as packets
from tests.rig.mosquitto import Mosquitto
from tests.rig.ports import free_port
from tests.rig.tcp_server import tcp_server
from tests.rig.tls import make_certificate

from callbox.mqtt.bounded_client import BoundedClient
from callbox.mqtt.model import broker_errors
from callbox.mqtt.paho_client import BrokerError


class Place:
    """Where a row's peer is, and what the connection is made with."""

    def __init__(self, tmp_path, monkeypatch, running: contextlib.AsyncExitStack):
        self.folder, self.monkeypatch, self.running = tmp_path, monkeypatch, running
        self.options: dict[str, Any] = {}

    def resolver_error(self, code: int) -> int:
        def fail(*_, **__):
            raise socket.gaierror(code, "…")

        self.monkeypatch.setattr(socket, "getaddrinfo", fail)
        return 1883

    def kernel_error(self, code: int) -> int:
        def fail(*_, **__):
            raise OSError(code, os.strerror(code))

        self.monkeypatch.setattr(socket, "create_connection", fail)
        return 1883

    def mosquitto(self, *options: str) -> int:
        return self.running.enter_context(Mosquitto(self.folder, "allow_anonymous true", *options)).port

    def mosquitto_tls(self, *, trusted=True, **options) -> int:
        certificate, key = make_certificate(self.folder, **options)
        self.options = {"tls": True, "ca_file": str(certificate) if trusted else None}
        return self.mosquitto(f"certfile {certificate}", f"keyfile {key}")

    async def peer(self, *answers: bytes, ends=True, **options) -> int:
        """A peer that answers CONNECT by `answers`, and closes the connection."""
        self.options |= options

        async def serve(reader, writer):
            await reader.readexactly(2)
            for answer in answers:
                writer.write(answer)
                await writer.drain()
            if not ends:
                await reader.read()

        return await self.running.enter_async_context(tcp_server(serve))

    async def defective_client(self) -> int:
        def fail(*_):
            raise ZeroDivisionError

        self.monkeypatch.setattr(BoundedClient, "_handle_publish", fail)
        return await self.peer(packets.connack(), packets.publish(b"a", b"b"), ends=False)

    async def plain(self) -> int:
        port = await self.peer(b"HTTP/1.1 400 Bad Request\r\n\r\n", ends=False)
        self.options = {"tls": True}
        return port

    async def resetting(self) -> int:
        async def serve(_, writer):
            linger_s = struct.pack("ii", 1, 0)  # close() sends RST
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_s)

        self.options = {"tls": True}
        return await self.running.enter_async_context(tcp_server(serve))

    def wanting_a_certificate(self) -> int:
        """A peer that asks the client for a certificate while TLS 1.2 is negotiated, and ends it with an alert."""
        certificate, key = make_certificate(self.folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificate)
        context.load_cert_chain(certificate, key)
        context.verify_mode, context.maximum_version = ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_2
        listener = socket.create_server(("127.0.0.1", 0))
        self.running.callback(listener.close)

        def serve() -> None:  # asyncio would close the connection before the alert
            with contextlib.suppress(OSError), listener.accept()[0] as plain:
                context.wrap_socket(plain, server_side=True)

        thread = threading.Thread(target=serve)
        thread.start()
        self.running.callback(thread.join)
        self.options = {"tls": True, "ca_file": str(certificate)}
        return int(listener.getsockname()[1])


ROWS: dict[str, Callable[[Place], Any]] = {
    "name unknown": lambda at: at.resolver_error(socket.EAI_NONAME),
    "dns silent": lambda at: at.resolver_error(socket.EAI_AGAIN),
    "refused": lambda _: free_port(),
    "unreachable": lambda at: at.kernel_error(errno.EHOSTUNREACH),
    "timed out": lambda at: at.kernel_error(errno.ETIMEDOUT),
    "no connection": lambda at: at.kernel_error(errno.EADDRNOTAVAIL),
    "connection closed": lambda at: at.resetting(),
    "certificate expired": lambda at: at.mosquitto_tls(valid_from_days=-9, valid_until_days=-3),
    "certificate not yet valid": lambda at: at.mosquitto_tls(valid_from_days=3, valid_until_days=9),
    "certificate of another name": lambda at: at.mosquitto_tls(address="127.0.0.9"),
    "certificate authority unknown": lambda at: at.mosquitto_tls(trusted=False),
    "no tls": lambda at: at.plain(),
    "tls failed": lambda at: at.wanting_a_certificate(),
    "silent": lambda at: at.peer(ends=False, keep_alive_s=1),
    "silent before CONNACK (5)": lambda at: at.peer(ends=False, keep_alive_s=1, protocol="5"),
    "closed before CONNACK (5)": lambda at: at.peer(protocol="5"),
    "closed before CONNACK": lambda at: at.peer(),
    "closed": lambda at: at.peer(packets.connack()),
    "client failed": lambda at: at.defective_client(),
}


async def error_of(make, tmp_path, monkeypatch) -> tuple[BrokerError, str]:
    async with contextlib.AsyncExitStack() as running:
        at = Place(tmp_path, monkeypatch, running)
        port = make(at)
        port = await port if asyncio.iscoroutine(port) else port
        observer = report_to(port, **at.options)
        with pytest.raises(BrokerError) as caught:
            async with asyncio.timeout(60):
                await observer.one_connection()
        return caught.value, observer._broker.address


def test_every_row_has_a_peer():
    assert ROWS.keys() == broker_errors.NO_CONNECTION.keys()


@pytest.mark.parametrize("cause", ROWS)
async def test_a_row_is_reached(cause, tmp_path, monkeypatch):
    error, place = await error_of(ROWS[cause], tmp_path, monkeypatch)
    row = broker_errors.NO_CONNECTION[cause]
    sentence, _, rest = row.sentence.partition("{detail}")
    assert str(error).startswith(f"no connection to the broker at {place}: {sentence}")
    assert str(error).endswith(f"{rest}; {row.advice}")
    others = [other for name, other in broker_errors.NO_CONNECTION.items() if name != cause]
    assert (row.sentence, row.advice) not in [(other.sentence, other.advice) for other in others]
    assert "{" not in str(error)


@pytest.mark.parametrize(
    ("option", "protocol", "text"),
    [
        ("retain_available false", "5", "Retain not supported; a box needs a broker that keeps retained messages"),
        ("retain_available false", "3.1.1", "set mqtt.tls; does it keep retained messages, and take QoS 1?"),
        ("max_qos 0", "5", "QoS not supported; a box needs a broker that takes QoS 1"),
        ("max_qos 0", "3.1.1", "set mqtt.tls; does it keep retained messages, and take QoS 1?"),
    ],
)
async def test_mosquitto_without_what_a_box_needs(option, protocol, text, tmp_path):
    with Mosquitto(tmp_path, "allow_anonymous true", option) as broker, pytest.raises(BrokerError) as caught:
        async with asyncio.timeout(60):
            await report_to(broker.port, protocol=protocol).one_connection()
    assert text in str(caught.value)


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_the_tls_port_without_tls(protocol, tmp_path):
    certificate, key = make_certificate(tmp_path)
    options = "allow_anonymous true", f"certfile {certificate}", f"keyfile {key}"
    with Mosquitto(tmp_path, *options) as broker, pytest.raises(BrokerError) as caught:
        async with asyncio.timeout(60):
            await report_to(broker.port, protocol=protocol).one_connection()
    assert "closed before CONNACK; if this is the broker's TLS port, set mqtt.tls; " in str(caught.value)


def reasons(packet_type: int) -> list[tuple[int, str]]:
    """The failures that paho knows of CONNACK, DISCONNECT, SUBACK or PUBACK: code and name."""
    least = {PacketTypes.DISCONNECT: "Normal disconnection", PacketTypes.SUBACK: "Granted QoS 0"}.get(
        packet_type, "Success"
    )
    names = ReasonCode(packet_type, least).names
    return [
        (code, name)
        for code, of_code in names.items()
        for name, types in of_code.items()
        if code >= 0x80 and packet_type in types
    ]


CONNACK, DISCONNECT = reasons(PacketTypes.CONNACK), reasons(PacketTypes.DISCONNECT)


def test_every_reason_code_has_a_row_and_none_is_made_up():
    assert {name for _, name in (*CONNACK, *DISCONNECT)} - {"Keep alive timeout"} == set(broker_errors.REASONS)


SUBACK, PUBACK = reasons(PacketTypes.SUBACK), reasons(PacketTypes.PUBACK)


def test_every_reason_code_of_a_denial_has_a_row_and_none_is_made_up():
    assert {name for _, name in SUBACK} == set(broker_errors.SUBSCRIPTION)
    assert {name for _, name in PUBACK} == set(broker_errors.PUBLICATION)


FROM_PAHO = ("Unspecified error", "Keep alive timeout")
"""What paho says itself of a connection that was closed, or is silent; such a DISCONNECT is told as that."""


def advice_of(name: str, protocol: str) -> str:
    other = {"5": "3.1.1", "3.1.1": "5"}[protocol]
    fields = {"client_id": "callbox-kitchen", "protocol": protocol, "other": other}
    return f"{name}; {broker_errors.REASONS[name]}".format_map(fields)


async def test_a_broker_without_tls_is_named(tmp_path, monkeypatch):
    def mosquitto(at):
        at.options = {"tls": True}
        return at.mosquitto()

    error, _ = await error_of(mosquitto, tmp_path, monkeypatch)
    assert str(error).endswith(("does this port speak TLS?", "set mqtt.port to the broker's TLS port"))


@pytest.mark.parametrize(("code", "name"), CONNACK)
async def test_a_reason_code_of_connack_is_worded(code, name, tmp_path, monkeypatch):
    def peer(at):
        return at.peer(packets.connack(code, v5=True), protocol="5")

    error, place = await error_of(peer, tmp_path, monkeypatch)
    assert str(error) == f"the broker at {place} refused the connection: {advice_of(name, '5')}"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        # 1, unsupported protocol version: paho tells a protocol error, see "closed before CONNACK"
        (2, "Client identifier not valid"),
        (3, "Server unavailable"),
        (4, "Bad user name or password"),
        (5, "Not authorized"),
    ],
)
async def test_a_return_code_of_mqtt_3_1_1_is_worded(code, name, tmp_path, monkeypatch):
    error, _ = await error_of(lambda at: at.peer(packets.connack(code)), tmp_path, monkeypatch)
    assert str(error).endswith(advice_of(name, "3.1.1"))


@pytest.mark.parametrize(("code", "name"), [row for row in DISCONNECT if row[1] not in FROM_PAHO])
async def test_a_reason_code_of_disconnect_is_worded(code, name, tmp_path, monkeypatch):
    def peer(at):
        return at.peer(packets.connack(v5=True), packets.packet(0xE0, bytes([code])), ends=False, protocol="5")

    error, place = await error_of(peer, tmp_path, monkeypatch)
    assert str(error) == f"no connection to the broker at {place}: {advice_of(name, '5')}"


@pytest.mark.parametrize("protocol", ["3.1.1", "5"])
async def test_mosquitto_refuses_a_wrong_password(protocol, tmp_path, monkeypatch):
    def broker(at):
        (tmp_path / "passwords").write_text("")
        (tmp_path / "passwords").chmod(0o600)
        at.options = {"username": "box", "password": "wrong", "protocol": protocol}
        return at.running.enter_context(
            Mosquitto(tmp_path, "allow_anonymous false", f"password_file {tmp_path / 'passwords'}")
        ).port

    error, _ = await error_of(broker, tmp_path, monkeypatch)
    assert str(error).endswith(advice_of("Not authorized", protocol))


async def denying(at: Place, *, subscription: int = 0, publication: int = 0, protocol: str = "5") -> int:
    """A broker that answers each SUBSCRIBE and each PUBLISH with QoS 1 by these reason codes."""
    at.options = {"protocol": protocol}
    v5 = protocol == "5"

    async def serve(reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                [header] = await reader.readexactly(1)
                length, shift = 0, 0
                while (byte := (await reader.readexactly(1))[0]) & 0x80:
                    length, shift = length | (byte & 0x7F) << shift, shift + 7
                body = await reader.readexactly(length | byte << shift)
                match header >> 4, (header >> 1) & 3:
                    case 1, _:
                        writer.write(packets.connack(v5=v5))
                    case 8, _:
                        writer.write(packets.packet(0x90, body[:2] + b"\0" * v5 + bytes([subscription])))
                    case 3, 1:
                        at_id = 2 + int.from_bytes(body[:2], "big")
                        writer.write(packets.packet(0x40, body[at_id : at_id + 2] + bytes([publication, 0]) * v5))

    return await at.running.enter_async_context(tcp_server(serve))


async def warning_of(make, tmp_path, monkeypatch, caplog, begins: str) -> str:
    """The first warning that `begins` so, of a box connected to the broker that `make` makes."""
    async with contextlib.AsyncExitStack() as running:
        at = Place(tmp_path, monkeypatch, running)
        port = make(at)
        port = await port if asyncio.iscoroutine(port) else port
        observer = report_to(port, **at.options)
        task = asyncio.create_task(observer.run())
        found: list[str] = []
        try:
            async with asyncio.timeout(60):
                while not found:
                    await asyncio.sleep(0.01)
                    found = [text for text in caplog.messages if text.startswith(begins)]
        finally:
            task.cancel()
            await asyncio.wait([task])
        return found[0]


@pytest.mark.parametrize(("code", "name"), SUBACK)
async def test_a_reason_code_of_suback_is_worded(code, name, tmp_path, monkeypatch, caplog):
    begins = "The broker denies a subscription: "
    text = await warning_of(lambda at: denying(at, subscription=code), tmp_path, monkeypatch, caplog, begins)
    assert text == f"{begins}{name}; {broker_errors.SUBSCRIPTION[name]}; commands do not arrive"


async def test_a_suback_of_mqtt_3_1_1_that_denies_says_that_it_has_no_reason(tmp_path, monkeypatch, caplog):
    def broker(at):
        return denying(at, subscription=0x80, protocol="3.1.1")

    text = await warning_of(broker, tmp_path, monkeypatch, caplog, "The broker denies a subscription: ")
    assert "with MQTT 3.1.1 no reason is given" in text


@pytest.mark.parametrize(("code", "name"), PUBACK)
async def test_a_reason_code_of_puback_is_worded(code, name, tmp_path, monkeypatch, caplog):
    refuses = code in (0x87, 0x90, 0x97, 0x99)  # the others say that something failed
    begins = f"The broker {'denies' if refuses else 'reports an error in'} publishing callbox/kitchen/"
    text = await warning_of(lambda at: denying(at, publication=code), tmp_path, monkeypatch, caplog, begins)
    assert text.endswith(f": {name}; {broker_errors.PUBLICATION[name]}")


async def test_mosquitto_denies_a_publication_by_its_acl(tmp_path, monkeypatch, caplog):
    def broker(at):
        rules = tmp_path / "acl"
        rules.write_text("topic read callbox/kitchen/#\n")
        rules.chmod(0o600)
        at.options = {"protocol": "5"}
        return at.mosquitto(f"acl_file {rules}")

    begins = "The broker denies publishing callbox/kitchen/"
    text = await warning_of(broker, tmp_path, monkeypatch, caplog, begins)
    assert text.endswith(f": Not authorized; {broker_errors.PUBLICATION['Not authorized']}")
