"""Child processes of the demo: a bot and a broker, which can be paused, killed and started again."""

import asyncio
import contextlib
import ctypes
import shlex
import shutil
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Sequence
from pathlib import Path

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
STARTS_WITHIN_S = 20.0
_PR_SET_PDEATHSIG = 1
"""prctl(2)."""


class StartError(OSError):
    """A process doesn't start. A sentence for people."""


class ChildProcess:
    """A process that listens at a port of this machine. Event loop only."""

    def __init__(self, command: Sequence[str], port: int) -> None:
        self._command = command
        self.port = port
        self._process: Process | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process exists."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it, and wait until it listens. Raises `StartError`."""
        if self.is_running:
            return
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, preexec_fn=_end_with_parent
        )
        try:
            async with asyncio.timeout(STARTS_WITHIN_S):
                while not await self._listens():
                    if (code := self._process.returncode) is not None:
                        raise StartError(f"{shlex.join(self._command)} ended at once, with {code}")
                    await asyncio.sleep(0.05)
        except TimeoutError:
            await self.kill()
            raise StartError(f"{shlex.join(self._command)} doesn't listen within {STARTS_WITHIN_S:g} s") from None

    async def kill(self) -> None:
        """SIGKILL the process."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    def pause(self) -> None:
        """SIGSTOP the process: it sends and answers nothing."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT the process."""
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        if self._process and self.is_running:
            self._process.send_signal(number)

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


async def started(make: Callable[[], ChildProcess]) -> ChildProcess:
    """The process that `make` makes, started; made anew if its port is taken meanwhile. Raises `StartError`."""
    for _ in range(2):
        process = make()
        with contextlib.suppress(StartError):
            await process.start()
            return process
    process = make()
    await process.start()
    return process


def bot() -> ChildProcess:
    """The small bot."""
    port = free_port()
    return ChildProcess([sys.executable, "-m", "callbox.demo.bot", "--port", str(port)], port)


def broker(program: str, folder: Path) -> ChildProcess:
    """A Mosquitto that only this machine reaches. Its configuration goes into `folder`."""
    port = free_port()
    # As whoever this is: it would be the user mosquitto for root, who can't read the file; others can't become root.
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\nlog_dest none\n")
    return ChildProcess([program, "-c", str(config)], port)


def free_port() -> int:
    """A TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_free(port: int) -> bool:
    """Whether no program listens at `port` of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _end_with_parent() -> None:
    # In the child: however the demo ends, the child ends too.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
