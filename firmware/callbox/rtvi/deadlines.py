"""How long each phase of a connection may take."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from callbox.rtvi.errors import ConnectionTimeoutError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each phase of a connection may take, in seconds. The web client has none of these."""

    devices_s: float = 5.0
    """Opening microphone and loudspeaker; a card that another program holds answers at once."""
    start_s: float = 10.0
    """The start request. A hosted bot may have to be woken."""
    connect_s: float = 15.0
    """Offer, answer, ICE, DTLS, data channel. A server gathers its candidates before it answers: up to 5 s."""
    bot_ready_s: float = 15.0
    """From client-ready to bot-ready."""
    close_s: float = 1.5
    """Taking a transport down; after that it is abandoned."""


async def within(phase: str, deadline_s: float, work: "Coroutine[Any, Any, T] | asyncio.Future[T]") -> T:
    """What `work` gives, or `ConnectionTimeoutError` with the sentence for `phase`."""
    try:
        async with asyncio.timeout(deadline_s):
            return await work
    except TimeoutError:
        raise ConnectionTimeoutError(_SENTENCES[phase].format(deadline_s=deadline_s)) from None


_SENTENCES = {
    "devices": "Microphone and loudspeaker did not open within {deadline_s:g} s. Does another program hold them?",
    "start request": "The bot's server did not answer the start request within {deadline_s:g} s.",
    "connection": "No connection with the bot within {deadline_s:g} s. Is there a firewall between it and this box?",
    "bot-ready": "The bot was reached, but did not become ready within {deadline_s:g} s. Its log says why.",
}
