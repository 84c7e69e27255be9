"""Arguments of tools: a flat subset of JSON Schema, and its check. Pure; all values are untrusted."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callbox.control.remote_commands import Denied
from callbox.text import one_line

MAX_TEXT_CHARS = 200


class ArgumentType(StrEnum):
    """Types of JSON Schema that an argument may have."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Argument:
    """Schema of one argument."""

    type: ArgumentType
    about: str = ""
    """For the bot's model."""
    choices: tuple[str, ...] = ()
    """All texts that are allowed; empty: any."""
    minimum: float | None = None
    maximum: float | None = None
    max_chars: int = MAX_TEXT_CHARS
    """Of a text."""
    required: bool = True


Arguments = Mapping[str, Argument]
"""Schema of all arguments, by name."""


def json_schema(arguments: Arguments) -> dict[str, Any]:
    """The JSON Schema of an object with these arguments, as function calling has it."""
    return {
        "type": "object",
        "properties": {name: _property(argument) for name, argument in arguments.items()},
        "required": [name for name, argument in arguments.items() if argument.required],
    }


def check(arguments: Arguments, values: Mapping[str, Any]) -> dict[str, Any] | Denied:
    """The `values` that fit `arguments`, texts as one line, whole numbers as int; or what is wrong with them.

    An optional argument that is null counts as absent.
    """
    found: dict[str, Any] = {}
    for name in values:
        if name not in arguments:
            there_are = f"there are: {', '.join(arguments)}" if arguments else "there is none"
            return Denied("bad_argument", f"There is no argument {one_line(name, 40)}; {there_are}.")
    for name, argument in arguments.items():
        value = values.get(name)
        if value is None:
            if argument.required:
                return Denied("bad_argument", f"The argument {name} is missing; it is {_takes(argument)}.")
            continue
        fitting = _fitting(argument, value)
        if fitting is None:
            return Denied("bad_argument", f"{name} is {one_line(repr(value), 60)}; it must be {_takes(argument)}.")
        found[name] = fitting
    return found


def _property(argument: Argument) -> dict[str, Any]:
    about = {
        "description": argument.about or None,
        "enum": list(argument.choices) or None,
        "minimum": argument.minimum,
        "maximum": argument.maximum,
    }
    return {"type": argument.type.value} | {key: value for key, value in about.items() if value is not None}


def _fitting(argument: Argument, value: Any) -> Any:
    """`value` as the box takes it; None: it doesn't fit."""
    match argument.type:
        case ArgumentType.BOOLEAN:
            return value if isinstance(value, bool) else None
        case ArgumentType.STRING:
            if not isinstance(value, str) or len(value) > argument.max_chars:
                return None
            text = one_line(value, argument.max_chars)
            return text if not argument.choices or text in argument.choices else None
        case _:
            return _number(argument, value)


def _number(argument: Argument, value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:  # nan too
        return None
    if argument.type is ArgumentType.INTEGER:
        if value != int(value):
            return None
        value = int(value)  # 30.0 is an integer, as JSON Schema has it
    is_low = argument.minimum is not None and value < argument.minimum
    is_high = argument.maximum is not None and value > argument.maximum
    return None if is_low or is_high else value


def _takes(argument: Argument) -> str:
    """What an argument must be, in words."""
    if argument.choices:
        return f"one of {', '.join(argument.choices)}"
    match argument.type:
        case ArgumentType.STRING:
            return f"a text of at most {argument.max_chars} characters"
        case ArgumentType.BOOLEAN:
            return "true or false"
        case kind:
            what = "a whole number" if kind is ArgumentType.INTEGER else "a number"
            low = "" if argument.minimum is None else f", at least {argument.minimum:g}"
            high = "" if argument.maximum is None else f", at most {argument.maximum:g}"
            return what + low + high
