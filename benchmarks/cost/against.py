"""``python -m benchmarks.cost.against COMMIT [--rounds 10]``: starts of this tree beside those of a commit, in turns.

Both run with this Python and its libraries; modules are compiled before. What counts is the ratio of processor time.
"""

import argparse
import compileall
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cost import start
from benchmarks.cost.start import ROOT, Start
from benchmarks.cost.tables import spread

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


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.cost.against")
    parser.add_argument("commit")
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with checkout(options.commit) as tree:
        for folder in (tree, ROOT):
            for package in ("firmware", "device", "benchmarks"):
                compileall.compile_dir(folder / package, quiet=2)
        print(table([(pair(tree), pair(ROOT)) for _ in range(options.rounds)]))


if __name__ == "__main__":
    main()
