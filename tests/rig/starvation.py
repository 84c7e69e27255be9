"""Whether this machine had time for a real-time call: measured by a process of its own, whatever the program does.

A period that is captured or played too late is lost. On a busy machine that is the machine's fault; `heard` doesn't
hold it against the program, and says so.
"""

import contextlib
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Self

import pytest
from tests.rig.speech import BROKEN_BELOW, RECEIVED_FROM, likeness

_TICK_S = 0.010
LATE_S = 0.020
"""The buffer of a simulated card: a thread that is later than this loses sound."""
MUCH = 0.02
"""The share of late ticks from which on speech in a call may be spoilt."""
WINDOW_S = 10
"""The worst part of so long counts: what a test waits for before and after speech thins out no late ticks."""
LONG_S = 0.2
"""So long a stall alone may spoil it: the bot takes it for a pause."""
_CLOCK = f"""
import signal, sys, time
late = ticks = longest = 0
window = {round(WINDOW_S / _TICK_S)}
shares = []
stopped = []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
print("ticking", flush=True)
due = time.monotonic()
while not stopped:
    due += {_TICK_S}
    time.sleep(max(0.0, due - time.monotonic()))
    ticks += 1
    now = time.monotonic()
    longest = max(longest, now - due)
    if now - due > {LATE_S}:
        late += max(1, int((now - due) / {_TICK_S}))
        ticks += int((now - due) / {_TICK_S})
        due = now
    if ticks >= window:
        shares.append(late / ticks)
        late = ticks = 0
shares.append(late / (window if shares else max(1, ticks)))
print(max(shares), longest)
"""


class Starvation:
    """``with Starvation() as machine: …; assert machine.received(spoken, recorded)``."""

    def __enter__(self) -> Self:
        self._clock = subprocess.Popen([sys.executable, "-c", _CLOCK], stdout=subprocess.PIPE, text=True)
        assert self._clock.stdout
        self._clock.stdout.readline()
        self._late: tuple[float, float] | None = None
        return self

    def __exit__(self, *_: object) -> None:
        self._clock.kill()
        self._clock.communicate()

    def _measure(self) -> tuple[float, float]:
        """What the clock has told, at the first call: the share of late ticks, and how late the latest was, s."""
        if self._late is None:
            self._clock.terminate()
            assert self._clock.stdout
            share, longest_s = map(float, self._clock.stdout.read().split())
            self._late = share, longest_s
        return self._late

    @property
    def share(self) -> float:
        """Of the 10 ms ticks from the start to the first question, how many came too late, in the worst 10 s: 0 to 1."""
        return self._measure()[0]

    @property
    def had_no_time(self) -> bool:
        """Whether speech in a call may be spoilt by the machine."""
        share, longest_s = self._measure()
        return share >= MUCH or longest_s >= LONG_S

    def __str__(self) -> str:
        share, longest_s = self._measure()
        return f"{share:.1%} of 10 ms ticks were late in the worst 10 s, the latest by {longest_s * 1000:.0f} ms"

    @contextlib.contextmanager
    def judging(self) -> Iterator[None]:
        """What is found wrong within says nothing if a single tick was late: the test is skipped then."""
        try:
            yield
        except AssertionError as error:
            if self.share > 0:
                pytest.skip(f"too busy to judge {str(error).splitlines()[0]}: {self}")
            raise

    def may_have_spoilt(self, found: float) -> bool:
        """Whether speech with the likeness `found` says nothing of the program.

        So it is if the machine had no time; or if a single tick was late, and the likeness is too high for a broken program: a
        browser is late where this clock hardly is.
        """
        return self.had_no_time or (self.share > 0 and found >= BROKEN_BELOW)

    def received(self, spoken: bytes, recorded: bytes) -> bool:
        """Whether `spoken` is in `recorded`. True with a warning if something is, and the machine may have spoilt it."""
        found = likeness(spoken, recorded)
        if found >= RECEIVED_FROM:
            return True
        if not (self.may_have_spoilt(found) and any(recorded)):
            print(f"likeness {found:.2f}; {self}")
            return False
        warnings.warn(f"speech not compared (likeness {found:.2f}): {self}", stacklevel=2)
        return True
