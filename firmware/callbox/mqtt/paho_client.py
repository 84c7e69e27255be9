"""The broker, and a paho client for it: protocol version, credentials, TLS, will.

The TLS context is cached: loading the system's certificates takes a Pi Zero longer than the rest of a connection
attempt, and a box may reconnect once a second.
"""

import functools
import os
import socket
import ssl
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from callbox.mqtt.model.backoff import EndReason
from callbox.mqtt.model.topics import Publication

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
        made.load_cert_chain(cert_file, key_file)
    if insecure:
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    elif ca_file:
        made.load_verify_locations(ca_file)
    else:
        made.load_default_certs()
    return made


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

    @property
    def address(self) -> str:
        """``HOST:PORT``, for messages."""
        return f"{self.host}:{self.port}"


class BrokerError(Exception):
    """The connection failed or ended. Holds a sentence for the operator, and `end`, which selects the back-off."""

    def __init__(self, text: str, end: EndReason = EndReason.REFUSED) -> None:
        super().__init__(text)
        self.end = end


def connect_error(broker: Broker, error: BaseException | None) -> BrokerError:
    """The `BrokerError` for `error`, raised before CONNECT was sent; None: unknown."""
    if isinstance(error, ssl.SSLError):  # the broker is reachable
        why = getattr(error, "verify_message", None) or error.reason or error
        return BrokerError(f"no connection to the broker at {broker.address}: TLS: {why}")
    if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return BrokerError(f"no connection to the broker at {broker.address}: connection reset")
    why = "host name not found (DNS)" if isinstance(error, socket.gaierror) else "unreachable"
    return BrokerError(f"no connection to the broker at {broker.address}: {why}", EndReason.ABSENT)


def connect_error_in_callback(broker: Broker) -> BrokerError:
    """`connect_error` of the exception being handled; for paho's on_connect_fail, which runs in its handler."""
    return connect_error(broker, sys.exc_info()[1])


def disconnect_error(broker: Broker, reason: Any, *, was_in: bool) -> BrokerError:
    """The `BrokerError` for paho's on_disconnect with `reason`. `was_in`: CONNACK had accepted the connection."""
    # paho's texts for a keep-alive timeout and for a closed socket.
    is_silent = str(reason) == "Keep alive timeout"
    why = "keep-alive timeout" if is_silent else "connection closed" if str(reason) == "Unspecified error" else reason
    end = EndReason.LOST if was_in else EndReason.ABSENT if is_silent else EndReason.REFUSED
    return BrokerError(f"no connection to the broker at {broker.address}: {why}", end)


def new_client(broker: Broker, client_id: str, will: Publication | None, boot: str = "") -> Any:
    """A paho client that is not connected yet. Raises `BrokerError` for a certificate that can't be used.

    `boot` goes with the will as a user property (MQTT 5), which tells a late will from this boot's.
    """
    # Imported late: a box without a broker doesn't pay for it.
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=paho.MQTTv5 if broker.protocol == "5" else paho.MQTTv311,
        reconnect_on_failure=False,
    )
    if will:
        properties = _will_properties(boot) if broker.protocol == "5" else None
        client.will_set(will.topic, will.payload, qos=will.qos, retain=will.retained, properties=properties)
    if broker.username is not None:
        client.username_pw_set(broker.username, broker.password)
    if broker.tls:
        _use_tls(client, broker)
    return client


def start_loop(client: Any, broker: Broker) -> None:
    """Start paho's network thread with a select timeout of a quarter of the keep-alive.

    By default it wakes each second. A broker waits for one and a half `keep_alive_s` (MQTT 3.1.1, 3.1.2.10).
    """
    client.loop_forever = functools.partial(client.loop_forever, timeout=broker.keep_alive_s / 4)  # as its thread calls
    client.loop_start()


def detach(client: Any) -> None:
    """Remove the callbacks of a client that is no longer used: they form a reference cycle with it.

    Without them it is freed at once, with its sockets, and not by the garbage collector.
    """
    client.on_connect = client.on_connect_fail = client.on_disconnect = client.on_message = client.on_publish = None
    vars(client).pop("loop_forever", None)  # that of `start_loop`


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
