"""The first endpoint of a bot that answers, over real HTTP servers and ports where none listens."""

import json
from typing import Any

import pytest
from tests.rig.fake_session import Transport
from tests.rig.ports import free_port
from tests.unit.rtvi.test_http_client import deadline_passes, reply, server

from callbox.rtvi import APIRequest, ConnectionTimeoutError, Deadlines, RTVIClient, StartBotError, failover
from callbox.rtvi.http_client import HttpError
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol.failover import is_unanswered, sentence, share_s

GOOD = reply("200 OK", b'{"sessionId": "1"}')


@pytest.mark.parametrize(
    ("status", "cause", "other_is_tried"),
    [
        (None, "name unknown", True),
        (None, "refused", True),
        (None, "timed out", True),
        (None, "connection closed", True),
        (500, None, True),
        (503, None, True),
        (401, None, False),
        (404, None, False),
        (302, "redirect", False),
        (200, "web page", False),
        (None, "bad header", False),
        (None, "bad address", False),
        (None, "bad body", False),
    ],
)
def test_another_endpoint_is_tried_where_there_is_no_answer(
    status: int | None, cause: str | None, other_is_tried: bool
):
    assert is_unanswered(status, cause) is other_is_tried


def test_each_endpoint_has_its_share_of_the_deadline():
    assert (share_s(10, 1), share_s(10, 2), share_s(9, 3)) == (10, 5, 3)


def test_the_sentence_names_those_that_gave_no_answer():
    assert sentence((), "c answered 401.") == "c answered 401."
    assert sentence(("a", "b"), "c answered 401.") == "No answer from a, b. Of the last fallback: c answered 401."


def nowhere() -> str:
    return f"http://127.0.0.1:{free_port()}/start?key=secret"


async def post(*endpoints: str, pool: HttpPool, answer_s: float = 5.0):
    first, *others = endpoints
    request = APIRequest(first, {"Authorization": "Bearer x"}, {"body": 1}, tuple(others), answer_s)
    return await failover.post_first(request, pool)


@pytest.fixture
async def pool():
    made = HttpPool()
    yield made
    await made.close()


async def test_the_next_one_gets_the_same_request_and_is_the_one_that_answered(pool):
    seen: list[bytes] = []
    async with server(reply("503 Busy", b"{}")) as busy, server(GOOD, seen) as good:
        answer, request = await post(nowhere(), busy, good, pool=pool)
    assert answer == {"sessionId": "1"}
    assert (request.endpoint, request.fallback_endpoints) == (good, ())
    assert b"authorization: bearer x" in seen[0].lower()
    assert json.loads(seen[1]) == {"body": 1}


async def test_the_first_is_enough_when_it_answers(pool):
    seen: list[bytes] = []
    async with server(GOOD) as good, server(GOOD, seen) as other:
        _, request = await post(good, other, pool=pool)
    assert request.endpoint == good
    assert not seen


async def test_one_that_says_nothing_is_left_when_its_time_is_over(pool):
    async with server(None) as silent, server(GOOD) as good:
        _, request = await post(silent, good, pool=pool, answer_s=0.2)
        assert request.endpoint == good
        await pool.close_idle()


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found"])
async def test_a_server_that_says_no_is_an_answer(pool, status):
    seen: list[bytes] = []
    async with server(reply(status, b"{}")) as refusing, server(GOOD, seen) as good:
        with pytest.raises(HttpError, match=status[:3]) as refused:
            await post(refusing, good, pool=pool)
    assert refused.value.status == int(status[:3])
    assert not seen


async def test_all_that_were_tried_are_named_without_their_secrets(pool):
    first, second = nowhere(), nowhere()
    with pytest.raises(HttpError) as failed:
        await post(first, second, pool=pool)
    text = failed.value.text
    assert text.startswith(f"No answer from {first.partition('?')[0]}. Of the last fallback: Nobody answers at ")
    assert second.partition("?")[0] in text
    assert "secret" not in text


async def test_a_refusal_after_no_answer_names_both_too(pool):
    first = nowhere()
    async with server(reply("401 Unauthorized", b"{}")) as refusing:
        with pytest.raises(HttpError) as refused:
            await post(first, refusing, nowhere(), pool=pool)
    assert refused.value.status == 401
    assert first.partition("?")[0] in refused.value.text
    assert refusing in refused.value.text


async def test_a_client_tells_which_endpoint_failed_before_the_deadline():
    seen: list[Any] = []
    first = nowhere()
    async with server(None, seen) as silent:
        request = APIRequest(first, fallback_endpoints=(silent,))
        client = RTVIClient(Transport, params=request, deadlines=Deadlines(start_s=60.0))
        with pytest.raises(ConnectionTimeoutError) as late:
            await deadline_passes(client.connect(), seen, 60)
        await client.disconnect()
    assert str(late.value).startswith(
        f"No answer from {first.partition('?')[0]}. Of the last fallback: The bot's server"
    )


async def test_a_client_has_the_request_that_was_answered():
    async with server(GOOD) as good:
        client = RTVIClient(Transport, params=APIRequest(nowhere(), fallback_endpoints=(good,)))
        await client.start_bot()
        assert client._session.request is not None
        assert client._session.request.endpoint == good
        assert client.endpoint is None  # not yet connected
        await client.disconnect()
    with pytest.raises(StartBotError, match="No answer from"):
        await RTVIClient(Transport, params=APIRequest(nowhere(), fallback_endpoints=(nowhere(),))).connect()
