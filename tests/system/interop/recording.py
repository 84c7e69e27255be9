"""The recorded traces of both clients, and the page that is made of them."""

import json
from pathlib import Path
from typing import Any

from tests.system.interop import scenarios
from tests.system.interop.comparison import compare

FILE = Path(__file__).with_name("recorded.json")
PAGE = Path(__file__).parents[3] / "docs/conformance.md"


def load() -> dict[str, Any]:
    """``{"made", "versions", "traces": {scenario: {"theirs", "ours"}}}``."""
    recorded: dict[str, Any] = json.loads(FILE.read_text())
    return recorded


def page(recorded: dict[str, Any]) -> str:
    """docs/conformance.md."""
    versions = "\n".join(f"| {name} | {version} |" for name, version in recorded["versions"].items())
    parts = [_HEAD.format(made=recorded["made"], versions=versions)]
    for scenario in scenarios.ALL:
        name = scenarios.name(scenario)
        traces = recorded["traces"][name]
        lines = compare(name, traces["theirs"], traces["ours"])
        reasons: list[str] = []
        rows = []
        for line in lines:
            mark = ""
            if line.differs:
                why = line.reason or "**unexplained**"
                if why not in reasons:
                    reasons.append(why)
                mark = f"({reasons.index(why) + 1})"
            rows.append(f"| {_code(line.theirs)} | {_code(line.ours)} | {mark} |")
        notes = "\n".join(f"{number}. {why}" for number, why in enumerate(reasons, start=1))
        title = scenarios.title(scenario)
        parts.append("\n".join([f"## {title}", "", _COLUMNS, *rows, *(["", notes] if notes else ["", "The same."])]))
    return "\n\n".join(parts) + "\n"


def _code(line: str | None) -> str:
    return f"`{line}`" if line else ""


_COLUMNS = "| client-js | callbox | |\n|---|---|---|"
_HEAD = """# Conformance

The official JavaScript client and ours, put through the same calls against the same servers. `make conformance` records
both again and writes this page; `make test` plays our side live and compares it with this recording, and fails for a
difference without a reason.

Recorded on {made}:

| | |
|---|---|
{versions}

`>` is a call, `<` how it ended, `state` a change of TransportState; the other lines are RTVIEvents in the order in which
they were told. Method names are spelt as in Python. Left out on both sides, because they come by the clock, by the
devices or with the first sound: levels, metrics, device lists and media states, speaking of the user, remote tracks.
"""
