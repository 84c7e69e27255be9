"""A real Prometheus: the one that is installed, or the one that `deploy/bootstrap.sh test` has unpacked."""

import contextlib
import json
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import yaml
from tests.rig.mosquitto import wait_for
from tests.rig.ports import free_port, wait_until_open
from tests.rig.service import ENV, start

from callbox.cli import main

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy/grafana/prometheus"


def program(name):
    """`prometheus` or `promtool`."""
    unpacked = ROOT / ".prometheus/usr/bin" / name
    found = shutil.which(name) or (str(unpacked) if unpacked.exists() else None)
    assert found, f"there is no {name}: deploy/bootstrap.sh test"
    return found


class Prometheus:
    """Scrapes `targets` by the shipped configuration, once a second."""

    def __init__(self, folder: Path, *targets: str) -> None:
        self.port = free_port()
        config = yaml.safe_load((SHIPPED / "prometheus.yml").read_text())
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(SHIPPED / one) for one in config["rule_files"]]
        config["scrape_configs"][0]["static_configs"] = [{"targets": list(targets)}]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        self._options = [
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            f"--web.console.templates={SHIPPED / 'consoles'}",
            "--log.level=warn",
        ]

    @property
    def console(self) -> str:
        return f"http://127.0.0.1:{self.port}/consoles/callbox.html"

    def get(self, path, **request):
        """What the API answers."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(request)}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            return json.load(answer)["data"]

    def query(self, expression):
        """Labels and number of each series that `expression` gives now."""
        return [(one["metric"], float(one["value"][1])) for one in self.get("query", query=expression)["result"]]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen([program("prometheus"), *self._options])
        wait_until_open(self.port, alive=lambda: self._process.poll() is None)
        assert wait_for(self._is_ready)
        return self

    def _is_ready(self) -> bool:
        with contextlib.suppress(urllib.error.HTTPError):  # it answers 503 until it has read its data
            return bool(urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=60).status == 200)
        return False

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


SCRAPE_EVERY_S = 0.2
"""A scrape takes some 10 ms of processor time here and there."""


def wait_for_scrape(condition, within_s: float = 60):
    """`wait_for`, for what scrapes. An exporter whose machine is busy answers late, or 503: it is asked again."""

    def holds():
        with contextlib.suppress(OSError):
            return condition()
        return False

    return wait_for(holds, within_s, SCRAPE_EVERY_S)


class Exporter:
    """`callbox watch --metrics` at a free port, with further `options`.

    `run`, `command`: as of `start`.
    """

    def __init__(
        self,
        broker_port: int,
        *options: str | Path,
        run: Callable[[list[str]], int] = main,
        command: Sequence[str] = (),
    ) -> None:
        broker = "--host", "127.0.0.1", "--port", str(broker_port)
        self._arguments = ["watch", *broker, "--metrics", "0", *map(str, options)]
        self._run, self._command = run, command

    @property
    def pid(self) -> int:
        assert self.process.pid
        return self.process.pid

    def scrape(self) -> dict[str, float]:
        """Each sample that is published, by its name and labels."""
        with urllib.request.urlopen(f"http://{self.target}/metrics", timeout=60) as answer:
            lines = [line for line in answer.read().decode().splitlines() if not line.startswith("#")]
        return {name: float(number) for name, _, number in (line.rpartition(" ") for line in lines)}

    def say(self) -> str:
        """The next line that it prints."""
        line = wait_for(self._printed.readline)
        assert isinstance(line, str)
        return line

    def __enter__(self) -> Self:
        self._printed = tempfile.NamedTemporaryFile("r")
        self.process = start(self._arguments, ENV, Path(self._printed.name), self._run, self._command)
        self.target = self.say().removeprefix("metrics at http://").removesuffix("/metrics\n")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        self._printed.close()
