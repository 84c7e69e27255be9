"""The events of an RTVI client, and the callback that belongs to each. Pure.

Names and values are those of the official client (client-js, ``RTVIEvent``): the event
``RTVIEvent.BotReady`` is ``"botReady"`` there, and its callback ``onBotReady`` is ``on_bot_ready`` here.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, TypedDict

from callbox.rtvi.errors import RTVIError
from callbox.rtvi.lifecycle import TransportState
from callbox.rtvi.messages import BotOutput, BotReady, ErrorData, Message, Text, Transcript


class RTVIEvent(StrEnum):
    """What a listener can be registered for. The docstring says what the listener is given."""

    TransportStateChanged = "transportStateChanged"
    """state: `TransportState`."""
    BotStarted = "botStarted"
    """auth bundle: the JSON object that answered the start request."""
    Connected = "connected"
    """Nothing. Media and messages can flow."""
    Disconnected = "disconnected"
    """Nothing. The session is over."""
    BotConnected = "botConnected"
    """Nothing. The bot's end of the transport is up."""
    BotReady = "botReady"
    """`BotReady`."""
    BotDisconnected = "botDisconnected"
    """Nothing. The bot left by itself."""
    Error = "error"
    """`ErrorData`: the bot's own, or what ended the session here (fatal)."""
    MessageError = "messageError"
    """`ErrorData`: the bot could not use one of our messages."""
    ServerMessage = "serverMessage"
    """Any JSON value: the bot's application spoke."""
    GenericMessage = "genericMessage"
    """`Message` of a type that this client doesn't know."""
    UserStartedSpeaking = "userStartedSpeaking"
    UserStoppedSpeaking = "userStoppedSpeaking"
    BotStartedSpeaking = "botStartedSpeaking"
    BotStoppedSpeaking = "botStoppedSpeaking"
    BotInterrupted = "botInterrupted"
    """Nothing. What was still to be played has been dropped."""
    UserTranscript = "userTranscript"
    """`Transcript`."""
    BotOutput = "botOutput"
    """`BotOutput`."""
    BotTtsText = "botTtsText"
    """`Text`."""
    BotLlmStarted = "botLlmStarted"
    BotLlmStopped = "botLlmStopped"

    @property
    def callback(self) -> str:
        """The callback's name: ``on_bot_ready`` for `BotReady`."""
        return "on_" + re.sub(r"(?<!^)(?=[A-Z])", "_", self.name).lower()


Handler = Callable[..., Awaitable[None] | None]
"""A plain or async function. What it returns is not used; what it raises is logged."""
_Silent = Callable[[], Awaitable[None] | None]


class RTVICallbacks(TypedDict, total=False):
    """The callbacks that `RTVIClient` accepts, all optional. A test holds the keys against `RTVIEvent`."""

    on_transport_state_changed: Callable[[TransportState], Awaitable[None] | None]
    on_bot_started: Callable[[Mapping[str, Any]], Awaitable[None] | None]
    on_connected: _Silent
    on_disconnected: _Silent
    on_bot_connected: _Silent
    on_bot_ready: Callable[[BotReady], Awaitable[None] | None]
    on_bot_disconnected: _Silent
    on_error: Callable[[ErrorData], Awaitable[None] | None]
    on_message_error: Callable[[ErrorData], Awaitable[None] | None]
    on_server_message: Callable[[Any], Awaitable[None] | None]
    on_generic_message: Callable[[Message], Awaitable[None] | None]
    on_user_started_speaking: _Silent
    on_user_stopped_speaking: _Silent
    on_bot_started_speaking: _Silent
    on_bot_stopped_speaking: _Silent
    on_bot_interrupted: _Silent
    on_user_transcript: Callable[[Transcript], Awaitable[None] | None]
    on_bot_output: Callable[[BotOutput], Awaitable[None] | None]
    on_bot_tts_text: Callable[[Text], Awaitable[None] | None]
    on_bot_llm_started: _Silent
    on_bot_llm_stopped: _Silent


_OTHER_SPELLINGS = {"on_transport_state_change": RTVIEvent.TransportStateChanged}
"""The seed-era documentation's spelling, which no released client used."""


def event_of(callback: str) -> RTVIEvent:
    """The event behind a callback's name, in Python's spelling or JavaScript's (``onBotReady``).

    Raises `RTVIError` for a name that isn't one.
    """
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", callback).lower()
    for event in RTVIEvent:
        if event.callback == snake:
            return event
    if snake in _OTHER_SPELLINGS:
        return _OTHER_SPELLINGS[snake]
    known = ", ".join(event.callback for event in RTVIEvent)
    raise RTVIError(f"There is no callback {callback!r}. The callbacks are: {known}.")
