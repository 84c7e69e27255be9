"""A fleet of simulated boxes on a real Mosquitto: at its ease, and after an outage."""

import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rig.mosquitto import Mosquitto

from benchmarks.cost.processes import cpu_s
from benchmarks.measure import memory_mib

ROOT = Path(__file__).parents[2]
STARTS_PER_S = 200
SETTLE_S = 3.0
EVERY_S = 0.1
PATIENCE_S = 150.0


@dataclass(frozen=True)
class Steady:
    """A fleet that lives, over some seconds."""

    boxes: int
    rate: float
    in_call: int
    messages_per_s: float
    broker_percent: float
    """Of a core."""
    broker_mib: float
    simulator_percent: float
    simulator_mib: float
    watch_percent: float
    watch_mib: float
    failures: int
    disconnect_s: float


@dataclass(frozen=True)
class Storm:
    """An outage, and the way back. Times in s since the broker was started again."""

    boxes: int
    retry_s: float
    jitter: bool
    outage_s: float
    back_s: tuple[float, ...]
    """When the first, the second, ... box was back."""
    refused: int
    """Attempts that failed after the broker was up again."""

    def share_s(self, share: float) -> float:
        """When this share of the boxes was back."""
        return self.back_s[max(0, round(share * self.boxes) - 1)] if len(self.back_s) == self.boxes else float("nan")

    def per_s(self, width_s: float = 0.5) -> list[tuple[float, float]]:
        """Connections a second, in slices of `width_s`."""
        slices = [0] * (int(max(self.back_s, default=0) / width_s) + 2)
        for at_s in self.back_s:
            slices[int(max(0.0, at_s) / width_s)] += 1
        return [(number * width_s, count / width_s) for number, count in enumerate(slices)]


class Simulator:
    """`callbox simulate`, and what it counted last."""

    def __init__(self, port: int, boxes: int, *options: str) -> None:
        place = ("--host", "127.0.0.1", "--port", str(port))
        command = [sys.executable, "-m", "callbox", "simulate", "--json", "--every", str(EVERY_S), *place]
        command += ["--fleet", str(boxes), "--spread", str(boxes / STARTS_PER_S), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.measured: list[tuple[float, dict[str, Any]]] = []
        """(our clock in s, counts)."""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def last(self) -> dict[str, Any]:
        return self.measured[-1][1] if self.measured else {"connected": 0, "subscribed": 0, "published": 0}

    def until(self, boxes: int, what: str = "connected") -> None:
        give_up_s = time.monotonic() + PATIENCE_S
        while self.last[what] != boxes:
            if time.monotonic() > give_up_s or self.process.poll() is not None:
                raise TimeoutError(f"{self.last[what]} boxes are {what}, not {boxes}")
            time.sleep(0.05)

    def end(self) -> float:
        """Seconds that the DISCONNECT took."""
        began_s = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self._reader.join(10)
        return time.monotonic() - began_s

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.measured.append((time.monotonic(), json.loads(line)))


@contextmanager
def watching(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """One `callbox watch`, whose lines are not read."""
    command = [sys.executable, "-m", "callbox", "watch", "--json", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.terminate()


def steady(boxes: int, rate: float, span_s: float) -> Steady:
    """A fleet at its ease."""
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker, watching(broker.port) as watch:
        simulator = Simulator(broker.port, boxes, "--rate", str(rate))
        try:
            simulator.until(boxes)
            time.sleep(SETTLE_S)
            pids = (broker.pid, simulator.process.pid, watch.pid)
            before, began = [cpu_s(pid) for pid in pids], simulator.measured[-1]
            time.sleep(span_s)
            after, ended = [cpu_s(pid) for pid in pids], simulator.measured[-1]
            memory = [memory_mib(pid) for pid in pids]
            took_s = ended[0] - began[0]
            percents = [100 * (late - early) / took_s for early, late in zip(before, after, strict=True)]
            return Steady(
                boxes=boxes,
                rate=rate,
                in_call=ended[1]["sessions"],
                messages_per_s=(ended[1]["published"] - began[1]["published"]) / took_s,
                broker_percent=percents[0],
                broker_mib=memory[0],
                simulator_percent=percents[1],
                simulator_mib=memory[1],
                watch_percent=percents[2],
                watch_mib=memory[2],
                failures=ended[1]["failures"],
                disconnect_s=simulator.end(),
            )
        finally:
            simulator.process.kill()


def storm(boxes: int, retry_s: float, *, jitter: bool, outage_s: float) -> Storm:
    """The broker goes, and comes back."""
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker:
        simulator = Simulator(broker.port, boxes, "--retry", str(retry_s), *(() if jitter else ("--no-jitter",)))
        try:
            simulator.until(boxes)
            time.sleep(SETTLE_S)
            broker.stop()
            began_s = time.monotonic()
            simulator.until(0)
            time.sleep(max(0.0, began_s + outage_s - time.monotonic()))
            before, up_s = simulator.last, time.monotonic()
            broker.start()
            simulator.until(boxes)
            back_s: list[float] = []
            for at_s, counts in simulator.measured:
                if at_s > up_s:
                    new = counts["connects"] - before["connects"] - len(back_s)
                    back_s += [at_s - up_s] * new
            refused = simulator.last["failures"] - before["failures"]
            return Storm(boxes, retry_s, jitter, outage_s, tuple(back_s[:boxes]), refused)
        finally:
            simulator.process.kill()
