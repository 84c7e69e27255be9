"""``python -m benchmarks.cost.against COMMIT [--rounds 10] [--calls]``: this tree beside a commit, in turns.

Starts, or calls of the whole box (as root). Both run with this Python and its libraries; modules are compiled before.
What counts is the ratio of processor time.
"""

import argparse
import compileall
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cost import calls, start
from benchmarks.cost.calls import Call
from benchmarks.cost.client_names import NAMES
from benchmarks.cost.start import ROOT, Start
from benchmarks.cost.tables import spread

CALL_S = 8.0
BOXES = ("bare", "box")
STEPS = {"answered": "a press lights the lamp", "running": "the box runs", "armed": "armed"}


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """The tree of a commit, in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name, "tree")
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", tree, commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", tree], check=True)


def pair(tree: Path) -> tuple[Start, Start]:
    """The first start with some settings, and the second."""
    with tempfile.TemporaryDirectory() as name:
        return start.once(Path(name), tree), start.once(Path(name), tree)


def table(rounds: list[tuple[tuple[Start, Start], tuple[Start, Start]]]) -> str:
    """Of each round: the pair of the commit, the pair of this tree."""
    rows = ["| processor, ms | the commit | this tree | ratio |", "|---|---|---|---|"]
    for place, kind in enumerate(("first start", "every other start")):
        for step, words in STEPS.items():
            theirs, ours = (
                [getattr(of_round[side][place], f"{step}_cpu_ms") for of_round in rounds] for side in (0, 1)
            )
            ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
            rows.append(f"| {kind}: {words} | {spread(theirs, 0)} | {spread(ours, 0)} | {ratio:.2f} |")
    return "\n".join(rows)


def call_pairs(tree: Path, client: str, count: int) -> Iterator[tuple[Call, Call]]:
    """So many pairs of calls by `client`: of the commit's tree and of this one. Which comes first changes each time. A
    pair for which the machine was too busy is left out.
    """
    for number in range(count):
        try:
            pair = {of: calls.measure(client, CALL_S, of) for of in ((tree, ROOT) if number % 2 else (ROOT, tree))}
        except RuntimeError as error:
            print(f"{client}: {error}", file=sys.stderr)
            continue
        print(f"{client}: {pair[ROOT].share / pair[tree].share:.3f} at load {pair[ROOT].load:.1f}", file=sys.stderr)
        yield pair[tree], pair[ROOT]


def calls_table(pairs: dict[str, list[tuple[Call, Call]]]) -> str:
    """Of each client: its processor time in a call, the commit's and this tree's, and the ratios of the pairs."""
    rows = ["| % of a core | the commit | this tree | ratio | pairs |", "|---|---|---|---|---|"]
    for client, measured in pairs.items():
        for field, words in (("share", ""), ("own_share", ", without the sound server's threads")):
            theirs, ours = ([100 * getattr(pair[side], field) for pair in measured] for side in (0, 1))
            ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
            cells = (f"{NAMES[client]}{words}", spread(theirs), spread(ours), spread(ratios, 2), str(len(ratios)))
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.cost.against")
    parser.add_argument("commit")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--calls", action="store_true")
    options = parser.parse_args()
    with checkout(options.commit) as tree:
        for folder in (tree, ROOT):
            for package in ("firmware", "device", "benchmarks"):
                compileall.compile_dir(folder / package, quiet=2)
        if options.calls:
            print(calls_table({client: list(call_pairs(tree, client, options.rounds)) for client in BOXES}))
            return
        print(table([(pair(tree), pair(ROOT)) for _ in range(options.rounds)]))


if __name__ == "__main__":
    main()
