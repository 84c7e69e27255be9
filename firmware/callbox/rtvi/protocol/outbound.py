"""Messages to the bot: data of each message, by the version that the bot speaks. Pure.

Each function returns the messages to send, without ids, or raises `UnsupportedFeatureError` or `RTVIError`.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callbox.rtvi.arguments import check_type
from callbox.rtvi.errors import RTVIError
from callbox.rtvi.protocol.messages import Message, Version
from callbox.rtvi.protocol.values import FunctionCall
from callbox.rtvi.protocol.versions import require

DTMF_BUTTONS = "0123456789*#"


@dataclass(frozen=True, slots=True)
class File:
    """A file for the bot: its bytes, or where it is."""

    format: str
    """MIME type, ``application/pdf``."""
    content: bytes | None = None
    url: str | None = None
    """What the server's upload route returned, or any address that the bot's model can fetch."""
    name: str | None = None

    def __post_init__(self) -> None:
        check_type(self.format, str, "format of a File takes a MIME type")
        check_type(self.content, bytes | bytearray | memoryview | None, "content of a File takes bytes")
        check_type(self.url, str | None, "url of a File takes a URL")
        check_type(self.name, str | None, "name of a File takes text")
        if (self.content is None) == (self.url is None):
            raise RTVIError("A file has either content or a URL.")


def client_message(kind: str, data: Any, version: Version, *, call: str = "send_client_message") -> Message:
    """An application's own message; its answer, if any, has the same id. `call`: as errors call it."""
    require(call, version)
    check_type(kind, str, f"{call}() takes a message's type as text")
    return Message("client-message", {"t": kind} if data is None else {"t": kind, "d": data})


def text(content: str, version: Version, *, run_immediately: bool, audio_response: bool) -> Message:
    """Typed words of the user. ``run_immediately`` interrupts the bot."""
    require("send_text", version)
    check_type(content, str, "send_text() takes text")
    options = _options("send_text", run_immediately, audio_response)
    return Message("send-text", {"content": content, "options": options})


def _options(call: str, run_immediately: bool, audio_response: bool) -> dict[str, bool]:
    options = {"run_immediately": run_immediately, "audio_response": audio_response}
    for name, value in options.items():
        check_type(value, bool, f"{name} of {call}() takes True or False")
    return options


def dtmf(buttons: str, version: Version) -> list[Message]:
    """Telephone keys: one message, or one for each key on a 2.0 bot."""
    require("send_dtmf", version)
    if not isinstance(buttons, str | list | tuple) or not buttons or set(buttons) - set(DTMF_BUTTONS):
        raise RTVIError(f"{buttons!r} is not a sequence of telephone keys; there are: {DTMF_BUTTONS}")
    if (2, 0, 0) <= version < (2, 1, 0):
        return [Message("dtmf", {"button": button}) for button in buttons]
    return [Message("dtmf", {"buttons": list(buttons)})]


def file(content: str, sent: File, version: Version, *, run_immediately: bool, audio_response: bool) -> Message:
    """A file with some words to it."""
    require("send_file", version)
    check_type(content, str, "send_file() takes words first, as text")
    check_type(sent, File, "send_file() takes a File(format, content), or a File(format, url=…)")
    if sent.content is not None:
        source: dict[str, Any] = {"type": "bytes", "bytes": base64.b64encode(sent.content).decode()}
    else:
        source = {"type": "url", "url": sent.url}
    described = {"format": sent.format, "source": source} | ({"name": sent.name} if sent.name else {})
    options = _options("send_file", run_immediately, audio_response)
    return Message("send-file", {"content": content, "file": described, "options": options})


def append_to_context(role: str, content: str, version: Version, *, run_immediately: bool) -> Message:
    """Words into the model's context, with 1.0 and 1.1 bots."""
    require("append_to_context", version)
    for value in (role, content):
        check_type(value, str, "append_to_context() takes role and content as text")
    check_type(run_immediately, bool, "run_immediately of append_to_context() takes True or False")
    return Message("append-to-context", {"role": role, "content": content, "run_immediately": run_immediately})


def disconnect_bot(version: Version) -> Message:
    """Ask the bot to end the session from its side."""
    require("disconnect_bot", version)
    return Message("disconnect-bot", {})


def ui_event(event: str, payload: Any, version: Version) -> Message:
    """Something happened on the user's interface."""
    require("send_ui_event", version)
    check_type(event, str, "send_ui_event() takes an event's name as text")
    return Message("ui-event", {"event": event} if payload is None else {"event": event, "payload": payload})


def cancel_ui_job_group(job_id: str, reason: str | None, version: Version) -> Message:
    """Ask the bot to give up a group of jobs."""
    require("cancel_ui_job_group", version)
    check_type(job_id, str, "cancel_ui_job_group() takes a job_id, a text")
    check_type(reason, str | None, "reason of cancel_ui_job_group() takes text")
    return Message("ui-cancel-job-group", {"job_id": job_id} | ({"reason": reason} if reason else {}))


def function_call_result(call: FunctionCall, result: Any) -> Message:
    """Result of a function call. The wire takes an object or a string: anything else becomes its JSON."""
    answer = result if isinstance(result, str | Mapping) else json.dumps(result, allow_nan=False)
    return Message(
        "llm-function-call-result",
        {
            "function_name": call.function_name,
            "tool_call_id": call.tool_call_id,
            "arguments": call.arguments,
            "result": answer,
        },
    )
