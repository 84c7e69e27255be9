"""Results as lines for people and as one JSON object. Pure."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from callbox import __version__, text
from callbox.doctor.checks import CHECKS
from callbox.doctor.model.codes import CODES, Code
from callbox.doctor.model.findings import Finding, Result, Value, exit_code, worst

_UNITS = {
    "ms": "ms", "s": "s", "dbfs": "dBFS", "db": "dB", "ppm": "ppm", "percent": "%", "mib": "MiB", "c": "°C", "hz": "Hz",
}  # fmt: skip
_WIDTH = 118


def line(result: Result) -> str:
    """One check: a line, and below it what was found, why, and what to do."""
    about = result.report.skipped if result.report.skipped is not None else format_measured(result.report.measured)
    first = f"{result.outcome.value:8} {result.check:10} {about}".rstrip()
    return "\n".join([first, *(part for finding in result.report.findings for part in _finding(finding))])


def format_measured(measured: Mapping[str, Value]) -> str:
    """``{"loop_ms": 81.4}`` as ``loop 81.4 ms``: the unit is in the name. What could not be measured is left out."""
    parts = []
    for name, value in measured.items():
        words, _, last = name.rpartition("_")
        unit = _UNITS.get(last, "") if words else ""
        label = (words if unit else name).replace("_", " ")
        if isinstance(value, bool):
            parts.append(f"{label}: {'yes' if value else 'no'}")
        elif value is not None:
            parts.append(f"{label} {_inner(value, unit)}")
    return ", ".join(parts)


def _inner(value: Value, unit: str) -> str:
    if isinstance(value, Mapping):
        return (
            "("
            + (format_measured(value) if not unit else ", ".join(f"{k} {_inner(v, unit)}" for k, v in value.items()))
            + ")"
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "/".join(_number(item) for item in value) + (f" {unit}" if unit else "")
    return f"{_number(value)} {unit}".rstrip()


def _number(value: Value) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}"
    return str(value)


def summary(results: Sequence[Result], *, interrupted: bool) -> str:
    """The last line."""
    counts = {name: sum(result.outcome.value == name for result in results) for name in ("failure", "warning")}
    skipped = sum(result.outcome.value == "skipped" for result in results)
    counted = ", ".join(f"{count} {name}{'s' if count != 1 else ''}" for name, count in counts.items())
    return f"{'Interrupted: ' if interrupted else ''}{len(results)} checks, {counted}, {skipped} skipped."


def as_json(results: Sequence[Result], config: str, *, interrupted: bool) -> str:
    """JSON of everything, as docs/doctor.md describes it."""
    outcome = worst(results)
    payload: dict[str, Any] = {
        "callbox": __version__,
        "config": config,
        "outcome": outcome.value,
        "exit_code": 130 if interrupted else exit_code(outcome),
        "interrupted": interrupted,
        "checks": [
            {
                "check": result.check,
                "outcome": result.outcome.value,
                "took_ms": round(result.took_ms, 1),
                "skipped": result.report.skipped,
                "measured": result.report.measured,
                "findings": [_as_dict(finding) for finding in result.report.findings],
            }
            for result in results
        ],
    }
    return json.dumps(payload, ensure_ascii=False, indent=2)


def without(result: Result, secrets: Sequence[str]) -> Result:
    """`result` with each of `secrets` blotted out of what was measured and said: a server may have echoed one."""
    report = result.report
    measured = {name: text.without(value, secrets) for name, value in report.measured.items()}
    findings = tuple(replace(finding, detail=text.without(finding.detail, secrets)) for finding in report.findings)
    return replace(result, report=replace(report, measured=measured, findings=findings))


def table() -> str:
    """`--list`: every check and every code."""
    checks = [f"  {check.name:12} {check.about}" for check in CHECKS]
    codes = [explanation(code) for code in CODES.values()]
    return "\n".join(["checks:", *checks, "", "codes:", *codes])


def explanation(code: Code) -> str:
    """One code."""
    return "\n".join([f"{code.name} ({code.check}, {code.severity.value})", *_why(code)])


def _as_dict(finding: Finding) -> dict[str, str]:
    code = finding.code
    return {
        "code": code.name,
        "severity": code.severity.value,
        "detail": finding.detail,
        "cause": code.cause,
        "cure": code.cure,
    }


def _finding(finding: Finding) -> list[str]:
    detail = finding.detail.splitlines() or [""]
    first = _wrapped(f"{finding.code.name}: {detail[0]}" if detail[0] else finding.code.name, "  ")
    return [*first, *(f"    {more}" for more in detail[1:]), *_why(finding.code)]


def _why(code: Code) -> list[str]:
    return [*_wrapped(f"Why: {code.cause}", "    "), *_wrapped(f"Do:  {code.cure}", "    ")]


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "     ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
