"""Reports of a probe: text, JSON, JUnit XML, HTML. Pure."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any
from xml.sax.saxutils import quoteattr

from callbox.probe.model.results import LimitCheck, Results

WIDTH, HEIGHT = 1200, 90
"""Of a waveform, in px."""


def as_dict(about: dict[str, Any], results: Results, found: Sequence[LimitCheck]) -> dict[str, Any]:
    """All figures, as JSON has them. `about`: URL, network and bot."""
    return {
        **about,
        "phases_ms": {name: round(value, 1) for name, value in results.phases_ms.items()},
        "turns": [
            {
                "latency_ms": None if turn.latency_ms is None else round(turn.latency_ms, 1),
                "answered": turn.answer is not None,
            }
            for turn in results.turns
        ],
        "summary": results.summary(),
        "checks": [
            {"name": check.name, "value": check.value, "limit": check.limit, "passed": check.passed} for check in found
        ],
        "passed": all(check.passed for check in found),
    }


def as_json(report: dict[str, Any]) -> str:
    """`report` as JSON, a line for each figure."""
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def as_text(report: dict[str, Any]) -> str:
    """`report` for a terminal."""
    lines = [f"{name:24} {value}" for name, value in report["summary"].items() if value is not None]
    phases = ", ".join(f"{name} {value:g}" for name, value in report["phases_ms"].items())
    turns = ", ".join("none" if turn["latency_ms"] is None else f"{turn['latency_ms']:g}" for turn in report["turns"])
    marks = [f"{'passed' if check['passed'] else 'FAILED':7} {_line(check)}" for check in report["checks"]]
    return "\n".join([f"phases, ms: {phases}", f"latency of the turns, ms: {turns}", *lines, *marks]) + "\n"


def as_junit(report: dict[str, Any]) -> str:
    """`report` as JUnit XML: a test case for each check."""
    failures = sum(not check["passed"] for check in report["checks"])
    cases = [
        f"  <testcase classname={quoteattr('callbox.probe')} name={quoteattr(check['name'])}>"
        + ("" if check["passed"] else f"<failure message={quoteattr(_line(check))}/>")
        + "</testcase>"
        for check in report["checks"]
    ]
    head = f'<testsuite name="callbox probe" tests="{len(cases)}" failures="{failures}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"]) + "\n"


def as_html(report: dict[str, Any], caller: Sequence[float], bot: Sequence[float]) -> str:
    """`report` as one page without scripts. `caller`, `bot`: peaks of each 20 ms of the call, 0.0 to 1.0."""
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape('–' if value is None else str(value))}</td></tr>"
        for name, value in report["summary"].items()
    )
    marks = "".join(
        f'<li class="{"passed" if check["passed"] else "failed"}">{escape(_line(check))}</li>'
        for check in report["checks"]
    )
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>callbox probe</title>
<style>body{{font:15px system-ui;margin:2em;max-width:1240px}}th{{text-align:left;padding-right:2em}}
svg{{width:100%;background:#f4f4f4}}.failed{{color:#b00020}}</style>
<h1>callbox probe</h1>
<p>{escape(str(report.get("url", "")))}, network: {escape(str(report.get("network", "")))}</p>
<h2>Caller</h2>{waveform(caller)}<h2>Bot</h2>{waveform(bot)}
<h2>Checks</h2><ul>{marks}</ul><h2>Figures</h2><table>{rows}</table>
</html>
"""


def waveform(peaks: Sequence[float]) -> str:
    """`peaks` as SVG, the loudest of those that share a pixel."""
    step = max(1, -(-len(peaks) // WIDTH))
    columns = [max(peaks[at : at + step]) for at in range(0, len(peaks), step)]
    middle = HEIGHT / 2
    path = "".join(f"M{x} {middle - middle * y:.1f}V{middle + middle * y:.1f}" for x, y in enumerate(columns))
    head = f'<svg viewBox="0 0 {max(1, len(columns))} {HEIGHT}" preserveAspectRatio="none" role="img">'
    return f'{head}<path d="{path}" stroke="#06c"/></svg>'


def _line(check: dict[str, Any]) -> str:
    return LimitCheck(check["name"], check["value"], check["limit"]).text
