"""The tables of the sound benchmarks as pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt

FOLDER = Path(__file__).parents[2] / "docs/sound"
COLOURS = {"ours": "#0b6e4f", "stock": "#c8553d", "chromium": "#4a6fa5", "gstreamer": "#8a7aa8"}
plt.rcParams |= {
    "axes.axisbelow": True, "axes.grid": True, "grid.alpha": 0.3, "axes.spines.top": False, "axes.spines.right": False,
    "font.size": 9, "legend.frameon": False, "savefig.bbox": "tight", "savefig.dpi": 110,
}  # fmt: skip

Line = tuple[Sequence[float], Sequence[float | None]]
"""Times in s, and values; None: a gap."""


def delays(path: Path, title: str, panels: Mapping[str, Mapping[str, Line]], names: Mapping[str, str]) -> None:
    """A panel for each impairment, in it a line for each client: ms of delay over s of speech."""
    rows = (len(panels) + 2) // 3
    size = (11, 2.5 * rows + 0.6)
    figure, axes = plt.subplots(rows, 3, figsize=size, layout="constrained", sharex=True, squeeze=False)
    flat = list(axes.flat)
    for axis, (impairment, lines) in zip(flat, panels.items(), strict=False):
        axis.set_title(impairment, fontsize=9)
        for client, (at_s, values) in lines.items():
            plotted = [float("nan") if value is None else value for value in values]
            axis.plot(
                at_s, plotted, color=COLOURS[client], label=names[client], marker=".", markersize=3, linewidth=1.3
            )
    for axis in flat[len(panels) :]:
        axis.set_visible(False)
    for axis in flat:
        axis.set_ylim(0, max(500, axis.get_ylim()[1]))
    for row in axes:
        row[0].set_ylabel("delay, ms")
    for axis in axes[-1]:
        axis.set_xlabel("time in the call, s")
    _finish(figure, path, title)


def bars(
    path: Path,
    title: str,
    unit: str,
    groups: Mapping[str, Mapping[str, float]],
    names: Mapping[str, str],
    bottom: float = 0.0,
) -> None:
    """A group for each impairment, in it a bar for each client."""
    figure, axis = plt.subplots(figsize=(11, 3.6), layout="constrained")
    clients = list(dict.fromkeys(client for group in groups.values() for client in group))
    width = 0.8 / max(1, len(clients))
    for place, client in enumerate(clients):
        at = [number + (place - (len(clients) - 1) / 2) * width for number in range(len(groups))]
        heights = [group.get(client, float("nan")) - bottom for group in groups.values()]
        drawn = axis.bar(at, heights, width * 0.92, bottom=bottom, color=COLOURS[client], label=names[client])
        axis.bar_label(drawn, [f"{height + bottom:.1f}" for height in heights], fontsize=7, padding=1)
    axis.set_xticks(range(len(groups)), [name.replace(", ", ",\n") for name in groups], fontsize=8)
    axis.set_ylabel(unit)
    axis.grid(axis="x", visible=False)
    _finish(figure, path, title)


def budget(path: Path, title: str, rows: Mapping[str, Sequence[tuple[str, float]]]) -> None:
    """A bar for each client, made of its parts in ms."""
    figure, axis = plt.subplots(figsize=(11, 1.4 + 0.8 * len(rows)), layout="constrained")
    parts = list(dict.fromkeys(part for row in rows.values() for part, _ in row))
    colours = {part: plt.get_cmap("tab20c")(place) for place, part in enumerate(parts)}
    for place, row in enumerate(rows.values()):
        left = 0.0
        for part, ms in row:
            axis.barh(place, ms, 0.6, left=left, color=colours[part], label=part)
            if ms >= 4:
                axis.text(left + ms / 2, place, f"{ms:.0f}", ha="center", va="center", fontsize=8)
            left += ms
    axis.set_yticks(range(len(rows)), list(rows))
    axis.invert_yaxis()
    axis.set_xlabel("ms")
    axis.grid(axis="y", visible=False)
    _finish(figure, path, title)


def _finish(figure, path: Path, title: str) -> None:  # type: ignore[no-untyped-def]
    found = [one.get_legend_handles_labels() for one in figure.axes]
    unique = {label: handle for handles, labels in found for handle, label in zip(handles, labels, strict=True)}
    figure.legend(unique.values(), unique.keys(), loc="outside lower center", ncols=7, fontsize=8)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    plt.close(figure)
