"""What is claimed, and what was found: a row for each goal."""

import statistics

from benchmarks.cost import tables
from benchmarks.cost.tables import Facts

WHY = {
    "of stock aiortc": "what is left is spread thin; a third of it is waking 200 times a second",
    "of GStreamer webrtcbin": "all of its media path is C, without an interpreter between libopus and the socket",
    "of the floor": "the floor is one thread of C that wakes 50 times a second and does nothing else; a call wakes 200 "
    "times (microphone, network, and the loudspeaker each 10 ms), with an interpreter",
    "of a script, as delivered": "the echo canceller brings numpy (10 MiB) and checked settings pydantic (12 MiB); the "
    "row above is without the canceller, which the script has not either",
}


def rows(facts: Facts) -> list[tuple[str, str, float, float, str]]:
    """Claim, anchor, goal, measured."""
    grown = [one["rss_mib"] for one in facts["thousand"] if one["calls"] >= 100]
    return [
        ("processor in a call, the client", "of stock aiortc", 0.5, _median(facts, "ours", "stock", "share"), "x"),
        ("", "of GStreamer webrtcbin", 1.0, _median(facts, "ours", "gstreamer", "share"), "x"),
        ("", "of the floor", 2.0, _median(facts, "ours", "floor", "share"), "x"),
        ("memory in a call, whole box, `echo: off`", "of the same as a stock script", 1.2,
         _median(facts, "bare", "stock_box", "memory", "rss"), "x"),
        ("memory in a call, whole box", "of a script, as delivered", 1.2,
         _median(facts, "box", "stock_box", "memory", "rss"), "x"),
        ("memory, call 100 to call 1000", "change", 2.0, abs(grown[-1] - grown[0]), "MiB"),
        ("start to the lamp that answers", "of start to armed", 0.3, statistics.median(tables.start_ratio(facts)), "x"),
        ("at rest, armed", "of a core", 0.3, 100 * statistics.median(one["share"] for one in facts["rest"]), "%"),
    ]  # fmt: skip


def _median(facts: Facts, ours: str, theirs: str, *path: str) -> float:
    return statistics.median(tables.ratios(facts, ours, theirs, *path))


def table(facts: Facts) -> str:
    lines = ["| | beside | goal | measured | |", "|---|---|---|---|---|"]
    for claim, anchor, goal, measured, unit in rows(facts):
        missed = measured > goal
        why = f"missed: {WHY.get(anchor, 'see below')}" if missed else "reached"
        unit = "" if unit == "x" else f" {unit}"
        digits = 4 if 0 < measured < 0.01 else 2
        lines.append(f"| {claim} | {anchor} | {goal:g}{unit} | {measured:.{digits}f}{unit} | {why} |")
    return "\n".join(lines)
