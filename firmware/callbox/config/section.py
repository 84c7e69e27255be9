"""Sections of the settings, and how data that may be wrong becomes one: with all that is wrong at once. Pure.

A section is a msgspec.Struct whose annotations say what is allowed: limits by msgspec.Meta, other
conditions by `Condition`. msgspec stops at the first thing that is wrong, so it judges single values here.
"""

import functools
import math
import types
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Annotated, Any, TypeVar, Union, dataclass_transform, get_args, get_origin

import msgspec
from msgspec import Meta

from callbox.config.yaml_file import Path

KIND = "kind"
"""The key that says which of several sections is meant; the first of them where it is missing."""


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the file. Unknown keys are errors. A docstring below a key is its description."""

    @classmethod
    def prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        """`data` with defaults that depend on other keys of it."""
        return data


S = TypeVar("S", bound=Section)


class Unfit(ValueError):
    """A value that a `Condition` refuses. The text says what it must be; it holds nothing of the value."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Further condition of a text, beside Meta's limits: `check` returns it as it is kept, or raises `Unfit`."""

    check: Callable[[str], str]


class FlawKind(Enum):
    """Kind of a flaw."""

    MISSING = auto()
    UNKNOWN_KEY = auto()
    VALUE = auto()
    """Of another type, or beyond its limits."""
    UNFIT = auto()
    """A `Condition`, or the section around it, says why in `Flaw.text`."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: where, what, and the value that stands there."""

    path: Path
    kind: FlawKind
    value: Any = None
    text: str = ""


class Invalid(ValueError):
    """Data that is no such section. The text names places and no values."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, flaw.path))}: {flaw.text or flaw.kind.name}" for flaw in flaws))
        self.flaws = flaws


def convert(data: Any, section: type[S]) -> S:
    """`data` as a `section`. Raises `Invalid` with everything that is wrong."""
    flaws: list[Flaw] = []
    plain = _section(data, (section,), (), flaws)
    if flaws:
        raise Invalid(flaws)
    try:
        return msgspec.convert(plain, section)
    except msgspec.ValidationError as error:  # from __post_init__: single values are right
        raise Invalid([Flaw((), FlawKind.UNFIT, data, str(error))]) from None


def kind_of(section: type[Section]) -> str | None:
    """The `KIND` that stands for `section`; None: it isn't one of several."""
    tag = section.__struct_config__.tag
    return tag if isinstance(tag, str) else None


_Length = tuple[int, float]
"""The least and the most."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What an annotation allows."""

    hint: Any = None
    """The annotation of a single value, for msgspec; None: it is a section, a list or a mapping."""
    is_nullable: bool = False
    sections: tuple[type[Section], ...] = ()
    items: "_Shape | None" = None
    keys: "_Shape | None" = None
    values: "_Shape | None" = None
    length: _Length = (0, math.inf)
    """Of a list or a mapping."""
    conditions: tuple[Condition, ...] = ()
    has_pattern: bool = False


@functools.cache
def _shapes(section: type[Section]) -> dict[str, tuple[_Shape, bool]]:
    """Of each key: what its annotation allows, and whether it must be there."""
    return {field.name: (_shape(field.type), field.required) for field in msgspec.structs.fields(section)}


def _shape(hint: Any) -> _Shape:
    bare, metadata = (hint.__origin__, hint.__metadata__) if get_origin(hint) is Annotated else (hint, ())
    limits = [limit for limit in metadata if isinstance(limit, Meta)]
    length = (
        next((limit.min_length for limit in limits if limit.min_length is not None), 0),
        next((limit.max_length for limit in limits if limit.max_length is not None), math.inf),
    )
    if get_origin(bare) in (Union, types.UnionType):
        return _union(get_args(bare))
    if _is_section(bare):
        return _Shape(sections=(bare,))
    if get_origin(bare) in (list, tuple):
        return _Shape(items=_shape(get_args(bare)[0]), length=length)
    if get_origin(bare) is dict:
        keys, values = get_args(bare)
        return _Shape(keys=_shape(keys), values=_shape(values), length=length)
    return _Shape(
        hint,
        is_nullable=bare is Any,
        conditions=tuple(condition for condition in metadata if isinstance(condition, Condition)),
        has_pattern=any(limit.pattern is not None for limit in limits),
    )


