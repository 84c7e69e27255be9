"""A command whose output is not read to its end."""

import signal
import subprocess
import sys


def test_head_that_has_read_enough_is_no_traceback():
    command = subprocess.Popen(
        [sys.executable, "-m", "callbox", "explain", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert command.stdout
    assert command.stderr
    command.stdout.close()
    stderr = command.stderr.read()
    assert command.wait() in (0, 128 + signal.SIGPIPE)
    command.stderr.close()
    assert b"Traceback" not in stderr
