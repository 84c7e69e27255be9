"""A settings file that somebody put on the boot partition: what is to be written, and where its secrets go. Pure.

In such a file, and in no other, a secret may stand itself where a reference belongs.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from callbox.config.dump import REDACTED, dump
from callbox.config.merge import at
from callbox.config.messages import SCHEMA, dotted
from callbox.config.secrets import MAX_BYTES
from callbox.config.yaml_file import CUT_TEXT, Document, Issue, Path, Source, read

_MARK = re.compile(rb"# imported (\S+), sha256 ([0-9a-f]{64})\r?\n")
_SECTOR = 512
"""What a card writes whole, or not at all."""
_LONG = 4
"""A secret shorter than this is not looked for elsewhere: it is part of many a word."""


@dataclass(frozen=True, slots=True)
class BootFile:
    """Fate of a dropped file."""

    document: Document
    """Its values, with references in place of secrets; places are those in the file."""
    body: str
    """Its text, likewise."""
    credentials: Mapping[str, str]
    """The secrets, by name."""
    warnings: tuple[str, ...] = ()

    def redact(self, line: str) -> str:
        """`line` without any of the secrets."""
        for secret in sorted(self.credentials.values(), key=len, reverse=True):
            line = line.replace(secret, REDACTED) if len(secret) >= _LONG else line
        return line


def parse(content: bytes, source: Source, known: Mapping[str, str]) -> BootFile:
    """Parse the file. `known`: the box's credentials, which are never written over: a changed one is a new one.

    What is wrong with the file is among the flaws of the document.
    """
    document = read(content, source)
    clean = Document(
        source, deepcopy(document.data), dict(document.keys), dict(document.values), issues=list(document.issues)
    )
    cut = {path: Issue(place, f"{dotted(path)}: {CUT_TEXT}") for path, place in document.cut.items()}
    cut = {path: issue for path, issue in cut.items() if _may_be_secret(path)}
    clean.issues += [issue for path, issue in cut.items() if at(document.data, path) is None]
    credentials: dict[str, str] = {}
    for path, secret in _secrets(document.data):
        location, key = document.location_of(path), dotted(path)
        if isinstance(secret, dict):
            name = secret.get("credential")
            if isinstance(name, str) and is_ours(name) and name not in known:
                text = f"{key}: there is no credential {name} on this box; write the secret itself in its place"
                clean.issues.append(Issue(location, text))
            continue
        if wrong := _wrong(secret):
            clean.issues.append(Issue(location, f"{key}: {wrong}"))
        elif isinstance(secret, str):
            name = _name(path, secret, known, credentials)
            credentials[name] = secret
            at(clean.data, path[:-1])[path[-1]] = {"credential": name}
            clean.values[*path, "credential"] = location
    body = "" if clean.issues else _body(content.decode("utf-8-sig"), document, clean.data, credentials)
    return BootFile(clean, body, credentials, tuple(map(str, cut.values())))


def with_header(body: str, now: datetime) -> bytes:
    """The file that is imported, as it is kept: the first line says when, and proves that the rest is unchanged."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    return f"# imported {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}, sha256 {digest}\n{body}".encode()


def imported_at(content: bytes) -> str | None:
    """Time at which this file was imported; None: it wasn't, or was changed since."""
    found = _MARK.match(content)
    if found is None or hashlib.sha256(content[found.end() :]).hexdigest().encode() != found[2]:
        return None
    return found[1].decode()


def body_of(content: bytes) -> bytes:
    """`content` without the line of `marked`."""
    return _MARK.sub(b"", content, count=1) if _MARK.match(content) else content


def is_half_blanked(content: bytes, old: bytes, new: bytes) -> bool:
    """Whether `content` may be what a cut left of writing spaces over `old`, and `new` over these; `old` may."""
    return _is_half_written(content, old, b"") or _is_half_written(content, b"", new)


def is_half_wiped(content: bytes, whole: bytes) -> bool:
    """Whether `content` may be what a cut left of writing spaces over `whole`; `whole` may not."""
    return len(content) == len(whole) and content != whole and _is_half_written(content, whole, b"")


