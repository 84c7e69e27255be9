"""Each cause of a failed request, reached by a real server, and told as what it is."""

import asyncio
import contextlib
import gzip
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
import tracemalloc
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from tests.rig.fake_session import Transport
from tests.rig.tcp_server import tcp_server
from tests.rig.tls import make_certificate
from tests.unit.rtvi.test_http_client import deadline_passes, reply, server

from callbox.rtvi import APIRequest, ConnectionTimeoutError, Deadlines, RTVIClient, StartBotError, client, http_client
from callbox.rtvi.http_client import HttpError, post_json
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol import http_errors, media_errors


async def error_of(url, headers=None, pool=None):
    with pytest.raises(HttpError) as caught:
        await post_json(url, {"a": 1}, headers or {}, pool)
    if pool is not None:
        await pool.close()
    return caught.value


@contextlib.asynccontextmanager
async def application(*routes, tls=None):
    """An aiohttp server with these handlers by path; gives its origin."""
    app = web.Application()
    app.add_routes([web.post(path, handler) for path, handler in routes])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


# -- text from outside ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["\ud800", "x" * 200_000, "one\ntwo\x1b[31m\u202e", "\0"])
@pytest.mark.parametrize("field", ["error", "info", "detail", "message"])
async def test_what_a_server_says_in_an_error_is_one_short_encodable_line(field, text):
    async with server(reply("500 Oops", json.dumps({field: text}).encode())) as url:
        error = await error_of(url)
    assert len(error.text.encode()) < 600
    assert error.text.isprintable()


CANARY = "c4n4ry-s3cr3t"


@pytest.mark.parametrize(
    "answer",
    [
        reply(f"401 Not {CANARY}", b"{}"),
        reply("422 No", json.dumps({"detail": [{"loc": ["body", CANARY], "msg": f"not {CANARY}"}]}).encode()),
        reply("500 Oops", json.dumps({"error": "x" * 290 + CANARY}).encode()),  # where it is cut
        reply("200 OK", json.dumps({"error": f"wrong key {CANARY}"}).encode()),
        reply(f"302 Found\r\nLocation: http://other/{CANARY}", b""),
        reply(f"307 Found\r\nLocation: x:{CANARY}", b""),
        reply(f"200 OK\r\nContent-Encoding: {CANARY}", b"x"),
        f"HTTP/1.1 {CANARY}\r\n\r\n".encode(),
    ],
    ids=["phrase", "422", "cut", "200", "redirect", "no address", "encoding", "no HTTP"],
)
@pytest.mark.parametrize("place", ["header", "bearer", "user", "query", "body"])
async def test_a_secret_of_the_request_that_the_server_repeats_is_in_no_error(answer, place):
    headers = {"X-Key": CANARY} if place == "header" else {"Authorization": f"Bearer {CANARY}"}
    async with server(answer) as url:
        url = {"user": url.replace("//", f"//box:{CANARY}@"), "query": f"{url}?key={CANARY}"}.get(place, url)
        with pytest.raises(HttpError) as caught:
            await post_json(
                url,
                {"room": [{"key": CANARY}]} if place == "body" else {},
                headers if place in ("header", "bearer") else {},
            )
    assert "c4n4" not in caught.value.text
    assert str(caught.value) == caught.value.text


async def test_a_reason_phrase_is_one_short_line():
    async with server(b"HTTP/1.1 500 " + b"y" * 20_000 + b"\r\nContent-Length: 0\r\n\r\n") as url:
        assert len((await error_of(url)).text) < 300


async def test_text_in_an_answer_is_encodable():
    async with server(
        reply("200 OK", b'{"sessionId": "\\ud800", "\\udfff": ["\\ud8"]}'.replace(b'["\\ud8"]', b"1"))
    ) as url:
        answer = await post_json(url, {}, {})
    assert str(answer).encode()


# -- size ----------------------------------------------------------------------------------------------


async def test_an_answer_that_grows_by_decompression_is_refused_and_takes_no_memory():
    bomb = gzip.compress(bytes(200 << 20))
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(bomb), bomb)
    async with server(answer) as url:
        tracemalloc.start()
        error = await error_of(url)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert "more than 1 MiB" in error.text
    assert peak_bytes < 10 << 20


async def test_compression_is_not_requested_and_understood_all_the_same():
    seen: list[bytes] = []
    body = gzip.compress(b'{"a": 1}')
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    async with server(answer, seen) as url:
        assert await post_json(url, {}, {}) == {"a": 1}
    assert b"accept-encoding: identity" in seen[0].lower()
    async with server(answer.replace(b"gzip\r\n", b"br\r\n")) as url:
        assert "an encoding that was not asked for (br)" in (await error_of(url)).text
    async with server(answer.replace(body, body[::-1])) as url:
        assert "an encoding that was not asked for (gzip: Error -3 while" in (await error_of(url)).text


