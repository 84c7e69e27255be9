"""An event loop in simulated time: its clock jumps to whatever is due next, so that a sleep takes no time at all.

For code without sockets; work for a thread is done at once, in the loop. Where everything waits and nothing is due, it raises `NothingIsDue` in place of
hanging. A test uses it by ``@pytest.mark.simulated_time``; `asyncio.get_running_loop().time()` is its clock.
"""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class NothingIsDue(Exception):
    """Everything waits for something that can't happen."""


class SimulatedTimeLoop(asyncio.SelectorEventLoop):
    """Begins at 0 s."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s

    def stall(self, for_s: float) -> None:
        """Be busy for so long: what was due meanwhile is late."""
        self._jumping.now_s += for_s

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


class _JumpingSelector(selectors.SelectSelector):
    """Waits for nothing: the time that it is asked to wait has passed at once."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise NothingIsDue("everything waits, and nothing is due")
        if not ready and timeout:
            self.now_s += timeout
        return ready
