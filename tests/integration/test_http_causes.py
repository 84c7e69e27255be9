"""Every row of the table of HTTP causes, reached by a real peer; of name servers that are silent, routes that are missing
and SYNs without an answer, by the error that the resolver or the kernel gives after seconds to minutes.
"""

import asyncio
import contextlib
import errno
import gzip
import json
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from typing import NoReturn

import httpcore
import pytest
from tests.rig.fake_session import Transport
from tests.rig.ports import free_port
from tests.rig.tls import make_certificate
from tests.unit.rtvi.test_http_client import reply, server
from tests.unit.rtvi.test_http_errors import application, redirecting

from callbox.control.faults import Fault, problem_from_error
from callbox.rtvi import APIRequest, RTVIClient, http_pool
from callbox.rtvi.errors import StartBotError
from callbox.rtvi.http_client import MAX_REDIRECTS, HttpError, post_json
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol import http_errors


class Place:
    """Where a row's peer is, and what the request is made with."""

    def __init__(self, tmp_path, monkeypatch, running: contextlib.AsyncExitStack):
        self.folder, self.monkeypatch, self.running = tmp_path, monkeypatch, running
        self.headers: dict[str, str] = {}
        self.body: dict[str, object] = {}
        self.ca_file: str | None = None

    async def answers(self, answer: bytes) -> str:
        return await self.running.enter_async_context(server(answer))

    async def tls(self, trusted=True, **options) -> str:
        certificate, key = make_certificate(self.folder, **options)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
        self.ca_file = str(certificate) if trusted else None
        return await self.running.enter_async_context(server(reply("200 OK", b"{}"), tls=context))

    def resolver_error(self, code: int) -> str:
        def fail(*_, **__):
            raise socket.gaierror(code, "…")

        self.monkeypatch.setattr(socket, "getaddrinfo", fail)
        return "http://bot.invalid/start"

    def connect_error(self, address: str) -> str:
        return f"http://{address}:{free_port()}/start"

    def kernel_error(self, code: int) -> str:
        async def fail(*_: object) -> NoReturn:
            try:
                raise OSError(code, os.strerror(code))
            except OSError as error:
                raise httpcore.ConnectError(str(error)) from error

        self.monkeypatch.setattr(http_pool, "_first", fail)
        return f"http://127.0.0.1:{free_port()}/start"

    def with_ca_file(self) -> str:
        self.ca_file = str(self.folder / "missing.pem")
        return f"https://127.0.0.1:{free_port()}/start"

    async def old_tls(self) -> str:
        """A server that speaks TLS 1.0 only."""
        certificate, key = make_certificate(self.folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1"):
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
        self.ca_file = str(certificate)
        return await self.running.enter_async_context(server(b"", tls=context))

    async def redirects(self, status: int, target: str, *, tls: bool = False) -> str:
        context = None
        if tls:
            certificate, key = make_certificate(self.folder)
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate, key)
            self.ca_file = str(certificate)
        routes = ("/start", redirecting(status, target))
        return f"{await self.running.enter_async_context(application(routes, tls=context))}/start"

    def proxy(self, value: str) -> str:
        self.monkeypatch.setenv("https_proxy", value)
        return "https://bot.invalid/start"

    async def refusing_proxy(self) -> str:
        return self.proxy((await self.answers(reply("407 Proxy Authentication Required", b""))).removesuffix("/start"))

    async def with_header(self) -> str:
        self.headers = {"X-Room": "kitchen\n"}
        return await self.plain()

    async def with_body(self) -> str:
        self.body = {"room": {1, 2}}
        return await self.plain()

    async def plain(self) -> str:
        return f"{await self.running.enter_async_context(application())}/start"


