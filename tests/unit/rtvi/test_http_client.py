"""A real HTTP server that behaves as badly as servers do."""

import asyncio
import json
import ssl
from collections.abc import Coroutine
from contextlib import asynccontextmanager
from typing import Any
from unittest import mock

import pytest
from tests.rig.fake_session import Transport
from tests.rig.tcp_server import tcp_server
from tests.rig.tls import make_certificate

from callbox.rtvi import APIRequest, ConnectionTimeoutError, Deadlines, RTVIClient, StartBotError, TransportState
from callbox.rtvi.http_client import MAX_BODY_BYTES, HttpError, post_json, redact_url
from callbox.rtvi.http_pool import _first


@asynccontextmanager
async def server(answer: bytes | None, seen: list[bytes] | None = None, tls=None):
    """Answers every connection with `answer`; None: never answers."""

    async def serve(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        body = await reader.readexactly(length)
        if seen is not None:
            seen.extend([head, body])
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
            await writer.drain()

    async with tcp_server(serve, tls=tls) as port:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}/start"


async def deadline_passes(call: Coroutine[Any, Any, object], seen: list[bytes], seconds: float) -> None:
    """Await `call`; as soon as the server has `seen` its request the event loop's clock is put forward by `seconds`.

    So it is the answer that is waited for, however long a busy machine takes to ask.
    """
    loop = asyncio.get_running_loop()
    task, clock = asyncio.create_task(call), loop.time

    def later() -> float:
        return clock() + seconds

    while not seen and not task.done():
        await asyncio.sleep(0.005)
    with mock.patch.object(loop, "time", later):
        await task


def reply(status: str, body: bytes) -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status.encode(), len(body), body)


async def test_json_goes_out_and_comes_back():
    seen: list[bytes] = []
    async with server(reply("200 OK", b'{"sessionId": "1"}'), seen) as url:
        assert await post_json(url, {"body": {"a": 1}}, {"Authorization": "Bearer x"}) == {"sessionId": "1"}
    assert json.loads(seen[1]) == {"body": {"a": 1}}
    assert b"authorization: bearer x" in seen[0].lower()
    assert b"content-type: application/json\r\n" in seen[0].lower()


@pytest.mark.parametrize(
    ("answer", "text", "status"),
    [
        (reply("404 Not Found", b'{"detail":"Not Found"}'), "answered 404 Not Found (Not Found). Is the path of the address right?", 404),
        (reply("500 Internal Server Error", b"<h1>oops"), "answered 500 Internal Server Error. The bot's server has a problem of its own; its log says which.", 500),
        (reply("401 Unauthorized", b'{"error":"bad key","code":"x"}'), "answered 401 Unauthorized (bad key). Is the key in the headers right?", 401),
        (reply("200 OK", b"<!doctype html>"), "answered with a web page: this is not the address of a bot.", 200),
        (reply("200 OK", b"[1]"), "answered with something that is not a JSON object: this is not the address of a bot.", 200),
        (reply("200 OK", b"[" * 100_000), "answered with something that is not a JSON object: this is not the address of a bot.", 200),
        (reply("200 OK", b" " * (MAX_BODY_BYTES + 1)), "answered with more than 1 MiB: this is no bot's server.", 200),
    ],
)  # fmt: skip
async def test_a_refusal_says_what_the_server_answered(answer, text, status):
    async with server(answer) as url:
        with pytest.raises(HttpError) as caught:
            await post_json(url, None, {})
    assert str(caught.value) == f"{url} {text}"
    assert caught.value.status == status


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
async def test_a_server_that_speaks_no_http_is_a_refusal(answer):
    async with server(answer) as url:
        with pytest.raises(HttpError, match="failed"):
            await post_json(url, None, {})


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/start",
        "http://no-such-host.invalid/start",
        "http://127.0.0.1:99999/",
        "http:///x",
        "",
        "\0",
        "http://[/",
    ],
)
async def test_an_address_without_a_server_says_so(url):
    with pytest.raises(HttpError):
        await post_json(url, None, {})


