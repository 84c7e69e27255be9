"""What the client does with each message of the bot: one row a type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callbox.rtvi import messages
from callbox.rtvi.events import RTVIEvent as E


@dataclass(frozen=True, slots=True)
class Row:
    """A message type: the event that it raises and how its data is read."""

    event: E
    parse: Callable[[Any], Any] | None = None
    """None: the listener is given nothing."""


def _as_it_is(data: Any) -> Any:
    return data


ROWS: dict[str, Row] = {
    "error-response": Row(E.MessageError, messages.parse_error),
    "server-message": Row(E.ServerMessage, _as_it_is),
    "user-started-speaking": Row(E.UserStartedSpeaking),
    "user-stopped-speaking": Row(E.UserStoppedSpeaking),
    "bot-started-speaking": Row(E.BotStartedSpeaking),
    "bot-stopped-speaking": Row(E.BotStoppedSpeaking),
    "bot-interrupted": Row(E.BotInterrupted),
    "user-transcription": Row(E.UserTranscript, messages.parse_transcript),
    "bot-output": Row(E.BotOutput, messages.parse_bot_output),
    "bot-tts-text": Row(E.BotTtsText, messages.parse_text),
    "bot-llm-started": Row(E.BotLlmStarted),
    "bot-llm-stopped": Row(E.BotLlmStopped),
}
"""Types that only tell. ``bot-ready`` and ``error`` also move the client, which handles them itself."""