def _union(members: tuple[Any, ...]) -> _Shape:
    """Null, sections, and at most one thing besides."""
    sections = tuple(member for member in members if _is_section(member))
    others = [member for member in members if member is not types.NoneType and member not in sections]
    shape = _shape(others[0]) if others else _Shape()
    return replace(shape, is_nullable=types.NoneType in members, sections=sections)


def _is_section(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Section)


def _value(data: Any, shape: _Shape, path: Path, flaws: list[Flaw]) -> Any:
    """`data` as msgspec takes it. Adds to `flaws` what is wrong."""
    if data is None and shape.is_nullable:
        return None
    if shape.sections and (isinstance(data, dict) or shape.hint is None):
        return _section(data, shape.sections, path, flaws)
    if shape.items is not None:
        return _list(data, shape.length, shape.items, path, flaws)
    if shape.keys is not None and shape.values is not None:
        return _mapping(data, shape.length, shape.keys, shape.values, path, flaws)
    return _single(data, shape, path, flaws)


def _section(data: Any, kinds: tuple[type[Section], ...], path: Path, flaws: list[Flaw]) -> Any:
    if not isinstance(data, dict):
        return flaws.append(Flaw(path, FlawKind.VALUE, data))
    section, plain = kinds[0], {}
    if (kind := kind_of(section)) is not None:
        kind = data.get(KIND, kind)
        matching = [section for section in kinds if kind_of(section) == kind]
        if not matching:
            return flaws.append(Flaw((*path, KIND), FlawKind.VALUE, kind))
        section, plain = matching[0], {KIND: kind}
    data, shapes = section.prepared(data), _shapes(section)
    for key, value in data.items():
        if key in shapes:
            plain[key] = _value(value, shapes[key][0], (*path, key), flaws)
        elif key not in plain:
            flaws.append(Flaw((*path, key), FlawKind.UNKNOWN_KEY, value))
    for key, (_, is_required) in shapes.items():
        if is_required and key not in data:
            flaws.append(Flaw((*path, key), FlawKind.MISSING))
    return plain


def _list(data: Any, length: _Length, items: _Shape, path: Path, flaws: list[Flaw]) -> Any:
    if not isinstance(data, list | tuple):
        return flaws.append(Flaw(path, FlawKind.VALUE, data))
    if not length[0] <= len(data) <= length[1]:
        flaws.append(Flaw(path, FlawKind.VALUE, data))
    return [_value(item, items, (*path, number), flaws) for number, item in enumerate(data)]


def _mapping(data: Any, length: _Length, keys: _Shape, values: _Shape, path: Path, flaws: list[Flaw]) -> Any:
    if not isinstance(data, dict):
        return flaws.append(Flaw(path, FlawKind.VALUE, data))
    if not length[0] <= len(data) <= length[1]:
        flaws.append(Flaw(path, FlawKind.VALUE, data))
    return {
        _single(key, keys, (*path, key), flaws): _value(value, values, (*path, key), flaws)
        for key, value in data.items()
    }


def _single(data: Any, shape: _Shape, path: Path, flaws: list[Flaw]) -> Any:
    try:
        value = msgspec.convert(data, shape.hint)
    except msgspec.ValidationError:
        return flaws.append(Flaw(path, FlawKind.VALUE, data))
    if shape.has_pattern and value.endswith("\n"):  # Python's $ matches before it, that of a JSON schema doesn't
        return flaws.append(Flaw(path, FlawKind.VALUE, data))
    try:
        for condition in shape.conditions:
            value = condition.check(value)
    except Unfit as error:
        flaws.append(Flaw(path, FlawKind.UNFIT, data, str(error)))
    return value
