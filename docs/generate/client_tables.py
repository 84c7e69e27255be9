"""The tables of ``docs/client.md``, made from the program: events and the numbers of reconnection."""

import dataclasses
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from callbox.rtvi.callbacks import RTVICallbacks
from callbox.rtvi.protocol.events import RTVIEvent
from callbox.rtvi.protocol.inbound import ROWS
from callbox.rtvi.protocol.policies import ReconnectionPolicy

_TYPES = {row.event: kind for kind, row in ROWS.items()} | {
    RTVIEvent.BotReady: "bot-ready",
    RTVIEvent.Error: "error",
    RTVIEvent.MessageError: "error-response",
    RTVIEvent.ServerResponse: "server-response",
}


def events() -> str:
    """Every event: its callback, what a listener is given, the message behind it."""
    given = typing.get_type_hints(RTVICallbacks)
    rows = ["| RTVIEvent | callback | given | message |", "|---|---|---|---|"]
    for event in RTVIEvent:
        arguments = ", ".join(_type_text(kind) for kind in typing.get_args(given[event.callback])[0])
        kind = f"`{_TYPES[event]}`" if event in _TYPES else ""
        rows.append(f"| `{event.name}` | `{event.callback}` | {arguments} | {kind} |")
    return "\n".join(rows) + "\n"


def reconnection() -> str:
    """The numbers of the policy."""
    rows = ["| `ReconnectionPolicy` | default |", "|---|---|"]
    rows += [f"| `{field.name}` | {field.default} |" for field in dataclasses.fields(ReconnectionPolicy)]
    return "\n".join(rows) + "\n"


def _type_text(kind: Any) -> str:
    if kind is Any:
        return "any JSON"
    if typing.get_origin(kind) is Mapping:
        return "JSON object"
    if typing.get_origin(kind) is Sequence:
        return f"list of `{typing.get_args(kind)[0].__name__}`"
    return f"`{kind.__name__}`"
