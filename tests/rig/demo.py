"""The demo as a process, with its box in a page: `callbox demo --panel`."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

STARTS_WITHIN_S = 300.0


class Demo:
    """``with Demo(folder) as demo``: `demo.url` is the page with its token, `demo.address` without."""

    def __init__(self, folder: Path, *arguments: str, command: tuple[str, ...] = ("demo", "--panel")) -> None:
        self._log = folder / "demo.log"
        environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "callbox", *command, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**environment, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"},
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def end(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=100)

    def __enter__(self) -> Self:
        until_s = time.monotonic() + STARTS_WITHIN_S
        while "#token=" not in self.log:
            assert self.process.poll() is None, self.log
            if time.monotonic() > until_s:
                self.process.kill()
                raise AssertionError(self.log)
            time.sleep(0.05)
        self.url = next(line for line in self.log.splitlines() if "#token=" in line).split("is at ")[1].strip()
        self.address, _, self.token = self.url.partition("#token=")
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.end()
