"""``python -m tests.coverage FILE``: a table of what the tests ran; exits 1 if a pure module has a line or branch left.

FILE is what ``coverage json`` wrote (`make coverage`). Pure modules are those of import-linter's contract.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CONTRACT = "Pure folders know no clock, thread, socket or library"


@dataclass(frozen=True, slots=True)
class Measured:
    """One module, by lines and branches."""

    name: str
    lines: int
    missed_lines: tuple[int, ...]
    branches: int
    missed_branches: tuple[tuple[int, int], ...]

    @property
    def package(self) -> str:
        """The two uppermost names: ``callbox.sound``."""
        return ".".join(self.name.split(".")[:2]) if self.name.count(".") > 1 else self.name.split(".")[0]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missed."""
        return not self.missed_lines and not self.missed_branches


def pure_modules(settings: str) -> tuple[str, ...]:
    """The modules and packages that `settings`, pyproject.toml's text, says are pure. KeyError: no such contract."""
    for contract in tomllib.loads(settings)["tool"]["importlinter"]["contracts"]:
        if contract["name"] == CONTRACT:
            return tuple(contract["source_modules"])
    raise KeyError(CONTRACT)


def is_pure(name: str, pure: Iterable[str]) -> bool:
    """Whether the module, or a package that it is in, is one of `pure`; ``*`` and ``**`` as in import-linter."""
    return any(re.fullmatch(_pattern(one) + r"(\..+)?", name) for one in pure)


def _pattern(name: str) -> str:
    return re.escape(name).replace(r"\*\*", r".+").replace(r"\*", r"[^.]+")


def table(measured: Iterable[Measured]) -> Iterator[str]:
    """A row for each package, and the total."""
    everything = sorted(measured, key=lambda one: one.package)
    yield f"{'package':24} {'lines':>7} {'missed':>7} {'branches':>9} {'missed':>7} {'covered':>8}"
    for package, modules in groupby(everything, lambda one: one.package):
        yield _row(package, list(modules))
    yield _row("total", everything)


def _row(name: str, modules: list[Measured]) -> str:
    lines, branches = sum(one.lines for one in modules), sum(one.branches for one in modules)
    missed = sum(len(one.missed_lines) for one in modules)
    missed_branches = sum(len(one.missed_branches) for one in modules)
    # Lines and branches count alike, as in coverage.py's own report.
    share = 1 - (missed + missed_branches) / (lines + branches) if lines + branches else 1
    return f"{name:24} {lines:7} {missed:7} {branches:9} {missed_branches:7} {share:8.1%}"


def missing(measured: Iterable[Measured], pure: Iterable[str]) -> Iterator[str]:
    """A line for each pure module of which something was never run, and for each name in `pure` that isn't there."""
    pure, measured = tuple(pure), list(measured)
    for one in measured:
        if is_pure(one.name, pure) and not one.is_whole:
            branches = (
                f"{begin}→{'exit' if end < 0 else end}"
                for begin, end in one.missed_branches
                if begin not in one.missed_lines
            )
            yield f"{one.name}: never run: {', '.join([*map(str, one.missed_lines), *branches])}"
    for name in pure:
        if not any(is_pure(one.name, [name]) for one in measured):
            yield f"{name}: was not measured; is it still there?"


def read(report: dict[str, Any]) -> list[Measured]:
    """The modules of coverage.py's JSON report. ValueError: it knows no branches."""
    if not report["meta"]["branch_coverage"]:
        raise ValueError("branches were not measured: [tool.coverage.run] in pyproject.toml must say branch = true")
    return [
        Measured(
            module_name(path),
            found["summary"]["num_statements"],
            tuple(found["missing_lines"]),
            found["summary"]["num_branches"],
            tuple((begin, end) for begin, end in found["missing_branches"]),
        )
        for path, found in report["files"].items()
    ]


def module_name(path: str) -> str:
    """``firmware/callbox/rtvi/__init__.py`` is ``callbox.rtvi``."""
    parts = Path(path).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def main() -> None:
    measured = read(json.loads(Path(sys.argv[1]).read_text()))
    print("\n".join(table(measured)))
    left = list(missing(measured, pure_modules((ROOT / "pyproject.toml").read_text())))
    if left:
        print("\ncallbox: pure modules must be run whole by the tests:", *left, sep="\n  ", file=sys.stderr)
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
