"""Host names to addresses, without a thread that the end of the process waits for. Event loop only.

asyncio's own ``getaddrinfo`` runs in the default executor, whose threads `asyncio.run` joins: with a DNS server that
doesn't answer, a process would not end for as long as the C library waits (5 s a server and try).
"""

import asyncio
import contextlib
import ipaddress
import socket
import threading


class Resolver:
    """Looks names up in daemon threads; one thread a name, however many wait for it."""

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
        loop = asyncio.get_running_loop()
        lookup: asyncio.Future[list[str]] = loop.create_future()

        def finish(found: list[str] | BaseException) -> None:
            self._lookups.pop((host, port), None)
            if isinstance(found, BaseException):
                lookup.set_exception(found)
                lookup.exception()  # retrieved: the caller may have been cancelled
            else:
                lookup.set_result(found)

        def work() -> None:
            found: list[str] | BaseException
            try:
                rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                found = list(dict.fromkeys(str(row[4][0]) for row in rows))
            except (OSError, UnicodeError) as error:
                found = error
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(finish, found)

        threading.Thread(target=work, name=f"getaddrinfo {host}", daemon=True).start()
        return lookup


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
