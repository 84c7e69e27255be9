"""Processor time and memory of one call, for every client in turns."""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.cost.client_names import NAMES
from benchmarks.cost.processes import Memory, Window, family, load, memory, threads
from benchmarks.sound.call import COMMANDS, ROOT, Stage, hang_up, line

WARM_UP_S = 2.0
CHROMIUMS = 8
"""So many processes it is, with what drives it, once the page is there."""
_APPLIANCE = (sys.executable, "-W", "ignore", "-m", "benchmarks.cost.appliance")
CLIENTS: dict[str, tuple[str, ...]] = {
    "floor": (sys.executable, "-W", "ignore", "-m", "benchmarks.cost.baseline"),
    "ours": COMMANDS["ours"],
    "gstreamer": COMMANDS["gstreamer"],
    "stock": COMMANDS["stock"],
    "bare": (*_APPLIANCE, "bare"),
    "box": (*_APPLIANCE, "box"),
    "stock_box": (*_APPLIANCE, "stock"),
    "chromium": COMMANDS["chromium"],
}
TELLS_ITS_PROCESS = ("floor", "bare", "box", "stock_box")
CALLS_START = ("ours", "bare", "box")


@dataclass(frozen=True)
class Call:
    client: str
    share: float
    """Processor seconds for each second."""
    own_share: float
    """Of it, without the threads of a sound server's client library."""
    wake_ups_per_s: float
    """Of all threads but these."""
    memory: Memory
    idle: Memory | None
    """Before the call."""
    load: float
    """Of the machine, just before."""


def measure(client: str, call_s: float, tree: Path | None = None) -> Call:
    """One call of one client; `tree`: with the program in it, in place of this one's."""
    with tempfile.TemporaryDirectory() as name, Stage(Path(name), WARM_UP_S + call_s) as stage:
        busy = load()
        url = stage.urls["start_url" if client in CALLS_START else "offer_url"]
        command = [*CLIENTS[client], url, str(stage.microphone), name, *(["plain"] if client == "stock" else [])]
        if tree:
            command = ["env", f"PYTHONPATH={tree / 'firmware'}:{tree / 'device'}", *command]
        process = stage.link.start(0, command, stdin=-1, stdout=-1, text=True, cwd=ROOT)
        measured: dict[str, Any] = line(process.stdout) if client in TELLS_ITS_PROCESS else {}
        while client == "chromium" and len(family(process.pid)) < CHROMIUMS:
            time.sleep(0.1)
        time.sleep(WARM_UP_S + (0 if measured else 1))
        pids = [int(measured["pid"])] if measured else family(process.pid)
        window, (all_before, servers_before) = Window(pids), threads(pids)
        time.sleep(call_s)
        share, (all_after, servers_after), held = window.share(), threads(pids), memory(pids)
        servers = servers_after - servers_before
        woken = (all_after - all_before).wake_ups - servers.wake_ups
        if client != "floor":
            line(stage.bot.stdout)  # the bot has said everything: the call did come about, and is still up
        hang_up(process)
        idle = Memory(**measured["idle"]) if measured.get("idle") else None
        return Call(client, share, share - servers.cpu_s / call_s, woken / call_s, held, idle, busy)


def rounds(count: int, call_s: float, clients: Sequence[str]) -> Iterator[Call]:
    """`count` rounds, the clients in turns within each."""
    for number in range(count):
        for client in clients:
            call = measure(client, call_s)
            print(f"round {number + 1}: {NAMES[client]:45} {100 * call.share:6.2f} %  {call.memory.rss:6.1f} MiB",
                  file=sys.stderr)  # fmt: skip
            yield call


def as_json(calls: Sequence[Call]) -> list[dict[str, Any]]:
    return [asdict(call) for call in calls]
