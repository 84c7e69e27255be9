"""A box to be examined by the doctor, and its visit: in this process, or in one of its own."""

import contextlib
import functools
import json
import os
from pathlib import Path
from typing import Any

from tests.rig.forked import Forked, drop_file_capabilities

from callbox.cli.commands.doctor import visit
from callbox.doctor.checks import CHECKS
from callbox.doctor.context import Context
from callbox.doctor.model.findings import Result
from callbox.doctor.runner import run_checks


class Place:
    """Settings, a machine's folders, and parts that run until the test is over. All is well at first."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root"
        self.settings = {
            "device": {"id": "kitchen"},
            "board": {"kind": "simulated"},
            "microphone": {"device": "null"},
            "speaker": {"device": "null"},
            "bot": {"start_url": "http://127.0.0.1:1/start"},
        }
        self.options: dict[str, Any] = {"quick": True, "tell": lambda _: None}
        self.running = contextlib.AsyncExitStack()
        for file, text in {
            "proc/meminfo": "MemTotal: 433000 kB\nMemFree: 8000 kB\nMemAvailable: 250000 kB\n",
            "proc/mounts": "/dev/mmcblk0p2 / ext4 rw,noatime 0 0\n",
            "proc/1/cmdline": "/sbin/init\0",
            "sys/devices/platform/soc/soc:firmware/get_throttled": "0\n",
            "sys/class/thermal/thermal_zone0/temp": "48312\n",
            "run/systemd/timesync/synchronized": "",
            "dev/snd/controlC0": "",
            "dev/gpiochip0": "",
        }.items():
            self.write(file, text)
        (self.root / "etc").mkdir()
        (self.root / "etc/localtime").symlink_to("/usr/share/zoneinfo/Europe/Berlin")

    def write(self, file: str, text: str) -> Path:
        """A file of the machine."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    @property
    def config(self) -> Path:
        """The settings as a file."""
        file = self.folder / "callbox.yaml"
        file.write_text(json.dumps(self.settings))
        return file

    def context(self) -> Context:
        return Context(self.config, **{"root": self.root, **self.options})

    async def visit(self, *checks: str):
        """The results."""
        results: list[Result] = []
        await run_checks(self.context(), checks, results.append)
        return results

    def visit_apart(self, *checks, env=None, humble=False, quick=True, first=""):
        """As `visit`, in a process of its own, as `--json` tells it.

        `humble`: of a user who may only use own files. `first`: code that it runs before.
        """
        file = self.folder / "reported.json"
        work = functools.partial(_visit, self.config, self.root, checks, quick=quick, first=first, humble=humble)
        process = Forked(work, {**os.environ, **(env or {})}, {1: file})
        process.wait(250)
        reported = json.loads(file.read_text())
        assert process.returncode == reported["exit_code"]
        return reported


def _visit(config: Path, root: Path, checks: tuple[str, ...], *, quick: bool, first: str, humble: bool) -> int:
    if humble and os.geteuid() == 0:  # who may all is not the one to find out that something is forbidden
        drop_file_capabilities()
    exec(first, {})
    return visit(Context(config, quick=quick, root=root, tell=lambda _: None), checks, json=True)


def codes(results) -> list[str]:
    """What was found."""
    return [finding.code.name for result in results for finding in result.report.findings]


def codes_reported(reported) -> list[str]:
    """What was found, as JSON tells it."""
    return [finding["code"] for check in reported["checks"] for finding in check["findings"]]


def check(name: str):
    return next(check for check in CHECKS if check.name == name)