# -- what a server says --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "document", "words"),
    [
        ("422 Unprocessable Entity", {"detail": [{"loc": ["body", "x"], "msg": "Field required", "type": "missing"}]},
         "(body.x: Field required). The bot's server wants other fields: see request_data."),
        ("422 Unprocessable Entity", {"detail": "no"}, "(no)."),
        ("502 Bad Gateway", None, "A proxy before the bot's server answered: the bot's server itself does not."),
        ("504 Gateway Timeout", None, "A proxy before the bot's server answered"),
        ("503 Service Unavailable", None, "overloaded, or still starting"),
        ("429 Too Many Requests", {"error": {"message": "slow down"}}, "(slow down). Too many requests; wait a minute."),
        ("200 OK", {"error": "no agent of this name", "code": "x"}, "answered 200, but with an error: no agent of this name."),
        ("200 OK", {"error": {"message": "quota"}}, "answered 200, but with an error: quota."),
    ],
)  # fmt: skip
async def test_the_error_repeats_what_the_server_says(status, document, words):
    body = b"<html>" if document is None else json.dumps(document).encode()
    async with server(reply(status, body)) as url:
        error = await error_of(url)
    assert words in error.text
    assert error.status == int(status[:3])


async def test_an_answer_with_a_session_and_an_error_field_is_used():
    async with server(reply("200 OK", b'{"sessionId": "1", "error": "none"}')) as url:
        assert (await post_json(url, {}, {}))["sessionId"] == "1"


HINTS = [client._NO_START, client._NO_PATH, client._IS_OFFER]


@pytest.mark.parametrize("text", [http_errors.markdown(), media_errors.markdown(), *HINTS])
def test_errors_of_the_client_name_its_parameters_and_no_settings_of_a_box(text):
    assert not re.search(r"\bbot\.\w", text)
    assert "settings" not in text
    assert "this box" not in text


async def test_a_start_path_that_is_not_there_hints_at_the_offer_url():
    async with server(reply("404 Not Found", b"{}")) as url:
        with pytest.raises(StartBotError, match=r"webrtc_url of connect\(\), offer_url of a box"):
            await RTVIClient(Transport).start_bot(APIRequest(url))


@pytest.mark.parametrize(
    ("path", "status", "hint"),
    [
        ("/start", 404, client._NO_START),
        ("/start", 405, client._NO_START),
        ("", 404, client._NO_PATH),
        ("/", 405, client._NO_PATH),
        ("/api/offer", 422, client._IS_OFFER),
        ("/api/offer/", 405, client._IS_OFFER),
        ("/sessions/7/api/offer", 400, client._IS_OFFER),
        ("/start", 422, ""),
        ("/api/offer", 500, ""),
    ],
)
async def test_a_wrong_path_of_the_start_request_says_which_is_right(path, status, hint):
    async with server(reply(f"{status} No", b"{}")) as url:
        with pytest.raises(StartBotError) as caught:
            await RTVIClient(Transport).start_bot(APIRequest(url.removesuffix("/start") + path))
    advice = http_errors.ADVICE.get(status, http_errors.SERVER_ERROR if status == 500 else "")
    assert str(caught.value).endswith(f"answered {status} No. {advice}".rstrip() + hint)


@pytest.mark.parametrize("before", ["", " ", "\n\t"])
async def test_blanks_and_line_ends_around_an_address_are_left_out(before):
    async with server(reply("200 OK", b'{"sessionId": "1"}')) as url:
        request = APIRequest(f"{before}{url} \n", fallback_endpoints=(f"{before}{url}\n",))
        assert await RTVIClient(Transport).start_bot(request) == {"sessionId": "1"}
    assert (request.endpoint, request.fallback_endpoints) == (url, (url,))


async def test_half_a_surrogate_pair_in_a_path_is_no_unknown_host():
    async with server(reply("200 OK", b"{}")) as url:
        assert (await error_of(f"{url}/\ud800")).cause == "bad address"


