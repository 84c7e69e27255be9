"""A stopwatch, and what the kernel says of a process."""

import time
from pathlib import Path


class Stopwatch:
    """When things happened for the first time since `start`."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._began_s = time.monotonic()
        self.ms: dict[str, float] = {}

    def lap(self, name: str) -> None:
        self.ms.setdefault(name, (time.monotonic() - self._began_s) * 1000)


def memory_mib(process_id: int) -> float:
    """Resident memory now (VmRSS, proc(5))."""
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
