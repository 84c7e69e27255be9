"""The broker, and a paho client for it: protocol version, credentials, TLS, will, and paho's callbacks as events.

paho is wired here only: box, `callbox watch`, simulated boxes and doctor get the same `Event`s.

The TLS context is cached: loading the system's certificates takes a Pi Zero longer than the rest of a connection
attempt, and a box may reconnect once a second.
"""

import functools
import logging
import os
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from callbox.mqtt.model import broker_errors
from callbox.mqtt.model.backoff import EndReason
from callbox.mqtt.model.topics import Publication
from callbox.system import route
from callbox.system.connect_causes import certificate_cause, network_cause
from callbox.system.imports import import_without
from callbox.text import one_line

log = logging.getLogger(__name__)

MAX_PACKET_BYTES = 96 * 1024
"""Of an incoming packet: a topic of 64 KiB, and 16 KiB of payload (what is read of one that brings no sound) fit. MQTT
allows 256 MiB."""
FileStamp = tuple[str, int, int, int] | None
"""A file's identity: path, mtime in ns, size in bytes, inode. None: no file."""


def tls_context(ca_file: str | None, cert_file: str | None, key_file: str | None, *, insecure: bool) -> ssl.SSLContext:
    """TLS context for these PEM files; `ca_file` None: the system's certificates. `insecure`: no verification.

    Raises `OSError` (with the file's name) and `ValueError`.
    """
    system = ssl.get_default_verify_paths()
    vouching = (ca_file,) if ca_file else (system.cafile, system.capath)
    stamps = tuple(_file_stamp(file) for file in (*vouching, cert_file, key_file))
    return _tls_context(ca_file, cert_file, key_file, insecure, stamps)


@functools.lru_cache(maxsize=4)
def _tls_context(
    ca_file: str | None, cert_file: str | None, key_file: str | None, insecure: bool, _stamps: tuple[FileStamp, ...]
) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if cert_file:
        made.load_cert_chain(cert_file, key_file, _no_password)
    if insecure:
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    elif ca_file:
        made.load_verify_locations(ca_file)
    else:
        made.load_default_certs()
    return made


def _no_password() -> str:
    """Instead of OpenSSL's question on the terminal, which would be waited for."""
    raise ValueError("the key is encrypted: openssl pkey -in KEY -out PLAIN decrypts it")


def _file_stamp(file: str | None) -> FileStamp:
    if file is None:
        return None
    if Path(file).is_dir():
        seen = Path(file).stat()
    else:
        with Path(file).open("rb") as opened:  # OSError with the file's name: ssl's has none
            seen = os.fstat(opened.fileno())
    return file, seen.st_mtime_ns, seen.st_size, seen.st_ino


@dataclass(frozen=True, slots=True)
class Broker:
    """Address, credentials and TLS files of the broker."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    keep_alive_s: int = 20
    tls: bool = False
    ca_file: str | None = None
    cert_file: str | None = None
    """Client certificate (PEM); None: none is sent."""
    key_file: str | None = None
    insecure: bool = False
    protocol: Literal["3.1.1", "5"] = "3.1.1"
    retry_s: float = 1.0
    """Mean pause between attempts while it is unreachable, in s; see `callbox.mqtt.model.backoff`."""
    max_packet_bytes: int = MAX_PACKET_BYTES
    """Of an incoming packet; of a longer one the rest is dropped."""

    @property
    def address(self) -> str:
        """``HOST:PORT``, for messages."""
        return f"{self.host}:{self.port}"


class BrokerError(Exception):
    """Failure or end of a connection. Holds a sentence for the operator, and `end`, which selects the back-off."""

    def __init__(self, text: str, end: EndReason = EndReason.REFUSED) -> None:
        super().__init__(text)
        self.end = end


@dataclass(frozen=True, slots=True)
class Connected:
    """CONNACK accepted the connection."""

    max_packet_bytes: int | None = None
    """The broker's Maximum Packet Size (MQTT 5); None: it names none."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """SUBACK."""

    denied: str | None = None
    """The first reason code of a denied filter; None: all are granted."""


@dataclass(frozen=True, slots=True)
class Published:
    """PUBACK for QoS 1; for QoS 0: written to the socket."""

    number: int
    """The packet identifier that `publish` returned."""
    denied: str | None = None
    """The reason code of a refusal (MQTT 5); None: accepted."""


@dataclass(frozen=True, slots=True)
class Received:
    """PUBLISH from the broker."""

    topic: str
    payload: bytes
    """At most `Broker.max_packet_bytes`; a longer one is cut."""
    retained: bool
    boot: str | None = None
    """The user property `boot` of a last will (MQTT 5)."""


