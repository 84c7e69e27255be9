"""The bot's messages: which event each type raises, and what its data becomes. One row a type. Pure."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from callbox.rtvi.errors import MalformedMessageError
from callbox.rtvi.protocol import values
from callbox.rtvi.protocol.events import RTVIEvent as E
from callbox.rtvi.protocol.messages import Message, parse_version
from callbox.text import one_line

T = TypeVar("T")
MAX_ERROR_CHARS = 500
"""Of what a bot says about an error, which is one line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A message type: the event that it raises and how its data is read."""

    event: E
    parse: Callable[[Any], Any] | None = None
    """None: the listener is given nothing. Raises `MalformedMessageError`."""


def value(kind: type[T]) -> Callable[[Any], T]:
    """A reader of `kind` from JSON data."""

    def read(data: Any) -> T:
        try:
            return msgspec.convert({} if data is None else data, kind)
        except (msgspec.ValidationError, RecursionError, OverflowError, ValueError) as error:
            raise MalformedMessageError(str(error)) from None

    return read


def bot_ready(data: Any) -> values.BotReady:
    """The data of bot-ready, 0.3 (``config``) to 2.2 (``capabilities``). No shape of it keeps a bot back."""
    fields = data if isinstance(data, dict) else {}

    def part(name: str, kind: type[T]) -> T:
        found = fields.get(name)
        return found if isinstance(found, kind) else kind()

    return values.BotReady(
        parse_version(fields.get("version")),
        part("about", dict),
        part("capabilities", dict),
        tuple(service for service in part("config", list) if isinstance(service, dict)),
    )


def error(data: Any) -> values.ErrorData:
    """The data of error and error-response; older servers say ``message`` where newer say ``error``."""
    fields = data if isinstance(data, dict) else {"error": data}
    text = fields.get("error", fields.get("message"))
    sentence = text if isinstance(text, str) else json.dumps(text) if text is not None else "unknown error"
    return values.ErrorData(one_line(sentence, MAX_ERROR_CHARS), fields.get("fatal") is True)


def message_error(message: Message) -> values.ErrorData:
    """An error-response, with the id of the message that it answers."""
    return replace(error(message.data), message_id=message.id)


def _bot_output(data: Any) -> values.BotOutput:
    # 1.x says aggregated_by, 2.0 and 2.1 text_type beside it, 2.2 output_type.
    if isinstance(data, dict):
        names = ("output_type", "text_type", "aggregated_by")
        data = data | {"output_type": next((data[name] for name in names if data.get(name) is not None), "")}
    return _output(data)


def _old_function_call(data: Any) -> values.FunctionCall:
    if isinstance(data, dict) and "args" in data:
        data = data | {"arguments": data["args"]}
    return _call(data)


def _function_call(data: Any) -> values.FunctionCall:
    if isinstance(data, dict):
        data = {name: found for name, found in data.items() if found is not None}
    return _call(data)


def _audio(data: Any) -> values.Audio:
    try:
        return _sound(data | {"audio": base64.b64decode(data["audio"], validate=True)})
    except (TypeError, KeyError, ValueError, binascii.Error) as reason:
        raise MalformedMessageError(f"no sound: {reason}") from None


def _as_it_is(data: Any) -> Any:
    return data


_text = value(values.Text)
_transcript = value(values.Transcript)
_level = value(values.AudioLevel)
_output = value(values.BotOutput)
_call = value(values.FunctionCall)
_sound = value(values.Audio)

ROWS: dict[str, Row] = {
    "server-message": Row(E.ServerMessage, _as_it_is),
    "system-log": Row(E.SystemLog, _text),
    "metrics": Row(E.Metrics, value(values.Metrics)),
    "ui-command": Row(E.UICommand, value(values.UICommand)),
    "ui-job-group": Row(E.UIJobGroup, value(values.UIJobGroup)),
    "user-started-speaking": Row(E.UserStartedSpeaking),
    "user-stopped-speaking": Row(E.UserStoppedSpeaking),
    "vad-user-started-speaking": Row(E.VadUserStartedSpeaking),
    "vad-user-stopped-speaking": Row(E.VadUserStoppedSpeaking),
    "user-mute-started": Row(E.UserMuteStarted),
    "user-mute-stopped": Row(E.UserMuteStopped),
    "bot-started-speaking": Row(E.BotStartedSpeaking),
    "bot-stopped-speaking": Row(E.BotStoppedSpeaking),
    "bot-interrupted": Row(E.BotInterrupted),
    "user-transcription": Row(E.UserTranscript, _transcript),
    "user-input": Row(E.UserInput, value(values.UserInput)),
    "user-llm-text": Row(E.UserLlmText, _text),
    "bot-output": Row(E.BotOutput, _bot_output),
    "bot-transcription": Row(E.BotTranscript, _text),
    "bot-llm-started": Row(E.BotLlmStarted),
    "bot-llm-stopped": Row(E.BotLlmStopped),
    "bot-llm-text": Row(E.BotLlmText, _text),
    "bot-llm-marker": Row(E.BotLlmMarker, value(values.BotLlmMarker)),
    "bot-llm-search-response": Row(E.BotLlmSearchResponse, value(values.SearchResponse)),
    "bot-tts-started": Row(E.BotTtsStarted),
    "bot-tts-stopped": Row(E.BotTtsStopped),
    "bot-tts-text": Row(E.BotTtsText, _text),
    "bot-tts-audio": Row(E.BotTtsAudio, _audio),
    "stt-raw-text": Row(E.SttRawText, _transcript),
    "llm-raw-text": Row(E.LlmRawText, _text),
    "tts-raw-text": Row(E.TtsRawText, _text),
    "llm-function-call": Row(E.LLMFunctionCall, _old_function_call),
    "llm-function-call-started": Row(E.LLMFunctionCallStarted, value(values.FunctionCallStarted)),
    "llm-function-call-in-progress": Row(E.LLMFunctionCallInProgress, _function_call),
    "llm-function-call-stopped": Row(E.LLMFunctionCallStopped, value(values.FunctionCallStopped)),
    "user-audio-level": Row(E.UserAudioLevel, _level),
    "bot-audio-level": Row(E.BotAudioLevel, _level),
}
"""Types that only tell. ``bot-ready`` and ``error`` also move the client, responses settle requests: see
`messaging`.
"""
