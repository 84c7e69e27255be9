"""What box and bare client have in common: the plan of a run, and what the kernel says of a process."""

import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

CALLS = 10
CALL_S = 10.0
IDLE_S = 1.0


@dataclass
class Result:
    """The numbers of one process."""

    ready_ms: list[float] = field(default_factory=list)
    """From the press (or the call of connect) to ready (the open data channel)."""
    sound_ms: list[float] = field(default_factory=list)
    """... to the first sound of the bot that the loudspeaker asks for (that aiortc hands over)."""
    cpu_s_per_s: float = 0.0
    """In a call with sound both ways."""
    idle_mib: float = 0.0
    call_mib: float = 0.0
    """Peak resident memory."""


class Stopwatch:
    """When things happened for the first time since `start`."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._began_s = time.monotonic()
        self.ms: dict[str, float] = {}

    def lap(self, name: str) -> None:
        self.ms.setdefault(name, (time.monotonic() - self._began_s) * 1000)


def peak_mib() -> float:
    """The most memory that this process ever held (VmHWM, proc(5))."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def resident_mib(process_id: int) -> float:
    """Resident memory now (VmRSS, proc(5))."""
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


async def run(result: Result, one_call: Callable[[float], Awaitable[Stopwatch]]) -> None:
    """One call to warm up, `CALLS` short ones, a long one; prints the result as JSON."""
    calls = int(sys.argv[2]) if len(sys.argv) > 2 else CALLS
    result.idle_mib = peak_mib()
    await one_call(0)
    for _ in range(calls):
        watch = await one_call(0)
        result.ready_ms.append(watch.ms["ready"])
        result.sound_ms.append(watch.ms.get("sound", float("nan")))
    cpu_s, began_s = time.process_time(), time.monotonic()
    await one_call(CALL_S)
    result.cpu_s_per_s = (time.process_time() - cpu_s) / (time.monotonic() - began_s)
    result.call_mib = peak_mib()
    print(json.dumps(asdict(result)))