@dataclass(frozen=True, slots=True)
class Ended:
    """End of the attempt or of the connection. More than one may come; the first tells why."""

    error: BrokerError
    reason: str = ""
    """CONNACK's or DISCONNECT's reason code, as paho words it."""
    refused: bool = False
    """Whether it was CONNACK that refused the connection."""

    @property
    def by_other_side(self) -> bool:
        """Whether the other side ended it, by CONNACK or DISCONNECT or at once; False: there was no answer any more."""
        return self.reason not in ("", _SILENT)


Event = Connected | Subscribed | Published | Received | Ended


def connect_error(broker: Broker, error: BaseException | None) -> BrokerError:
    """The `BrokerError` for `error`, raised before CONNECT was sent; None: unknown."""
    if error is None:
        cause, detail = "no connection", "for an unknown reason"
    elif isinstance(error, ConnectionAbortedError):
        cause, detail = "connection closed", ""
    elif isinstance(error, TimeoutError):
        cause, detail = "timed out", ""
    else:
        found = certificate_cause(error) or network_cause(error)
        cause, detail = found or ("no connection", one_line(str(error) or type(error).__name__, 100))
    if isinstance(error, ssl.SSLEOFError):  # ClientHello is no packet of MQTT: a port without TLS is closed
        cause = "no tls"
    text = broker_errors.sentence(cause, broker.address, detail=detail)
    return BrokerError(text, broker_errors.NO_CONNECTION[cause].end)


def refused_error(broker: Broker, client_id: str, reason: str) -> BrokerError:
    """The `BrokerError` for a CONNACK that refuses with `reason`."""
    return BrokerError(broker_errors.refusal(reason, broker.address, client_id, broker.protocol))


def disconnect_error(broker: Broker, client_id: str, reason: str, *, was_in: bool) -> BrokerError:
    """The `BrokerError` for paho's on_disconnect with `reason`. `was_in`: CONNACK had accepted the connection."""
    # paho's texts for a closed socket and for what it finds out itself: no DISCONNECT came.
    detail = "connection closed" if reason == _CLOSED else reason
    if reason == _SILENT:
        cause = "silent" if was_in or broker.protocol != "5" else "silent before CONNACK (5)"
    elif not was_in and broker.protocol == "5":
        cause = "closed before CONNACK (5)"
    elif not was_in and reason in (_CLOSED, "Protocol error"):
        cause = "closed before CONNACK"
    elif reason == _CLOSED:
        cause = "closed"
    else:
        text = broker_errors.disconnection(reason, broker.address, client_id, broker.protocol)
        return BrokerError(text, EndReason.LOST if was_in else EndReason.REFUSED)
    end = EndReason.LOST if was_in else broker_errors.NO_CONNECTION[cause].end
    return BrokerError(broker_errors.sentence(cause, broker.address, detail=detail), end)


_CLOSED, _SILENT = "Unspecified error", "Keep alive timeout"


def new_client(
    broker: Broker, client_id: str, will: Publication | None, boot: str, post: Callable[[Event], None]
) -> Any:
    """A paho client that is not connected yet. Raises `BrokerError` for a certificate that can't be used.

    `boot` goes with the will as a user property (MQTT 5), which tells a late will from this boot's; "": none.
    `post` gets the events, on paho's thread if `start_loop` starts one.
    """
    # Imported late: a box without a broker doesn't pay for it. dnspython is there for aioice; paho (2.2) would import
    # its resolver, 2 MiB, to find a broker by SRV records.
    import_without("paho.mqtt.client", "dns.resolver")
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    from callbox.mqtt.bounded_client import BoundedClient

    client = BoundedClient(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=paho.MQTTv5 if broker.protocol == "5" else paho.MQTTv311,
        reconnect_on_failure=False,
    )
    client.max_packet_bytes = broker.max_packet_bytes
    if will:
        properties = _will_properties(boot) if broker.protocol == "5" and boot else None
        client.will_set(will.topic, will.payload, qos=will.qos, retain=will.retained, properties=properties)
    if broker.username is not None:
        client.username_pw_set(broker.username, broker.password)
    if broker.tls:
        _use_tls(client, broker)
    _set_callbacks(client, broker, client_id, post)
    return client


