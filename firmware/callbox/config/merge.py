"""Several documents as one: mappings merge by key, all else is replaced. What is merged keeps its places. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from callbox.config.yaml_file import Document, Issue, Location, Path, Source, is_plain_key, missing_space, read_value

_LAMPS: Path = ("board", "lamps")
"""Sections of several kinds: one of another kind takes the place of the one before as a whole."""
ENV_PREFIX = "CALLBOX__"


def merge(documents: Iterable[Document], is_whole: Callable[[Path], bool] = lambda _: False) -> Document:
    """One document of all; a later one counts more. `is_whole`: a mapping there is replaced and never merged into.

    A document that is no mapping has a flaw, and counts for nothing else.
    """
    merged = Document()
    for number, document in enumerate(documents):
        merged.issues += document.issues
        if number == 0:
            merged.source = document.source
        if isinstance(document.data, dict):
            _overlay(merged, document, (), is_whole)
        elif document.data is not None:
            space = missing_space(document.data) if isinstance(document.data, str) else None
            text = f"the file: must be a section with keys of its own{f'; {space}' if space else ''}"
            merged.issues.append(Issue(document.location_of(()), text))
    return merged


def _overlay(merged: Document, document: Document, path: Path, is_whole: Callable[[Path], bool]) -> None:
    """Put what `document` has at `path` over what `merged` has there. There are mappings around it in both."""
    new, old = at(document.data, path), at(merged.data, path)
    is_merged = isinstance(new, dict) and isinstance(old, dict) and not is_whole(path)
    if is_merged and not (path[:-1] == _LAMPS and new.get("kind", old.get("kind")) != old.get("kind")):
        for key in new:
            _overlay(merged, document, (*path, key), is_whole)
        return
    for locations in (merged.keys, merged.values, merged.cut):
        for known in [known for known in locations if known[: len(path)] == path]:
            del locations[known]
    merged.keys |= {known: location for known, location in document.keys.items() if known[: len(path)] == path}
    merged.values |= {known: location for known, location in document.values.items() if known[: len(path)] == path}
    merged.cut |= {known: location for known, location in document.cut.items() if known[: len(path)] == path}
    _put(merged, path, new)


PRESET_RANK = -1
"""Beneath every file."""


_INSTEAD = {"key": ("pin", "pull"), "pin": ("key", "input")}
"""Keys that say how a contact is wired, and those of the other way."""


def from_preset(preset: Mapping[str, Any], name: str, own: Any) -> Document:
    """Settings of a board's preset beneath `own`, the user's; `name`: what its places are called.

    A contact that the user wires in the other way, at a pin or as a key, isn't wired in the preset's way too; nor is a
    lamp that the user says to be of another kind.
    """
    settings = _without(preset, own, ())
    here = Location(Source(PRESET_RANK, name, has_lines=False), 1, 1)
    paths = list(_paths(settings, ()))
    return Document(here.source, settings, keys=dict.fromkeys(paths, here), values=dict.fromkeys(paths, here))


def _without(preset: Any, own: Any, path: Path) -> Any:
    if not (isinstance(preset, Mapping) and isinstance(own, dict)):
        return preset
    if path[:-1] == ("board", "lamps") and own.get("kind", "pin" if "pin" in own else _kind(preset)) != _kind(preset):
        return {}
    dropped = {key for mark, keys in _INSTEAD.items() if own.get(mark) is not None for key in keys}
    return {key: _without(value, own.get(key), (*path, key)) for key, value in preset.items() if key not in dropped}


def _kind(lamp: Mapping[str, Any]) -> Any:
    return lamp.get("kind", "pin")


def _paths(data: Any, path: Path) -> Iterator[Path]:
    """The path of each value below `path`, sections too."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from _paths(value, (*path, key))


def from_environment(environ: Mapping[str, str], rank: int) -> Document:
    """Settings of the variables ``CALLBOX__section__key``; ``CALLBOX__SECTION__KEY`` is the same."""
    found = [
        _nested(_steps(name[len(ENV_PREFIX) :]), environ[name], Source(rank, name, has_lines=False))
        for name in sorted(environ)
        if name.startswith(ENV_PREFIX)
    ]
    return merge(found)


def _steps(name: str) -> list[str]:
    return (name.lower() if name.isupper() else name).split("__")


def from_options(options: Iterable[str], rank: int) -> Document:
    """Settings of the options ``--set section.key=value``; `options` without the ``--set``."""
    found = []
    for option in options:
        key, equals, value = option.partition("=")
        if equals:
            source = Source(rank, f"--set {key}", has_lines=False)
            found.append(_nested(key.split("."), value, source))
        else:
            name = f"--set {key}" if all(map(is_plain_key, key.split("."))) else "--set"
            source = Source(rank, name, has_lines=False)
            issue = Issue(Location(source, 1, 1), "has no value: --set section.key=value")
            found.append(Document(source, issues=[issue]))
    return merge(found)


def _nested(steps: list[str], text: str, source: Source) -> Document:
    """A document in which nothing stands but `text`, below the keys `steps`."""
    here = Location(source, 1, 1)
    if not all(steps):
        return Document(source, issues=[Issue(here, "names no key: there is nothing between two of its separators")])
    value = read_value(text, source)
    if value.issues:  # line and column within the value are of no use: the name says where it is
        return Document(source, issues=[Issue(here, issue.text) for issue in value.issues])
    path: Path = tuple(steps)
    data: Any = value.data
    for step in reversed(steps):
        data = {step: data}
    ways = [path[:length] for length in range(len(path) + 1)]
    inner = {(*path, *below) for below in value.values}
    keys = {(*path, *below) for below in value.keys}
    return Document(
        source,
        data,
        keys=dict.fromkeys([*ways[1:], *keys], here),
        values=dict.fromkeys([*ways, *inner], here),
    )


def at(data: Any, path: Path, absent: Any = None) -> Any:
    """Value at `path`; `absent` if there is none."""
    for step in path:
        if isinstance(data, dict):
            data = data.get(step, absent)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return absent
    return data


def _put(document: Document, path: Path, value: Any) -> None:
    if path:
        at(document.data, path[:-1])[path[-1]] = _copied(value)
    else:
        document.data = _copied(value)


def _copied(value: Any) -> Any:
    """`value` with mappings of its own: what is laid over it later must not reach the document it is from."""
    return {key: _copied(inner) for key, inner in value.items()} if isinstance(value, dict) else value
