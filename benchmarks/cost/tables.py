"""The measurements as tables for docs/benchmarks, each number with its spread and its anchor."""

import statistics
from collections.abc import Sequence
from typing import Any

from benchmarks.cost import pi
from benchmarks.cost.client_names import NAMES

Facts = dict[str, Any]


def spread(values: Sequence[float], digits: int = 1) -> str:
    """``median (least to most)``."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def _of(facts: Facts, client: str, *path: str) -> list[float]:
    found = []
    for call in facts["calls"]:
        if call["client"] == client:
            value = call
            for name in path:
                value = value and value[name]
            if value is not None:
                found.append(value)
    return found


def ratios(facts: Facts, ours: str, theirs: str, *path: str) -> list[float]:
    """Ours divided by theirs, of each round."""
    pairs = zip(_of(facts, ours, *path), _of(facts, theirs, *path), strict=True)
    return [one / other for one, other in pairs]


def processor(facts: Facts) -> str:
    rows = [
        "| | % of a core | without the sound server's threads | of the floor | of stock aiortc | wake-ups/s |",
        "|---|---|---|---|---|---|",
    ]
    for client, name in NAMES.items():
        shares = [100 * share for share in _of(facts, client, "share")]
        of_floor = statistics.median(ratios(facts, client, "floor", "share"))
        of_stock = statistics.median(ratios(facts, client, "stock", "share"))
        own = statistics.median(100 * share for share in _of(facts, client, "own_share"))
        woken = statistics.median(_of(facts, client, "wake_ups_per_s"))
        rows.append(f"| {name} | {spread(shares)} | {own:.1f} | {of_floor:.2f} | {of_stock:.2f} | {woken:.0f} |")
    return "\n".join(rows)


def memory(facts: Facts) -> str:
    rows = ["| | at rest, MiB | in a call, MiB | of it its own share (PSS) |", "|---|---|---|---|"]
    for client, name in NAMES.items():
        idle = _of(facts, client, "idle", "rss")
        cells = (spread(idle) if idle else "", spread(_of(facts, client, "memory", "rss")))
        pss = statistics.median(_of(facts, client, "memory", "pss"))
        rows.append(f"| {name} | {cells[0]} | {cells[1]} | {pss:.1f} |")
    return "\n".join(rows)


def thousand(facts: Facts) -> str:
    rows = ["| Calls | MiB | Threads | Descriptors | Tasks | Objects |", "|---|---|---|---|---|---|"]
    readings = facts["thousand"]
    rows += [
        f"| {one['calls']} | {one['rss_mib']:.1f} | {one['threads']} | {one['descriptors']} | {one['tasks']} "
        f"| {one['objects']:,} |"
        for one in readings
        if one["calls"] in (0, 50, 100, 200, 400, 600, 800) or one is readings[-1]
    ]
    return "\n".join(rows)


def start(facts: Facts) -> str:
    rows = ["| | processor, ms | passed, ms |", "|---|---|---|"]
    for number, kind in enumerate(("the first start with these settings", "every other start")):
        for name, words in (("answered", "a press lights the lamp"), ("running", "the box runs"), ("armed", "armed")):
            cpu = spread([pair[number][f"{name}_cpu_ms"] for pair in facts["start"]], 0)
            passed = spread([pair[number][f"{name}_ms"] for pair in facts["start"]], 0)
            rows.append(f"| {kind}: {words} | {cpu} | {passed} |")
    return "\n".join(rows)


def start_ratio(facts: Facts) -> list[float]:
    """From the start to the lamp, divided by from the start to armed, in processor time."""
    return [noted["answered_cpu_ms"] / noted["armed_cpu_ms"] for _, noted in facts["start"]]


def rest(facts: Facts) -> str:
    shares = [100 * one["share"] for one in facts["rest"]]
    woken = [one["wake_ups_per_min"] for one in facts["rest"]]
    return (
        "| | at rest |\n|---|---|\n"
        f"| processor, % of a core | {spread(shares, 4)} |\n| wake-ups a minute, all threads | {spread(woken)} |"
    )


def boards(facts: Facts) -> str:
    call = 100 * statistics.median(_of(facts, "ours", "share"))
    whole = 100 * statistics.median(_of(facts, "bare", "share"))
    lamp_s = statistics.median([noted["answered_cpu_ms"] for _, noted in facts["start"]]) / 1000
    armed_s = statistics.median([noted["armed_cpu_ms"] for _, noted in facts["start"]]) / 1000
    rows = [
        "| Raspberry Pi | times as slow | client in a call, % of a core | whole box | lamp answers, s | armed, s |",
        "|---|---|---|---|---|---|",
    ]
    for board in pi.BOARDS:

        def scaled(value: float, digits: int, board: pi.Board = board) -> str:
            least, likely, most = (value * ratio for ratio in (board.least, board.likely, board.most))
            return f"{likely:.{digits}f} ({least:.{digits}f} to {most:.{digits}f})"

        rows.append(
            f"| {board.name} | {board.likely:g} ({board.least:g} to {board.most:g}) | {scaled(call, 0)} | "
            f"{scaled(whole, 0)} | {scaled(lamp_s, 1)} | {scaled(armed_s, 1)} |"
        )
    return "\n".join([*rows, "", "Estimated, not measured. Ratios: " + "; ".join(pi.SOURCES) + "."])
