"""What is claimed, and what was found: a row for each goal."""

import statistics

from benchmarks.cost import tables
from benchmarks.cost.tables import Facts

MAX_LOAD = 0.7
"""Of the machine before a call, the median of all: figures of a busier one aren't written."""
WHY = {
    "of stock aiortc": "what is left is spread thin; much of it is waking",
    "of GStreamer webrtcbin": "all of its media path is C, without an interpreter between libopus and the socket",
    "of the floor": "the floor is one thread of C that wakes 50 times a second and does nothing else; a call has three "
    "threads, with an interpreter",
    "of the same as a stock script": "a fifth of it is the echo canceller, which the script has not; the rest is "
    "spread over three threads that wake 50 times a second each",
    "a second, all threads but a sound server's": "microphone, network and loudspeaker wake 50 times a second each; "
    "a loudspeaker's thread that receives as well gained nothing "
    "([0027](decisions/0027-the-microphones-thread-sends.md))",
    "of a script, as delivered": "the echo canceller brings numpy (10 MiB)",
    "change": "no object of Python's is in it (tracemalloc); glibc gives back more than it, if asked (malloc_trim)",
    "resident": "the echo canceller brings numpy (10 MiB)",
}


def rows(facts: Facts) -> list[tuple[str, str, float, float, str]]:
    """Claim, anchor, goal, measured, unit."""
    grown = [one["rss_mib"] for one in facts["thousand"] if one["calls"] >= 100]
    woken = [call["wake_ups_per_s"] for call in facts["calls"] if call["client"] == "box"]
    return [
        ("processor in a call, the client", "of stock aiortc", 0.5, _median(facts, "ours", "stock", "share"), "x"),
        ("", "of GStreamer webrtcbin", 0.7, _median(facts, "ours", "gstreamer", "share"), "x"),
        ("", "of the floor", 2.0, _median(facts, "ours", "floor", "share"), "x"),
        ("processor in a call, whole box as delivered, without a sound server's threads",
         "of the same as a stock script", 0.5, _median(facts, "box", "stock_box", "own_share"), "x"),
        ("wake-ups in a call, whole box as delivered", "a second, all threads but a sound server's", 110.0,
         statistics.median(woken), ""),
        ("memory in a call, whole box, `echo: off`", "of a stock script", 1.2,
         _median(facts, "bare", "stock_box", "memory", "rss"), "x"),
        ("memory in a call, whole box", "of a script, as delivered", 0.9,
         _median(facts, "box", "stock_box", "memory", "rss"), "x"),
        ("memory at rest, armed", "resident", 65.0,
         statistics.median(one["memory"]["rss"] for one in facts["rest"]), "MiB"),
        ("memory, call 100 to call 1000", "change", 0.5, abs(grown[-1] - grown[0]), "MiB"),
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
        unit = "" if unit in ("x", "") else f" {unit}"
        digits = 4 if 0 < measured < 0.01 else 2
        lines.append(f"| {claim} | {anchor} | {goal:g}{unit} | {measured:.{digits}f}{unit} | {why} |")
    return "\n".join(lines)


def too_busy(facts: Facts) -> str | None:
    """Why these facts are none of this program alone; None: they are."""
    found = statistics.median(call["load"] for call in facts["calls"])
    return f"the load of the machine was {found:.1f}, more than {MAX_LOAD}" if found > MAX_LOAD else None
