"""Text from outside, made harmless where it enters: encodable, bounded, without control characters. Pure.

Bytes, JSON, SDP, MQTT payloads, HTTP answers, file names and device names that others wrote become text here, so that
everything behind may encode, log, publish and show it. Any thread.
"""

import json
import math
import re
from collections.abc import Collection
from typing import Any

MAX_LINE_CHARS = 500
"""Characters of one line that is shown, logged or published."""
MAX_JSON_BYTES = 1 << 20
"""Bytes of a JSON text that is read, by default."""
MAX_JSON_DEPTH = 32
"""Arrays and objects inside each other."""
HIDDEN = "(hidden)"
"""What is shown in place of a secret."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SURROGATE = re.compile("[\ud800-\udfff]")
# C0, DEL, C1; line and paragraph separator; marks that hide or reorder what is shown (Unicode TR 36). The zero-width
# joiners stay: Persian and emoji are written with them.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def encodable(text: str) -> str:
    """`text` with each lone surrogate replaced by U+FFFD, so that UTF-8 can encode it. Line feeds and the rest stay."""
    return text if text.isascii() else _SURROGATE.sub(_REPLACEMENT, text)


def one_line(value: object, limit: int = MAX_LINE_CHARS) -> str:
    """`value` as one line of at most `limit` characters, for a log, terminal, topic or page.

    Runs of control and direction characters become one blank. What is cut is marked by "…". bytes are read as UTF-8.
    Never raises: of a `value` whose `__str__` raises, the type is told.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value[: 8 * limit]).decode(errors="replace")
    elif not isinstance(value, str):
        try:
            value = str(value)
        except Exception:  # an object of others
            value = f"<{type(value).__name__}>"
    cut = value[: 4 * limit]
    line = _CONTROL.sub(" ", encodable(cut)).strip()
    if len(line) > limit or len(cut) < len(value):
        return line[: limit - 1] + "…"
    return line


def without(value: Any, secrets: Collection[str]) -> Any:
    """`value`, a text or other JSON value, with each of `secrets` in its texts replaced by `HIDDEN`."""
    match value:
        case str():
            for secret in sorted(secrets, key=len, reverse=True):
                value = value.replace(secret, HIDDEN)
            return value
        case list() | tuple():
            return [without(one, secrets) for one in value]
        case dict():
            return {without(key, secrets): without(one, secrets) for key, one in value.items()}
        case _:
            return value


def parse_json(data: str | bytes, max_bytes: int = MAX_JSON_BYTES) -> Any:
    """The value in the JSON text `data`: every text in it encodable, every number finite (NaN and infinite: None).

    ValueError, with a sentence for people: longer than `max_bytes`, not UTF-8, no JSON, or nested deeper than
    `MAX_JSON_DEPTH`.
    """
    size = len(data)
    if size > max_bytes:
        raise ValueError(f"{size} bytes of JSON, at most {max_bytes} are read")
    try:
        text = data if isinstance(data, str) else data.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"the JSON text is not UTF-8 (byte {error.start})") from None
    try:
        value = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except RecursionError:
        raise ValueError(f"the JSON text is nested deeper than {MAX_JSON_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {one_line(error.msg)} at character {error.pos}") from None
    if text.count("[") + text.count("{") > MAX_JSON_DEPTH and _depth(value) > MAX_JSON_DEPTH:
        raise ValueError(f"the JSON text is nested deeper than {MAX_JSON_DEPTH} levels")
    if _ESCAPED_SURROGATE.search(text) or not text.isascii():
        value = _encodable_json(value)
    return value


def _finite(number: str) -> float | None:
    value = float(number)
    return value if math.isfinite(value) else None


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level and depth <= MAX_JSON_DEPTH:
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, dict | list)
        ]
        depth += 1
    return depth


def _encodable_json(value: Any) -> Any:
    match value:
        case str():
            return encodable(value)
        case list():
            return [_encodable_json(one) for one in value]
        case dict():
            return {encodable(key): _encodable_json(one) for key, one in value.items()}
        case _:
            return value
