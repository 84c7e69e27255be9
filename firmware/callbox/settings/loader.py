"""Reads the settings file: all errors at once, each as ``file:line:column: key: what is wrong``."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from callbox.settings import yaml_file
from callbox.settings.conflicts import conflicts
from callbox.settings.model import Settings
from callbox.settings.secrets import SecretMissing, SecretRef
from callbox.settings.sentences import Schema, sentence
from callbox.settings.yaml_file import Document, Flaw, Path

_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "api-key", "x-api-key", "apikey")


class SettingsError(Exception):
    """The file can't be used. `errors` holds one line for each reason."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that is good."""

    file: FilePath
    settings: Settings
    document: Document
    warnings: tuple[str, ...] = ()

    def fetch(self, secret: SecretRef, *path: str | int) -> str:
        """The secret that `path` refers to. Raises `SettingsError` with its place."""
        try:
            return secret.fetch()
        except SecretMissing as error:
            raise self.error(str(error), *path) from error

    def error(self, text: str, *path: str | int) -> SettingsError:
        """What speaks against the value at `path`, with its place."""
        flaw = Flaw(self.document.place_of(path), f"{_dotted(path)}: {text}")
        return SettingsError([_line(self.file, flaw)])


def load(file: FilePath) -> Loaded:
    """The settings in `file`. Raises `SettingsError` for whatever is wrong with it."""
    try:
        with file.open("rb") as opened:
            content = opened.read(yaml_file.MAX_BYTES + 1)
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise SettingsError([f"{file}: {reason}"]) from error
    document = yaml_file.read(content)
    if document.data is None and not document.flaws:
        raise SettingsError([f"{file}: is empty; config/callbox.example.yaml shows what it needs"])
    # A file that is no YAML has one flaw, and nothing else can be said of it.
    settings, wrong = _check(document) if document.data is not None else (None, [])
    known = {flaw.place for flaw in document.flaws}  # what could not be read need not be said to be no number too
    flaws = sorted({*document.flaws, *(flaw for flaw in wrong if flaw.place not in known)})
    if flaws or settings is None:
        raise SettingsError([_line(file, flaw) for flaw in flaws])
    warnings = tuple(_line(file, flaw) for flaw in sorted(_warnings(document, settings)))
    return Loaded(file, settings, document, warnings)


def _check(document: Document) -> tuple[Settings | None, list[Flaw]]:
    flaws = [Flaw(document.place_of(path), text) for path, text in conflicts(document.data)]
    try:
        return Settings.model_validate(document.data), flaws
    except ValidationError as error:
        schema = Schema(Settings.model_json_schema())
        for detail in error.errors(include_url=False, include_context=False):
            path = _path_in_file(detail["loc"], document.data)
            place = document.place_of_key(path) if detail["type"] == "extra_forbidden" else document.place_of(path)
            flaws.append(Flaw(place, sentence(detail, path, schema)))
        return None, flaws


def _path_in_file(location: tuple[int | str, ...], data: Any) -> Path:
    """`location` without what pydantic adds for the branches of a union."""
    path: list[int | str] = []
    for step in location:
        if isinstance(data, dict) and isinstance(step, str) and (step in data or not _is_branch(step)):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            continue
        path.append(step)
    return tuple(path)


def _is_branch(step: str) -> bool:
    return step in ("str", "SecretRef")


def _warnings(document: Document, settings: Settings) -> Iterator[Flaw]:
    for path, secret in _secrets(settings):
        if isinstance(secret, SecretRef):
            if text := secret.warning():
                yield Flaw(document.place_of(path), f"{_dotted(path)}: {text}")
        elif str(path[-1]).lower() in _SECRET_HEADERS:
            hint = 'a secret in plain sight; better: {file: PATH, prefix: "Bearer "}'
            yield Flaw(document.place_of(path), f"{_dotted(path)}: {hint}")
    if settings.mqtt and settings.mqtt.tls and settings.mqtt.tls.insecure:
        path = ("mqtt", "tls", "insecure")
        yield Flaw(document.place_of(path), "mqtt.tls.insecure: anybody on the way to the broker can read along")
    if settings.mqtt and settings.mqtt.password and not settings.mqtt.tls:
        path = ("mqtt", "password")
        yield Flaw(document.place_of(path), "mqtt.password: goes over the network readable; tls: {} protects it")


def _secrets(settings: Settings) -> Iterator[tuple[Path, str | SecretRef]]:
    for name, value in settings.bot.headers.items():
        yield ("bot", "headers", name), value
    for number, server in enumerate(settings.bot.ice_servers):
        if server.credential:
            yield ("bot", "ice_servers", number, "credential"), server.credential
    if settings.mqtt and settings.mqtt.password:
        yield ("mqtt", "password"), settings.mqtt.password


def _line(file: FilePath, flaw: Flaw) -> str:
    return f"{file}:{flaw.place.line}:{flaw.place.column}: {flaw.text}"


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)
