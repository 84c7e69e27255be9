"""`callbox run` in a process that is forked from one that has imported it: it starts with a third of the processor time.

For tests of what a box does. How it starts, and what it imports when, is seen in a process of its own:
`tests.rig.service.CALLBOX`.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from unittest import mock

from callbox.cli import main

_CONTEXT = ForkServerContext()
_CONTEXT.set_forkserver_preload(["tests.rig.preimported"])


class Forked(ForkServerProcess):
    """`callbox` with `arguments`, started: as much of `subprocess.Popen` as a box needs.

    `log`: the file that takes its standard error. `prepare`: is called in the process, before `callbox`.
    """

    def __init__(
        self, arguments: Sequence[str], environ: Mapping[str, str], log: Path, prepare: Callable[[], None] | None
    ) -> None:
        super().__init__(daemon=True)
        self._arguments, self._environ, self._log, self._prepare = arguments, dict(environ), log, prepare
        with mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)):  # the first one starts the server
            self.start()

    def run(self) -> None:
        """In the forked process."""
        assert "tests.rig.preimported" in sys.modules
        os.environ.clear()
        os.environ.update(self._environ)
        os.dup2(os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), sys.stderr.fileno())
        if self._prepare:
            self._prepare()
        sys.exit(main(self._arguments))

    @property
    def returncode(self) -> int | None:
        return self.exitcode

    def send_signal(self, number: int) -> None:
        assert self.pid
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        self.join(timeout)
        if self.exitcode is None:
            raise subprocess.TimeoutExpired(["callbox", *self._arguments], timeout or 0.0)
        return self.exitcode
