"""A real Pipecat server with the bot of tests/bots, in an environment and a process of its own."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.rig.ports import free_port, wait_until_open

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-pipecat/bin/python"


class PipecatServer:
    """``with PipecatServer() as server: server.start_url``. Ends with the block, whatever happens in it."""

    def __init__(self) -> None:
        self._port = free_port()
        self.start_url = f"http://127.0.0.1:{self._port}/start"
        self.offer_url = f"http://127.0.0.1:{self._port}/api/offer"
        self._log = tempfile.NamedTemporaryFile("w+", prefix="pipecat-", suffix=".log")  # noqa: SIM115

    @property
    def log(self) -> str:
        """What the server has said so far."""
        return Path(self._log.name).read_text()

    def __enter__(self) -> Self:
        if not PYTHON.exists():
            raise FileNotFoundError(f"{PYTHON} is missing: deploy/bootstrap.sh pipecat")
        bot = str(ROOT / "tests/bots/pipecat_echo.py")
        command = [str(PYTHON), bot, "-t", "webrtc", "--host", "127.0.0.1"]
        paths = f"{ROOT / 'firmware'}:{ROOT / 'device'}"
        self._process = subprocess.Popen(
            [*command, "--port", str(self._port)],
            env={**os.environ, "PYTHONPATH": paths, "HF_HUB_OFFLINE": "1"},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_open(self._port, 90, lambda: self._process.poll() is None)
        except TimeoutError:
            self.__exit__()
            raise RuntimeError(f"Pipecat did not start:\n{self.log}") from None
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
