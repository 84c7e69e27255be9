"""Rotary dials on lines of gpio-sim, in a process of their own: what is slow to read the pulses doesn't slow the dials.

python -m tests.system.hardware.dialler SEED COUNT PIN...    each of the pins dials COUNT digits, one after the other

Prints a line of JSON for each digit: the pin, the digit, when its first pulse began and its last one ended (seconds of
time.monotonic(), the kernel's CLOCK_MONOTONIC), and whether this machine was fast enough for it to be a dial's.
"""

import heapq
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.system.hardware.gpio_actor import line_folder

PAUSE_S = 0.45
"""Between two digits. A hand needs longer."""
BOUNCE_S = 0.001
"""The longest pause between two of the up to five changes of a contact that opens or closes,"""
LONGEST_BOUNCE_S = 0.006
"""and what it may be if this machine stops meanwhile: contacts don't bounce for longer."""
BREAKS_S, MAKES_S = (0.025, 0.11), (0.02, 0.075)
"""A pulse whose break or make was shorter or longer, since this machine stopped meanwhile, is none of a dial."""


@dataclass
class Line:
    """One dial, and what it has dialled so far."""

    pin: int
    draw: random.Random

    def __post_init__(self) -> None:
        self._descriptor = os.open(line_folder(self.pin) / "pull", os.O_WRONLY)
        self.was_fast = True

    def set(self, open_: bool) -> None:
        """At rest the pulse contact is closed, to ground."""
        os.pwrite(self._descriptor, b"pull-up" if open_ else b"pull-down", 0)

    def dial(self, digit: str, began_s: float) -> Iterator[float]:
        """Yields when to go on."""
        period_s, share = self.draw.uniform(0.084, 0.122), self.draw.uniform(0.55, 0.65)
        self.was_fast, settled_s = True, None
        due_s = now_s = began_s
        for _ in range(int(digit) or 10):
            for open_, length_s, last in ((True, share * period_s, MAKES_S), (False, (1 - share) * period_s, BREAKS_S)):
                next_s, before_s = due_s, None
                for change in range(1 + 2 * self.draw.randrange(3), 0, -1):
                    self.set(open_ is (change % 2 == 1))
                    now_s = time.monotonic()
                    self.was_fast &= before_s is None or now_s - before_s < LONGEST_BOUNCE_S
                    if before_s is None and settled_s is not None:
                        self.was_fast &= last[0] < now_s - settled_s < last[1]
                    before_s = now_s
                    if change > 1:
                        next_s += self.draw.uniform(0.0, BOUNCE_S)
                        yield next_s
                settled_s = before_s
                due_s = max(due_s, now_s - LONGEST_BOUNCE_S) + length_s
                yield due_s


def work(line: Line, count: int) -> Iterator[float]:
    """A dial that dials `count` digits; yields when to go on."""
    line.set(open_=False)
    yield time.monotonic() + line.draw.uniform(0.5, 1.0)
    for number in range(count):
        digit, began_s = line.draw.choice("1234567890"), time.monotonic()
        yield from line.dial(digit, began_s)
        ended_s = time.monotonic()
        print(json.dumps([line.pin, number, digit, began_s, ended_s, line.was_fast]), flush=True)
        yield ended_s + PAUSE_S


def main(seed: int, count: int, pins: list[int]) -> None:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))  # before whoever reads them
    lines = [Line(pin, random.Random(f"{seed}/{pin}")) for pin in pins]
    due = [(time.monotonic(), place, work(line, count)) for place, line in enumerate(lines)]
    heapq.heapify(due)
    while due:
        at_s, place, dial = heapq.heappop(due)
        time.sleep(max(0.0, at_s - time.monotonic()))
        if (next_s := next(dial, None)) is not None:
            heapq.heappush(due, (next_s, place, dial))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), [int(pin) for pin in sys.argv[3:]])
