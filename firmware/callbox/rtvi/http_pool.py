"""HTTP connections that are there before they are needed, and stay for the next request. Event loop only.

Opening one costs a lookup of the name and a round trip, with TLS two or three. A spare one is opened ahead and sends
nothing until a request needs it: all that it costs the server is an open socket. The path to it may be lost meanwhile
without a sign (a NAT that forgets, roaming, a VPN), so a spare one

- is dropped after `MAX_SPARE_AGE_S`, those of a suspension too, when TCP's keep-alive finds no peer, and when this
  machine would now take another way to the server;
- is given up when TCP has acknowledged nothing of the request within `ACK_WAIT_S`. Then no part of it has arrived, and
  it is sent again over a new connection. ``Expect: 100-continue`` (RFC 9110, 10.1.1) would take the round trip that the
  spare connection saves.
"""

import asyncio
import contextlib
import contextvars
import os
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlsplit

from callbox.rtvi.arguments import check_type
from callbox.rtvi.proxies import EnvironmentProxy, proxy_for
from callbox.rtvi.resolver import Resolver
from callbox.system.clock import boot_time_s
from callbox.system.route import is_on_route

if TYPE_CHECKING:
    import httpcore
    import httpx

MAX_SPARE_AGE_S = 120.0
"""A spare connection is opened anew after so long; a bot that moved (DNS) is found at its new place."""
ACK_WAIT_S = 1.0
"""How long TCP may acknowledge nothing of a request over a spare connection: a segment was sent three times by then."""
KEPT_S = 5.0
"""A connection that a request has used stays so long for the next one."""
_KEEPALIVE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    # A NAT keeps an established connection for at least 2 h (RFC 5382), cheap ones for a minute.
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 15),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    # What isn't acknowledged for so long, in ms, ends the connection (RFC 5482); else TCP tries for 15 minutes.
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 15_000),
)
_NEXT_ADDRESS_S = 0.25
"""A second address is tried beside the first after so long (RFC 8305, 5)."""
_ESTABLISHED = 1
"""``tcpi_state`` of linux/tcp.h, for a connection that neither end has closed."""
_BYTES_ACKED = struct.Struct("=120xQ")
"""``tcpi_bytes_acked`` of linux/tcp.h: how much of what was sent the peer has acknowledged."""
_RESET = struct.pack("ii", 1, 0)
"""``struct linger``: closing drops what was not acknowledged, in place of sending it later."""

Place = tuple[str, int, bool]
"""Host, port, TLS."""
Step = Literal["name", "connection", "answer"]


class ProxyError(Exception):
    """Error: the environment's proxy can't be used, for its kind isn't supported."""

    def __init__(self, proxy: EnvironmentProxy) -> None:
        super().__init__(f"{proxy.scheme}://")
        self.proxy = proxy


class SilentSpareError(Exception):
    """Error: TCP acknowledged nothing of a request over a spare connection in time. It won't arrive any more."""


@dataclass(slots=True)
class Exchange:
    """One request on its way."""

    place: str
    """Host and port."""
    may_use_spare: bool = True
    spare: "_Spare | None" = None
    """The spare connection that it shall use; None once it is in use, or without one."""
    step: Step | None = None
    """What it waits for; None: it has ended."""
    is_reused: bool = True
    """Whether it went over a connection that was open before."""
    proxy: EnvironmentProxy | None = None


_current: contextvars.ContextVar[Exchange] = contextvars.ContextVar("http exchange")


