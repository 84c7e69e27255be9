"""Metrics of the machine, as its kernel tells them. Reading takes well under a millisecond; any thread."""

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

THROTTLING = {
    0: "under_voltage",
    1: "frequency_capped",
    2: "throttled",
    3: "soft_temperature_limit",
    16: "under_voltage_occurred",
    17: "frequency_capped_occurred",
    18: "throttled_occurred",
    19: "soft_temperature_limit_occurred",
}
"""The firmware's bits (raspberrypi.com, vcgencmd get_throttled)."""


@dataclass(frozen=True, slots=True)
class HostMetrics:
    """At one moment. None: this machine doesn't tell."""

    cpu_percent: float
    """Of one core, by this process, since the last look."""
    memory_mb: float | None
    """Resident."""
    temperature_c: float | None
    throttled: list[str] | None
    """What the firmware does, or did since the start, against low voltage and heat."""
    wifi_dbm: int | None
    """Signal of the first wireless interface."""


class HostMetricsSampler:
    """Sampler of the metrics of this process and its machine. `root`: where /proc and /sys are; another for tests."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._before = time.monotonic(), _used_s()

    def look(self) -> HostMetrics:
        """Now."""
        now = time.monotonic(), _used_s()
        passed_s = now[0] - self._before[0]
        cpu_percent = 100 * (now[1] - self._before[1]) / passed_s if passed_s > 0 else 0.0
        self._before = now
        return HostMetrics(
            round(cpu_percent, 1), self._memory_mb(), self._temperature_c(), self._throttled(), self._wifi_dbm()
        )

    def _memory_mb(self) -> float | None:
        pages = read(self._root / "proc/self/statm").split()
        return round(int(pages[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6, 1) if len(pages) > 1 else None

    def _temperature_c(self) -> float | None:
        exact_c = temperature_c(self._root)
        return None if exact_c is None else round(exact_c, 1)

    def _throttled(self) -> list[str] | None:
        bits = throttled_bits(throttled_text(self._root))
        return None if bits is None else [name for bit, name in THROTTLING.items() if bits >> bit & 1]

    def _wifi_dbm(self) -> int | None:
        # wireless: interface, status, link quality, signal level, noise, ...
        for line in read(self._root / "proc/net/wireless").splitlines()[2:]:
            fields = line.split()
            if len(fields) > 3:
                return round(float(fields[3]))
        return None


def read(file: Path) -> str:
    """Content of a file of the kernel; empty: there is none."""
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def temperature_c(root: Path) -> float | None:
    """Of the processor; None: this machine doesn't tell."""
    text = read(root / "sys/class/thermal/thermal_zone0/temp")
    return int(text) / 1000 if text.removeprefix("-").isdecimal() else None


def throttled_text(root: Path) -> str:
    """The firmware's bits as the kernel shows them; empty: it doesn't."""
    # ``soc/soc:firmware`` on most; the folders have an address in their names on some.
    return next(map(read, sorted(root.glob("sys/devices/platform/soc*/*firmware/get_throttled"))), "")


def throttled_bits(text: str) -> int | None:
    """The bits in `text`; None: there are none."""
    try:
        return int(text, 16)
    except ValueError:
        return None


def _used_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
