"""Loudspeaker and observer of a measured box, which report to a stopwatch."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

from benchmarks.measure import Stopwatch
from callbox.app.observers import Observer
from callbox.control.status import Status
from callbox.rtvi import TransportState
from callbox_device.interfaces import BoardError
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedSpeaker

APART_S = 0.35
"""Between two presses, so that they are not a double press."""


class Speaker(SimulatedSpeaker):
    """Tells the first period that is not silent."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self._watch = watch

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> "Future[None]":
        def listen(received_s: float) -> bytes:
            period = fill(received_s)
            if pcm.peak_dbfs(period) > -40:
                self._watch.lap("sound")
            return period

        return super().start(listen, failed)


class Waiter(Observer):
    """An observer that can be waited for."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch
        self._ready, self._idle = asyncio.Event(), asyncio.Event()

    def on_status(self, status: Status) -> None:
        if status.transport is TransportState.READY:
            self._watch.lap("ready")
        for event, state in ((self._ready, TransportState.READY), (self._idle, TransportState.DISCONNECTED)):
            (event.set if status.transport is state else event.clear)()
        assert status.transport is not TransportState.ERROR, status.problem

    async def ready(self) -> None:
        await self._ready.wait()

    async def idle(self) -> None:
        await self._idle.wait()
