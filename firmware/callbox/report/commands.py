"""Reads commands that come by MQTT: which they are, or what is wrong with them. Pure; trusts nothing."""

import json
from dataclasses import dataclass
from typing import Any

from callbox.appliance.remote import Order, Outcome, Refusal
from callbox.report import topics
from callbox.report.command_table import BY_NAME, BY_WORD, NAMES, Command
from callbox.report.topics import Publication, Topics

MAX_BYTES = 4096
MAX_TRANSACTION = 64
"""Characters."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came."""

    name: str
    """Where the answer goes: ``response/NAME``."""
    order: Order | Refusal
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


def answer(topics_: Topics, asked: Asked, outcome: Outcome) -> Publication:
    """What is answered. `outcome`: the box's; a flaw of the message itself goes before it."""
    outcome = asked.order if isinstance(asked.order, Refusal) else outcome
    refused = isinstance(outcome, Refusal)
    fields: dict[str, Any] = {"status": "error" if refused else "ok", "transaction": asked.transaction}
    if isinstance(outcome, Refusal):
        fields["error"] = {"code": outcome.code, "text": outcome.text}
    elif outcome is not None:
        fields["data"] = outcome
    return topics_.publication(topics.RESPONSE, fields, asked.name)


_RETAINED = Refusal("retained", "A retained command is never carried out: it would be again at each start.")


def _request(name: str, payload: bytes, *, retained: bool) -> Asked:
    if name not in BY_NAME:
        return Asked("unknown", Refusal("unknown_command", f"There are {', '.join(NAMES)}."))
    if retained:
        return Asked(name, _RETAINED)
    fields = _fields(payload)
    if isinstance(fields, Refusal):
        return Asked(name, fields)
    transaction = fields.pop("transaction", None)
    if not _is_transaction(transaction):
        text = f"transaction must be a whole number or a text of at most {MAX_TRANSACTION} characters."
        return Asked(name, Refusal("bad_argument", text))
    return Asked(name, _order(BY_NAME[name], fields), transaction)


def _order(command: Command, fields: dict[str, Any]) -> Order | Refusal:
    argument = fields.pop(command.name, None)
    if fields:
        return Refusal("bad_argument", f"{command.name} knows no {', '.join(sorted(fields)[:3])}."[:200])
    return command.order(argument) or Refusal("bad_argument", f"{command.name} takes {command.takes}.")


def _word(word: str, payload: bytes, *, retained: bool) -> Asked:
    if word not in BY_WORD:
        return Asked(
            "unknown", Refusal("unknown_command", f"There are {', '.join(f'{word}/set' for word in BY_WORD)}.")
        )
    if retained:
        return Asked(word, _RETAINED)
    text = _text(payload)
    if isinstance(text, Refusal):
        return Asked(word, text)
    orders = [order for command in BY_WORD[word] if (order := command.by_word(text.strip()))]
    takes = " or ".join(command.words for command in BY_WORD[word])
    return Asked(word, orders[0] if orders else Refusal("bad_argument", f"{word}/set takes {takes}."))


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
