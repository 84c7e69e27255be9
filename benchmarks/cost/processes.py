"""What the kernel says of processes: processor time, memory, wake-ups (proc(5), clock_getcpuclockid(3))."""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    """Of a process and its children, in MiB."""

    rss: float
    """Resident; what several share is counted for each."""
    pss: float
    """Resident, with each one's share of what is shared."""


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for place in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            after_name = (place / "stat").read_text().rpartition(")")[2].split()
            children.setdefault(int(after_name[1]), []).append(int(place.name))
    found, new = [], [pid]
    while new:
        found += new
        new = [child for parent in new for child in children.get(parent, [])]
    return found


def cpu_s(pid: int) -> float:
    """Processor time of one process so far, user and system, of all its threads, also of those that have ended."""
    return time.clock_gettime((~pid << 3) | 2)  # as clock_getcpuclockid(3) makes the number


def cpu_of_all_s(pids: list[int]) -> dict[int, float]:
    """As `cpu_s`, for each that still lives."""
    found = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            found[pid] = cpu_s(pid)
    return found


def memory(pids: list[int]) -> Memory:
    """Of all of them together."""
    rss = pss = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            rows = [line.split() for line in (PROC / f"{pid}/smaps_rollup").read_text().splitlines()[1:]]
            sizes = {row[0]: int(row[1]) / 1024 for row in rows}
            rss, pss = rss + sizes["Rss:"], pss + sizes["Pss:"]
    return Memory(rss, pss)


SOUND_SERVERS_THREAD = "threaded-ml"
"""Name of the threads that PulseAudio's client library has in a process."""


@dataclass(frozen=True)
class Threads:
    """Of some threads, so far."""

    cpu_s: float = 0.0
    wake_ups: int = 0
    """How often one has gone to sleep by itself: so often, but for one, it was woken."""

    def __add__(self, other: "Threads") -> "Threads":
        return Threads(self.cpu_s + other.cpu_s, self.wake_ups + other.wake_ups)

    def __sub__(self, earlier: "Threads") -> "Threads":
        return Threads(self.cpu_s - earlier.cpu_s, self.wake_ups - earlier.wake_ups)


def threads(pids: list[int]) -> tuple[Threads, Threads]:
    """The threads of processes that live, and of these a sound server's client library's."""
    total = servers = Threads()
    for task in [task for pid in pids for task in (PROC / f"{pid}/task").glob("*")]:
        with contextlib.suppress(OSError):
            status = (task / "status").read_text().splitlines()
            rows = dict(line.split(":\t", 1) for line in status if ":\t" in line)
            ran_s = int((task / "schedstat").read_text().split()[0]) / 1e9
            found = Threads(ran_s, int(rows["voluntary_ctxt_switches"]))
            total += found
            servers += found if rows["Name"] == SOUND_SERVERS_THREAD else Threads()
    return total, servers


def thread_ids(pid: int) -> set[str]:
    """The threads that the process has."""
    return {task.name for task in (PROC / f"{pid}/task").iterdir()}


def wake_ups(pid: int) -> int:
    """How often a thread of the process was woken so far."""
    return threads([pid])[0].wake_ups


def load() -> float:
    """How many threads ran or wanted to run in the last minute, on average."""
    return os.getloadavg()[0]


class Window:
    """``Window(pids)`` … ``.share()``: processor seconds a second between the two, of all of `pids`."""

    def __init__(self, pids: list[int]) -> None:
        self._pids = pids
        self._before, self._began_s = cpu_of_all_s(pids), time.monotonic()

    def share(self) -> float:
        """Of one core."""
        after = cpu_of_all_s(self._pids)
        spent_s = sum(spent - self._before.get(pid, 0.0) for pid, spent in after.items())
        return spent_s / (time.monotonic() - self._began_s)