class HttpPool:
    """The connections of one client, which has one session at a time: `preconnect` opens a spare one, `close_idle`
    closes those of requests.

    `ca_file`: PEM file of the authority of the server's certificate; None: the system's trust store. Cookies that a
    server sets go with later requests to it, as in a browser, until `forget_cookies`. `now_s`: the clock of ages.
    Raises `RTVIError` for a `ca_file` that is no path.
    """

    def __init__(
        self, ca_file: "str | os.PathLike[str] | None" = None, now_s: Callable[[], float] = boot_time_s
    ) -> None:
        check_type(ca_file, str | os.PathLike | None, "HttpPool() takes the path of a ca_file, or None")
        self._ca_file = ca_file
        self.now_s = now_s
        self._tls: ssl.SSLContext | None = None
        self._transports: dict[tuple[bool, str | None], httpx.AsyncHTTPTransport] = {}
        self._spares: dict[Place, _Spare] = {}
        self._cookies: httpx.Cookies | None = None
        self._resolver = Resolver()
        self.exchange: Exchange | None = None
        """The last request."""
        self.unanswered: tuple[str, ...] = ()
        """Endpoints, as redacted URLs, that gave no answer before the one of the last request (`rtvi.failover`)."""

    def another(self) -> "HttpPool":
        """A pool for another client, which trusts the same authority: sessions beside each other share none."""
        return HttpPool(self._ca_file, self.now_s)

    @contextlib.asynccontextmanager
    async def stream(
        self, method: str, url: str, content: bytes, headers: dict[str, str], exchange: Exchange
    ) -> "AsyncIterator[httpx.Response]":
        """One request over what is open, or over a new connection; the answer's body is not decoded.

        Raises `httpx.HTTPError` and its like, `OSError`, `ProxyError`, `SilentSpareError`.
        """
        import httpx

        self.exchange = exchange
        exchange.proxy = proxy_for(url, os.environ)
        transport = self._transport(urlsplit(url).scheme.lower() == "https", exchange.proxy)
        place = _place(url)
        request = httpx.Request(method, url, headers=headers, content=content)
        if exchange.may_use_spare and exchange.proxy is None and not _has_idle(transport, request.url):
            exchange.spare = self._take_spare(place)
        exchange.step = "answer"
        self._cookies = self._cookies if self._cookies is not None else httpx.Cookies()
        self._cookies.set_cookie_header(request)
        token = _current.set(exchange)
        try:
            answer = await transport.handle_async_request(request)
        finally:
            _current.reset(token)
            if exchange.spare is not None and not exchange.spare.is_taken:
                await exchange.spare.aclose()
        try:
            answer.request = request
            self._keep_cookies(self._cookies, answer)
            yield answer
            exchange.step = None
        finally:
            await answer.aclose()

    @staticmethod
    def _keep_cookies(cookies: "httpx.Cookies", answer: "httpx.Response") -> None:
        cookies.extract_cookies(answer)
        for cookie in list(cookies.jar):  # httpx fails at a request whose header isn't ASCII
            if not f"{cookie.name}{cookie.value}".isascii():
                cookies.jar.clear(cookie.domain, cookie.path, cookie.name)

    async def preconnect(self, url: str) -> None:
        """Have a spare connection to the server of `url`; one that is still good stays. Raises `OSError`."""
        if proxy_for(url, os.environ) is not None:
            return  # whose connections are its own
        place = _place(url)
        spare = self._spares.get(place)
        if spare is not None and spare.is_good:
            return
        await self._drop(place)
        self._spares[place] = await self._open_spare(*place)

    def is_preconnected(self, url: str) -> bool:
        """Whether a spare connection to the server of `url` is open and good."""
        spare = self._spares.get(_place(url))
        return spare is not None and spare.is_good

    def forget_cookies(self) -> None:
        """Forget the cookies of the session before: another begins."""
        self._cookies = None

    async def close_idle(self) -> None:
        """Close those of requests, also of one that is under way; spare connections and cookies stay."""
        transports, self._transports = self._transports, {}
        for transport in transports.values():
            await transport.aclose()

    async def close(self) -> None:
        """Close everything. May be used again afterwards."""
        await self.close_idle()
        for place in list(self._spares):
            await self._drop(place)

    @property
    def tls(self) -> ssl.SSLContext:
        """The TLS context for bots. Raises `OSError` and `ssl.SSLError` for a `ca_file` that can't be used."""
        # Making one costs a Pi more than the rest of the request: only where it is used, and once.
        if self._tls is None:
            self._tls = tls_context(self._ca_file)
        return self._tls

    # ------------------------------------------------------------------------------------------------

    def _take_spare(self, place: Place) -> "_Spare | None":
        spare = self._spares.get(place)
        if spare is None or not spare.is_good:
            return None  # `preconnect` replaces it
        return self._spares.pop(place)

    async def _drop(self, place: Place) -> None:
        spare = self._spares.pop(place, None)
        if spare is not None:
            await spare.aclose()

    async def _open_spare(self, host: str, port: int, secure: bool) -> "_Spare":
        import httpcore

        try:
            stream = await self._connect(host, port)
            connected = stream.get_extra_info("socket")
            if secure:
                stream = await stream.start_tls(self.tls, server_hostname=host)
        except (httpcore.NetworkError, httpcore.TimeoutException, UnicodeError) as error:
            raise OSError(str(error)) from error
        return _Spare(stream, connected, self.now_s)

    async def _connect(
        self, host: str, port: int, set_step: Callable[[Step], None] = lambda _: None
    ) -> "httpcore.AsyncNetworkStream":
        """A TCP connection to the first address of `host` that takes one. Raises `httpcore.ConnectError`."""
        import httpcore

        # What httpcore chooses itself in an asyncio loop.
        backend = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())
        set_step("name")
        try:
            addresses = await self._resolver.lookup(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        set_step("connection")
        stream = await _first(addresses, lambda address: backend.connect_tcp(address, port, socket_options=_KEEPALIVE))
        set_step("answer")
        return stream

    def _transport(self, secure: bool, proxy: EnvironmentProxy | None) -> "httpx.AsyncHTTPTransport":
        import httpcore
        import httpx

        key = (secure, proxy.url if proxy else None)
        if key in self._transports:
            return self._transports[key]
        tls = self.tls if secure else None
        if proxy is not None:
            if proxy.scheme not in ("http", "https"):
                raise ProxyError(proxy)
            made = httpx.AsyncHTTPTransport(verify=tls or False, proxy=proxy.url, trust_env=False)
        else:
            made = httpx.AsyncHTTPTransport(verify=tls or False, trust_env=False)
            # httpx has no parameter for httpcore's backend; this attribute is what it hands every request to.
            made._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001
                ssl_context=tls, keepalive_expiry=KEPT_S, network_backend=self._backend()
            )
        self._transports[key] = made
        return made

    def _backend(self) -> "httpcore.AsyncNetworkBackend":
        import httpcore

        pool = self

        class Backend(httpcore.AsyncNetworkBackend):
            async def connect_tcp(
                self,
                host: str,
                port: int,
                timeout: float | None = None,  # noqa: ARG002
                local_address: str | None = None,  # noqa: ARG002
                socket_options: Iterable[Any] | None = None,  # noqa: ARG002
            ) -> httpcore.AsyncNetworkStream:
                exchange = _current.get()
                if exchange.spare is not None and not exchange.spare.is_taken:
                    return exchange.spare.take()
                exchange.is_reused = False
                return await pool._connect(host, port, lambda step: setattr(exchange, "step", step))

        return Backend()


