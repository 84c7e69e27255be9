"""The HTTP requests of a session: start, offer, is it still known. JSON in, JSON out, and a sentence when not."""

import asyncio
import base64
import contextlib
import json
import logging
import ssl
import threading
import time
import zlib
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from callbox import __version__
from callbox.rtvi.http_pool import Exchange, HttpPool, ProxyError, SilentSpareError
from callbox.rtvi.protocol import http_errors
from callbox.rtvi.protocol.auth_bundle import origin
from callbox.system.connect_causes import certificate_cause, network_cause
from callbox.system.imports import import_without
from callbox.text import one_line, parse_json, without

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1 << 20
"""Of an answer, before and after decoding. It is a few kB; more must not fill the memory of a Pi."""
MAX_REDIRECTS = 5
MIN_SECRET_CHARS = 6
"""A shorter text of a request is hidden in no answer: it would be found in words."""


class HttpError(Exception):
    """Error: the server could not be reached, or did not answer with a JSON object. The text is for people."""

    def __init__(
        self, text: str, status: int | None = None, *, cause: str | None = None, unanswered: bool = False
    ) -> None:
        text = one_line(text, 1000)
        super().__init__(text)
        self.text = text
        self.status = status
        """HTTP status; None when there was no answer."""
        self.cause = cause
        """Key of `http_errors.NO_ANSWER`; None: the status says it."""
        self.unanswered = unanswered
        """A connection that was open before the request ended without any answer to it."""

    @property
    def refused(self) -> bool:
        """Whether the machine is there, and said that no program listens."""
        return self.cause == "refused"


def preimport() -> None:
    """Import what the first request would: for who has time now and none then. Any thread; sends nothing."""
    import_without("httpx", "httpx._main")  # its command line (0.28), which takes click, rich and pygments: 5 MiB
    import httpcore
    import httpx

    async def resolve_late_imports() -> None:
        # What httpcore and anyio import only when they know which event loop they are in. No proxy of the environment:
        # httpx 0.28 makes a connection pool for each of them at once, and raises ImportError for socks5.
        async with httpx.AsyncClient(verify=False, trust_env=False) as http:  # noqa: S501 - nothing is sent
            with contextlib.suppress(httpx.HTTPError, httpcore.UnsupportedProtocol):
                await http.get("http://127.0.0.1:0/")

    asyncio.run(resolve_late_imports())
    _preimported.set()


_preimported = threading.Event()


async def imported() -> None:
    """Wait until `preimport` is done. In a thread: an import, or waiting for another thread's, stops the event loop."""
    if not _preimported.is_set():
        await asyncio.to_thread(preimport)


def redact_url(url: str) -> str:
    """`url` as it may be logged and shown: one line without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(an address that is no URL)"
    if not parts.netloc:  # no URL of a server: shown as it was written
        path = f"{parts.scheme}:{parts.path}" if parts.scheme else parts.path
        return one_line(path.rpartition("@")[2], 300)
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    return one_line(f"{parts.scheme}://{host or ''}{port}{parts.path}", 300)


def _join(url: str, location: str) -> str:
    """`location` as seen from `url`; empty: it is no URL."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


async def post_json(
    url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], keep_alive: HttpPool | None = None
) -> dict[str, Any]:
    """POST `body` to `url`; returns the JSON object of the answer. 307 and 308 are followed.

    `headers` may hold secrets: they go to the origin of `url` only. `keep_alive`: whose connections are used and kept;
    None: one of its own. Raises `HttpError`. Has no deadline of its own: the caller's covers name lookup, connect and
    answer.
    """
    return await _exchange("POST", url, body, headers, keep_alive)


async def patch_json(
    url: str, body: Mapping[str, Any], headers: Mapping[str, str], keep_alive: HttpPool | None = None
) -> dict[str, Any]:
    """As `post_json`, by PATCH."""
    return await _exchange("PATCH", url, body, headers, keep_alive)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    phrase: str
    location: str | None
    body: bytes


