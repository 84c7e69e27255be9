"""The box of `benchmarks.outages.box` as a process, and what the kernel says of it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from benchmarks.cost.processes import cpu_s
from benchmarks.fleet.runs import ROOT
from benchmarks.measure import memory_mib


class Child:
    """``with Child(url, port) as box``: tell it what to do."""

    def __init__(self, url: str, port: int, ca_file: Path | None = None) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.outages.box", url, str(port)]
        self._process = subprocess.Popen(
            [*command, *([str(ca_file)] if ca_file else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        self._answer()

    def do(self, what: str) -> dict[str, Any]:
        """Its answer."""
        assert self._process.stdin
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return self._answer()

    @property
    def memory_mib(self) -> float:
        """Resident now."""
        return memory_mib(self._process.pid)

    @property
    def cpu_s(self) -> float:
        """Processor time so far."""
        return cpu_s(self._process.pid)

    @property
    def threads(self) -> int:
        """How many there are."""
        return len(list(Path(f"/proc/{self._process.pid}/task").iterdir()))

    @property
    def files(self) -> int:
        """How many are open, sockets too."""
        return len(list(Path(f"/proc/{self._process.pid}/fd").iterdir()))

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        measured: dict[str, Any] = json.loads(self._process.stdout.readline())
        return measured

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def whistling_bot() -> Iterator[str]:
    """The address of a bot that whistles."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bot"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()