def tls_context(ca_file: "str | os.PathLike[str] | None") -> ssl.SSLContext:
    """A context that trusts `ca_file`, or without one the system's store. Raises `OSError`, `ssl.SSLError`.

    SSL_CERT_FILE and SSL_CERT_DIR replace the system's store, as everywhere in OpenSSL.
    """
    made = ssl.create_default_context(cafile=ca_file)
    made.set_alpn_protocols(["http/1.1"])
    paths = ssl.get_default_verify_paths()
    if ca_file is None and not any((paths.cafile, paths.capath)):
        import certifi  # a Python that was built elsewhere doesn't know this system's store; comes with httpx

        made.load_verify_locations(certifi.where())
    return made


class _Spare:
    """A connection without a request. httpcore takes it as a new one: its TLS handshake, asked for again, is done."""

    def __init__(
        self, stream: "httpcore.AsyncNetworkStream", connected: socket.socket, now_s: Callable[[], float]
    ) -> None:
        self._stream = stream
        self._socket = connected
        self._now_s = now_s
        self._opened_s = now_s()
        self._acked_before = 0
        self._is_acked = False
        """Whether the peer has acknowledged a part of the request, or answered."""
        self.is_taken = False

    @property
    def is_good(self) -> bool:
        """Whether neither end has closed it, it is young enough, and the way to the server is the same as then."""
        # Not by whether something can be read: a TLS 1.3 server sends session tickets unasked.
        try:
            state = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        except OSError:
            return False
        young = self._now_s() - self._opened_s < MAX_SPARE_AGE_S
        return state == _ESTABLISHED and young and is_on_route(self._socket)

    def take(self) -> "httpcore.AsyncNetworkStream":
        """Itself, as the stream of a request."""
        self.is_taken = True
        self._acked_before = self._acked_bytes()
        return cast("httpcore.AsyncNetworkStream", self)  # httpcore is imported late, so it isn't its subclass

    def _acked_bytes(self) -> int:
        return int(
            _BYTES_ACKED.unpack(self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_ACKED.size))[0]
        )

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As `httpcore.AsyncNetworkStream`; so are the others. Raises `SilentSpareError`."""
        if not self._is_acked:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ACK_WAIT_S):
                    received = await self._stream.read(max_bytes, timeout)
                    self._is_acked = True
                    return received
            if self._acked_bytes() == self._acked_before:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                raise SilentSpareError
            self._is_acked = True
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(self, *_: object, **__: object) -> "_Spare":
        return self

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _has_idle(transport: Any, url: "httpx.URL") -> bool:
    """Whether `transport` has a connection to the server of `url` that a request has just used."""
    import httpcore

    origin = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/").origin
    return any(
        connection.can_handle_request(origin) and connection.is_available() and not connection.has_expired()
        for connection in transport._pool.connections  # noqa: SLF001 - as above
    )


def _place(url: str) -> Place:
    parts = urlsplit(url)
    secure = parts.scheme.lower() == "https"
    return (parts.hostname or "", parts.port or (443 if secure else 80), secure)


async def _first(
    addresses: Sequence[str], connect: "Callable[[str], Coroutine[Any, Any, httpcore.AsyncNetworkStream]]"
) -> "httpcore.AsyncNetworkStream":
    """The first connection that `connect` gives to one of `addresses`; the others are given up."""
    waiting, errors = list(addresses), list[BaseException]()
    running: set[asyncio.Task[httpcore.AsyncNetworkStream]] = set()
    won: list[httpcore.AsyncNetworkStream] = []
    try:
        while not won and (waiting or running):
            if waiting:
                running.add(asyncio.create_task(connect(waiting.pop(0))))
            ended, running = await asyncio.wait(
                running, timeout=_NEXT_ADDRESS_S if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in ended:
                error = task.exception()
                won += [task.result()] if error is None else []
                errors += [error] if error is not None else []
    finally:
        for task in running:
            task.cancel()
        # One that has connected in the moment when this was cancelled is closed too.
        for late in await asyncio.gather(*running, return_exceptions=True):
            if not isinstance(late, BaseException):
                await late.aclose()
    for loser in won[1:]:
        await loser.aclose()
    if not won:
        raise errors[0]
    return won[0]
