"""What was measured, in Markdown."""

from collections.abc import Sequence
from statistics import median

from benchmarks.outages.calls import FINE, Calls
from benchmarks.outages.memory import Held
from benchmarks.outages.returns import Returns

_NAMES = {
    "answered": "Press → status lamp, ms",
    "ready": "Press → ready, ms",
    "deaf": "Press → microphone closed, ms",
    "idle": "Press → hung up, ms",
}


def calls_table(rows: Sequence[Calls]) -> str:
    """Medians, least to most, and the ratio to the box whose broker is fine."""
    fine = next(row for row in rows if row.broker == FINE)
    lines = [
        f"| Broker | {' | '.join(_NAMES.values())} | Idle, % of a core |",
        "|" + "---|" * (2 + len(_NAMES)),
    ]
    for row in rows:
        cells = [_cell(row.ms[name], None if row is fine else fine.ms[name]) for name in _NAMES]
        lines.append(f"| {row.broker} | {' | '.join(cells)} | {row.idle_cpu_percent:.2f} |")
    return "\n".join(lines) + "\n"


def _cell(ms: Sequence[float], fine: Sequence[float] | None) -> str:
    ratio = f", {median(ms) / median(fine):.2f}x" if fine else ""
    return f"{median(ms):.1f} ({min(ms):.1f} to {max(ms):.1f}){ratio}"


def returns_table(rows: Sequence[Returns]) -> str:
    """Seconds since the broker's return."""
    lines = ["| The broker was | for, s | Boxes | 50 % right, s | 95 % | 100 % |", "|" + "---|" * 6]
    for row in rows:
        seen = sorted(row.after_s)
        shares = [f"{seen[max(0, round(share * len(seen)) - 1)]:.2f}" for share in (0.5, 0.95, 1.0)]
        never = f" ({row.never} never)" if row.never else ""
        lines.append(f"| {row.what} | {row.outage_s:g} | {len(seen)}{never} | {' | '.join(shares)} |")
    return "\n".join(lines) + "\n"


def memory_table(rows: Sequence[Held]) -> str:
    """One line a moment."""
    lines = ["| | Resident, MiB | Threads | Open files |", "|---|---|---|---|"]
    lines += [f"| {row.when} | {row.memory_mib:.1f} | {row.threads} | {row.files} |" for row in rows]
    return "\n".join(lines) + "\n"
