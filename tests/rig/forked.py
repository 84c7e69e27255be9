"""Processes that are forked from one with Callbox imported: a box starts with 0.05 s of processor time in place of 0.75.

For tests of what `callbox` does. How it starts, and what it imports when, is seen in a process of its own:
`tests.rig.service.CALLBOX`.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from unittest import mock

_CONTEXT = ForkServerContext()
_CONTEXT.set_forkserver_preload(["tests.rig.preimported"])


class Forked(ForkServerProcess):
    """`work`, which returns an exit code, in a process of its own: as much of `subprocess.Popen` as tests need.

    `outputs`: the files that take standard output (1) and standard error (2).
    """

    def __init__(self, work: Callable[[], int], environ: Mapping[str, str], outputs: Mapping[int, Path]) -> None:
        super().__init__(daemon=True)
        self._work, self._environ, self._outputs = work, dict(environ), dict(outputs)
        for path in outputs.values():
            path.write_bytes(b"")
        with mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)):  # the first one starts the server
            self.start()

    def run(self) -> None:
        """In the forked process."""
        assert "tests.rig.preimported" in sys.modules
        os.environ.clear()
        os.environ.update(self._environ)
        for number, path in self._outputs.items():
            os.dup2(os.open(path, os.O_WRONLY), number)
        sys.exit(self._work())

    @property
    def returncode(self) -> int | None:
        return self.exitcode

    def send_signal(self, number: int) -> None:
        assert self.pid
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        self.join(timeout)
        if self.exitcode is None:
            raise subprocess.TimeoutExpired([repr(self._work)], timeout or 0.0)
        return self.exitcode


_CAPABILITIES_VERSION_3 = 0x2008_0522
_OF_FILES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


def drop_file_capabilities() -> None:
    """From now on this process may use own files only, also if it is root's."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0, os.strerror(ctypes.get_errno())
    for place in (0, 1, 2):  # effective, permitted, inheritable; of the capabilities 0 to 31
        sets[place] &= ~_OF_FILES
    assert libc.capset(header, sets) == 0, os.strerror(ctypes.get_errno())
