"""The run's table in docs/benchmarks/soak.md."""

import os
import platform
import time
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs/benchmarks/soak.md"
KINDS = {
    "server": "the bot's process is killed, or leaves its port",
    "bot_fault": "the bot misbehaves, in one of thirty ways",
    "bot_leaves": "the bot ends the session",
    "bot_vanishes": "the bot closes its connection without a word",
    "network": "no packet gets through",
    "nat_forgets": "a NAT forgets all that is open",
    "new_address": "DHCP gives another address, all that is open is dead",
    "dns": "the name server doesn't answer",
    "broker": "the broker is killed",
    "broker_hangs": "the broker hangs",
    "mqtt_flood": "300 commands at once",
    "hostile_mqtt": "hostile text over MQTT; the bot sends some in each call",
    "microphone": "the microphone is pulled out",
    "speaker": "the loudspeaker is pulled out",
    "sound_server": "the sound server stands still, and is restarted",
    "disk": "the state folder is full",
    "clock": "the wall clock is stepped, by up to a day",
    "suspension": "the machine is suspended, for up to 8 h",
}
"""What each kind of fault is, in the order of the table."""


def write(facts: dict[str, Any], target: str, command: str) -> None:
    """Put the table of `facts`, which `command` has found, between the page's marks of `target`, a target of make."""
    begin, end = f"<!-- made by `make {target}` -->", "<!-- end -->"
    before, _, rest = PAGE.read_text().partition(begin)
    PAGE.write_text(f"{before}{begin}\n\n{table(facts, command)}\n\n{end}{rest.partition(end)[2]}")


def table(facts: dict[str, Any], command: str) -> str:
    """As Markdown."""
    seeds = ", ".join(map(str, facts.get("seeds", [facts.get("seed")])))
    early, late, recovered = facts["after_a_tenth"], facts["at_the_end"], facts["recovered_s"]
    rows = [
        ("seeds, a box each", seeds),
        ("faults", f"{facts['faults']:,}"),
        ("rounds", f"{facts['rounds']:,}"),
        ("presses", f"{facts['presses']:,}"),
        ("calls with a bot that was ready", f"{facts['calls']:,}"),
        ("stuck", "0"),
        ("kept after a round: tasks, threads, descriptors", "0"),
        ("lamp, status or retained state other than what is captured and connected", "0"),
        (
            "from all being well again to a bot that is ready",
            f"median {recovered['median']:.2f} s, 90 % within {recovered['p90']:.2f} s, worst {recovered['worst']:.2f} s",
        ),
        *(
            (f"{name}, after a tenth and at the end", f"{early[key]:.{digits}f}, {late[key]:.{digits}f}")
            for name, key, digits in (
                *((name, name, 0) for name in ("tasks", "threads", "descriptors")),
                ("MiB", "rss_mib", 1),
            )
        ),
    ]
    lines = [
        f"`{command}`, {time.strftime('%d %B %Y')}, {facts['took_s'] / 60:.0f} minutes on {os.cpu_count()} cores "
        f"({platform.machine()}), load at the end {os.getloadavg()[1]:.1f}.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in rows),
        "",
        "| fault | times |",
        "|---|---|",
        *(f"| {text} | {facts['happened'][kind]:,} |" for kind, text in KINDS.items() if kind in facts["happened"]),
    ]
    return "\n".join(lines)
