"""From flaws of the settings to sentences for an installer. What is allowed is read from the JSON schema. Pure.

A value is repeated only where it can be no secret: not where a section or a list is wanted, since a secret may be
below, and a text only if it is an amount (`20 ms` for a number), short words of letters (`Kitchen-Box`), or near to
one of the words that are allowed (`half-duplex`).
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from callbox.config.json_schema import json_schema
from callbox.config.schema import (
    LED_PATTERN,
    NAME_PATTERN,
    PREFIX_PATTERN,
    TIME_PATTERN,
    TOPIC_PATTERN,
    VOICE_PATTERN,
    Settings,
)
from callbox.config.section import Flaw, FlawKind
from callbox.config.yaml_file import Path, is_plain_key, missing_space
from callbox.text import one_line
from callbox_device.model.light_specs import SPI_PATTERN

MAX_REPEATED_LETTERS = 20
"""A text of words, as `is_words` has them, and no longer is repeated: `loud`, `Kitchen-Box`, `Push_To_Talk`."""
_WORDS = re.compile(r"[^\W\d_]{1,12}([-_][^\W\d_]{1,12}){0,2}")
MAX_REPEATED_DIGITS = 6
"""A longer number is not repeated in a message: it may be a password at the wrong key."""
_AMOUNT = re.compile(
    r"(?:gpio|bcm|pin)? ?(?P<number>[-+]?\d{1,6}([.,]\d{1,6})?) ?"
    r"(?P<unit>|%|percent|k?bps|k|k?bit/s|ms|msec|milliseconds?|s|sec|seconds?|m|min|minutes?|h|hours?|dB)",
    re.I,
)
"""A number that was written with its unit, or in quotes."""
_SECONDS = {"ms": 0.001, "msec": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1} | {
    "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600
}  # fmt: skip

_UNITS = {"_ms": "milliseconds", "_s": "seconds", "_percent": "percent"}
_PATTERNS = {
    SPI_PATTERN: 'bus and device in quotes, such as "0.0"',
    LED_PATTERN: "a name of letters, digits and _ . : -",
    TIME_PATTERN: "a time of day from 00:00 to 23:59, such as 22:00",
    NAME_PATTERN: "a name of a-z, 0-9 and -, 1 to 32 characters",
    TOPIC_PATTERN: "a topic without + and #, such as home/kitchen/light",
    "^[0-9*#A-D]$": "one digit in quotes, or *, #, A, B, C or D in quotes",
    r"^(stun|turns?):.+": "an address that begins with stun:, turn: or turns:",
    PREFIX_PATTERN: "the begin of topics, such as callbox: without +, # and blanks, and with neither / nor $ first",
    VOICE_PATTERN: "a voice of espeak-ng, such as en, de or en-us+f3",
}
"""Patterns of the schema, in words."""
_EXAMPLES = {"pin": "PIN", "host": "HOST", "urls": '"stun:HOST:PORT"', "model": "MODEL"}
"""What stands at the only key that a section needs."""
_ITEMS = {"string": "texts", "integer": "whole numbers"}
_TYPES = {"boolean": "true or false", "object": "a section with keys of its own", "array": "a list"}


class Schema:
    """The model's JSON schema, walked along paths of the file."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema

    def at(self, path: Path) -> dict[str, Any] | None:
        """Schema of `path`; None if there is none."""
        node: dict[str, Any] | None = self._follow(self._schema)
        for step in path:
            if node is None:
                return None
            if isinstance(step, int):
                node = node.get("items")
            else:
                properties = node.get("properties", {})
                extra = node.get("additionalProperties")
                node = properties.get(step) or (extra if isinstance(extra, dict) else None)
            node = node and self._follow(node)
        return node

    def is_secret(self, path: Path) -> bool:
        """Whether what stands at `path` must not be shown."""
        return self.has(path, "writeOnly")

    def is_reference(self, path: Path) -> bool:
        """Whether a secret, or a reference to one, belongs at `path`."""
        return bool((self.at(path) or {}).get("reference"))

    def secrets(self, data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
        """Each value in `data` that is, holds or refers to a secret, with its path: the one list of them."""
        node = self.at(path) or {}
        if data is None:
            return
        if node.get("reference"):
            yield path, data
        elif isinstance(data, dict) and ("properties" in node or isinstance(node.get("additionalProperties"), dict)):
            for key, value in data.items():
                yield from self.secrets(value, (*path, key))
        elif isinstance(data, list) and "items" in node:
            for number, value in enumerate(data):
                yield from self.secrets(value, (*path, number))
        elif self.is_secret(path):
            yield path, data

    def has(self, path: Path, mark: str) -> bool:
        """Whether what stands at `path`, or a section around it, is so marked."""
        return any((self.at(path[:end]) or {}).get(mark) for end in range(1, len(path) + 1))

    def _follow(self, node: dict[str, Any]) -> dict[str, Any]:
        """`node` with its reference, and with what it may be besides null."""
        own = {key: value for key, value in node.items() if key not in ("$ref", "anyOf", "oneOf")}
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[1]
            return self._follow(self._schema["$defs"][name]) | own | {"reference": name == "SecretRef"}
        all_choices = (*node.get("anyOf", ()), *node.get("oneOf", ()))
        choices = [choice for choice in all_choices if choice.get("type") != "null"]
        if len(choices) < len(all_choices):
            own["or_null"] = True
        if "oneOf" in node:
            return _all_kinds([self._follow(choice) for choice in choices]) | own
        if choices:
            # Of "text or section" the section has the keys; the text is told by `expected`.
            chosen = self._follow(choices[-1]) | own
            return chosen | {"or_text": True} if len(choices) > 1 else chosen
        return node


def _all_kinds(sections: list[dict[str, Any]]) -> dict[str, Any]:
    """A section that is one of several kinds, as one with the keys of all; those of some kinds say so."""
    keys = dict.fromkeys(key for section in sections for key in section["properties"])
    kinds = {section["properties"]["kind"]["const"]: section for section in sections}
    properties: dict[str, Any] = {}
    for key in keys:
        having = [kind for kind, section in kinds.items() if key in section["properties"]]
        properties[key] = dict(kinds[having[0]]["properties"][key])
        if len(having) < len(kinds):
            about = properties[key].get("description", "")
            properties[key]["description"] = f"kind {_one_of(having)}: {about}".rstrip(": ")
    properties["kind"] = {"enum": list(kinds), "type": "string", "default": next(iter(kinds))}
    required = [key for key in keys if key != "kind" and any(key in section["required"] for section in sections)]
    return {"type": "object", "properties": properties, "required": required, "kinds": kinds}


def sentence(flaw: Flaw, schema: Schema) -> str:
    """Sentence about `flaw`, with what is allowed there."""
    path, value = flaw.path, flaw.value
    key = dotted(path) or "the file"
    match flaw.kind:
        case FlawKind.MISSING:
            about = (schema.at(path) or {}).get("description", "")
            about = about.replace("`", "").rstrip(".")
            return f"{key}: is missing ({_lower_first(about)})" if about else f"{key}: is missing"
        case FlawKind.UNKNOWN_KEY:
            section = schema.at(path[:-1]) or {}
            known = list(section.get("properties", {}))
            if having := [kind for kind, of in section.get("kinds", {}).items() if path[-1] in of["properties"]]:
                return f"{key}: is for kind {_one_of(having)} only"
            word = str(path[-1])
            if slip := missing_space(word) or _other_blank(word) or _elsewhere(word, path[:-1], schema):
                return f"{key}: {slip}"
            return f"{key}: unknown key{_did_you_mean(word, known)}"
        case FlawKind.UNFIT:
            return f"{key}: {flaw.text}{_quotes(value)}"
    node = schema.at(path) or {}
    if elsewhere := _only_for(value, path, schema):
        return f"{key}: {elsewhere}"
    if schema.is_secret(path) or schema.is_reference(path):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        given, hint = "", "; a number needs quotes" if is_number and node.get("or_text") else _quotes(value)
    else:
        given, hint = _given(value, node), _hint(value, node, str(path[-1]) if path else "")
    return f"{key}: must be {expected(node, str(path[-1]) if path else '')}{given}{hint}"


def _other_blank(key: str) -> str | None:
    if all(character.isprintable() for character in key):
        return None
    return "holds a blank of another kind, as texts copied from web pages do; type the blanks of this line anew"


def _elsewhere(word: str, path: Path, schema: Schema) -> str | None:
    """How a key is written that stands in the section `path`, and is that of a section below it."""
    dots = word.split(".")
    if len(dots) > 1 and all(map(is_plain_key, dots)) and schema.at((*path, *dots)):
        nested = "".join(f"{name}: {{" for name in dots[:-1])
        return f"in a file a section holds its keys; write {nested}{dots[-1]}: VALUE{'}' * len(dots[:-1])}"
    properties = (schema.at(path) or {}).get("properties", {})
    having = [name for name in properties if word in (schema.at((*path, name)) or {}).get("properties", {})]
    if word in properties or _nearest(word, properties):
        return None
    if len(having) == 1:
        return f"is a key of {dotted((*path, *having))}; write {having[0]}: {{{word}: VALUE}}"
    holders = [section for section in _sections(schema, ()) if word in (schema.at(section) or {})["properties"]]
    return f"is a key of {dotted(holders[0])}; write it there" if len(holders) == 1 and path else None


def _sections(schema: Schema, path: Path) -> Iterator[Path]:
    """Each section that has keys, from `path` on; not those whose names the file's writer chooses."""
    properties = (schema.at(path) or {}).get("properties")
    if properties is not None:
        yield path
        for name in properties:
            yield from _sections(schema, (*path, name))


_TYPOGRAPHIC_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b"


def has_typographic_quotes(text: str) -> bool:
    """Whether `text` stands in quotes that YAML takes as parts of it, as word processors and web pages write them."""
    return len(text) > 1 and text[0] in _TYPOGRAPHIC_QUOTES and text[-1] in _TYPOGRAPHIC_QUOTES


TYPOGRAPHIC_QUOTES_HINT = 'its quotes are typographic, and so a part of the text; type " or leave them out'


def _quotes(value: Any) -> str:
    return f"; {TYPOGRAPHIC_QUOTES_HINT}" if isinstance(value, str) and has_typographic_quotes(value) else ""


def dotted(path: Path) -> str:
    """`path` as ``mqtt.password``. A key that is no plain word isn't repeated: it may be a password."""
    return ".".join(str(step) if isinstance(step, int) or is_plain_key(step) else "?" for step in path)


def _given(value: Any, node: dict[str, Any]) -> str:
    """``, not VALUE``, where that can be shown."""
    if isinstance(value, list):
        return f", not of {len(value)}" if node.get("type") == "array" else ", not a list"
    if isinstance(value, dict):
        return ", not a section"
    if value is None or isinstance(value, bool):
        return f", not {as_yaml(value)}"
    if node.get("type", "" if "enum" in node else "object") in ("object", "array"):
        may_be_key = isinstance(value, str) and node.get("type") != "array" and node.get("required") != ["urls"]
        space = missing_space(value) if may_be_key else None
        return f"; {space}" if space else ", not a text" if isinstance(value, str) else ", not a number"
    if isinstance(value, int | float) and len(digits := f"{value:.0f}".lstrip("-")) > MAX_REPEATED_DIGITS:
        return f", not a number of {len(digits)} digits"
    if isinstance(value, str) and value and not _is_slip(value, node):
        return f", not a text of {len(value)} character{'s' if len(value) != 1 else ''}"
    return f", not {as_yaml(value)}"


def _is_slip(text: str, node: dict[str, Any]) -> bool:
    """Whether `text` is so near to what is wanted that it can be no password: only such a text is repeated."""
    if is_words(text) or _nearest(text, node.get("enum", ())) or text in map(str, node.get("enum", ())):
        return True
    return node.get("type") in ("integer", "number") and bool(_AMOUNT.fullmatch(text))


def is_words(text: str) -> bool:
    """Whether `text` is at most three short words of letters, joined by - or _: such a text may be repeated."""
    return len(text) <= MAX_REPEATED_LETTERS and _WORDS.fullmatch(text) is not None


def _only_for(value: Any, path: Path, schema: Schema) -> str | None:
    """Which other key of the section the word `value` is for, if it is a choice there and none here."""
    siblings = (schema.at(path[:-1]) or {}).get("properties", {})
    if not isinstance(value, str) or "enum" not in (schema.at(path) or {}):
        return None
    word = value.lower().replace("-", "_")
    if word in (schema.at(path) or {})["enum"]:
        return None
    keys = [name for name in siblings if word in (schema.at((*path[:-1], name)) or {}).get("enum", ())]
    return f"{word} is for {_one_of(keys)} only" if keys else None


def expected(node: dict[str, Any], key: str) -> str:
    """Values that `node` of the schema allows, in words."""
    if "enum" in node:
        return _one_of([as_yaml(value) for value in node["enum"]])
    if "const" in node:
        return as_yaml(node["const"])
    if node.get("reference"):
        reference = "a reference: {file: PATH}, {env: NAME} or {credential: NAME}"
        return f"a text, or {reference}" if node.get("or_text") else reference
    kind = node.get("type")
    if kind in ("integer", "number"):
        words = "a whole number" if kind == "integer" else "a number"
        if "minimum" in node and "maximum" in node:
            words += f" from {node['minimum']:g} to {node['maximum']:g}"
        unit = next((unit for suffix, unit in _UNITS.items() if key.endswith(suffix)), None)
        return f"{words}, in {unit}" if unit else words
    if kind == "string":
        if node.get("pattern") in _PATTERNS:
            return _PATTERNS[node["pattern"]]
        words = "a text"
        if "minLength" in node or "maxLength" in node:
            words += f" of {node.get('minLength', 0)} to {node.get('maxLength', 'any number of')} characters"
        return f"{words} that matches {node['pattern']}" if "pattern" in node else words
    if kind == "array" and "maxItems" in node:
        least, most = node.get("minItems", 0), node["maxItems"]
        return f"a list of {most if least == most else f'{least} to {most}'} {_items(node['items'])}"
    is_named = kind == "object" and "$ref" in _dict(node.get("additionalProperties"))
    return "sections, each by its name" if is_named else _TYPES.get(str(kind), "something else")


def _items(node: dict[str, Any]) -> str:
    return "addresses" if node.get("format") == "uri" else _ITEMS.get(node.get("type", ""), "sections")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_yaml(value: Any) -> str:
    """`value` as YAML would have it, on one line and short."""
    return one_line(json.dumps(value, ensure_ascii=False, default=str), 60)


def _lower_first(text: str) -> str:
    """`text` inside a sentence: what begins with two capitals, such as GPIO, stays."""
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def _hint(value: Any, node: dict[str, Any], key: str) -> str:
    kind = node.get("type")
    if key == "config_version" and isinstance(value, int) and value > node["const"]:
        return "; the file is for a newer Callbox: upgrade this one, or take a file of its version"
    if "enum" in node and isinstance(value, str):
        near = _nearest(value, node["enum"])
        if value in map(str, node["enum"]):
            return " (without quotes)"
        return f"; did you mean {near}?" if near else ""
    if kind == "object" and isinstance(value, list | None):
        return " (leave an empty section out)" if value is None else " (its keys, without dashes before them)"
    if kind == "object" and not isinstance(value, dict):
        return _section_hint(_SWITCHES.get(str(value).lower(), value) if isinstance(value, str) else value, node)
    if kind == "boolean" and (is_on := _SWITCHES.get(str(value).lower())) is not None:
        return f" (write {as_yaml(is_on)})"
    if kind in ("integer", "number") and isinstance(value, str) and (amount := _AMOUNT.fullmatch(value)):
        return f" (write the number alone, without quotes or unit: {_number(amount, key)})"
    if kind == "integer" and isinstance(value, float):
        scale = next((scale for suffix, scale in _SCALES.items() if key.endswith(suffix) and 0 < value < 1), None)
        return f" (write {value * scale:g})" if scale else " (without a fraction)"
    if kind == "integer" and key.endswith("pin"):
        return " (the GPIO number (BCM), not the number on the header)"
    if kind == "array" and not isinstance(value, dict | list | None):
        return " (in brackets, also a single one: [ ])"
    texts = (str(value), f"{value:.0f}") if kind == "string" and isinstance(value, int | float) else ()
    if any(re.search(node.get("pattern", ""), text) for text in texts):
        return " (in quotes)" if "enum" not in node else ""  # as it stands in the file: 007 isn't "7"
    return _quotes(value)


_SWITCHES: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "none", "0"), False),
}
"""Words, and what they were likely meant to be."""
_SCALES = {"_ms": 1000, "_percent": 100}
"""Of units in which a fraction below 1 was likely meant in seconds, or of 1."""