async def test_the_deadline_of_the_start_request_leaves_the_first_import_out(monkeypatch):
    imported, deadline_is_over = threading.Event(), threading.Event()

    def import_slowly():
        if deadline_is_over.wait(30):
            imported.set()

    monkeypatch.setattr(http_client, "_preimported", imported)
    monkeypatch.setattr(http_client, "preimport", import_slowly)
    deadlines = Deadlines(start_s=2.0)
    asyncio.get_running_loop().call_later(1.5 * deadlines.start_s, deadline_is_over.set)
    async with server(reply("200 OK", b'{"sessionId": "1"}')) as url:
        request = APIRequest(url, fallback_endpoints=(f"{url}/other",), answer_s=1.0)
        rtvi = RTVIClient(Transport, deadlines=deadlines)
        assert await rtvi.start_bot(request) == {"sessionId": "1"}
        assert rtvi._session.request == APIRequest(url, answer_s=1.0)  # not its fallback


# -- redirects -----------------------------------------------------------------------------------------


def keeping(requests):
    async def handle(request):
        requests.append((dict(request.headers), await request.json()))
        return web.json_response({"sessionId": "1"})

    return handle


def redirecting(status, target):
    async def handle(_):
        return web.Response(status=status, headers={"Location": target})

    return handle


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_keeps_the_secrets_on_its_own_server_and_leaves_them_out_elsewhere(status):
    mine: list[Any] = []
    theirs: list[Any] = []
    async with application(("/start", keeping(theirs))) as other:
        routes = [
            ("/here", redirecting(status, "/start")),
            ("/start", keeping(mine)),
            ("/there", redirecting(status, f"{other}/start")),
        ]
        async with application(*routes) as url:
            for path in ("here", "there"):
                assert await post_json(f"{url}/{path}", {"a": 1}, {"Authorization": "Bearer x"}) == {"sessionId": "1"}
    assert [(headers.get("Authorization"), body) for headers, body in mine] == [("Bearer x", {"a": 1})]
    assert [(headers.get("Authorization"), body) for headers, body in theirs] == [(None, {"a": 1})]


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_another_redirect_is_an_error_with_its_target(status):
    async with application(("/start", redirecting(status, "https://user:pw@bot.example/start?key=1"))) as url:
        error = await error_of(f"{url}/start")
    assert "redirects to https://bot.example/start" in error.text
    assert "pw" not in error.text
    assert "key" not in error.text


async def test_a_redirect_from_https_to_http_is_not_followed(tmp_path):
    certificate, key = make_certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    plain = "http://127.0.0.1:1"
    async with application(("/start", redirecting(307, f"{plain}/start")), tls=tls) as url:
        error = await error_of(f"{url}/start", pool=HttpPool(str(certificate)))
    assert "without TLS: not followed" in error.text


@pytest.mark.parametrize("target", ["/start", "ftp://x/", "http://[", ""])
async def test_a_redirect_that_leads_nowhere_is_an_error(target):
    async with application(("/start", redirecting(307, target))) as url:
        assert "redirects" in (await error_of(f"{url}/start")).text


# -- TLS -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"valid_from_days": -9, "valid_until_days": -3}, "the certificate has expired"),
        ({"valid_from_days": 3, "valid_until_days": 9}, "the certificate is not valid yet"),
        ({"address": "127.0.0.9"}, "the certificate is for another name"),
    ],
)
async def test_the_error_says_what_is_wrong_with_a_certificate(tmp_path, options, words):
    certificate, key = make_certificate(tmp_path, **options)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with server(reply("200 OK", b"{}"), tls=tls) as url:
        error = await error_of(url, pool=HttpPool(str(certificate)))
    assert words in error.text
    assert "Nobody answers" not in error.text
    assert ("clock" in error.text) == ("name" not in words)


async def test_a_private_authority_is_trusted_when_it_is_named_or_in_the_systems_store(tmp_path, monkeypatch):
    certificate, key = make_certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with server(reply("200 OK", b"{}"), tls=tls) as url:
        pool = HttpPool(str(certificate))
        assert await post_json(url, {}, {}, pool) == {}
        await pool.close()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # what OpenSSL takes for the system's
        assert await post_json(url, {}, {}) == {}


async def test_the_error_names_a_port_without_tls():
    async with application() as url:
        error = await error_of(url.replace("http:", "https:"))
    assert "speaks no TLS" in error.text
    assert "http://" in error.text


# -- the network ---------------------------------------------------------------------------------------


async def test_a_port_without_a_program_refuses():
    error = await error_of(f"http://127.0.0.1:{unused_port()}/start")
    assert error.refused
    assert "Nobody answers at http://127.0.0.1:" in error.text


@pytest.mark.parametrize(
    ("code", "words"), [(socket.EAI_NONAME, "Host name not found: bot.invalid."), (socket.EAI_AGAIN, "DNS does not answer for bot.invalid")]
)  # fmt: skip
async def test_the_error_names_a_host_that_does_not_resolve(monkeypatch, code, words):
    def fail(*_, **__):
        raise socket.gaierror(code, "…")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = await error_of("http://bot.invalid/start")
    assert words in error.text
    assert "did not answer" not in error.text