def test_a_redacted_url_has_no_secret():
    assert redact_url("https://user:pw@host:8443/a/b?token=1#x") == "https://host:8443/a/b"
    assert redact_url("http://[fd00::1]:7860/start") == "http://[fd00::1]:7860/start"
    assert "pw" not in redact_url("http://u:pw@[bad/")
    assert redact_url("user:pw@host:7860/start?token=1") == "host:7860/start"


@pytest.mark.parametrize("url", ["localhost:7860/start", "192.168.1.20:7860/start", "/start", "http:/start"])
async def test_the_error_of_an_address_without_a_server_quotes_it(url):
    with pytest.raises(HttpError) as caught:
        await post_json(url, None, {})
    assert str(caught.value).startswith(f"{url} is not the address of a server: it needs http(s)://")


@pytest.mark.parametrize("value", [None, 5, b"kitchen"])
async def test_a_header_that_is_not_text_is_refused_in_words(value):
    headers: dict[str, Any] = {"Authorization": value}
    with pytest.raises(HttpError, match="a header is not text") as caught:
        await post_json("http://127.0.0.1:9/start", None, headers)
    assert caught.value.cause == "bad header"


async def test_a_header_with_a_line_break_is_refused_without_showing_it():
    async with server(reply("200 OK", b"{}")) as url:
        with pytest.raises(HttpError) as caught:
            await post_json(url, None, {"Authorization": "Bearer se\r\ncret"})
    assert "cret" not in str(caught.value)


async def test_start_fails_in_words_and_the_next_start_works():
    client = RTVIClient(Transport)
    async with server(reply("200 OK", b"<html>")) as url:
        with pytest.raises(StartBotError, match="web page"):
            await client.start_bot(APIRequest(url))
    failed = client.state
    assert failed is TransportState.ERROR
    async with server(reply("200 OK", b'{"sessionId":"7"}')) as url:
        assert await client.start_bot(APIRequest(url)) == {"sessionId": "7"}
    started = client.state
    assert started is TransportState.AUTHENTICATED
    await client.disconnect()
    assert client.state is TransportState.DISCONNECTED


async def test_a_connection_that_is_there_when_its_request_is_given_up_is_closed():
    closed: list[str] = []

    class Stream:
        async def aclose(self) -> None:
            closed.append("aclose")

    async def connect(_: str) -> Any:
        return Stream()

    connecting = asyncio.create_task(_first(["127.0.0.1"], connect))
    await asyncio.sleep(0)  # begins
    await asyncio.sleep(0)  # is connected, which it has not been told yet
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    assert closed == ["aclose"]


async def test_a_server_that_never_answers_meets_the_deadline():
    seen: list[Any] = []
    client = RTVIClient(Transport, deadlines=Deadlines(start_s=60.0))
    async with server(None, seen) as url:
        with pytest.raises(ConnectionTimeoutError, match=r"60 s"):
            await deadline_passes(client.connect(APIRequest(url)), seen, 60)
        assert client.state is TransportState.ERROR
        await client.disconnect()


async def test_start_bot_then_connect_uses_the_bundle_and_the_request():
    made = []

    def make(media, listener):
        made.append(Transport(media, listener))
        return made[-1]

    client = RTVIClient(make)
    async with server(reply("200 OK", b'{"sessionId":"7"}')) as url:
        request = APIRequest(url, {"Authorization": "x"})
        await client.start_bot(request)
    call = asyncio.create_task(client.connect())
    while not made:
        await asyncio.sleep(0)
    await made[0].connecting.wait()
    assert (made[0].params, made[0].request) == ({"sessionId": "7"}, request)
    await client.disconnect()
    await asyncio.wait([call])
    call.exception()


async def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*make_certificate(tmp_path))
    async with server(reply("200 OK", b"{}"), tls=tls) as url:
        with pytest.raises(HttpError, match=r"authority is unknown .*CERTIFICATE_VERIFY_FAILED.*as ca_file"):
            await post_json(url, None, {})
