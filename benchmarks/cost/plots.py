"""The measurements as pictures."""

import statistics
from pathlib import Path

import matplotlib.pyplot as plt

from benchmarks.cost.client_names import NAMES
from benchmarks.cost.tables import Facts
from benchmarks.sound.plots import COLOURS

OURS, THEIRS = COLOURS["ours"], COLOURS["stock"]


def draw(folder: Path, facts: Facts) -> None:
    """calls.png and thousand.png."""
    folder.mkdir(parents=True, exist_ok=True)
    _calls(folder / "calls.png", facts)
    _thousand(folder / "thousand.png", facts)


def _calls(path: Path, facts: Facts) -> None:
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained", sharey=True)
    for axis, title, scale, numbers in (
        (left, "processor in a call, % of a core", "linear", [100 * call["share"] for call in facts["calls"]]),
        (right, "memory in a call, MiB", "log", [call["memory"]["rss"] for call in facts["calls"]]),
    ):
        for place, client in enumerate(NAMES):
            calls = zip(facts["calls"], numbers, strict=True)
            found = [number for call, number in calls if call["client"] == client]
            colour = OURS if client in ("ours", "bare", "box") else THEIRS
            axis.barh(place, statistics.median(found), 0.6, color=colour, alpha=0.75)
            axis.plot(found, [place] * len(found), "|", color="black", markersize=9, alpha=0.6)
        axis.set_xscale(scale)
        axis.set_title(title, fontsize=9)
    left.set_yticks(range(len(NAMES)), list(NAMES.values()), fontsize=8)
    left.invert_yaxis()
    figure.suptitle("One call: bars are medians, strokes the rounds", x=0.01, ha="left", fontsize=10)
    figure.savefig(path)
    plt.close(figure)


def _thousand(path: Path, facts: Facts) -> None:
    figure, axis = plt.subplots(figsize=(11, 2.6), layout="constrained")
    found = facts["thousand"]
    axis.plot([one["calls"] for one in found], [one["rss_mib"] for one in found], ".-", color=OURS)
    axis.set_ylim(0, None)
    axis.set_xlabel("calls")
    axis.set_ylabel("MiB")
    figure.suptitle("Memory of one process over its calls", x=0.01, ha="left", fontsize=10)
    figure.savefig(path)
    plt.close(figure)
