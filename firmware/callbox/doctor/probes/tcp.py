"""The first steps to any server: name, TCP, TLS; each timed."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Sequence
from typing import Any

from callbox.doctor.context import in_thread
from callbox.doctor.model.evaluate import network as evaluate
from callbox.doctor.model.findings import CannotMeasure, Report, Value
from callbox.system.connect_causes import network_cause

NAME_S, TCP_S, TLS_S = 6.0, 4.0, 6.0


async def probe_tcp(prefix: str, host: str, port: int, tls: ssl.SSLContext | None, measured: dict[str, Value]) -> None:
    """Put into `measured` how long each step took, ``name_ms``, ``tcp_ms``, ``tls_ms``. Ends the check where one fails.

    `prefix`: MQTT or BOT. `tls` None: there is no such step.
    """
    clock = asyncio.get_running_loop()
    where = f"{host}:{port}"
    connection: socket.socket | None = None
    began_s = clock.time()
    step = "name"
    try:
        async with asyncio.timeout(NAME_S):
            addresses = await in_thread(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        measured["name_ms"], step, began_s = _ms(began_s), "tcp", clock.time()
        connection = await _first(addresses)
        measured["address"] = connection.getpeername()[0]
        measured["tcp_ms"], step, began_s = _ms(began_s), "tls", clock.time()
        if tls is not None:
            async with asyncio.timeout(TLS_S):
                _, writer = await asyncio.open_connection(sock=connection, ssl=tls, server_hostname=host)
            measured["tls_ms"] = _ms(began_s)
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
                async with asyncio.timeout(1):
                    await writer.wait_closed()
    except (OSError, UnicodeError, ValueError) as error:  # TimeoutError and SSLError are OSErrors
        step = "dns" if step == "name" and _is_dns_silent(error) else step
        raise CannotMeasure(Report(measured, (evaluate.tcp_error(prefix, step, error, where),))) from None
    finally:
        if connection is not None:
            connection.close()


async def _first(addresses: Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]]) -> socket.socket:
    """A connection to the first address that takes one. Raises the last one's error."""
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, address in addresses:
        connection = socket.socket(family, kind, protocol)
        connection.setblocking(False)
        try:
            async with asyncio.timeout(TCP_S / len(addresses)):
                await asyncio.get_running_loop().sock_connect(connection, address)
            return connection
        except OSError as error:
            connection.close()
            failure = error
        except BaseException:
            connection.close()
            raise
    raise failure


def _is_dns_silent(error: Exception) -> bool:
    """Whether a lookup ended without an answer from DNS; else DNS says that there is no address."""
    return isinstance(error, TimeoutError) or network_cause(error) == ("dns silent", "")


def _ms(since_s: float) -> float:
    return round((asyncio.get_running_loop().time() - since_s) * 1000, 1)
