"""HTTP connections that are there before they are needed, and stay for the next request. Event loop only.

Opening one costs a round trip, with TLS two or three, and a lookup of the name. A spare one is opened ahead and sends
nothing until a request needs it: all that it costs the server is an open socket.
"""

import contextlib
import socket
import urllib.request
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl

    import httpcore
    import httpx

_ESTABLISHED = 1
"""``tcpi_state`` of linux/tcp.h, for a connection that neither end has closed."""


class HttpPool:
    """The connections of one client: `preconnect` opens a spare one, `close_idle` closes what requests left open."""

    def __init__(self) -> None:
        self._pools: dict[bool, httpx.AsyncClient] = {}
        self._tls: ssl.SSLContext | None = None
        self._spares: dict[tuple[str, int], _Spare] = {}
        self.used_spare = False
        """Whether the last request went over a connection that was opened ahead."""

    @contextlib.asynccontextmanager
    async def stream(self, method: str, url: str, content: bytes, headers: dict[str, str]) -> "AsyncIterator[Any]":
        """One request over what is open, or over a new connection. Raises `httpx.HTTPError` and its like."""
        self.used_spare = False
        pool = self._pool(secure=url.lower().startswith("https:"))
        async with pool.stream(method, url, content=content, headers=headers) as answer:
            yield answer

    async def preconnect(self, url: str) -> None:
        """Have a spare connection to the server of `url`; one that is still good stays. Raises `OSError`."""
        if _has_proxy():
            return  # whose connections are its own
        parts = urlsplit(url)
        secure = parts.scheme.lower() == "https"
        place = (parts.hostname or "", parts.port or (443 if secure else 80))
        spare = self._spares.get(place)
        if spare is not None and spare.is_good:
            return
        await self._drop(place)
        self._spares[place] = await _open(*place, self._context() if secure else None)

    def is_preconnected(self, url: str) -> bool:
        """Whether a spare connection to the server of `url` is open and good."""
        parts = urlsplit(url)
        spare = self._spares.get((parts.hostname or "", parts.port or (443 if parts.scheme.lower() == "https" else 80)))
        return spare is not None and spare.is_good

    async def close_idle(self) -> None:
        """Close what requests have left open; spare connections stay."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    async def close(self) -> None:
        """Close everything. May be used again afterwards."""
        await self.close_idle()
        for place in list(self._spares):
            await self._drop(place)

    async def acquire(self, host: str, port: int) -> "httpcore.AsyncNetworkStream | None":
        """The spare connection to there, if there is a good one: it is the caller's from now on."""
        spare = self._spares.pop((host, port), None)
        if spare is None:
            return None
        if spare.is_good:
            self.used_spare = True
            return spare.stream
        await spare.stream.aclose()
        return None

    async def _drop(self, place: tuple[str, int]) -> None:
        spare = self._spares.pop(place, None)
        if spare is not None:
            await spare.stream.aclose()

    def _context(self) -> "ssl.SSLContext":
        import httpx

        # Making one costs a Pi more than the rest of the request: only where it is used, and once.
        self._tls = self._tls or httpx.create_ssl_context()
        return self._tls

    def _pool(self, *, secure: bool) -> "httpx.AsyncClient":
        import httpx

        if secure not in self._pools:
            context = self._context() if secure else None
            transport = None if _has_proxy() else _transport(self, context)
            verify = context if context is not None else False
            self._pools[secure] = httpx.AsyncClient(timeout=None, verify=verify, transport=transport)  # noqa: S113
        return self._pools[secure]


class _Spare:
    """A connection without a request."""

    def __init__(self, stream: "httpcore.AsyncNetworkStream", connected: socket.socket) -> None:
        self.stream = stream
        self._socket = connected

    @property
    def is_good(self) -> bool:
        # Not by whether something can be read: a TLS 1.3 server sends session tickets unasked.
        try:
            return self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _ESTABLISHED
        except OSError:
            return False


async def _open(host: str, port: int, tls: "ssl.SSLContext | None") -> _Spare:
    import httpcore

    try:
        stream = await _direct().connect_tcp(host, port)
        connected = stream.get_extra_info("socket")
        if tls is not None:
            tls.set_alpn_protocols(["http/1.1"])
            encrypted = await stream.start_tls(tls, server_hostname=host)
            stream = _secured(encrypted)
    except (httpcore.NetworkError, httpcore.TimeoutException, UnicodeError) as error:
        raise OSError(str(error)) from error
    return _Spare(stream, connected)


def _secured(encrypted: "httpcore.AsyncNetworkStream") -> "httpcore.AsyncNetworkStream":
    """A stream whose TLS handshake is done; asked for one, it is itself."""
    import httpcore

    class Secured(httpcore.AsyncNetworkStream):
        async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            return await encrypted.read(max_bytes, timeout)

        async def write(self, buffer: bytes, timeout: float | None = None) -> None:
            await encrypted.write(buffer, timeout)

        async def aclose(self) -> None:
            await encrypted.aclose()

        async def start_tls(
            self,
            ssl_context: "ssl.SSLContext",  # noqa: ARG002
            server_hostname: str | None = None,  # noqa: ARG002
            timeout: float | None = None,  # noqa: ARG002
        ) -> httpcore.AsyncNetworkStream:
            return encrypted

        def get_extra_info(self, info: str) -> Any:
            return encrypted.get_extra_info(info)

    return Secured()


def _transport(pool: HttpPool, tls: "ssl.SSLContext | None") -> "httpx.AsyncHTTPTransport":
    """What httpx itself makes, but that it takes the spare connection when there is one."""
    import httpcore
    import httpx

    direct = _direct()

    class Backend(httpcore.AsyncNetworkBackend):
        async def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: Iterable[Any] | None = None,
        ) -> httpcore.AsyncNetworkStream:
            spare = await pool.acquire(host, port)
            return spare or await direct.connect_tcp(host, port, timeout, local_address, socket_options)

    transport = httpx.AsyncHTTPTransport(verify=tls if tls is not None else False)
    # httpx has no parameter for httpcore's backend; this attribute is what it hands every request to.
    transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001
        ssl_context=tls, keepalive_expiry=5.0, network_backend=Backend()
    )
    return transport


def _direct() -> "httpcore.AsyncNetworkBackend":
    import httpcore

    return httpcore.AnyIOBackend()  # what httpcore chooses itself in an asyncio loop


def _has_proxy() -> bool:
    return bool(urllib.request.getproxies())
