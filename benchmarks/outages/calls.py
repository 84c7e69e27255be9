"""What a person notices of a broker that is away: calls, in turn, on boxes whose brokers are in every state."""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.rig.mosquitto import Mosquitto, filled
from tests.rig.ports import free_port
from tests.rig.tls import make_certificate

from benchmarks.outages.child import Child

FINE = "fine"
IDLE_S = 30.0
SETTLE_S = 3.0


@dataclass
class Calls:
    """Of one box: milliseconds by phase, and its cost between calls."""

    broker: str
    ms: dict[str, list[float]] = field(default_factory=dict)
    idle_cpu_percent: float = 0.0
    """Of a core."""


def measure(url: str, rounds: int, idle_s: float = IDLE_S) -> list[Calls]:
    """`rounds` calls with each broker, one box after the other; the first call of each is not counted."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        boxes = _boxes(stack, Path(folder), url)
        for number in range(rounds + 1):
            first = number % len(boxes)  # so that none always comes after the same other one
            for calls, box in boxes[first:] + boxes[:first]:
                for name, ms in box.do("call").items():
                    if number:
                        calls.ms.setdefault(name, []).append(ms)
        began_s, before = time.monotonic(), [box.cpu_s for _, box in boxes]
        time.sleep(idle_s)
        took_s = time.monotonic() - began_s
        for (calls, box), cpu_s in zip(boxes, before, strict=True):
            calls.idle_cpu_percent = 100 * (box.cpu_s - cpu_s) / took_s
        return [calls for calls, _ in boxes]


def _boxes(stack: ExitStack, folder: Path, url: str) -> list[tuple[Calls, Child]]:
    def broker(name: str, *options: str) -> Mosquitto:
        place = folder / name
        place.mkdir()
        return stack.enter_context(Mosquitto(place, *(options or ("allow_anonymous true",))))

    def box(name: str, port: int, then: Callable[[], None] = lambda: None, ca_file: Path | None = None) -> None:
        child = stack.enter_context(Child(url, port, ca_file))
        time.sleep(SETTLE_S)
        then()
        boxes.append((Calls(name), child))

    boxes: list[tuple[Calls, Child]] = []
    fine, killed, frozen, full = (broker(name) for name in ("fine", "killed", "frozen", "full"))
    box(FINE, fine.port)
    box("fine, another box", fine.port)
    box("killed", killed.port, killed.stop)
    box("frozen", frozen.port, frozen.freeze)
    stack.callback(frozen.thaw)
    box("refuses the log-in", broker("refusing", "allow_anonymous false").port)
    full.configure("allow_anonymous true", "max_connections 2")
    full.stop()
    full.start()
    stack.enter_context(filled(full.port))
    box("full", full.port)
    box("never there", free_port())
    certificate, _ = make_certificate(folder)
    box("never there, TLS", free_port(), ca_file=certificate)
    return boxes
