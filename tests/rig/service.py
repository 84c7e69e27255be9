"""`callbox run` as a service: a process that tells systemd how it is."""

import functools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.rig.forked import Forked

from callbox.cli import main

ROOT = Path(__file__).parents[2]
CALLBOX = [sys.executable, "-m", "callbox"]
ENV = {**os.environ, "PYTHONPATH": f"{ROOT / 'firmware'}:{ROOT / 'device'}"}


def start(
    arguments: list[str],
    env: Mapping[str, str],
    log: Path,
    run: Callable[[list[str]], int] = main,
    command: Sequence[str] = (),
) -> Forked | subprocess.Popen[bytes]:
    """`callbox` with `arguments`: forked, in which `run` is called; or by `command`, such as `CALLBOX`, its own process.

    `log`: the file for its standard error.
    """
    if not command:
        return Forked(functools.partial(run, arguments), env, {2: log})
    with log.open("wb") as file:
        return subprocess.Popen([*command, *arguments], stderr=file, env=env)


class Service:
    """`callbox run` under a service manager's socket. `command`, `run`: as of `start`."""

    def __init__(self, config, command=(), run=main, **env):
        self.notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        config.with_suffix(".notify").unlink(missing_ok=True)
        self.notifications.bind(str(config.with_suffix(".notify")))
        self.notifications.settimeout(120)
        self._log = config.with_suffix(".log")
        arguments = ["run", "--config", str(config)]
        alsa = {"ALSA_CONFIG_PATH": str(config.parent / "asound.conf")}
        env = {**ENV, **alsa, "NOTIFY_SOCKET": str(config.with_suffix(".notify")), **env}
        self.process = start(arguments, env, self._log, run, command)

    @property
    def log(self):
        return self._log.read_text()

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
        return self.process.wait(timeout=100), self.log

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.notifications.close()
