"""Reads commands that come by MQTT: which they are, or what is wrong with them. Pure; trusts nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callbox.appliance.remote import Refusal, Remote
from callbox.report import topics
from callbox.report.topics import Publication, Topics

MAX_BYTES = 4096
MAX_TRANSACTION = 64
"""Characters."""

_REQUESTS: Mapping[str, Mapping[bool | None, Remote]] = {
    "connect": {None: Remote.CONNECT},
    "disconnect": {None: Remote.DISCONNECT},
    "mute": {True: Remote.MUTE, False: Remote.UNMUTE},
    "identify": {None: Remote.IDENTIFY},
    "restart": {None: Remote.RESTART},
}
"""``request/NAME``: the order, by its one argument, which has the command's name; None: it takes none."""
_WORDS: Mapping[str, Mapping[str, Remote]] = {
    "session": {"connect": Remote.CONNECT, "disconnect": Remote.DISCONNECT},
    "mute": {"ON": Remote.MUTE, "OFF": Remote.UNMUTE},
    "identify": {"PRESS": Remote.IDENTIFY},
    "restart": {"PRESS": Remote.RESTART},
}
"""``NAME/set``: the order, by the bare word."""
NAMES = tuple(_REQUESTS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came."""

    name: str
    """Where the answer goes: ``response/NAME``."""
    order: Remote | Refusal
    transaction: str | int | None = None


def read(topics_: Topics, topic: str, payload: bytes, *, retained: bool) -> Asked | None:
    """The command in a message; None: the topic is none of commands."""
    if (name := topics_.name_in(topics.REQUEST, topic)) is not None:
        return _request(name, payload, retained=retained)
    if (name := topics_.name_in(topics.SET, topic)) is not None:
        return _word(name, payload, retained=retained)
    return None


def subscriptions(topics_: Topics) -> list[str]:
    """What a box listens to."""
    return [topics_.of(topics.REQUEST, "+"), topics_.of(topics.SET, "+")]


def answer(topics_: Topics, asked: Asked, refusal: Refusal | None) -> Publication:
    """What is answered. `refusal`: by the box; a flaw of the message itself goes before it."""
    refused = asked.order if isinstance(asked.order, Refusal) else refusal
    fields: dict[str, Any] = {"status": "error" if refused else "ok", "transaction": asked.transaction}
    if refused:
        fields["error"] = {"code": refused.code, "text": refused.text}
    return topics_.publication(topics.RESPONSE, fields, asked.name)


_RETAINED = Refusal("retained", "A retained command is never carried out: it would be again at each start.")


def _request(name: str, payload: bytes, *, retained: bool) -> Asked:
    if name not in _REQUESTS:
        return Asked("unknown", Refusal("unknown_command", f"There are {', '.join(_REQUESTS)}."))
    if retained:
        return Asked(name, _RETAINED)
    fields = _fields(payload)
    if isinstance(fields, Refusal):
        return Asked(name, fields)
    transaction = fields.pop("transaction", None)
    if not _is_transaction(transaction):
        text = f"transaction must be a whole number or a text of at most {MAX_TRANSACTION} characters."
        return Asked(name, Refusal("bad_argument", text))
    return Asked(name, _order(name, fields), transaction)


def _order(name: str, fields: dict[str, Any]) -> Remote | Refusal:
    choices = _REQUESTS[name]
    argument = fields.pop(name, None)
    if fields:
        return Refusal("bad_argument", f"{name} knows no {', '.join(sorted(fields)[:3])}."[:200])
    if not (argument is None or isinstance(argument, bool)) or argument not in choices:
        takes = "takes no argument" if None in choices else f'needs "{name}": true or false'
        return Refusal("bad_argument", f"{name} {takes}.")
    return choices[argument]


def _word(name: str, payload: bytes, *, retained: bool) -> Asked:
    if name not in _WORDS:
        return Asked("unknown", Refusal("unknown_command", f"There are {', '.join(f'{word}/set' for word in _WORDS)}."))
    if retained:
        return Asked(name, _RETAINED)
    text = _text(payload)
    order = text if isinstance(text, Refusal) else _WORDS[name].get(text.strip())
    return Asked(name, order or Refusal("bad_argument", f"{name}/set takes {' or '.join(_WORDS[name])}."))


def _fields(payload: bytes) -> dict[str, Any] | Refusal:
    text = _text(payload)
    if isinstance(text, Refusal):
        return text
    try:
        fields = json.loads(text or "{}")
    except (ValueError, RecursionError):
        fields = None
    return fields if isinstance(fields, dict) else Refusal("not_json", "The payload must be a JSON object, or empty.")


def _text(payload: bytes) -> str | Refusal:
    if len(payload) > MAX_BYTES:
        return Refusal("too_large", f"{len(payload)} bytes; at most {MAX_BYTES} are read.")
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return Refusal("not_utf8", "The payload must be UTF-8.")


def _is_transaction(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return value is None or isinstance(value, int) or (isinstance(value, str) and len(value) <= MAX_TRANSACTION)
