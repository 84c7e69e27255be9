"""A running box, as a process: `callbox run` on mock pins."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

BUTTON, STATUS_LAMP, MICROPHONE_LAMP = 17, 22, 27
_PROGRAM = Path(__file__).with_name("box_on_mock_pins.py")


class RunningBox:
    """``with RunningBox(config, env) as box``: press its button, read its lamps when it has ended."""

    def __init__(self, config: Path, env: dict[str, str]) -> None:
        pins = [str(pin) for pin in (BUTTON, STATUS_LAMP, MICROPHONE_LAMP)]
        self._log = config.with_suffix(".log")
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, _PROGRAM, config, *pins],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **env, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        self.lamps: dict[int, list[list[float]]] = {}

    @property
    def log(self) -> str:
        return self._log.read_text()

    def press(self) -> None:
        self._say("press")

    def release(self) -> None:
        self._say("release")

    def click(self) -> None:
        """Press and release, later than the second press of a double one."""
        self._say("click")

    def end(self) -> int:
        """SIGTERM; the exit code. A busy machine is waited for; systemd's limit is `TimeoutStopSec`."""
        self.process.send_signal(signal.SIGTERM)
        output, _ = self.process.communicate(timeout=200)
        if output:
            self.lamps = {int(pin): levels for pin, levels in json.loads(output).items()}
        return self.process.returncode

    def _say(self, word: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{word}\n".encode())
        self.process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(OSError):  # what was still to be written to it
                    pipe.close()
