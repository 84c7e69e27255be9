"""RTVI messages: the envelope, what each type carries, encode and decode. Pure.

Source: RTVI standard 2.x as Pipecat 1.14 speaks it. One JSON text a message:
``{"label": "rtvi-ai", "type": …, "id": …, "data": …}``. Unknown types and unknown fields are no error;
a field of the wrong type makes the message malformed, which is logged and otherwise ignored.
"""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callbox.rtvi.errors import MalformedMessageError

LABEL = "rtvi-ai"
PROTOCOL_VERSION = "2.1.0"
"""What client-ready announces: the newest that the official client announces too."""
JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One RTVI message, whatever its type."""

    type: str
    data: Any = None
    id: str | None = None
    """Ties an answer to its request. Servers send it with bot-ready and responses only."""


@dataclass(frozen=True, slots=True)
class BotReady:
    """The bot listens."""

    version: tuple[int, int, int] = (0, 0, 0)
    """RTVI version that the server speaks to us; zeros when it didn't say."""
    about: JsonObject = field(default_factory=dict)
    capabilities: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ErrorData:
    """An error, told by the bot or made here."""

    message: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the user was heard to say."""

    text: str
    final: bool
    user_id: str = ""
    timestamp: str = ""


@dataclass(frozen=True, slots=True)
class BotOutput:
    """What the bot says or shows, sentence by sentence."""

    text: str
    spoken: bool
    aggregated_by: str = ""


def encode(message: Message) -> str:
    """`message` as the JSON text that goes on the wire."""
    envelope: dict[str, Any] = {"label": LABEL, "type": message.type}
    if message.id is not None:
        envelope["id"] = message.id
    if message.data is not None:
        envelope["data"] = message.data
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> Message:
    """The message in `text`. Raises `MalformedMessageError` for anything else."""
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedMessageError(f"not JSON: {error}") from None
    if not isinstance(envelope, dict) or envelope.get("label") != LABEL:
        raise MalformedMessageError(f'no RTVI message: label "{LABEL}" is missing')
    if not isinstance(envelope.get("type"), str):
        raise MalformedMessageError('no RTVI message: "type" is not a string')
    identity = envelope.get("id")
    return Message(envelope["type"], envelope.get("data"), identity if isinstance(identity, str) else None)


def client_ready(identity: str, library: str, library_version: str) -> Message:
    """Starts the handshake; the server answers with bot-ready of the same id."""
    about = {
        "library": library,
        "library_version": library_version,
        "platform": platform.system().lower(),
        "platform_version": platform.release(),
    }
    return Message("client-ready", {"version": PROTOCOL_VERSION, "about": about}, identity)


def parse_bot_ready(data: Any) -> BotReady:
    """The data of bot-ready, 0.3 (``config``) to 2.2 (``capabilities``)."""
    fields = _object(data)
    return BotReady(
        _version(fields.get("version")),
        _object(fields.get("about")),
        _object(fields.get("capabilities")),
    )


def parse_error(data: Any) -> ErrorData:
    """The data of error and error-response; older servers say ``message`` where newer say ``error``."""
    fields = _object(data)
    text = fields.get("error", fields.get("message", "unknown error"))
    return ErrorData(text if isinstance(text, str) else json.dumps(text), fields.get("fatal") is True)


def parse_text(data: Any) -> Text:
    """The data of every message that carries ``text`` only."""
    return Text(_string(_object(data), "text"))


def parse_transcript(data: Any) -> Transcript:
    """The data of user-transcription."""
    fields = _object(data)
    return Transcript(
        _string(fields, "text"),
        fields.get("final") is True,
        _string(fields, "user_id", ""),
        _string(fields, "timestamp", ""),
    )


def parse_bot_output(data: Any) -> BotOutput:
    """The data of bot-output, in its 1.x and its 2.x shape."""
    fields = _object(data)
    spoken = fields.get("spoken", fields.get("will_be_spoken"))
    return BotOutput(_string(fields, "text"), spoken is True, _string(fields, "aggregated_by", ""))


def _object(data: Any) -> JsonObject:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise MalformedMessageError(f"data is a {type(data).__name__}, not an object")
    return data


def _string(fields: JsonObject, name: str, default: str | None = None) -> str:
    value = fields.get(name, default)
    if not isinstance(value, str):
        raise MalformedMessageError(f'"{name}" is not a string')
    return value


def _version(text: Any) -> tuple[int, int, int]:
    parts = text.split(".") if isinstance(text, str) else []
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return (0, 0, 0)
    return (int(parts[0]), int(parts[1]), int(parts[2]))
