"""What others wrote, made fit for a terminal and for bounded memory. Pure; trusts nothing."""

import json
from collections.abc import Mapping
from typing import Any

MAX_PAYLOAD_BYTES = 16384
"""Of a payload; our own are a tenth of that. A longer one is not read."""
MAX_TEXT_CHARS = 200
"""Characters of a text that is kept."""
MAX_ENTRIES = 8
"""Entries of a list that are kept."""
_MAX_NUMBER = 1e12


def fields(payload: bytes) -> Mapping[str, Any] | None:
    """The JSON object in `payload`; None: it holds none."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        return None
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def text(value: Any) -> str | None:
    """`value` if it is a text, without what could steer a terminal (ESC, line feeds, turns of direction), cut."""
    if not isinstance(value, str):
        return None
    return "".join(letter for letter in value[: 4 * MAX_TEXT_CHARS] if letter.isprintable())[:MAX_TEXT_CHARS]


def number(value: Any) -> int | float | None:
    """`value` if it is a number that a row can show."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _MAX_NUMBER else None  # not so is nan either


def flag(value: Any) -> bool | None:
    """`value` if it is true or false."""
    return value if isinstance(value, bool) else None


def texts(value: Any) -> tuple[str, ...]:
    """The texts in the list `value`."""
    found = [text(one) for one in value[:MAX_ENTRIES]] if isinstance(value, list) else []
    return tuple(one for one in found if one)
