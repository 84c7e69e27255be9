"""From the start of the process to a button that is answered, to a box that runs, to one that is armed.

Also what one is measured by: ``python -m benchmarks.cost.start CONFIG`` is `callbox run` on mock pins with a button
that presses as soon as there is a button, and prints the times since the process began (proc(5), starttime).
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BUTTON, LAMP = "GPIO17", "GPIO22"
CONFIG = """\
bot: {start_url: "http://127.0.0.1:9/start"}
board: {button: {pin: 17}, lamps: {status: {pin: 22}, microphone: {pin: 27}}}
"""
LOOK_S = 0.002
PRESS_S = 0.3
"""A press that was on already when the box took its button doesn't count; the button then presses again."""


@dataclass(frozen=True)
class Start:
    """Milliseconds since the process began: what passed, and what the processor worked."""

    answered_ms: float
    """The lamp is lit by a press."""
    running_ms: float
    """The box has the button: systemd gets READY=1."""
    armed_ms: float
    """All that the first call needs is imported."""
    answered_cpu_ms: float
    running_cpu_ms: float
    armed_cpu_ms: float


def once(folder: Path, tree: Path = ROOT) -> Start:
    """One start of the program in `tree`. The first one in a folder has no note of the wiring yet."""
    (folder / "callbox.yaml").write_text(CONFIG)
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.cost.start", str(folder / "callbox.yaml")]
    done = subprocess.run(
        command,
        env=os.environ | {"STATE_DIRECTORY": str(folder), "PYTHONPATH": f"{tree / 'firmware'}:{tree / 'device'}"},
        stdout=-1,
        stderr=-1,
        text=True,
        check=True,
        cwd=tree,
        timeout=60,
    )
    return Start(**json.loads(done.stdout.splitlines()[-1]))


def starts(count: int) -> Iterator[tuple[Start, Start]]:
    """So many pairs: without a note of the wiring, and with one."""
    for _ in range(count):
        with tempfile.TemporaryDirectory() as name:
            yield once(Path(name)), once(Path(name))


class Clock:
    """Of this process, from its beginning."""

    def __init__(self) -> None:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        self._began_s = ticks / os.sysconf("SC_CLK_TCK")
        self.times: dict[str, float] = {}

    def lap(self, name: str) -> None:
        if f"{name}_ms" not in self.times:
            self.times[f"{name}_ms"] = (time.clock_gettime(time.CLOCK_BOOTTIME) - self._began_s) * 1000
            self.times[f"{name}_cpu_ms"] = time.process_time() * 1000


def button(clock: Clock) -> None:
    """Press as soon as somebody listens to the button; tell when the lamp is lit."""
    pins: dict[str, Any] = {}
    while not (BUTTON in pins and LAMP in pins and pins[BUTTON].when_changed):
        time.sleep(LOOK_S)
        factory = getattr(getattr(sys.modules.get("gpiozero"), "Device", None), "pin_factory", None)
        pins = {pin.info.name: pin for pin in list(factory.pins.values())} if factory else {}
    button, lamp = pins[BUTTON], pins[LAMP]
    while not lamp.state:
        button.drive_low()
        give_up_s = time.monotonic() + PRESS_S
        while not lamp.state and time.monotonic() < give_up_s:
            time.sleep(LOOK_S)
        if lamp.state:
            clock.lap("answered")
        button.drive_high()
        time.sleep(PRESS_S / 3)


def watch(clock: Clock) -> None:
    """Put the clock where the box runs, and where it is armed. Imports nothing that the box would not by then."""
    import importlib.abc

    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, name: str, *_: object) -> None:
            if name == "callbox.app.reload" and "callbox.app.compose" in sys.modules:
                _put(clock, sys.modules["callbox.app.compose"])

    sys.meta_path.insert(0, Finder())


def _put(clock: Clock, assembly: Any) -> None:
    from callbox.system.systemd import Notifier

    ready, warm_up = Notifier.ready, assembly.preimport

    def measured(self: Notifier) -> None:
        clock.lap("running")
        ready(self)

    def warmed() -> None:
        warm_up()
        clock.lap("armed")
        while len(clock.times) < 6:
            time.sleep(LOOK_S)
        print(json.dumps(clock.times), flush=True)
        os._exit(0)

    Notifier.ready, assembly.preimport = measured, warmed  # type: ignore[method-assign]


def main() -> None:
    clock = Clock()
    os.environ |= {"GPIOZERO_PIN_FACTORY": "mock", "GPIOZERO_MOCK_PIN_CLASS": "mockpwmpin"}
    watch(clock)
    threading.Thread(target=button, args=[clock], daemon=True).start()
    from callbox.cli import main as callbox

    callbox(["run", "--config", sys.argv[1]])


if __name__ == "__main__":
    main()
