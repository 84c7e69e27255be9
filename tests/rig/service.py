"""`callbox run` as a service: a process that tells systemd how it is."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALLBOX = [sys.executable, "-m", "callbox"]
ENV = {**os.environ, "PYTHONPATH": f"{ROOT / 'firmware'}:{ROOT / 'device'}"}


class Service:
    """`callbox run` under a service manager's socket."""

    def __init__(self, config, **env):
        self.notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        config.with_suffix(".notify").unlink(missing_ok=True)
        self.notifications.bind(str(config.with_suffix(".notify")))
        self.notifications.settimeout(20)
        alsa = {"ALSA_CONFIG_PATH": str(config.parent / "asound.conf")}
        self.process = subprocess.Popen(
            [*CALLBOX, "run", "--config", config],
            stderr=subprocess.PIPE,
            text=True,
            env={**ENV, **alsa, "NOTIFY_SOCKET": str(config.with_suffix(".notify")), **env},
        )

    def until(self, beginning):
        messages: list[str] = []
        while not (messages and messages[-1].startswith(beginning)):
            messages.append(self.notifications.recv(4096).decode())
        return messages

    def end(self, number=signal.SIGTERM):
        """The exit code and the log. TimeoutExpired after the 3 s that the box may take."""
        self.process.send_signal(number)
        _, log = self.process.communicate(timeout=100)
        return self.process.returncode, log

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.notifications.close()
