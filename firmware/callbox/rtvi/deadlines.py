"""How long each phase of a connection may take."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from callbox.rtvi.errors import ConnectionTimeoutError

T = TypeVar("T")


async def with_deadline(phase: str, deadline_s: float, work: "Coroutine[Any, Any, T] | asyncio.Future[T]") -> T:
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
