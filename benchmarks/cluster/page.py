"""What was measured, in Markdown, as a picture, and as arithmetic for a million boxes."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt

from benchmarks.cluster.network import NUMBERS
from benchmarks.cluster.runs import DYING, Seen, Steady
from benchmarks.fleet import tables
from benchmarks.fleet.runs import ROOT
from benchmarks.sound.plots import COLOURS

PAGE = ROOT / "docs/benchmarks/cluster.md"
PICTURE = "cluster.png"
GOAL_S = 5.0
"""After the heal, all tables are right."""
_SHARES = (0.5, 0.95, 1.0)
_NODE_COLOURS = {1: COLOURS["ours"], 2: COLOURS["chromium"], 3: COLOURS["stock"]}


def _seconds(value: float) -> str:
    return "never" if math.isnan(value) else f"{value:.1f}"


def steady_table(rows: Sequence[Steady]) -> str:
    """A row for each process. Memory of a box: what there is more than without boxes, for each."""
    lines = [
        "| | Boxes | Messages a second | Without boxes, % of a core | With them | Without boxes, MiB | With them "
        "| KiB for a box |",
        "|" + "---|" * 8,
    ]
    for row in rows:
        nodes = [name for name in row.cost.percent if name.startswith("node")] or [row.what]
        for name, percent in row.cost.percent.items():
            share = len(nodes) if name in nodes else 1
            mib, before = row.cost.mib[name], row.empty.mib[name]
            lines.append(
                f"| {name if name == row.what else f'{row.what}, {name}'} | {row.boxes / share:.0f} "
                f"| {row.messages_per_s / share:,.0f} | {row.empty.percent[name]:.1f} | {percent:.1f} | {before:.0f} "
                f"| {mib:.0f} | {1024 * (mib - before) / (row.boxes / share):.0f} |"
            )
    return "\n".join(lines) + "\n"


def storm_table(anchor: Seen, seen: Sequence[Seen]) -> str:
    """When boxes were back that lost their connection: with their subscriptions confirmed."""
    lines = ["| | Without subscriptions, at the most | 50 % back, s | 95 % | 100 % |", "|" + "---|" * 5]
    for one in (anchor, *seen):
        back = " | ".join(_seconds(one.share_s(share)) if one.lost() else "" for share in _SHARES)
        lines.append(f"| {one.name} | {one.lost()} of {one.boxes} | {back} |")
    return "\n".join(lines) + "\n"


def state_table(seen: Sequence[Seen]) -> str:
    """When the tables were right."""
    lines = [
        "| A node is | Its end, s after the fault | Living boxes right at the other nodes, s after the end "
        f"| ... at the node | Of {DYING} dead boxes online at another node, {GOAL_S:g} s after the end "
        "| ... until, s after the fault | ... at the node, until |",
        "|" + "---|" * 7,
    ]
    for one in seen:
        others = [number for number in NUMBERS if number != one.node]
        right = max((one.right_s(number) for number in others), key=_nan_last)
        ghosts = max(one.ghosts(number, one.heal_s + GOAL_S) for number in others)
        until = max((one.without_ghosts_s(number) for number in others), key=_nan_last)
        lines.append(
            f"| {one.name} | {one.heal_s:.1f} | {_seconds(max(0.0, right - one.heal_s))} "
            f"| {_seconds(max(0.0, one.right_s(one.node) - one.heal_s))} | {ghosts} | {_seconds(until)} "
            f"| {_seconds(one.without_ghosts_s(one.node))} |"
        )
    return "\n".join(lines) + "\n"


def _nan_last(value: float) -> float:
    return math.inf if math.isnan(value) else value


def command_table(seen: Sequence[Seen]) -> str:
    """What became of commands."""
    lines = [
        "| A node is | Sent once | Answered | More than once | Executed | Without answer until the end | ... after it "
        "| The last of them sent, s after the fault | `request` | ... told that there is no answer | ... executed |",
        "|" + "---|" * 11,
    ]
    for one in seen:
        open_s = [at_s for at_s, answers in one.commands if not answers]
        answered = sum(answers > 0 for _, answers in one.commands)
        again = sum(answers > 1 for _, answers in one.commands)
        before = sum(at_s < one.heal_s for at_s in open_s)
        requests = one.requests[0] + one.requests[1]
        lines.append(
            f"| {one.name} | {len(one.commands):,} | {answered:,} | {again} | {one.executed:,} | {before} "
            f"| {len(open_s) - before} | {f'{max(open_s):.1f}' if open_s else ''} | {requests} | {one.requests[1]} "
            f"| {one.requests[2]} |"
        )
    return "\n".join(lines) + "\n"


def scale_table(rows: Sequence[Steady], boxes: int = 1_000_000) -> str:
    """Nodes for so many boxes, from the first fleet; half is left for a node that goes."""
    row = next(row for row in rows if row.what == "RabbitMQ")

    def of_nodes(values: dict[str, float]) -> float:
        return sum(value for name, value in values.items() if name.startswith("node"))

    box_us = 1e4 * (of_nodes(row.cost.percent) - of_nodes(row.empty.percent)) / row.boxes
    kib = 1024 * (of_nodes(row.cost.mib) - of_nodes(row.empty.mib)) / row.boxes
    cores, gib = boxes * box_us / 1e6, boxes * kib / 1024**2
    return "\n".join(
        [
            "| | |",
            "|---|---|",
            f"| A box, with all that it sends and pings | {box_us:.0f} µs of a core in a second, {kib:.0f} KiB |",
            f"| {boxes:,} boxes | {cores:.0f} cores, {gib:.0f} GiB |",
            f"| Nodes of 16 cores and 64 GiB, half used | {max(math.ceil(cores / 8), math.ceil(gib / 32))} |",
            "",
        ]
    )


def draw(folder: Path, seen: Sequence[Seen]) -> None:
    """A column for each event; above boxes with subscriptions, then living and dead ones that tables have wrong."""
    figure, axes = plt.subplots(3, len(seen), figsize=(3.2 * len(seen), 6.4), layout="constrained", squeeze=False)
    for column, one in enumerate(seen):
        subscribed, living, dead = (axes[row][column] for row in range(3))
        subscribed.set_title(one.name, fontsize=8)
        at_s, count = zip(*one.back, strict=True)
        subscribed.plot(at_s, count, color="black", linewidth=1)
        subscribed.set_ylim(0, one.boxes * 1.05)
        for number in NUMBERS:
            for axis, which in ((living, 0), (dead, 1)):
                values = [(pair[which] if (pair := sample.tables[number - 1]) else math.nan) for sample in one.samples]
                label = f"node {number}" if column == 0 and which == 0 else None
                style = "-" if number == one.node else "--"
                times = [sample.at_s for sample in one.samples]
                axis.plot(times, values, style, color=_NODE_COLOURS[number], linewidth=1.2, label=label)
        for axis in (subscribed, living, dead):
            axis.axvspan(0, one.heal_s, color="0.9")
            axis.set_xlim(-2, one.samples[-1].at_s)
        dead.set_ylim(-2, DYING + 2)
        dead.set_xlabel("s after the fault")
    for row, text in enumerate(("boxes subscribed", "living, not online", "dead, online")):
        axes[row][0].set_ylabel(text)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8)
    figure.suptitle("What the table at each node says; grey: until the fault ends", x=0.01, ha="left", fontsize=10)
    figure.savefig(folder / PICTURE)
    plt.close(figure)


def _machine(boxes: int, load: float) -> str:
    versions = "RabbitMQ 4.0.5, one scheduler a node, and HAProxy of Debian 13"
    return (
        f"{tables.machine()} {versions}; {boxes} boxes. Load of the machine, with other work on it: {load:.1f} at the "
        f"beginning, {os.getloadavg()[0]:.1f} at the end.\n"
    )


def _write(blocks: dict[str, str], *, to_docs: bool) -> None:
    print(*blocks.values(), sep="\n")
    if to_docs:
        tables.write(blocks, PAGE, "bench-cluster")


def write_steady(rows: Sequence[Steady], load: float, *, to_docs: bool) -> None:
    """Print the tables, and with `to_docs` write them. `load`: of the machine, before."""
    _write({"machine": _machine(rows[0].boxes, load), "steady": steady_table(rows)}, to_docs=to_docs)
    print(scale_table(rows))
    if to_docs:
        tables.write({"cluster scale": scale_table(rows)}, target="bench-cluster")


def write_events(anchor: Seen, seen: Sequence[Seen], load: float, *, to_docs: bool) -> None:
    """As `write_steady`, and the picture."""
    blocks = {
        "machine of the events": _machine(anchor.boxes, load),
        "storm": storm_table(anchor, seen),
        "state": state_table(seen),
        "commands": command_table(seen),
    }
    _write(blocks, to_docs=to_docs)
    if to_docs:
        draw(PAGE.parent, seen)
