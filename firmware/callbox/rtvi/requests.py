"""Requests that wait for their answer. Event loop only."""

import asyncio

from callbox.rtvi.errors import BotResponseError, ResponseTimeoutError, RTVIError
from callbox.rtvi.protocol.inbound import message_error
from callbox.rtvi.protocol.messages import Message


class Requests:
    """Matches answers to requests by id. A request ends with its answer, its deadline or the session."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Message]] = {}

    def open(self, identity: str) -> None:
        """Expect an answer with this id."""
        self._waiting[identity] = asyncio.get_running_loop().create_future()

    async def wait(self, identity: str, kind: str, timeout_s: float | None) -> Message:
        """The answer to `open`'s request.

        Raises `BotResponseError`, `ResponseTimeoutError`, or what the session ended with.
        """
        answer = self._waiting[identity]
        try:
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            raise ResponseTimeoutError(f"The bot did not answer {kind!r} within {timeout_s:g} s.") from None
        finally:
            self.forget(identity)

    def forget(self, identity: str) -> None:
        """Ignore an answer that comes later."""
        self._waiting.pop(identity, None)

    def settle(self, message: Message) -> None:
        """Give `message` to the request with its id, if there is one."""
        answer = self._waiting.get(message.id) if message.id is not None else None
        if answer is None or answer.done():
            return
        if message.type == "error-response":
            answer.set_exception(BotResponseError(message_error(message).message))
        else:
            answer.set_result(message)

    def reject_all(self, error: RTVIError) -> None:
        """End all with `error`."""
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(error)