async def _exchange(
    method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], keep_alive: HttpPool | None
) -> dict[str, Any]:
    await imported()
    try:
        content = b"" if body is None else json.dumps(body, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise _error("bad body", url, str(error)) from None
    if not all(isinstance(text, str) for header in headers.items() for text in header):
        raise _error("bad header", url)
    pool = keep_alive or HttpPool()
    secrets, status = dict(headers), 0
    given = _given(url, body, headers)
    try:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await _answered(pool, method, url, content, secrets, given)
            status = answer.status
            if answer.status not in (307, 308) or answer.location is None:
                return _object(url, answer, given)
            target = _join(url, answer.location)
            if origin(target) is None:
                raise _error("redirect", url, answer.location, given, status=answer.status)
            if origin(target) != origin(url):
                secrets = {}
                if urlsplit(url).scheme.lower() == "https" and urlsplit(target).scheme.lower() == "http":
                    raise _error("redirect to http", url, redact_url(target), given, status=answer.status)
            url = target
        raise _error("redirect loop", url, redact_url(url), given, status=status)
    finally:
        if keep_alive is None:
            await pool.close()


def _given(url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> frozenset[str]:
    """Texts of a request that may be secrets, and that no error repeats after the server."""
    try:
        parts = urlsplit(url)
        query = [value for _, value in parse_qsl(parts.query)]
        found = [*(unquote(text or "") for text in (parts.username, parts.password)), *query]
    except ValueError:  # no URL
        found = []
    for value in headers.values():
        found += [value, *value.split()]
    pieces: list[Any] = [body]
    while pieces:
        match pieces.pop():
            case str() as text:
                found.append(text)
            case Mapping() as inner:
                pieces += inner.values()
            case list() as inner:
                pieces += inner
    return frozenset(text for text in found if len(text) >= MIN_SECRET_CHARS)


async def _answered(
    pool: HttpPool, method: str, url: str, content: bytes, headers: Mapping[str, str], given: Collection[str]
) -> _Answer:
    """The answer to one request, sent once more when the connection was gone or silent that it went over."""
    try:
        return await _once(pool, method, url, content, headers, given)
    except SilentSpareError:
        log.info("The idle connection to %s is silent; another one is opened", redact_url(url))
    except HttpError as error:
        if not error.unanswered:
            raise
    return await _once(pool, method, url, content, headers, given, may_use_spare=False)


async def _once(
    pool: HttpPool,
    method: str,
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    given: Collection[str],
    *,
    may_use_spare: bool = True,
) -> _Answer:
    place = origin(url)
    if place is None:
        raise HttpError(
            http_errors.sentence("bad address", place=redact_url(url) if url else "An empty text"), cause="bad address"
        )
    import httpx  # late: a program that only reads states and messages doesn't pay for it

    if place[0] == "https":
        try:
            _ = pool.tls
        except OSError as error:
            why = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror or ""
            raise _error("unusable ca_file", url, why) from None
    exchange = Exchange(f"{place[1]}:{place[2]}", may_use_spare)
    answered = False
    try:
        async with pool.stream(method, url, content, _fields(url, headers), exchange) as answer:
            answered = True
            body = bytearray()
            async for piece in _decoded(answer, url, given):
                body += piece
                if len(body) > MAX_BODY_BYTES:
                    raise _error("too large", url, status=answer.status_code)
            return _Answer(answer.status_code, answer.reason_phrase, answer.headers.get("location"), bytes(body))
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ProxyError, OSError, ValueError) as error:
        # UnicodeError is a ValueError: a host that no codec takes.
        gone = isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError)
        cause, detail = _cause(error, exchange, tls=place[0] == "https")
        raise _error(
            cause,
            url,
            detail,
            given,
            variable=exchange.proxy.variable if exchange.proxy else "",
            unanswered=gone and exchange.is_reused and not answered,
        ) from None


