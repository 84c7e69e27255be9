"""Calls over a network with a known round trip: the bot at its far end, one client after another at the near one."""

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.rig.link import FAR, Link
from tests.rig.pipecat import PYTHON as PIPECAT

from benchmarks.latency.phases import NAMES
from callbox.probe.model.network_impairment import NetworkImpairment

ROOT = Path(__file__).parents[2]
PYTHON = (sys.executable, "-W", "ignore", "-m")
CLIENTS = {
    "hot": ("Callbox, hot", (*PYTHON, "benchmarks.latency.box"), ("hot",)),
    "armed": ("Callbox, armed", (*PYTHON, "benchmarks.latency.box"), ("armed",)),
    "cold": ("Callbox, cold", (*PYTHON, "benchmarks.latency.box"), ("cold",)),
    "javascript": ("official JavaScript client, warm", ("node", "benchmarks/latency/browser/drive.mjs"), ()),
    "stock": ("aiortc, stock", (*PYTHON, "benchmarks.latency.aiortc_client"), ()),
}
WAYS = {
    "start": "start request, then offer",
    "offer": "offer at once",
    "pipecat": "a real Pipecat server, start request, then offer",
}
PIPECAT_PORT = 7860
Call = dict[str, float]


@dataclass(frozen=True)
class Cell:
    """One client, one way to reach the bot, one round trip."""

    client: str
    way: str
    round_trip_ms: int
    calls: list[Call]

    def median_ms(self, phase: str, since: str | None = None) -> float:
        """When `phase` was over; nan: never."""
        return statistics.median(self.each_ms(phase, since)) if self.each_ms(phase, since) else float("nan")

    def quick_ms(self, phase: str, since: str | None = None) -> float:
        """As `median_ms`, of the quicker half: what a busy machine adds is left out, what the network takes is not."""
        each_ms = sorted(self.each_ms(phase, since))
        return statistics.median(each_ms[: (len(each_ms) + 1) // 2]) if each_ms else float("nan")

    def each_ms(self, phase: str, since: str | None = None) -> list[float]:
        """Of every call. `since`: a phase that is there, or the call's own beginning."""
        return [call[phase] - call.get(since or "", 0.0) for call in self.calls if phase in call]

    def steps_ms(self, *, quick: bool = False) -> dict[str, float]:
        """How long each phase took, by `median_ms` or `quick_ms`; those that a client hasn't are left out."""
        steps, before_ms = {}, 0.0
        for phase in NAMES:
            if any(phase in call for call in self.calls):
                over_ms = self.quick_ms(phase) if quick else self.median_ms(phase)
                steps[phase], before_ms = max(0.0, over_ms - before_ms), max(before_ms, over_ms)
        return steps


def measure(round_trips_ms: list[int], way: str, clients: list[str], calls: int, turns: int) -> list[Cell]:
    """Every cell; the clients take turns, so that a busy minute meets them all. Raises `LinkUnavailable`."""
    found: dict[tuple[str, int], list[Call]] = {}
    with Link() as link:
        url = _pipecat(link) if way == "pipecat" else _bot(link)[way]
        for round_trip_ms in round_trips_ms:
            link.change(*(NetworkImpairment(delay_ms=round_trip_ms / 2),) * 2)
            for turn in range(turns):
                for client in clients:
                    print(f"{round_trip_ms} ms, {way}, {client}, turn {turn + 1} ...", file=sys.stderr, flush=True)
                    measured = _run(link, client, url, calls // turns)
                    found.setdefault((client, round_trip_ms), []).extend(measured)
    return [Cell(client, way, round_trip_ms, calls) for (client, round_trip_ms), calls in found.items()]


def _bot(link: Link) -> dict[str, str]:
    """Start the demo's at the far end. Returns its URLs."""
    command = [*PYTHON, "benchmarks.latency.bot", FAR]
    bot = link.start(1, command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert bot.stdout
    return dict(zip(("start", "offer"), bot.stdout.readline().split(), strict=True))


def _pipecat(link: Link) -> str:
    """Start a real Pipecat server there. Returns the URL of its start request."""
    command = [str(PIPECAT), "tests/bots/pipecat_whistle.py", "-t", "webrtc", "--host", FAR]
    environment = {**os.environ, "PYTHONPATH": "firmware:device", "HF_HUB_OFFLINE": "1"}
    quiet = subprocess.DEVNULL
    link.start(1, [*command, "--port", str(PIPECAT_PORT)], cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
    wait = f"from tests.rig.ports import wait_until_open; wait_until_open({PIPECAT_PORT}, 120, host={FAR!r})"
    if link.start(1, [sys.executable, "-c", wait], cwd=ROOT).wait():
        raise RuntimeError("Pipecat did not start")
    return f"http://{FAR}:{PIPECAT_PORT}/start"


def _run(link: Link, client: str, url: str, calls: int) -> list[Call]:
    _, command, options = CLIENTS[client]
    process = link.start(0, [*command, url, str(calls), *options], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    spoken, _ = process.communicate(timeout=60 + 12 * calls)
    lines = spoken.splitlines()
    if process.returncode or not lines:
        raise RuntimeError(f"{client} ended with code {process.returncode}; see above")
    measured: list[Call] = json.loads(lines[-1])
    return measured
