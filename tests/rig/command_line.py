"""The command line in this process, where it isn't the process that is tested: one of its own takes half a second of processor
time to start. That is `tests.rig.service.CALLBOX`.
"""

import contextlib
import io
import logging
import warnings
from typing import NamedTuple

from callbox.cli import main

QUIETED = logging.getLogger("callbox.mqtt.reconnect")
"""`watch` and `simulate` set its level."""


class Done(NamedTuple):
    """What a command did; as of `subprocess.run`."""

    returncode: int
    stdout: str
    stderr: str


def exit_code(arguments):
    """Of `arguments`; argparse leaves by SystemExit."""
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code


def callbox(*arguments):
    """`callbox` with `arguments`, to its end. Main thread only; what it sets of logging and warnings ends with it."""
    level, stdout, stderr = QUIETED.level, io.StringIO(), io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            code = exit_code([str(argument) for argument in arguments])
    finally:
        QUIETED.setLevel(level)
    return Done(code, stdout.getvalue(), stderr.getvalue())
