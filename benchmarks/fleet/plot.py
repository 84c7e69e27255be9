"""The way back after an outage as pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
from docs.generate.capacity import back_after_s

from benchmarks.sound.plots import COLOURS

if TYPE_CHECKING:
    from benchmarks.fleet.runs import Storm

_COLOURS = {(1.0, True): COLOURS["ours"], (10.0, True): COLOURS["chromium"], (1.0, False): COLOURS["stock"]}
LONG_S = 10.0
"""An outage in which no box is in its first pause any more."""


def draw(folder: Path, storms: Sequence["Storm"]) -> None:
    """docs/fleet/storm.png: a column for each outage; above connections a second, below the share that is back."""
    outages = sorted({storm.outage_s for storm in storms})
    figure, axes = plt.subplots(2, len(outages), figsize=(11, 5.2), layout="constrained", squeeze=False)
    for column, outage_s in enumerate(outages):
        rate, share = axes[0][column], axes[1][column]
        rate.set_title(f"outage of {outage_s:g} s", fontsize=9)
        for storm in (storm for storm in storms if storm.outage_s == outage_s):
            colour = _COLOURS[storm.retry_s, storm.jitter]
            label = f"mqtt.retry_s: {storm.retry_s:g}{'' if storm.jitter else ', without jitter'}"
            at_s, per_s = zip(*storm.per_s(), strict=True)
            rate.step(at_s, per_s, where="post", color=colour, label=label, linewidth=1.2)
            back = [100 * (number + 1) / storm.boxes for number in range(len(storm.back_s))]
            share.step([0.0, *storm.back_s], [0.0, *back], where="post", color=colour, linewidth=1.2)
            if outage_s >= LONG_S and storm.jitter:
                shares = [number / 100 for number in range(101)]
                at = [back_after_s(one, storm.retry_s) for one in shares]
                share.plot(at, [100 * one for one in shares], ":", color="black", linewidth=1, label="by arithmetic")
        rate.set_yscale("symlog", linthresh=10)
        share.set_xlabel("time since the broker is back, s")
    axes[0][0].set_ylabel("connections a second")
    axes[1][0].set_ylabel("boxes that are back, %")
    found = [one.get_legend_handles_labels() for one in figure.axes]
    unique = {label: handle for handles, labels in found for handle, label in zip(handles, labels, strict=True)}
    figure.legend(unique.values(), unique.keys(), loc="outside lower center", ncols=3, fontsize=8)
    figure.suptitle(f"{storms[0].boxes} boxes come back to a broker", x=0.01, ha="left", fontsize=10)
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "storm.png")
    plt.close(figure)
