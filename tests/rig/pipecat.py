"""A real Pipecat server with the bot of tests/bots, in an environment and a process of its own."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.rig.ports import free_port, wait_until_open

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-pipecat/bin/python"


class PipecatServer:
    """``with PipecatServer() as server: server.start_url``. Ends with the block, whatever happens in it."""

    def __init__(self, *options: str, bot: str = "pipecat_echo.py") -> None:
        self._bot, self._options = ROOT / "tests/bots" / bot, options
        self.port = free_port()
        self.start_url = f"http://127.0.0.1:{self.port}/start"
        self.offer_url = f"http://127.0.0.1:{self.port}/api/offer"
        self._log = tempfile.NamedTemporaryFile("w+", prefix="pipecat-", suffix=".log")  # noqa: SIM115

    @property
    def log(self) -> str:
        """What the server has said so far."""
        return Path(self._log.name).read_text()

    def __enter__(self) -> Self:
        if not PYTHON.exists():
            raise FileNotFoundError(f"{PYTHON} is missing: deploy/bootstrap.sh pipecat")
        self.start()
        return self

    def start(self) -> None:
        """Begin, or begin again after `kill`, on the same port."""
        command = [str(PYTHON), str(self._bot), "--host", "127.0.0.1", *self._options]
        paths = f"{ROOT / 'firmware'}:{ROOT / 'device'}"
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            env={**os.environ, "PYTHONPATH": paths, "HF_HUB_OFFLINE": "1"},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_open(self.port, 90, lambda: self._process.poll() is None)
        except TimeoutError:
            self.__exit__()
            raise RuntimeError(f"Pipecat did not start:\n{self.log}") from None

    def kill(self) -> None:
        """Gone, without a word to anybody."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """As a machine that has no time for it."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on."""
        self._process.send_signal(signal.SIGCONT)

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._log.close()