def _set_callbacks(client: Any, broker: Broker, client_id: str, post: Callable[[Event], None]) -> None:
    """Set paho's callbacks: each makes one event and posts it. None raises: that would end paho's thread."""
    accepted = unreadable = False

    def on_connect(_: Any, __: Any, ___: Any, reason: Any, properties: Any) -> None:
        nonlocal accepted
        if reason.is_failure:
            post(Ended(refused_error(broker, client_id, str(reason)), str(reason), refused=True))
        else:
            accepted = True
            post(Connected(getattr(properties, "MaximumPacketSize", None)))

    def on_connect_fail(_: Any, __: Any) -> None:
        error = connect_error(broker, sys.exc_info()[1])  # paho calls this in its exception handler
        client.loop_stop()  # instead of trying again by itself
        post(Ended(error))

    def on_disconnect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        post(Ended(disconnect_error(broker, client_id, str(reason), was_in=accepted), str(reason)))

    def on_subscribe(_: Any, __: Any, ___: Any, reasons: Any, ____: Any) -> None:
        post(Subscribed(next((str(reason) for reason in reasons if reason.is_failure), None)))

    def on_publish(_: Any, __: Any, number: int, reason: Any, ____: Any) -> None:
        post(Published(number, str(reason) if reason.is_failure else None))

    def on_message(_: Any, __: Any, message: Any) -> None:
        nonlocal unreadable
        try:
            properties = dict(getattr(getattr(message, "properties", None), "UserProperty", None) or [])
            event = Received(message.topic, bytes(message.payload), bool(message.retain), properties.get("boot"))
        except ValueError:  # a topic that is not UTF-8
            if not unreadable:
                log.warning("A message with a topic that is not UTF-8 is ignored, and further ones")
            unreadable = True
            return
        post(event)

    client.on_connect, client.on_connect_fail, client.on_disconnect = on_connect, on_connect_fail, on_disconnect
    client.on_subscribe, client.on_publish, client.on_message = on_subscribe, on_publish, on_message


def connect_in_thread(client: Any, broker: Broker, post: Callable[[Event], None]) -> None:
    """Connect, in paho's network thread. Raises `BrokerError` for a host that can't be one.

    However the thread ends, an `Ended` is posted. paho ends it by an exception without calling on_disconnect.
    """
    # By default paho wakes each second. A broker waits for one and a half `keep_alive_s` (MQTT 3.1.1, 3.1.2.10).
    loop_forever = functools.partial(type(client).loop_forever, client, timeout=broker.keep_alive_s / 4)

    def run(**options: Any) -> Any:
        ended = BrokerError(broker_errors.sentence("client failed", broker.address), EndReason.LOST)
        try:
            return loop_forever(**options)
        except UnicodeError as error:  # the host can't be encoded as a DNS name
            ended = connect_error(broker, error)
        except Exception as error:  # a packet that paho can't decode
            log.warning("The MQTT client failed: %s: %s", type(error).__name__, one_line(error))
        finally:
            _close_socket(client)
            post(Ended(ended))

    client.loop_forever = run  # as paho's thread calls it
    try:
        client.connect_async(broker.host, broker.port, broker.keep_alive_s, **_connect_properties(broker))
    except ValueError as error:
        raise BrokerError(f"{broker.address}: {error}") from None
    client.loop_start()


def connect_blocking(client: Any, broker: Broker) -> None:
    """Connect TCP and TLS, and send CONNECT; `client` has no thread then. Raises `OSError` and `ValueError`."""
    client.connect(broker.host, broker.port, broker.keep_alive_s, **_connect_properties(broker))


def is_off_route(client: Any) -> bool:
    """Whether a new connection to the broker would go out from another address than this one."""
    connected = client.socket()
    return connected is not None and route.is_off_route(connected)


def _close_socket(client: Any) -> None:
    if sock := client.socket():
        try:
            sock.close()
        except OSError:
            pass


def detach(client: Any) -> None:
    """Remove the callbacks of a client that is no longer used: they form a reference cycle with it.

    Without them it is freed at once, with its sockets, and not by the garbage collector.
    """
    client.on_connect = client.on_connect_fail = client.on_disconnect = None
    client.on_message = client.on_publish = client.on_subscribe = None
    vars(client).pop("loop_forever", None)  # that of `connect_in_thread`


def publish(client: Any, publication: Publication) -> Any:
    """Hand `publication` to paho; returns its MQTTMessageInfo. Any thread."""
    properties: Any = None
    if publication.expiry_s is not None and client.protocol == 5:
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.MessageExpiryInterval = publication.expiry_s
    return client.publish(
        publication.topic, publication.payload, qos=publication.qos, retain=publication.retained, properties=properties
    )


def _connect_properties(broker: Broker) -> dict[str, Any]:
    if broker.protocol != "5":
        return {}
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = broker.max_packet_bytes
    return {"properties": properties}


def _will_properties(boot: str) -> Any:
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties: Any = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
    properties.UserProperty = [("boot", boot)]
    return properties


def _use_tls(client: Any, broker: Broker) -> None:
    # Opened one by one: ssl's errors name no file.
    for name, file in (("ca_file", broker.ca_file), ("cert_file", broker.cert_file), ("key_file", broker.key_file)):
        if file is not None:
            try:
                with Path(file).open("rb"):
                    pass
            except OSError as error:
                raise BrokerError(f"mqtt.tls.{name} {file}: {error.strerror}") from error
    try:
        client.tls_set_context(tls_context(broker.ca_file, broker.cert_file, broker.key_file, insecure=broker.insecure))
    except (OSError, ValueError) as error:
        files = ", ".join(file for file in (broker.ca_file, broker.cert_file, broker.key_file) if file)
        raise BrokerError(f"mqtt.tls: {files}: {error}") from error
    if broker.insecure:
        client.tls_insecure_set(True)
