"""The envelope of RTVI messages, and the handshake's first one. Pure.

Source: RTVI standard 2.x as Pipecat 1.14 speaks it. One JSON text a message:
``{"label": "rtvi-ai", "type": …, "id": …, "data": …}``. What the data becomes is in `inbound`, what goes out in
`outbound`.
"""

import json
import platform
from dataclasses import dataclass
from typing import Any

from callbox.rtvi.errors import MalformedMessageError
from callbox.text import parse_json

LABEL = "rtvi-ai"
PROTOCOL_VERSION = "2.2.0"
"""What client-ready announces. The official client says 2.1.0 and misses what 2.2 brought."""
Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Message:
    """One RTVI message, whatever its type."""

    type: str
    data: Any = None
    id: str | None = None
    """Ties an answer to its request. Servers send it with bot-ready and responses only."""


def encode(message: Message) -> str:
    """`message` as the JSON text that goes on the wire."""
    envelope: dict[str, Any] = {"label": LABEL, "type": message.type}
    if message.id is not None:
        envelope["id"] = message.id
    if message.data is not None:
        envelope["data"] = message.data
    return json.dumps(envelope, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def decode(text: str) -> Message:
    """The message in `text`. Raises `MalformedMessageError` for anything else."""
    try:
        envelope = parse_json(text)
    except ValueError as error:
        raise MalformedMessageError(f"not JSON: {error}") from None
    if not isinstance(envelope, dict) or envelope.get("label") != LABEL:
        raise MalformedMessageError(f'no RTVI message: label "{LABEL}" is missing')
    if not isinstance(envelope.get("type"), str):
        raise MalformedMessageError('no RTVI message: "type" is not a string')
    identity = envelope.get("id")
    return Message(envelope["type"], envelope.get("data"), identity if isinstance(identity, str) else None)


def client_ready(identity: str, library: str, library_version: str) -> Message:
    """Message that starts the handshake; the server answers with bot-ready of the same id."""
    about = {
        "library": library,
        "library_version": library_version,
        "platform": platform.system().lower(),
        "platform_version": platform.release(),
    }
    return Message("client-ready", {"version": PROTOCOL_VERSION, "about": about}, identity)


def parse_version(text: Any) -> Version:
    """``"2.2.0"`` as three numbers; zeros for anything that is no version."""
    parts = text.split(".") if isinstance(text, str) else []
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return (0, 0, 0)
    return (int(parts[0]), int(parts[1]), int(parts[2]))
