"""The card inside a simulated microphone or loudspeaker: a thread that ticks, and can break as a card does."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from callbox_device.interfaces import STALL_S, BoardError, PartFailed, PartMissing, PcmInfo
from callbox_device.threads import copy_future

SIMULATED = PcmInfo("simulated", "in memory")


def _nothing() -> None:
    """Nothing is to be done."""


class PacedThread:
    """A thread that does something each `period_s`, late by no more than the scheduler is."""

    def __init__(self, name: str, period_s: float) -> None:
        self._name = name
        self._period_s = period_s
        self._leave = threading.Event()
        self._stopped: Future[None] = Future()
        self._stopped.set_result(None)
        self._broken: BoardError | None = None
        self._is_stalled = False
        self.is_open = False
        self.is_plugged_in = True
        self.missing: BoardError | None = None
        """Set it, and the next start fails with it."""
        self.device = SIMULATED.name
        self.known = [SIMULATED]
        """The devices that there are; `device` names one, or the next start fails."""
        self.max_late_s = 0.0
        """The longest that a time that was due had to wait for this machine, over all starts."""

    def start(
        self,
        tick: Callable[[float], None],
        failed: Callable[[BoardError], None],
        begin: Callable[[], None] = _nothing,
        end: Callable[[], None] = _nothing,
    ) -> "Future[None]":
        """Call `begin`, then ``tick(due_s)`` at each time that is due, then `end`; else as
        `interfaces.Microphone.start`.
        """
        opened: Future[None] = Future()
        missing = self.missing or self.unplugged()
        if missing:
            opened.set_exception(missing)
            return opened
        if self.is_open:
            raise RuntimeError(f"{self._name} is already started")
        try:
            begin()
        except BoardError as error:
            opened.set_exception(error)
            return opened
        self._leave, self._broken, self._is_stalled, self.is_open = threading.Event(), None, False, True
        self._stopped = Future()
        threading.Thread(target=self._live, args=(tick, failed, end), name=self._name, daemon=True).start()
        opened.set_result(None)
        return opened

    def stop(self) -> "Future[None]":
        """End, within a period; as `interfaces.Microphone.stop`."""
        self._leave.set()
        return copy_future(self._stopped)

    def unplug(self) -> None:
        """Pull the card out."""
        self.is_plugged_in = False
        self._broken = PartFailed(f"The {self._name} was pulled out.")
        self._leave.set()

    def stall(self) -> None:
        """Stall: the card is there and does nothing any more, until the next start."""
        self._is_stalled = True

    def unplugged(self) -> BoardError | None:
        """Error of a device that is pulled out, or not known; None: it is there."""
        if not self.is_plugged_in:
            return PartMissing(f"The {self._name} is pulled out.")
        names = [device.name for device in self.known]
        if self.device in names:
            return None
        return PartMissing(f"There is no {self._name} {self.device!r}; there are: {', '.join(names)}.")

    def _live(
        self, tick: Callable[[float], None], failed: Callable[[BoardError], None], end: Callable[[], None]
    ) -> None:
        leave, next_s = self._leave, time.monotonic()
        while not leave.is_set():
            if self._is_stalled:
                if not leave.wait(STALL_S):
                    self._broken = PartFailed(f"The {self._name} has done nothing for {STALL_S:g} s.")
                break
            self.max_late_s = max(self.max_late_s, time.monotonic() - next_s)
            tick(next_s)
            next_s += self._period_s
            time.sleep(max(0.0, next_s - time.monotonic()))  # half of what it costs to wait for the event
        end()
        broken, stopped = self._broken, self._stopped
        self.is_open = False  # from here on it may be started anew
        if broken:
            failed(broken)
        stopped.set_result(None)
