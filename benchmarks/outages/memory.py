"""What a box holds on to: memory, threads and files over a broker that dies again and again, and one that hangs."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.rig.mosquitto import Listener, Mosquitto, wait_for

from benchmarks.outages.child import Child

STATUS = "callbox/kitchen/status"
HOLDS_S = 1.2
"""A box that is thrown out sooner takes it for a refusal, and comes ever later."""


@dataclass(frozen=True)
class Held:
    """At one moment."""

    when: str
    memory_mib: float
    threads: int
    files: int


def measure(url: str, kills: int, wakeups: int, changes: int, every: int) -> list[Held]:
    """One box through `kills` deaths of its broker, 50 changes of status in each, and `changes` with a frozen one.

    Between the two, `wakeups` attempts at a broker that isn't there. Told `every` so many deaths.
    """
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker, Child(url, broker.port) as box:

        def held(when: str) -> Held:
            return Held(when, box.memory_mib, box.threads, box.files)

        def until_back() -> None:
            with Listener(broker.port) as listener:
                assert wait_for(lambda: listener.of(STATUS)[-1:] == [b"online"], 90), "the box is not back"

        until_back()
        box.do("call")
        seen = [held("after one call")]
        for number in range(1, kills + 1):
            time.sleep(HOLDS_S)
            broker.stop()
            box.do("change 50")
            broker.start()
            until_back()
            if number % every == 0:
                seen.append(held(f"after {number} deaths of the broker"))
        for share in (1, 2):
            box.do(f"probe {wakeups // 2}")
            seen.append(held(f"{share * (wakeups // 2):,} attempts at a broker that isn't there"))
        broker.freeze()
        try:
            for share in (1, 2):
                box.do(f"change {changes // 2}")
                seen.append(held(f"frozen, {share * (changes // 2):,} changes"))
        finally:
            broker.thaw()
        until_back()
        box.do("call")
        return [*seen, held("after another call")]