def _is_half_written(content: bytes, before: bytes, after: bytes) -> bool:
    """Whether `after` may have been written over `before` up to a byte, or in some sectors. All end in spaces."""
    length = max(len(content), len(before), len(after))
    content, before, after = (text.ljust(length) for text in (content.replace(b"\0", b" "), before, after))
    begun = next((location for location in range(length) if content[location] != after[location]), length)
    sectors = [slice(start, start + _SECTOR) for start in range(0, length, _SECTOR)]
    return content[begun:] == before[begun:] or all(
        content[sector] in (before[sector], after[sector]) for sector in sectors
    )


def references(data: Any) -> set[str]:
    """The names of all credentials that `data` refers to."""
    found: set[str] = set()
    if isinstance(data, dict):
        if isinstance(name := data.get("credential"), str):
            found.add(name)
        for value in data.values():
            found |= references(value)
    elif isinstance(data, list):
        found |= {name for value in data for name in references(value)}
    return found


def is_ours(name: str) -> bool:
    """Whether a credential of this name is the import's: one that no file refers to may be removed."""
    steps = tuple(int(step) if step.isdecimal() and len(step) < 10 else step for step in name.split("."))
    # A second one of a name has a number behind it.
    return any(_may_be_secret(path) for path in (steps, steps[:-1] if isinstance(steps[-1], int) else ()) if path)


def _may_be_secret(path: Path) -> bool:
    return SCHEMA.is_reference(path) and SCHEMA.is_secret(path)


def _secrets(data: Any) -> Iterator[tuple[Path, Any]]:
    """Each place where a secret may be in place of a reference, and what stands there."""
    return ((path, secret) for path, secret in SCHEMA.secrets(data) if _may_be_secret(path))


def _wrong(secret: Any) -> str | None:
    if isinstance(secret, bool | int | float):
        return "must be a text; put it in quotes"
    if not isinstance(secret, str):
        return "must be a text"
    if not secret.strip():
        return "is empty"
    if secret != secret.strip():
        return "begins or ends with a space, which would be lost; is it copied rightly?"
    if len(secret.encode()) > MAX_BYTES:
        return f"has more than {MAX_BYTES} bytes: that is no secret"
    return None


def _name(path: Path, secret: str, known: Mapping[str, str], taken: Mapping[str, str]) -> str:
    """A name that is free, or holds this very secret: what is in force must not change before its file does."""
    base = ".".join(re.sub(r"[^\w-]", "-", str(step).lower(), flags=re.ASCII) for step in path)
    number, name = 1, base
    while name in taken or known.get(name, secret) != secret:
        number += 1
        name = f"{base}.{number}"
    return name


def _body(text: str, document: Document, data: Any, credentials: Mapping[str, str]) -> str:
    """`text` with references in place of secrets; comments and all stay, if it can be done."""
    written = text
    changed = [path for path, secret in _secrets(document.data) if isinstance(secret, str)]
    for path in sorted(changed, key=lambda path: document.spans[path].start, reverse=True):
        span = document.spans[path]
        end = "\n" if text[span.start] in "|>" else ""  # a block takes its line's end with it
        behind = written[span.end :]
        if path in document.cut:
            behind = re.sub(r"\A[^\r\n]*", " # a comment, which may be a part of the secret, is left out", behind)
        written = f"{written[: span.start]}{{credential: {at(data, path)['credential']}}}{end}{behind}"
    written = body_of(written.encode()).decode()
    for candidate in (_without(written, credentials), written):
        again = read(candidate.encode())
        if again.data == data and not again.issues:
            return candidate
    return dump(data)  # an alias, say, that pointed to the secret


def _without(text: str, credentials: Mapping[str, str]) -> str:
    """`text` with the secrets taken out of its comments, too."""

    def clean(comment: re.Match[str]) -> str:
        comment_text = comment[0]
        for secret in credentials.values():
            comment_text = comment_text.replace(secret, REDACTED) if len(secret) >= _LONG else comment_text
        return comment_text

    return re.sub(r"(?m)(?:^|(?<=\s))#.*$", clean, text)
