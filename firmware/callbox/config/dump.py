"""Settings as people see them: every value in force, as YAML that could be loaded again, without secrets. Pure."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from callbox.config.loader import Loaded
from callbox.config.messages import SCHEMA
from callbox.config.schema import RESTART, Settings
from callbox.config.secrets import SecretRef
from callbox.config.section import KIND, Section, kind_of
from callbox.config.yaml_file import Path, Source, read_value

REDACTED = "•••"
_PLAIN_WORD = re.compile(r"[A-Za-z_/][\w./-]*")


def as_dict(settings: Settings) -> dict[str, Any]:
    """Every value that is in force. What is or may be a secret is `REDACTED`; a reference says only where one is."""
    rendered: dict[str, Any] = _value(settings, ())
    return rendered


def origins(loaded: Loaded) -> dict[Path, str]:
    """Origin of each value of `effective`: ``file:line``, a variable, an option, ``preset NAME``, or ``default``."""
    return {path: _origin(loaded, path) for path, _ in flatten(as_dict(loaded.settings))}


def dump(data: Any, note: Callable[[Path], str] = lambda _: "") -> str:
    """`data` as YAML, with ``# note`` behind each value that has one."""
    return "\n".join(_lines(data, (), 0, note)) + "\n"


def changes(old: Settings, new: Settings) -> list[tuple[str, bool]]:
    """Differences, as ``key: old -> new``, and whether each needs a restart."""
    before, after = dict(flatten(_value(old, (), hide=False))), dict(flatten(_value(new, (), hide=False)))
    was, is_ = dict(flatten(as_dict(old))), dict(flatten(as_dict(new)))
    found = []
    for path in dict.fromkeys([*before, *after]):
        if before.get(path) != after.get(path):
            text = f"{_format_leaf(path, was)} -> {_format_leaf(path, is_)}"
            if was.get(path) == is_.get(path):
                text = "changed"
            found.append((f"{'.'.join(map(str, path))}: {text}", SCHEMA.has(path, RESTART)))
    return found


def _format_leaf(path: Path, values: dict[Path, Any]) -> str:
    return dump_value(values[path]) if path in values else "nothing"


def flatten(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each value that holds no others, and its path."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    if not inner or not data:
        yield path, data
    for key, value in inner:
        yield from flatten(value, (*path, key))


def _value(value: Any, path: Path, *, hide: bool = True) -> Any:
    if isinstance(value, SecretRef):
        return value.given() | ({value.doubtful: REDACTED} if hide and value.doubtful else {})
    if isinstance(value, Section):
        kind = {} if (name := kind_of(type(value))) is None else {KIND: name}
        keys = msgspec.structs.asdict(value)
        return kind | {key: _value(inner, (*path, key), hide=hide) for key, inner in keys.items()}
    if isinstance(value, dict):
        return {key: _value(inner, (*path, key), hide=hide) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_value(inner, (*path, number), hide=hide) for number, inner in enumerate(value)]
    return _hidden(value, path) if hide else value


def _hidden(value: Any, path: Path) -> Any:
    if value is not None and SCHEMA.is_secret(path):
        return REDACTED
    if isinstance(value, str) and (SCHEMA.at(path) or {}).get("format") == "uri" and "?" in value:
        return value.partition("?")[0] + "?" + REDACTED  # many a key travels in a query
    return value


def _origin(loaded: Loaded, path: Path) -> str:
    # An empty section that was written stands there; a key that wasn't has no place.
    location = loaded.document.values.get(path)
    if location is None:
        return "default"
    return f"{location.source}:{location.line}" if location.source.has_lines else str(location.source)


def _lines(data: Any, path: Path, depth: int, note: Callable[[Path], str]) -> Iterator[str]:
    indent = "  " * depth
    inner = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in inner:
        here = (*path, key)
        head = f"{indent}{_scalar(str(key))}:" if isinstance(data, dict) else f"{indent}-"
        if isinstance(value, dict | list) and value:
            yield head
            yield from _lines(value, here, depth + 1, note)
        else:
            yield f"{head} {dump_value(value)}" + (f"  # {comment}" if (comment := note(here)) else "")


def dump_value(value: Any) -> str:
    """A value that holds no others, as YAML."""
    if isinstance(value, dict | list):
        return "[]" if isinstance(value, list) else "{}"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return _json(value)
    if _PLAIN_WORD.fullmatch(value) and value.isascii() and read_value(value, Source()).data == value:
        return value
    return _json(value)


def _json(value: Any) -> str:
    """`value` as JSON that is YAML too: what can't be printed is escaped."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return str(value)
    escaped = (
        f"\\{character}" if character in '\\"' else character if character.isprintable() else f"\\U{ord(character):08x}"
        for character in value
    )
    return f'"{"".join(escaped)}"'
