"""Emitter of events: tells the constructor's callback first, then the event's listeners in their order."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping
from typing import Any

from callbox.rtvi.arguments import check_type
from callbox.rtvi.callbacks import Handler, callable_handler
from callbox.rtvi.cancellation import is_own_cancellation
from callbox.rtvi.errors import RTVIError
from callbox.rtvi.protocol.events import RTVIEvent, event_of

log = logging.getLogger(__name__)


class Emitter:
    """Emitter of events: calls handlers, plain ones at once, async ones as tasks in the same order.

    A handler that raises is logged and harms nothing. Event loop only.
    """

    def __init__(self, callbacks: Mapping[str, Any]) -> None:
        check_type(callbacks, Mapping, "callbacks takes a mapping: {'on_bot_ready': …}")
        self._callbacks: dict[RTVIEvent, Handler] = {
            event_of(name): callable_handler(call, name) for name, call in callbacks.items() if call is not None
        }
        self._listeners: dict[RTVIEvent, list[Handler]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.when_added: Callable[[], None] = lambda: None
        """Called when a listener was added."""

    def on(self, event: RTVIEvent, handler: Handler) -> None:
        """Call `handler` for every `event` from now on. Raises `RTVIError` for what is no event, or can't be called."""
        try:
            event = RTVIEvent(event)
        except ValueError:
            raise RTVIError(
                f"There is no event {event!r}; RTVIEvent has them all, such as RTVIEvent.BotReady."
            ) from None
        self._listeners.setdefault(event, []).append(callable_handler(handler, event.name))
        self.when_added()

    def off(self, event: RTVIEvent, handler: Handler) -> None:
        """Don't call `handler` any more. Unknown: nothing happens."""
        if handler in self._listeners.get(event, []):
            self._listeners[event].remove(handler)

    def has_listeners(self, event: RTVIEvent) -> bool:
        """Whether `event` has a handler: what costs something isn't made without one."""
        return event in self._callbacks or bool(self._listeners.get(event))

    def emit(self, event: RTVIEvent, *values: object) -> None:
        """Tell everybody of `event`."""
        log.debug(
            "%s%s",
            event.name,
            "" if not values else f" {values[0]}" if event.name.endswith("Changed") else " …",
        )
        callback = self._callbacks.get(event)
        for handler in [*([callback] if callback else []), *self._listeners.get(event, [])]:
            try:
                result = handler(*values)
            except (Exception, asyncio.CancelledError):  # the latter comes of what it asks for: `task.result()`
                log.exception("A handler of %s failed", event.name)
                continue
            if inspect.isawaitable(result):
                task = asyncio.ensure_future(self._finish(event, result))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def _finish(event: RTVIEvent, result: Any) -> None:
        try:
            await result
        except (Exception, asyncio.CancelledError) as error:
            if is_own_cancellation(error):
                raise
            log.exception("A handler of %s failed", event.name)
