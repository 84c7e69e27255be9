"""From documents to settings: all errors at once, each as ``file:line:column: key: what is wrong``. `sources` reads
the files, and finds out which preset of a board lies beneath them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from callbox.config.cross_checks import Conflict, conflicts, reserved_pins
from callbox.config.likely_mistakes import likely_mistakes
from callbox.config.merge import from_preset, merge
from callbox.config.messages import SCHEMA, dotted, sentence
from callbox.config.presets.model.choice import PresetChoice
from callbox.config.schema import Settings
from callbox.config.secrets import SecretMissing, SecretRef, unreadable
from callbox.config.section import FlawKind, Invalid, convert
from callbox.config.yaml_file import CUT_TEXT, Document, Issue, Path

_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "api-key", "x-api-key", "apikey")


class SettingsError(Exception):
    """Settings that can't be used. `errors` holds one line for each reason."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


NO_PRESET = PresetChoice(None, "nothing was looked for")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings that are good, and where each of them stands."""

    settings: Settings
    document: Document
    warnings: tuple[str, ...] = ()
    own: Any = None
    """What stands in the files, variables and options, without the preset's settings."""
    preset: PresetChoice = NO_PRESET

    def fetch(self, secret: SecretRef, *path: str | int) -> str:
        """The secret that `path` refers to. Raises `SettingsError` with its place."""
        try:
            return secret.fetch()
        except SecretMissing as error:
            raise self.error(str(error), *path) from error

    def error(self, text: str, *path: str | int) -> SettingsError:
        """Error for the value at `path`, with its place."""
        return SettingsError([str(Issue(self.document.location_of(path), f"{dotted(path)}: {text}"))])


def build(documents: Sequence[Document], preset: PresetChoice = NO_PRESET) -> Loaded:
    """The settings that `documents` make together, the last one counting most, over those of `preset`.

    Raises `SettingsError`.
    """
    own = merge(documents, is_reference)
    document = _over_preset(own, preset)
    # What a file that is no YAML would have said isn't known: of what seems to be missing nothing is said then.
    complete = all(isinstance(read.data, dict) or (read.data is None and not read.issues) for read in documents)
    settings, wrong = _check(document, preset, complete=complete)
    known = {issue.location for issue in document.issues}  # what could not be read need not be said to be no number too
    issues = sorted({*document.issues, *(issue for issue in wrong if issue.location not in known)})
    if issues or settings is None:
        raise SettingsError([str(issue) for issue in issues])
    warnings = [str(issue) for issue in sorted(_issue(document, found) for found in _warnings(document, settings))]
    if preset.question:
        warnings.append(preset.question)
    return Loaded(settings, document, tuple(warnings), own.data, preset)


def _over_preset(own: Document, preset: PresetChoice) -> Document:
    """`own` over the preset's settings. What stands in both has its place in `own`, sections too."""
    if not preset.settings:
        return own
    document = merge([from_preset(preset.settings, preset.source, own.data), own], is_reference)
    document.source = own.source
    document.keys |= own.keys
    document.values |= own.values
    return document


def is_reference(path: Path) -> bool:
    """Whether a mapping at `path` is one value, namely where a secret is: another one takes its place as a whole."""
    return SCHEMA.is_reference(path)


def _check(document: Document, preset: PresetChoice, *, complete: bool) -> tuple[Settings | None, list[Issue]]:
    data = {} if document.data is None else document.data
    issues = [_issue(document, conflict) for conflict in conflicts(data, complete=complete)]
    issues += [_issue(document, conflict) for conflict in _preset_conflicts(document, preset)]
    try:
        return convert(data, Settings), issues
    except Invalid as error:
        for flaw in error.flaws:
            if flaw.kind is FlawKind.MISSING and not complete:
                continue
            is_key = flaw.kind is FlawKind.UNKNOWN_KEY
            place = document.key_location(flaw.path) if is_key else document.location_of(flaw.path)
            issues.append(Issue(place, sentence(flaw, SCHEMA)))
        return None, issues


def _preset_conflicts(document: Document, preset: PresetChoice) -> Iterator[Conflict]:
    if preset.error:
        yield Conflict(("board", "preset"), preset.error)
    yield from reserved_pins(document.data, preset.reserved_pins, f"the board {preset.name}")


def _issue(document: Document, conflict: Conflict) -> Issue:
    """`conflict` with its place; and with the other one's, if that is elsewhere."""
    place, text = document.location_of(conflict.path), f"{dotted(conflict.path)}: {conflict.text}"
    if conflict.other in document.values:
        other = document.location_of(conflict.other)
        text += f" ({other})" if other.source != place.source else ""
    return Issue(place, text)


def _files(settings: Settings) -> Iterator[tuple[Path, str | None]]:
    """Files that the settings name, beside those of secrets, with their places."""
    for path, bot in settings.all_bots.items():
        yield (*path, "tls", "ca_file"), bot.tls.ca_file if bot.tls else None
    tls = settings.mqtt.tls if settings.mqtt else None
    for name in ("ca_file", "cert_file", "key_file"):
        yield ("mqtt", "tls", name), getattr(tls, name) if tls else None
    yield ("fleet", "public_key"), settings.fleet.public_key if settings.fleet else None


def _warnings(document: Document, settings: Settings) -> Iterator[Conflict]:
    for path, secret in SCHEMA.secrets(document.data):
        if isinstance(secret, dict) and SCHEMA.is_reference(path):
            if text := SecretRef(**secret).warning():
                yield Conflict(path, text)
        elif str(path[-1]).lower() in _SECRET_HEADERS:
            prefix = ', prefix: "Bearer "' if str(path[-1]).lower().endswith("authorization") else ""
            yield Conflict(path, f"a secret in plain sight; better: {{file: PATH{prefix}}}")
    for path in document.cut:
        if SCHEMA.is_reference(path) or path == ("device", "name"):
            yield Conflict(path, CUT_TEXT)
    if settings.mqtt and settings.mqtt.tls and settings.mqtt.tls.insecure:
        yield Conflict(("mqtt", "tls", "insecure"), "anybody on the way to the broker can read along")
    if settings.mqtt and settings.mqtt.password and not settings.mqtt.tls:
        yield Conflict(("mqtt", "password"), "goes over the network readable; tls: {} protects it")
    for path, file in _files(settings):
        if reason := unreadable(file):
            yield Conflict(path, reason)
    yield from likely_mistakes(document.data, settings)
