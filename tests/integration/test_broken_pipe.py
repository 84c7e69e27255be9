"""A command whose output is not read to its end."""

import os
import shlex
import signal
import subprocess
import sys


def test_help_into_a_pipe_that_is_closed_already():
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "callbox", "explain", "--help"]
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, env=buffered)
    os.close(write_end)
    assert done.returncode == 128 + signal.SIGPIPE
    assert done.stderr == b""


def test_help_into_nothing():
    command = f"{shlex.quote(sys.executable)} -m callbox explain --help >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


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
