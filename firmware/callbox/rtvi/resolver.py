"""Host names to addresses, without a thread that the end of the process waits for. Event loop only.

asyncio's own ``getaddrinfo`` runs in the default executor, whose threads `asyncio.run` joins: with a DNS server that
doesn't answer, a process would not end for as long as the C library waits (5 s a server and try).
"""

import asyncio
import ipaddress
import socket

from callbox.system.daemon_executor import in_daemon_thread


class Resolver:
    """Resolver of names in daemon threads; one thread a name, however many wait for it."""

    def __init__(self) -> None:
        self._lookups: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def lookup(self, host: str, port: int) -> list[str]:
        """IP addresses of `host`, best first (RFC 6724). Raises `socket.gaierror` and `UnicodeError`."""
        if _is_address(host):
            return [host]
        lookup = self._lookups.get((host, port))
        if lookup is None:
            lookup = self._lookups[host, port] = self._begin(host, port)
        return await asyncio.shield(lookup)

    def _begin(self, host: str, port: int) -> asyncio.Future[list[str]]:
        lookup = asyncio.ensure_future(in_daemon_thread(lambda: _addresses(host, port), f"getaddrinfo {host}"))

        def finish(done: asyncio.Future[list[str]]) -> None:
            self._lookups.pop((host, port), None)
            if not done.cancelled():
                done.exception()  # retrieved: the caller may have been cancelled

        lookup.add_done_callback(finish)
        return lookup


def _addresses(host: str, port: int) -> list[str]:
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
