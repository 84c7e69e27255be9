"""The notifier: nothing that it is given raises, and nothing forges a second assignment."""

import os
import resource
import socket

import pytest

from callbox.system.systemd import Notifier


def test_a_status_is_one_encodable_line(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        notifier.status("ready\nWATCHDOG=trigger\x1b \ud800")
        assert manager.recv(4096).decode() == "STATUS=ready WATCHDOG=trigger  \N{REPLACEMENT CHARACTER}"
        notifier._send("STATUS=\ud800")  # the last defence
        assert manager.recv(4096).decode() == "STATUS=?"


@pytest.mark.parametrize("usec", ["\N{SUPERSCRIPT TWO}", "9" * 5000, "-1", "1e6", ""])
def test_a_watchdog_time_that_is_no_number_is_none(usec):
    assert Notifier({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": usec}).watchdog_s is None


def test_a_process_that_may_open_no_more_files_goes_on(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        os.close(free := os.dup(0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            notifier.reloading()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        notifier.ready()
        assert manager.recv(100) == b"READY=1"
