"""Deadlines of each phase of a connection, and what is told when it takes longer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from callbox.rtvi.errors import ConnectionTimeoutError, RTVIError, StartBotError, TransportStartError
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol import failover

T = TypeVar("T")


async def with_deadline(
    phase: str, deadline_s: float, work: "Coroutine[Any, Any, T] | asyncio.Future[T]", http: HttpPool | None = None
) -> T:
    """Result of `work`, or the error of `phase` after `deadline_s`.

    `http`: whose last request says what a phase waited for: a name that is not resolved raises `StartBotError` or
    `TransportStartError`, all else `ConnectionTimeoutError`.
    """
    if http is not None:
        http.exchange, http.unanswered = None, ()
    try:
        async with asyncio.timeout(deadline_s):
            return await work
    except TimeoutError:
        raise _late(phase, deadline_s, http) from None


def _late(phase: str, deadline_s: float, http: HttpPool | None) -> RTVIError:
    exchange = http.exchange if http is not None else None
    step = exchange.step if exchange is not None else None
    place = exchange.place if exchange is not None else ""
    sentence = _STEPS.get((phase, step)) or _SENTENCES[phase]
    unanswered = http.unanswered if http is not None else ()
    text = failover.sentence(unanswered, sentence.format(deadline_s=deadline_s, place=place))
    if step == "name":
        return StartBotError(text) if phase == "start request" else TransportStartError(text)
    return ConnectionTimeoutError(text)


_SENTENCES = {
    "devices": "Microphone and loudspeaker did not open within {deadline_s:g} s. Does another program hold them?",
    "start request": "The bot's server did not answer the start request within {deadline_s:g} s.",
    "connection": "No connection with the bot within {deadline_s:g} s. Is there a firewall in between?",
    "bot-ready": "The bot was reached, but did not become ready within {deadline_s:g} s. Its log says why.",
}
_NAME = (
    "DNS does not answer: {place} was not resolved within {deadline_s:g} s, so the bot's server was never asked. "
    "Is the network up, is the DNS server reachable?"
)
_CONNECTION = (
    "{place} did not take a connection within {deadline_s:g} s. Is the machine switched on, is there a firewall?"
)
_STEPS: dict[tuple[str, str | None], str] = {
    ("start request", "name"): _NAME,
    ("start request", "connection"): _CONNECTION,
    ("connection", "name"): _NAME,
    ("connection", "connection"): _CONNECTION,
    ("connection", "answer"): "The bot's server did not answer the offer within {deadline_s:g} s.",
}