def _fields(url: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The request's headers: those of every request, and `headers`, which win."""
    fields = {
        # No charset: Pipecat Cloud refuses one.
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"callbox/{__version__}",
    }
    parts = urlsplit(url)
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        fields["Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
    given = {name.lower() for name in headers}
    return {name: value for name, value in fields.items() if name.lower() not in given} | dict(headers)


async def _decoded(answer: "httpx.Response", url: str, given: Collection[str]) -> AsyncIterator[bytes]:
    """Pieces of the body, decoded if a server or proxy compresses unasked; never more than the limit at once."""
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        async for piece in answer.aiter_raw():
            yield piece
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise _error("other encoding", url, encoding, given, status=answer.status_code)
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its header
    async for piece in answer.aiter_raw():
        try:
            yield decoder.decompress(piece, MAX_BODY_BYTES + 1)
        except zlib.error as error:
            raise _error("other encoding", url, f"{encoding}: {error}", given, status=answer.status_code) from None
        if decoder.unconsumed_tail:
            raise _error("too large", url, status=answer.status_code)


def _object(url: str, answer: _Answer, given: Collection[str]) -> dict[str, Any]:
    """The JSON object in `answer`. Raises `HttpError`."""
    place = redact_url(url)
    try:
        document = parse_json(answer.body, MAX_BODY_BYTES)
    except ValueError:
        document = None
    if 300 <= answer.status < 400 and answer.location is not None:
        raise _error("redirect", url, redact_url(_join(url, answer.location)), given, status=answer.status)
    if not 200 <= answer.status < 300:
        phrase, document = without([answer.phrase, document], given)
        text = http_errors.status_sentence(place, answer.status, phrase, document)
        raise HttpError(text, answer.status)
    if not isinstance(document, dict):
        is_page = answer.body.lstrip()[:1] == b"<"
        raise _error("web page" if is_page else "no object", url, status=answer.status)
    if http_errors.is_only_an_error(document):
        detail = http_errors.server_detail(without(document, given))
        raise _error("error in 200", url, detail, status=answer.status)
    return document


def _error(
    cause: str,
    url: str,
    detail: str = "",
    given: Collection[str] = (),
    *,
    status: int | None = None,
    variable: str = "",
    unanswered: bool = False,
) -> HttpError:
    text = http_errors.sentence(
        cause,
        place=redact_url(url),
        host=one_line(urlsplit(url).hostname or "", 100),
        detail=one_line(without(detail, given), 200),
        variable=variable,
        now=time.strftime("%Y-%m-%d %H:%M"),
    )
    return HttpError(text, status, cause=cause, unanswered=unanswered)


# -- what an exception means --------------------------------------------------------------------------


def _cause(error: BaseException, exchange: Exchange, *, tls: bool) -> tuple[str, str]:
    """The row of `http_errors.NO_ANSWER` for `error`, and the detail in it."""
    import httpx

    detail = str(error).rstrip(".") or type(error).__name__
    chain = list(_chain(error))
    for reason in chain:
        if isinstance(reason, ProxyError):
            return "proxy unsupported", str(reason)
        if isinstance(reason, httpx.LocalProtocolError):  # its text would show the header
            return "bad header", ""
        if isinstance(reason, UnicodeEncodeError) and reason.encoding == "ascii":  # a host's would be idna
            return "bad header", ""
        if isinstance(reason, UnicodeEncodeError) and reason.encoding == "utf-8":  # a path's, of half a surrogate pair
            return "bad address", ""
        if isinstance(reason, httpx.InvalidURL):
            return "bad address", ""
    if isinstance(error, httpx.ProxyError):
        return "proxy refuses", detail
    if exchange.proxy is not None and isinstance(error, httpx.ConnectError):
        return "proxy unreachable", detail
    for reason in chain:
        found = certificate_cause(reason) or network_cause(reason)
        if found is not None:
            return found
    if isinstance(error, httpx.RemoteProtocolError) and "disconnect" not in detail and "closed" not in detail:
        return "no http", detail
    if isinstance(error, httpx.ConnectError) and tls and exchange.step == "answer":
        return "no tls", "the server closed the connection"
    return ("no connection" if isinstance(error, httpx.ConnectError) else "connection closed"), detail


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and what caused it, groups included."""
    seen = 0
    while error is not None and seen < 20:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in error.exceptions:
                yield from _chain(part)
        error, seen = error.__cause__ or error.__context__, seen + 1