BOMB = gzip.compress(bytes(2 << 20))
ROWS: dict[str, Callable[[Place], object]] = {
    "name unknown": lambda at: at.resolver_error(socket.EAI_NONAME),
    "dns silent": lambda at: at.resolver_error(socket.EAI_AGAIN),
    "refused": lambda at: at.connect_error("127.0.0.1"),
    "unreachable": lambda at: at.kernel_error(errno.EHOSTUNREACH),
    "no connection": lambda at: at.connect_error("[fe80::1]"),
    "timed out": lambda at: at.kernel_error(errno.ETIMEDOUT),
    "connection closed": lambda at: at.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    "no http": lambda at: at.answers(b"220 mail.example ESMTP\r\n\r\n"),
    "certificate expired": lambda at: at.tls(valid_from_days=-9, valid_until_days=-3),
    "certificate not yet valid": lambda at: at.tls(valid_from_days=3, valid_until_days=9),
    "certificate of another name": lambda at: at.tls(address="127.0.0.9"),
    "certificate authority unknown": lambda at: at.tls(trusted=False),
    "unusable ca_file": lambda at: at.with_ca_file(),
    "no tls": lambda at: _https(at.plain()),
    "tls failed": lambda at: at.old_tls(),
    "proxy unreachable": lambda at: at.proxy(f"http://127.0.0.1:{free_port()}"),
    "proxy unsupported": lambda at: at.proxy("socks5://127.0.0.1:1"),
    "proxy refuses": lambda at: at.refusing_proxy(),
    "bad header": lambda at: at.with_header(),
    "bad body": lambda at: at.with_body(),
    "bad address": lambda at: "http://[/start",
    "too large": lambda at: at.answers(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(BOMB), BOMB)
    ),
    "other encoding": lambda at: at.answers(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"),
    "web page": lambda at: at.answers(reply("200 OK", b"<!doctype html>")),
    "no object": lambda at: at.answers(reply("200 OK", b"[1]")),
    "error in 200": lambda at: at.answers(reply("200 OK", b'{"error": "no agent"}')),
    "redirect to http": lambda at: at.redirects(307, "http://127.0.0.1:1/start", tls=True),
    "redirect": lambda at: at.redirects(302, "https://bot.example/start"),
    "redirect loop": lambda at: at.redirects(308, "/start"),
}
ANSWERED = (
    "web page",
    "no object",
    "error in 200",
    "redirect",
    "redirect loop",
    "redirect to http",
    "other encoding",
    "too large",
)
"""Rows in which the server answered: the box says "refused", else "unreachable"."""


async def _https(url):
    return (await url).replace("http:", "https:")


@contextlib.asynccontextmanager
async def _error(make, tmp_path, monkeypatch) -> AsyncIterator[tuple[HttpError, str]]:
    async with contextlib.AsyncExitStack() as running:
        at = Place(tmp_path, monkeypatch, running)
        url = make(at)
        url = await url if asyncio.iscoroutine(url) else url
        pool = HttpPool(at.ca_file)
        with pytest.raises(HttpError) as caught:
            await post_json(url, at.body, at.headers, pool)
        yield caught.value, url
        await pool.close()


def test_every_row_has_a_peer():
    assert ROWS.keys() == http_errors.NO_ANSWER.keys()
    assert MAX_REDIRECTS > 1


@pytest.mark.parametrize("cause", ROWS)
async def test_a_row_is_reached_by_a_real_peer(cause, tmp_path, monkeypatch):
    async with _error(ROWS[cause], tmp_path, monkeypatch) as (error, _):
        assert error.cause == cause
        row = http_errors.NO_ANSWER[cause]
        assert row.advice.partition("{")[0] in error.text
        assert "{" not in error.text
        problem = problem_from_error(StartBotError(error.text, status=error.status))
        assert problem.fault is (Fault.BOT_REFUSED if cause in ANSWERED else Fault.BOT_UNREACHABLE)


@pytest.mark.parametrize(
    ("url", "headers", "cause"),
    [
        ("http://b\u00fccher.invalid/start", {}, "name unknown"),
        ("http://bot..example/start", {}, "name unknown"),
        ("http://127.0.0.1:{port}/st\u00e4rt", {}, "refused"),
        ("http://127.0.0.1:{port}/sta\nrt", {}, "bad address"),
        ("http://127.0.0.1:{port}/start", {"X-Room": "K\u00fcche"}, "bad header"),
    ],
)
async def test_what_dns_or_http_cannot_carry_is_sent_or_named(url, headers, cause):
    with pytest.raises(HttpError) as caught:
        await post_json(url.replace("{port}", str(free_port())), {}, headers)
    assert caught.value.cause == cause


@pytest.mark.parametrize("status", [*http_errors.ADVICE, 500, 418])
async def test_a_status_is_answered_by_a_real_server(status):
    async with server(reply(f"{status} Words", json.dumps({"detail": "because"}).encode())) as url:
        with pytest.raises(StartBotError) as caught:
            await RTVIClient(Transport).start_bot(APIRequest(url))
    advice = http_errors.ADVICE.get(status, http_errors.SERVER_ERROR if status >= 500 else "")
    text = str(caught.value)
    assert f"answered {status} Words (because)." in text
    assert advice in text
    assert problem_from_error(caught.value).fault is Fault.BOT_REFUSED
