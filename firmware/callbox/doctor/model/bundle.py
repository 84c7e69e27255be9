"""Support bundle: what a helper needs, and nothing private. Pure.

A list of what may get in, not of what may not: numbers, switches, codes, and words that the program itself has. So no
password, name, address or sentence can be in it, whatever the settings or a server say.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from callbox.config.json_schema import choices
from callbox.config.schema import Settings
from callbox.config.secrets import SecretRef
from callbox.config.section import Section
from callbox.doctor.model.findings import Result

SECTIONS = {
    "machine": "what runs where",
    "settings": "numbers, switches and choices; of everything else, whether it is set",
    "checks": "what the doctor finds without touching the board: codes and numbers",
    "moments": "what the box last was and did, by its monotonic clock, the oldest first",
}
NEVER = "secrets, names, addresses, networks, and what was said are never in it"
_MOMENT = {
    "at_s",
    "transport",
    "activity",
    "mic_live",
    "wake_word",
    "mute",
    "volume",
    "problem",
    "button",
    "log",
    "level",
    "said",
}
_TEXTS_OF = "versions"
"""The one check whose texts are version numbers."""

Bundle = dict[str, Any]


def build_bundle(
    made: str,
    machine: Mapping[str, Any],
    settings: Settings | None,
    results: Sequence[Result],
    moments: Sequence[Mapping[str, Any]],
) -> Bundle:
    """`made`: now, in UTC; `machine`: what runs where; `settings`: None if they are wrong."""
    kept = [{name: value for name, value in moment.items() if name in _MOMENT} for moment in moments]
    return {
        "manifest": {"made": made, "sections": SECTIONS, "never": NEVER, "moments": len(kept), "left_out": 0},
        "machine": dict(machine),
        "settings": _section(settings) if settings else None,
        "checks": [_check(result) for result in results],
        "moments": kept,
    }


def to_json(bundle: Bundle, limit_bytes: int | None = None) -> str:
    """As JSON, a moment a line; without the oldest moments, if it would be longer than `limit_bytes`."""
    written = _text(bundle)
    while limit_bytes is not None and len(written.encode()) > limit_bytes and bundle["moments"]:
        fewer = bundle["moments"][len(bundle["moments"]) // 8 + 1 :]
        left_out = bundle["manifest"]["moments"] - len(fewer)
        bundle = {**bundle, "manifest": {**bundle["manifest"], "left_out": left_out}, "moments": fewer}
        written = _text(bundle)
    return written


def _text(bundle: Bundle) -> str:
    sections = []
    for name, section in bundle.items():
        inner = json.dumps(section, ensure_ascii=False)
        if isinstance(section, list):
            inner = "[" + ",".join(f"\n  {json.dumps(row, ensure_ascii=False)}" for row in section) + "]"
        sections.append(f"{json.dumps(name)}: {inner}")
    return "{" + ",\n ".join(sections) + "}"


def _section(section: Section) -> dict[str, Any]:
    rendered: dict[str, Any] = {}
    for name, field in ((field.name, field) for field in msgspec.structs.fields(section)):
        value = getattr(section, name)
        if isinstance(value, Section) and not isinstance(value, SecretRef):
            rendered[name] = _section(value)
        elif isinstance(value, dict) and value and all(isinstance(inner, Section) for inner in value.values()):
            rendered[name] = [_section(inner) for inner in value.values() if not isinstance(inner, SecretRef)]
        elif value is None or isinstance(value, bool | int | float) or value in choices(field.type):
            rendered[name] = value
        else:
            rendered[name] = "set" if value else "empty"
    return rendered


def _check(result: Result) -> dict[str, Any]:
    known: tuple[type, ...] = (bool, int, float, type(None), *([str] if result.check == _TEXTS_OF else []))
    measured = {name: value for name, value in result.report.measured.items() if isinstance(value, known)}
    return {
        "check": result.check,
        "outcome": result.outcome.value,
        "took_ms": round(result.took_ms, 1),
        "codes": [finding.code.name for finding in result.report.findings],
        "measured": measured,
    }
