"""How long a process has waited for a processor, by the kernel's own count."""

import contextlib
from pathlib import Path


def run_delay_s(pid: int | str = "self") -> float:
    """Sum over the threads of `pid` that are alive, in s. 0: the kernel doesn't count it.

    Source: Documentation/scheduler/sched-stats.rst, /proc/<pid>/schedstat.
    """
    waited_ns = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # it has ended, or CONFIG_SCHED_INFO is off
            waited_ns += int((thread / "schedstat").read_text().split()[1])
    return waited_ns / 1e9
