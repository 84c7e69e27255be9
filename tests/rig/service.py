"""`callbox run` as a service: a process that tells systemd how it is."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALLBOX = [sys.executable, "-m", "callbox"]
ENV = {**os.environ, "PYTHONPATH": f"{ROOT / 'firmware'}:{ROOT / 'device'}"}


class Service:
    """`callbox run` under a service manager's socket; `command` in the place of `callbox`."""

    def __init__(self, config, command=CALLBOX, **env):
        self.notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        config.with_suffix(".notify").unlink(missing_ok=True)
        self.notifications.bind(str(config.with_suffix(".notify")))
        self.notifications.settimeout(120)
        alsa = {"ALSA_CONFIG_PATH": str(config.parent / "asound.conf")}
        self.process = subprocess.Popen(
            [*command, "run", "--config", config],
            stderr=subprocess.PIPE,
            text=True,
            env={**ENV, **alsa, "NOTIFY_SOCKET": str(config.with_suffix(".notify")), **env},
        )

    def until(self, beginning, within_s=120):
        """The notifications up to the one that begins so. AssertionError after `within_s`: the watchdog's go on for ever."""
        messages: list[str] = []
        end_s = time.monotonic() + within_s
        while not (messages and messages[-1].startswith(beginning)):
            assert time.monotonic() < end_s, f"no {beginning!r} among {messages[-20:]}"
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
