"""JSON schema (2020-12) of sections, with the docstrings of their keys as descriptions. Pure."""

import ast
import functools
import inspect
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from callbox.config.section import KIND, Section, kind_of


def json_schema(section: type[Section], title: str) -> dict[str, Any]:
    """JSON schema of `section`; sections within it are in its ``$defs``."""
    definitions = msgspec.json.schema(section)["$defs"]
    for held in {section, *_below(section)}:
        definition = definitions[held.__name__]
        if "description" in definition:  # before Python 3.13 with the blanks of its lines
            definition["description"] = inspect.cleandoc(definition["description"])
        properties = definition["properties"]
        if (kind := kind_of(held)) is not None:
            properties[KIND] = {"const": kind, "type": "string"}
        for field in msgspec.structs.fields(held):
            _put_in_order(properties[field.name], choices(field.type))
            if docstring := _docstring(held, field.name):
                properties[field.name].setdefault("description", docstring)
    for definition in list(definitions.values()):
        for node in definition["properties"].values():
            _name_default_kind(node, definitions)
    dialect = "https://json-schema.org/draft/2020-12/schema"
    schema = {"$schema": dialect, **definitions.pop(section.__name__), "$defs": definitions, "title": title}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schema))  # a default may be a tuple
    return plain


def choices(hint: Any) -> list[Any]:
    """The values of the Literal in an annotation; of several, all."""
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    return [choice for inner in get_args(hint) for choice in choices(inner)]


def _below(section: type[Section]) -> Iterator[type[Section]]:
    """Each section that `section` holds."""
    for field in msgspec.structs.fields(section):
        for inner in _sections_in(field.type):
            yield inner
            yield from _below(inner)


def _sections_in(hint: Any) -> Iterator[type[Section]]:
    if isinstance(hint, type) and issubclass(hint, Section):
        yield hint
    for inner in get_args(hint):
        yield from _sections_in(inner)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`node`, and those of its choices, items and values."""
    yield node
    for inner in (*node.get("anyOf", ()), node.get("items"), node.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from _nodes(inner)


def _put_in_order(node: dict[str, Any], values: list[Any]) -> None:
    """Give the choices of `node` the order of `values`, of which msgspec makes an alphabetical one, and their type."""
    for inner in _nodes(node):
        if "enum" in inner:
            if len(values) == 1:
                del inner["enum"]
                inner["const"] = values[0]
            else:
                inner["enum"] = values
            kinds = {type(value) for value in values}
            if len(kinds) == 1:
                inner["type"] = _JSON_TYPES[kinds.pop()]


_JSON_TYPES = {str: "string", int: "integer"}


def _name_default_kind(node: dict[str, Any], definitions: dict[str, Any]) -> None:
    """Say of the first of several kinds that its name may be left out; msgspec's `discriminator` is OpenAPI's."""
    for union in _nodes(node):
        if "discriminator" in union:
            del union["discriminator"]
            union["oneOf"] = union.pop("anyOf")
            first = definitions[union["oneOf"][0]["$ref"].rsplit("/", 1)[1]]
            first["properties"][KIND]["default"] = first["properties"][KIND]["const"]
            first["required"] = [key for key in first["required"] if key != KIND]


def _docstring(section: type[Section], key: str) -> str | None:
    for base in section.__mro__[:-1]:
        if base.__module__.startswith("callbox.") and key in (
            found := _docstrings(base.__module__).get(base.__name__, {})
        ):
            return found[key]
    return None


@functools.cache
def _docstrings(module: str) -> dict[str, dict[str, str]]:
    """Docstring of each key, by the class of its section, which is defined in `module`."""
    found: dict[str, dict[str, str]] = {}
    file = Path(sys.modules[module].__file__ or "")
    for section in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(section, ast.ClassDef):
            of_section = found[section.name] = {}
            for field, text in itertools.pairwise(section.body):
                match field, text:
                    case ast.AnnAssign(target=ast.Name(id=key)), ast.Expr(value=ast.Constant(value=str(docstring))):
                        of_section[key] = inspect.cleandoc(docstring)
    return found
