"""gpiozero's mock pins in a clock of the test: each edge is dated when it happens, however late its callback comes."""

import asyncio
import collections
from collections.abc import Callable

from gpiozero.pins import pi
from gpiozero.pins.mock import MockFactory, MockPin


class DatedFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Dates edges by `now_s`, as the kernel does, however late this program is."""

    now_s = 0.0

    def ticks(self):
        return self.now_s


class StampedFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Its clock is that of the running event loop. `delay_s` is asked for each edge how late its callback comes;
    callbacks of one pin keep their order.
    """

    def __init__(self, delay_s: Callable[[], float] = lambda: 0.0) -> None:
        super().__init__(pin_class=StampedPin)
        self.loop = asyncio.get_running_loop()
        self.delay_s = delay_s

    def ticks(self) -> float:
        return self.loop.time()


class StampedPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    def __init__(self, factory, info):
        self._pending: collections.deque[tuple[float, bool]] = collections.deque()
        self._due_s = 0.0
        super().__init__(factory, info)

    def _call_when_changed(self):
        at_s = self.factory.ticks()
        self._pending.append((at_s, self._state))
        self._due_s = max(at_s + self.factory.delay_s(), self._due_s)
        if self._due_s == at_s:
            self._deliver()
        else:
            self.factory.loop.call_at(self._due_s, self._deliver)

    def _deliver(self):
        if self._when_changed is not None:
            pi.PiPin._call_when_changed(self, *self._pending.popleft())
