"""The clock for ages: of a connection, candidates, an allocation. Any thread."""

import time
from pathlib import Path


def boot_time_s() -> float:
    """Seconds since this machine started, with those in which it was suspended; no clock step changes it.

    time.monotonic() and asyncio's loop.time() stand still while a machine is suspended (clock_gettime(2)), but a NAT, a
    server and a TURN allocation do not wait.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """Id that the kernel gives this boot, random(4); empty where there is none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