HANGING = """
import asyncio, socket, sys, time
from callbox.rtvi import APIRequest, Deadlines, RTVIClient, RTVIError, http_client
from tests.rig.tcp_server import tcp_server
socket.getaddrinfo = lambda *_, **__: time.sleep(600)

async def main():
    await http_client.imported()
    client = RTVIClient(lambda *_: None, deadlines=Deadlines(start_s=0.2))
    try:
        await client.start_bot(APIRequest("http://bot.invalid/start"))
    except RTVIError as error:
        print(type(error).__name__, error)

asyncio.run(main())
"""


def test_a_resolver_that_hangs_is_named_and_does_not_delay_the_end_of_the_process():
    done = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=200, check=True)
    assert done.stdout.startswith("StartBotError DNS does not answer")
    assert "bot.invalid" in done.stdout


async def test_a_slow_server_did_not_answer_in_time():
    seen: list[Any] = []
    client = RTVIClient(Transport, deadlines=Deadlines(start_s=60.0))
    async with server(None, seen) as url:
        with pytest.raises(ConnectionTimeoutError, match="did not answer the start request"):
            await deadline_passes(client.connect(APIRequest(url)), seen, 60)


# -- proxies of the environment ------------------------------------------------------------------------


async def test_a_socks_proxy_is_named_by_its_variable_and_not_used_for_no_proxy(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://user:pw@127.0.0.1:1")
    async with server(reply("200 OK", b"{}")) as url:
        error = await error_of(url)
        assert "ALL_PROXY" in error.text
        assert "socks5" in error.text
        assert "pw" not in error.text
        monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
        assert await post_json(url, {}, {}) == {}


async def test_a_proxy_that_is_away_or_refuses_is_named_by_its_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused_port()}")
    assert "http_proxy" in (await error_of("http://bot.invalid/start")).text
    async with server(reply("407 Proxy Authentication Required", b"")) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        error = await error_of("https://bot.invalid/start")
    assert "https_proxy" in error.text
    assert "407" in error.text


# -- connections that are kept -------------------------------------------------------------------------


async def test_a_kept_connection_that_the_server_closes_in_the_moment_of_the_request_costs_another():
    requests = []

    async def serve(reader, writer):
        for number in range(2):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l"))
            requests.append(await reader.readexactly(length))
            if number == 0:  # the second gets no answer
                writer.write(reply("200 OK", b"{}"))

    async with tcp_server(serve) as port:
        pool = HttpPool()
        for number in range(2):
            assert await post_json(f"http://127.0.0.1:{port}/", {"n": number}, {}, pool) == {}
        await pool.close()
    assert [json.loads(body)["n"] for body in requests] == [0, 1, 1]


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
async def test_a_new_connection_that_breaks_is_not_tried_again(answer):
    seen: list[bytes] = []
    async with server(answer, seen) as url:
        await error_of(url)
    assert len(seen) == 2  # head and body of one request


async def test_cookies_stay_with_the_session():
    seen: list[bytes] = []
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: route=node-7; Path=/\r\nContent-Length: 2\r\n\r\n{}"
    async with server(answer, seen) as url:
        pool = HttpPool()
        for _ in range(2):
            await post_json(url, {}, {}, pool)
            await pool.close_idle()
        pool.forget_cookies()
        await post_json(url, {}, {}, pool)
        await pool.close()
    assert [b"cookie: route=node-7" in head.lower() for head in seen[::2]] == [False, True, False]


async def test_a_cookie_that_is_not_ascii_is_not_kept():
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=\xff; Path=/\r\nSet-Cookie: b=1; Path=/\r\nContent-Length: 2\r\n\r\n{}"
    seen: list[bytes] = []
    async with server(answer, seen) as url:
        pool = HttpPool()
        for _ in range(2):
            await post_json(url, {}, {}, pool)
            await pool.close_idle()
        await pool.close()
    assert b"cookie: b=1\r\n" in seen[2].lower()


def test_every_cause_has_a_sentence_that_can_be_made():
    fields = dict.fromkeys(("place", "host", "detail", "variable", "now"), "x")
    for cause in http_errors.NO_ANSWER:
        assert http_errors.sentence(cause, **fields)


def test_the_text_of_an_error_is_one_line_of_bounded_length():
    text = str(HttpError("the proxy says \x1b[31m\n<3>forged \ud800" + "x" * 100_000))
    assert text.isprintable()
    assert text.encode().startswith(b"the proxy says")
    assert len(text) <= 1000
