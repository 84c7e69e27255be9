"""The HTTP requests of a session: start, offer, is it still known. JSON in, JSON out, and a sentence when not."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from callbox.rtvi.http_pool import HttpPool

MAX_BODY_BYTES = 1 << 20
"""An answer is a few kB; a web page that never ends must not fill the memory of a Pi."""


class HttpError(Exception):
    """The server could not be reached, or did not answer with a JSON object. The text is for people."""

    def __init__(
        self, text: str, status: int | None = None, *, refused: bool = False, unanswered: bool = False
    ) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
        """HTTP status; None when there was no answer."""
        self.refused = refused
        """The machine is there, and said that no program listens."""
        self.unanswered = unanswered
        """The connection ended before there was an answer."""


def preimport() -> None:
    """Import what the first request would: for who has time now and none then. Any thread; sends nothing."""
    import httpcore
    import httpx

    async def resolve_late_imports() -> None:
        # What httpcore and anyio import only when they know which event loop they are in.
        async with httpx.AsyncClient(verify=False) as http:  # noqa: S501 - nothing is sent
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
    """`url` as it may be redact_url: without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(an address that is no URL)"
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host or ''}{port}{parts.path}"


async def post_json(
    url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], keep_alive: HttpPool | None = None
) -> dict[str, Any]:
    """POST `body` to `url`; returns the JSON object of the answer.

    `keep_alive`: whose connections are used and kept; None: one of its own. Raises `HttpError`. Has no deadline of its
    own: the caller's covers name lookup, connect and answer.
    """
    return await _exchange("POST", url, body, headers, keep_alive)


async def patch_json(
    url: str, body: Mapping[str, Any], headers: Mapping[str, str], keep_alive: HttpPool | None = None
) -> dict[str, Any]:
    """As `post_json`, by PATCH."""
    return await _exchange("PATCH", url, body, headers, keep_alive)


async def _exchange(
    method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], keep_alive: HttpPool | None
) -> dict[str, Any]:
    place = redact_url(url)
    if not _is_address(url):
        raise HttpError(
            f"{place or 'An empty text'} is not the address of a server: it needs http(s)://host[:port]/path."
        )
    await imported()
    content = b"" if body is None else json.dumps(body).encode()
    # No charset: Pipecat Cloud refuses one.
    fields = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    if keep_alive is None:
        connections = HttpPool()
        try:
            return await _once(connections, method, url, content, fields)
        finally:
            await connections.close()
    try:
        return await _once(keep_alive, method, url, content, fields)
    except HttpError as error:
        # The server closed a connection that had waited for this request, in the moment that it was sent.
        if not (error.unanswered and keep_alive.used_spare):
            raise
    return await _once(keep_alive, method, url, content, fields)


async def _once(keep_alive: HttpPool, method: str, url: str, content: bytes, fields: dict[str, str]) -> dict[str, Any]:
    import httpx  # late: a program that only reads states and messages doesn't pay for it

    place = redact_url(url)
    try:
        async with keep_alive.stream(method, url, content, fields) as answer:
            received = bytearray()
            async for piece in answer.aiter_bytes():
                received += piece
                if len(received) > MAX_BODY_BYTES:
                    raise HttpError(
                        f"{place} answered with more than {MAX_BODY_BYTES >> 20} MiB: this is no bot's server.",
                        answer.status_code,
                    )
            return _object(place, answer.status_code, answer.reason_phrase, bytes(received))
    except httpx.LocalProtocolError:  # its text would show the header
        raise HttpError(
            f"The request to {place} can't be sent: a header holds a character that HTTP forbids."
        ) from None
    except httpx.ConnectError as error:
        raise HttpError(
            f"Nobody answers at {place} ({error}). Is the bot running, is the address right?", refused=_refused(error)
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, ValueError) as error:
        # The last two: a host that no codec takes.
        reason = str(error) or type(error).__name__
        unanswered = isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError)
        raise HttpError(f"The request to {place} failed: {reason}.", unanswered=unanswered) from None


def _refused(error: BaseException | None) -> bool:
    """Whether the cause of all was a refused TCP connection."""
    while error is not None:
        if isinstance(error, ConnectionRefusedError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65535, a bracket that isn't closed
        return False


def _object(place: str, status: int, phrase: str, received: bytes) -> dict[str, Any]:
    try:
        document = json.loads(received)
    except (ValueError, RecursionError):
        document = None
    if not 200 <= status < 300:
        raise HttpError(f"{place} answered {status} {phrase}{_detail(document)}.{_advice(status)}", status)
    if not isinstance(document, dict):
        kind = "a web page" if received.lstrip()[:1] == b"<" else "something that is not a JSON object"
        raise HttpError(f"{place} answered with {kind}: this is not the address of a bot.", status)
    return document


def _detail(document: Any) -> str:
    # Pipecat Cloud says {error, code}, older servers {info}, FastAPI {detail}.
    if isinstance(document, dict):
        for name in ("info", "error", "detail"):
            if isinstance(document.get(name), str):
                return f" ({document[name][:200]})"
    return ""


def _advice(status: int) -> str:
    if status in (401, 403):
        return " Is the key in the headers right?"
    if status == 404:
        return " Is the path of the address right?"
    if status >= 500:
        return " The bot's server has a problem of its own; its log says which."
    return ""
