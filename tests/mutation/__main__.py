"""``python -m tests.mutation [ROOM …] [--jobs N]``: kills mutants; exits 1 if too many survive, or one without a reason."""

import argparse
import os
import sys
import time
import tomllib
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from tests.mutation.judging import ROOT, BrokenTests, Judge, Verdict
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.rooms import LEAST_SCORE, ROOMS

sys.path[:0] = [str(ROOT / "firmware"), str(ROOT / "device")]
REASONS = tomllib.loads(Path(__file__).with_name("survivors.toml").read_text())
REPORTS = ROOT / "build" / "mutation"


def of_room(name: str) -> list[Mutant]:
    """All its mutants, module by module."""
    found = []
    for module in ROOMS[name].modules:
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            sys.exit(f"callbox: {module} isn't there: correct tests/mutation/rooms.py")
        found += mutants(module, spec.origin, Path(spec.origin).read_text())
    return found


def kill(name: str, jobs: int, only: str) -> bool:
    """Judge a room's mutants, print and write what was found. Returns whether that is good enough."""
    todo = [mutant for mutant in of_room(name) if only in mutant.place.line]
    judge = Judge(ROOMS[name].tests)
    try:
        took_s = judge.prepare()
        print(f"{name}: {len(todo)} mutants; the tests take {took_s:.1f} s of processor time")
        began_s = time.monotonic()
        judged = {}
        for mutant, verdict in judge.judge(todo, jobs):
            judged[mutant] = verdict
            if sys.stdout.isatty():
                print(f"\r{len(judged)}/{len(todo)}", end="\r")
    except BrokenTests as error:
        sys.exit(f"callbox: {name}: {error}")
    finally:
        judge.close()
    found = Counter(judged.values())
    valid = found[Verdict.KILLED] + found[Verdict.SURVIVED]
    score = found[Verdict.KILLED] / valid if valid else 1.0
    survivors = [mutant for mutant in todo if judged[mutant] is Verdict.SURVIVED]
    unexplained = [mutant for mutant in survivors if not reason(name, mutant)]
    lines = [
        f"# {name}: {', '.join(ROOMS[name].modules)}",
        "",
        f"Judged by {', '.join(ROOMS[name].tests)}.",
        f"{found[Verdict.KILLED]} of {valid} mutants killed, {score:.1%} (at least {LEAST_SCORE:.0%}); "
        f"{len(survivors)} survived, {len(unexplained)} of them without a reason; "
        f"{found[Verdict.NOT_IMPORTED]} more can't be imported. {time.monotonic() - began_s:.0f} s.",
        "",
    ]
    for mutant in survivors:
        lines += [
            f"- {mutant.module}:{mutant.row} {mutant.place.definition} ({mutant.operator})",
            f"  - is: `{mutant.place.line}`",
            f"  - becomes: `{mutant.place.becomes}`",
            f"  - {reason(name, mutant) or '**no reason in tests/mutation/survivors.toml**'}",
        ]
    used = [entry for mutant in survivors for entry in entries(name, mutant)]
    for entry in REASONS.get(name, []):
        if entry not in used and not only:
            lines.append(f"- no longer needed in tests/mutation/survivors.toml: `{entry['line']}`")
    print("\n".join(lines[2:]))
    if not only:
        REPORTS.mkdir(parents=True, exist_ok=True)
        (REPORTS / f"{name}.md").write_text("\n".join(lines) + "\n")
    return score >= LEAST_SCORE and not unexplained


def entries(name: str, mutant: Mutant) -> list[dict[str, str]]:
    """What survivors.toml says of `mutant`."""
    place = mutant.place
    return [
        entry
        for entry in REASONS.get(name, [])
        if (entry["in"], entry["line"], entry["becomes"]) == (place.definition, place.line, place.becomes)
    ]


def reason(name: str, mutant: Mutant) -> str:
    """Why it may survive; empty: unknown."""
    return " ".join(entry["why"] for entry in entries(name, mutant))


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.mutation")
    parser.add_argument("rooms", nargs="*", help=f"of {', '.join(ROOMS)}; default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="so many mutants at the same time")
    parser.add_argument("--only", default="", help="mutants whose line holds this text")
    options = parser.parse_args()
    if unknown := set(options.rooms) - set(ROOMS):
        parser.error(f"{', '.join(sorted(unknown))}: unknown; there are: {', '.join(ROOMS)}")
    good = [kill(name, options.jobs, options.only) for name in options.rooms or ROOMS]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