def _number(amount: re.Match[str], key: str) -> str:
    """The number of `amount` in the unit of `key`."""
    number = amount["number"].replace(",", ".")
    if key.endswith("_bps") and amount["unit"].lower().startswith("k"):
        return f"{float(number) * 1000:.10g}"
    seconds = _SECONDS.get(amount["unit"].lower()) or _SECONDS.get(amount["unit"].lower().removesuffix("s"))
    wanted = 0.001 if key.endswith("_ms") else 1 if key.endswith("_s") else None
    if seconds is None or wanted is None or seconds == wanted:
        return number.lstrip("+")
    return f"{float(number) * seconds / wanted:.10g}"


def _section_hint(value: Any, node: dict[str, Any]) -> str:
    """How the scalar `value` is written as the section `node`."""
    if isinstance(value, bool) and "enabled" in node.get("properties", {}):
        return f" (write {{enabled: {as_yaml(value)}}})"
    if "start_url" in node.get("properties", {}):
        return " (write {start_url: URL})"
    can_be_null = node.get("or_null", False)
    node = next(iter(node.get("kinds", {}).values()), node)
    required = node.get("required") or [name for name in node.get("properties", {}) if name == "pin"]
    if len(required) == 1 and required[0] in _EXAMPLES and not isinstance(value, bool):
        is_pin = required == ["pin"] and isinstance(value, int) and 0 <= value < 100
        example = value if is_pin else _EXAMPLES[required[0]]
        return f" (write {{{required[0]}: {example}}})"
    if value is True and can_be_null and not required:
        return " (write {})"
    if value is False and can_be_null:
        return " (write null)"
    return f"; known here: {', '.join(known)}" if (known := list(node.get("properties", {}))) else ""


def _nearest(text: str, choices: Iterable[Any]) -> str | None:
    """The word of `choices` that `text` was likely meant to be."""
    words = [word for word in choices if isinstance(word, str)]
    return next(iter(difflib.get_close_matches(text.lower().replace("-", "_"), words, 1, 0.6)), None)


def _did_you_mean(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, 1, 0.6) or [
        name for name in known if name.rsplit("_", 1)[0] == word.lower()
    ]
    return f"; did you mean {near[0]}?" if near else f"; known here: {', '.join(known)}"


def _one_of(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


SCHEMA = Schema(json_schema(Settings, "Callbox settings"))
"""Of the settings."""
