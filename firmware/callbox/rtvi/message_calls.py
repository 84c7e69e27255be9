"""The calls of `RTVIClient` that talk to the bot. All need a bot that is ready; else they raise `BotNotReadyError`.

All raise `UnsupportedFeatureError` where the bot's version doesn't know them, `InvalidMessageError` for data that is
not JSON, and `MessageTooLargeError`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from callbox.rtvi.emitter import Emitter
from callbox.rtvi.errors import BotNotReadyError, UnsupportedFeatureError
from callbox.rtvi.functions import FunctionHandler
from callbox.rtvi.protocol import outbound
from callbox.rtvi.protocol.events import RTVIEvent
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox.rtvi.protocol.messages import Message, Version
from callbox.rtvi.protocol.outbound import File
from callbox.rtvi.session import Connection

T = TypeVar("T")
RESPONSE_TIMEOUT_S = 10.0
"""As the official client."""


class MessageCalls:
    """Mixed into `RTVIClient`."""

    _connection: Connection
    _emitter: Emitter

    def send(self, message: Message) -> str:
        """Send any message, with a new id if it has none; returns the id."""
        self._bot_version()
        return self._connection.dialogue.send(message)

    async def request(self, kind: str, data: Any = None, *, timeout_s: float = RESPONSE_TIMEOUT_S) -> Message:
        """Send any message and return the one that answers it; servers before RTVI 1.0 know ``describe-config``…

        Raises `BotResponseError`, `ResponseTimeoutError`; and, at once when the session ends, `SessionAbortedError` or
        what it failed with.
        """
        self._bot_version()
        return await self._connection.dialogue.request(Message(kind, data), timeout_s)

    def send_client_message(self, kind: str, data: Any = None) -> str:
        """Tell the bot's application something, expecting nothing; returns the message's id."""
        return self._send(lambda version: outbound.client_message(kind, data, version))

    async def send_client_request(self, kind: str, data: Any = None, *, timeout_s: float = RESPONSE_TIMEOUT_S) -> Any:
        """Ask the bot's application something; returns the data of its answer. Raises as `request`."""
        message = self._make(lambda version: outbound.client_message(kind, data, version))
        answer = await self._connection.dialogue.request(message, timeout_s)
        return answer.data.get("d") if isinstance(answer.data, dict) else None

    def send_text(self, content: str, *, run_immediately: bool = True, audio_response: bool = True) -> str:
        """Say something in writing. `run_immediately` interrupts the bot; else it waits for its turn."""
        return self._send(
            lambda version: outbound.text(
                content, version, run_immediately=run_immediately, audio_response=audio_response
            )
        )

    def send_dtmf(self, buttons: str) -> None:
        """Press telephone keys, in their order: ``"12#"``. Raises `RTVIError` for what is no key."""
        for message in self._make(lambda version: outbound.dtmf(buttons, version)):
            self._connection.dialogue.send(message)

    def send_file(self, content: str, file: File, *, run_immediately: bool = True, audio_response: bool = True) -> str:
        """Hand the bot a file, with some words to it. A large one must be uploaded first, and sent by its URL."""
        return self._send(
            lambda version: outbound.file(
                content, file, version, run_immediately=run_immediately, audio_response=audio_response
            )
        )

    def append_to_context(self, role: str, content: str, *, run_immediately: bool = False) -> str:
        """Put words into the context of a 1.0 or 1.1 bot; newer ones take send_text()."""
        return self._send(
            lambda version: outbound.append_to_context(role, content, version, run_immediately=run_immediately)
        )

    def send_ui_event(self, event: str, payload: Any = None) -> str:
        """Tell the bot what happened on the user's interface."""
        return self._send(lambda version: outbound.ui_event(event, payload, version))

    def cancel_ui_job_group(self, job_id: str, reason: str | None = None) -> str:
        """Ask the bot to give up a group of jobs."""
        return self._send(lambda version: outbound.cancel_ui_job_group(job_id, reason, version))

    def disconnect_bot(self) -> str:
        """Ask the bot to end the session. It falls silent first, some 2 s; then BotDisconnected follows."""
        return self._send(outbound.disconnect_bot)

    # -- functions that the bot's model may call ---------------------------------------------------

    def register_function_call_handler(self, name: str, handler: FunctionHandler) -> None:
        """Perform the function `name` by `handler`, plain or async; see `FunctionHandler`. Legal in every state."""
        self._connection.dialogue.functions.register(name, handler)

    def unregister_function_call_handler(self, name: str) -> None:
        """Perform `name` no more."""
        self._connection.dialogue.functions.unregister(name)

    def unregister_all_function_call_handlers(self) -> None:
        """Perform none any more."""
        self._connection.dialogue.functions.unregister()

    # ----------------------------------------------------------------------------------------------

    def _send(self, make: Callable[[Version], Message]) -> str:
        return self._connection.dialogue.send(self._make(make))

    def _make(self, make: Callable[[Version], T]) -> T:
        try:
            return make(self._bot_version())
        except UnsupportedFeatureError as error:
            self._emitter.emit(RTVIEvent.UnsupportedFeature, error)
            raise

    def _bot_version(self) -> Version:
        bot, state = self._connection.bot, self._connection.state
        if bot is None or state is not TransportState.READY:
            raise BotNotReadyError(f"The bot can be talked to when it is ready; the state is {state}.")
        return bot.version
