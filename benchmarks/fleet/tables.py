"""What was measured, in Markdown, and into docs/fleet.md."""

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.fleet.runs import ROOT, Steady, Storm
from callbox.demo.processes import MOSQUITTO

PAGE = ROOT / "docs/fleet.md"


def steady_table(rows: Sequence[Steady]) -> str:
    """In Markdown. Memory of a box: what the simulator has more than with the smallest fleet, for each box more."""
    lines = [
        "| Boxes | Times as fast | In a call | Messages a second | Mosquitto, % of a core | Mosquitto, MiB "
        "| Simulator, % of a core | Simulator, MiB | Watch, % of a core | Watch, MiB | Broken connections "
        "| DISCONNECT, s |",
        "|" + "---|" * 12,
    ]
    lines += [
        f"| {row.boxes} | {row.rate:g} | {row.in_call} | {row.messages_per_s:,.0f} | {row.broker_percent:.1f} "
        f"| {row.broker_mib:.1f} | {row.simulator_percent:.0f} | {row.simulator_mib:.0f} | {row.watch_percent:.1f} "
        f"| {row.watch_mib:.0f} | {row.failures} | {row.disconnect_s:.1f} |"
        for row in rows
    ]
    slow = [row for row in rows if row.rate == rows[0].rate]
    first, last, busiest = slow[0], slow[-1], max(rows, key=lambda row: row.messages_per_s)
    more = last.boxes - first.boxes
    if more > 0:
        each_kib = 1024 * (last.simulator_mib - first.simulator_mib) / more
        broker_kib = 1024 * (last.broker_mib - first.broker_mib) / more
        lines += ["", f"A box more is {each_kib:.0f} KiB more in the simulator, and {broker_kib:.1f} KiB in Mosquitto."]
    if busiest.broker_percent > 0:
        each_us = 1e4 * busiest.broker_percent / busiest.messages_per_s
        lines += [
            f"At the busiest, Mosquitto took {each_us:.0f} µs of a core for a message that came in, pings and what it "
            f"measured `watch` included. A whole core would be some {1e6 / each_us:,.0f} messages a second, "
            "if that goes on in a straight line, which was not tried.",
        ]
    return "\n".join(lines) + "\n"


def storm_table(rows: Sequence[Storm]) -> str:
    """In Markdown."""
    lines = [
        "| Boxes | Outage, s | `retry_s` | Jitter | 50 % back, s | 95 % | 100 % | Most connections a second "
        "| Failed meanwhile |",
        "|" + "---|" * 9,
    ]
    for row in rows:
        back = " | ".join(f"{row.share_s(share):.1f}" for share in (0.5, 0.95, 1.0))
        most = max(rate for _, rate in row.per_s())
        jitter = "yes" if row.jitter else "no"
        lines.append(
            f"| {row.boxes} | {row.outage_s:g} | {row.retry_s:g} | {jitter} | {back} | {most:.0f} | {row.refused} |"
        )
    return "\n".join(lines) + "\n"


def machine() -> str:
    """What this was measured on."""
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith(("model name", "Model"))]
    assert MOSQUITTO
    version = subprocess.run([MOSQUITTO, "-h"], capture_output=True, text=True).stdout.split("\n")[0]
    model = cpu[0].split(":")[1].strip() if cpu else platform.machine()
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, {version}."


def write(blocks: dict[str, str], page: Path = PAGE, target: str = "bench-fleet") -> None:
    """Into `page`, between its marks; `target`: of make."""
    text = page.read_text()
    for name, body in blocks.items():
        begin = f"<!-- made by `make {target}`: {name} -->\n"
        before, mark, rest = text.partition(begin)
        assert mark, name
        text = f"{before}{begin}\n{body}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    page.write_text(text)
