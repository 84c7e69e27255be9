"""Functions of this side that the bot's model may call: volume, lights, the time of day. Event loop only."""

import asyncio
import inspect
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from callbox.rtvi.arguments import check_type
from callbox.rtvi.callbacks import callable_handler
from callbox.rtvi.cancellation import is_own_cancellation
from callbox.rtvi.errors import RTVIError
from callbox.rtvi.protocol import outbound
from callbox.rtvi.protocol.messages import Message
from callbox.rtvi.protocol.values import FunctionCall

log = logging.getLogger(__name__)

MAX_IDS = 256
"""Ids of calls of one session that are known; of older ones a second message would be another call."""
FunctionHandler = Callable[[FunctionCall], Awaitable[Any] | Any]
"""A plain or async function. What it returns goes back to the bot: an object, or a string, or any JSON. None: nothing
goes back, for functions that the server performs itself and that are only watched here. What it raises goes back as
``{"error": "…"}``, so that the model can say so."""


class Functions:
    """Handlers by name, and the calls that are running."""

    def __init__(self, send: Callable[[Message], object]) -> None:
        self._send = send
        self._handlers: dict[str, FunctionHandler] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._known: OrderedDict[str, None] = OrderedDict()

    def register(self, name: str, handler: FunctionHandler) -> None:
        """Answer calls of `name` by `handler`, in place of an earlier one. Raises `RTVIError` for no function."""
        check_type(name, str, "A function is registered by its name, a text")
        self._handlers[name] = callable_handler(handler, f"function {name}")

    def unregister(self, name: str | None = None) -> None:
        """Answer `name` no more; None: nothing any more. Calls that are running end."""
        if name is None:
            self._handlers.clear()
        else:
            self._handlers.pop(name, None)

    def call(self, call: FunctionCall) -> None:
        """The bot calls. Without a handler nothing happens; a call whose id is known isn't performed again."""
        handler = self._handlers.get(call.function_name or "")
        if handler is None or call.tool_call_id in self._known:
            return
        self._known[call.tool_call_id] = None
        if len(self._known) > MAX_IDS:
            self._known.popitem(last=False)
        task = asyncio.create_task(self._perform(handler, call), name=f"function {call.function_name}")
        self._running[call.tool_call_id] = task
        task.add_done_callback(lambda _: self._forget(call.tool_call_id, task))

    def _forget(self, tool_call_id: str, task: asyncio.Task[None]) -> None:
        if self._running.get(tool_call_id) is task:  # else a call of the next session has its id
            del self._running[tool_call_id]

    def cancel(self, tool_call_id: str) -> None:
        """Forget a call whose result the bot doesn't want any more."""
        if task := self._running.pop(tool_call_id, None):
            task.cancel()

    def cancel_all(self) -> None:
        """Forget all calls: the session is over. The one that has ended it goes on, its result isn't sent."""
        self._known.clear()
        running, self._running = self._running, {}
        for task in running.values():
            if task is not asyncio.current_task():
                task.cancel()

    async def _perform(self, handler: FunctionHandler, call: FunctionCall) -> None:
        try:
            result = handler(call)
            if inspect.isawaitable(result):
                result = await result
        except (Exception, asyncio.CancelledError) as error:
            if is_own_cancellation(error):
                raise
            log.exception("The handler of function %s failed", call.function_name)
            result = {"error": str(error) or type(error).__name__}
        if result is not None and self._running.get(call.tool_call_id) is asyncio.current_task():
            self._answer(call, result)  # else another session may be on by now

    def _answer(self, call: FunctionCall, result: Any) -> None:
        try:
            self._send(outbound.function_call_result(call, result))
        except (RTVIError, TypeError, ValueError, RecursionError) as error:
            log.warning("The result of function %s can't be sent: %s", call.function_name, error)
            try:
                self._send(outbound.function_call_result(call, {"error": f"The result can't be sent: {error}"}))
            except RTVIError as second:  # the session has ended meanwhile
                log.debug("%s", second)
