"""Whether this machine had time for a real-time call: measured by a process of its own, whatever the program does.

A period that is captured or played too late is lost. On a busy machine that is the machine's fault; `heard` doesn't
hold it against the program, and says so.
"""

import subprocess
import sys
import warnings
from typing import Self

from tests.rig.speech import RECEIVED_FROM, likeness

_TICK_S = 0.010
LATE_S = 0.020
"""The buffer of a simulated card: a thread that is later than this loses sound."""
MUCH = 0.02
"""The share of late ticks from which on speech in a call may be spoilt."""
_CLOCK = f"""
import signal, sys, time
late = ticks = 0
stopped = []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
print("ticking", flush=True)
due = time.monotonic()
while not stopped:
    due += {_TICK_S}
    time.sleep(max(0.0, due - time.monotonic()))
    ticks += 1
    now = time.monotonic()
    if now - due > {LATE_S}:
        late += max(1, int((now - due) / {_TICK_S}))
        ticks += int((now - due) / {_TICK_S})
        due = now
print(late / max(1, ticks))
"""


class Starvation:
    """``with Starvation() as machine: …; assert machine.received(spoken, recorded)``."""

    def __enter__(self) -> Self:
        self._clock = subprocess.Popen([sys.executable, "-c", _CLOCK], stdout=subprocess.PIPE, text=True)
        assert self._clock.stdout
        self._clock.stdout.readline()
        self._share: float | None = None
        return self

    def __exit__(self, *_: object) -> None:
        self._clock.kill()
        self._clock.communicate()

    @property
    def share(self) -> float:
        """Of the 10 ms ticks from the start to the first time that this was asked, how many came too late: 0 to 1."""
        if self._share is None:
            self._clock.terminate()
            assert self._clock.stdout
            self._share = float(self._clock.stdout.read())
        return self._share

    def received(self, spoken: bytes, recorded: bytes) -> bool:
        """Whether `spoken` is in `recorded`. True with a warning if something is, and the machine had no time for it."""
        found = likeness(spoken, recorded)
        if found >= RECEIVED_FROM:
            return True
        if self.share < MUCH or not any(recorded):
            return False
        warnings.warn(
            f"speech not compared: {self.share:.0%} of 10 ms ticks were late (likeness {found:.2f})", stacklevel=2
        )
        return True
