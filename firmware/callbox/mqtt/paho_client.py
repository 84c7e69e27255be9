"""The broker, and a paho client for it: version, log-in, TLS, will. The rest of the program knows paho by this.

To read the system's certificates takes a Pi Zero longer than all else of an attempt, and a box may try once a second.
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
"""A file as it is now: path, time of change in ns, length, number. None: there is none."""


def tls_context(ca_file: str | None, cert_file: str | None, key_file: str | None, *, insecure: bool) -> ssl.SSLContext:
    """For these PEM files; without `ca_file` the system's certificates. `insecure`: whoever answers is believed.

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
        with Path(file).open("rb") as opened:  # a file that we may not read is told by its name: ssl names none
            seen = os.fstat(opened.fileno())
    return file, seen.st_mtime_ns, seen.st_size, seen.st_ino


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, and who we are to it."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    keep_alive_s: int = 20
    tls: bool = False
    ca_file: str | None = None
    cert_file: str | None = None
    """Our own certificate (PEM), for a broker that wants one."""
    key_file: str | None = None
    insecure: bool = False
    protocol: Literal["3.1.1", "5"] = "3.1.1"
    retry_s: float = 1.0
    """Mean pause between attempts while it isn't there, see `callbox.mqtt.model.backoff`."""

    @property
    def place(self) -> str:
        """For people."""
        return f"{self.host}:{self.port}"


class BrokerError(Exception):
    """The broker can't be used now. A sentence for the operator, and what kind of end it was."""

    def __init__(self, text: str, end: EndReason = EndReason.REFUSED) -> None:
        super().__init__(text)
        self.end = end


def connect_error(broker: Broker, error: BaseException | None) -> BrokerError:
    """What it means that `error` was raised on the way to CONNECT."""
    if isinstance(error, ssl.SSLError):  # somebody is there
        why = getattr(error, "verify_message", None) or error.reason or error
        return BrokerError(f"no connection to the broker at {broker.place}: TLS: {why}")
    if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return BrokerError(f"no connection to the broker at {broker.place}: it hangs up at once")
    why = "nobody knows this name" if isinstance(error, socket.gaierror) else "nobody answers"
    return BrokerError(f"no connection to the broker at {broker.place}: {why}", EndReason.ABSENT)


def connect_error_in_callback(broker: Broker) -> BrokerError:
    """The same, to be called in paho's on_connect_fail: it is called while what was raised is being handled."""
    return connect_error(broker, sys.exc_info()[1])


def disconnect_error(broker: Broker, reason: Any, *, was_in: bool) -> BrokerError:
    """What it means that paho tells of a disconnection, with `reason`. `was_in`: the broker had let us in."""
    # paho's own words, for nothing heard in time and for a socket that is closed.
    is_silent = str(reason) == "Keep alive timeout"
    why = "it says nothing" if is_silent else "it hung up" if str(reason) == "Unspecified error" else reason
    end = EndReason.LOST if was_in else EndReason.ABSENT if is_silent else EndReason.REFUSED
    return BrokerError(f"no connection to the broker at {broker.place}: {why}", end)


def new_client(broker: Broker, client_id: str, will: Publication | None, boot: str = "") -> Any:
    """A paho client that is not connected yet. Raises `BrokerError` for a certificate that can't be used.

    `boot` goes with the will as a user property (MQTT 5), so that everybody can tell whose death it is.
    """
    # Late: a box without a broker doesn't pay for it.
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
    """Start paho's thread: it wakes when something comes or goes, and often enough for the keep-alive.

    Left to itself it wakes each second. A broker waits for one and a half `keep_alive_s` (MQTT 3.1.1, 3.1.2.10).
    """
    client.loop_forever = functools.partial(client.loop_forever, timeout=broker.keep_alive_s / 4)  # as its thread calls
    client.loop_start()


def detach(client: Any) -> None:
    """Take the callbacks off a client that is done with: they hold it, and it holds them.

    So it goes at once, with its sockets, and not when the garbage collector comes by.
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
    # Looked at one by one: what ssl says names no file.
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
