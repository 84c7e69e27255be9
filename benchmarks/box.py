"""A whole box on a simulated board, calling: ``python -m benchmarks.box START_URL [CALLS]``."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Future

from benchmarks.bot import TONE
from benchmarks.measure import IDLE_S, Result, Stopwatch, run
from callbox.appliance.remote import Obey
from callbox.appliance.status import Status
from callbox.rtvi import APIRequest, TransportState
from callbox.service.parts import Dialling
from callbox.service.runtime import Box
from callbox.sound.health import SoundHealth
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device import pcm
from callbox_device.board import Board, BoardError
from callbox_device.gestures import Gesture, Gestures
from callbox_device.simulated import SimulatedButton, SimulatedLamp, SimulatedMicrophone, SimulatedSpeaker

APART_S = 0.35
"""Between two presses, so that they are not a double press."""


class Speaker(SimulatedSpeaker):
    """Tells the first period that is not silent."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__()
        self._watch = watch

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> "Future[None]":
        def listen(heard_s: float) -> bytes:
            period = fill(heard_s)
            if pcm.peak_dbfs(period) > -40:
                self._watch.lap("sound")
            return period

        return super().start(listen, failed)


class Waiter:
    """An observer that can be waited for."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch
        self._ready, self._idle = asyncio.Event(), asyncio.Event()

    def attach(self, obey: Obey) -> None:
        """Orders nothing."""

    def on_status(self, status: Status) -> None:
        if status.transport is TransportState.READY:
            self._watch.lap("ready")
        for event, state in ((self._ready, TransportState.READY), (self._idle, TransportState.DISCONNECTED)):
            (event.set if status.transport is state else event.clear)()
        assert status.transport is not TransportState.ERROR, status.problem

    def on_gesture(self, gesture: Gesture) -> None:
        pass

    def on_health(self, health: SoundHealth) -> None:
        pass

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def ready(self) -> None:
        await self._ready.wait()

    async def idle(self) -> None:
        await self._idle.wait()


async def main() -> None:
    watch = Stopwatch()
    waiter, button = Waiter(watch), SimulatedButton()
    board = Board(button, SimulatedLamp(), SimulatedLamp(), SimulatedMicrophone(TONE * 1000), Speaker(watch))
    request = APIRequest(sys.argv[1], request_data={"transport": "webrtc"})
    box = Box(board, Dialling(SmallWebRTCTransport, request), Gestures(), [waiter])
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    await asyncio.sleep(IDLE_S)

    async def one_call(call_s: float) -> Stopwatch:
        watch.start()
        button.press()
        await asyncio.sleep(0.05)
        button.release()
        await waiter.ready()
        give_up_s = asyncio.get_running_loop().time() + 2  # a bot that echoes has nothing to say yet
        while "sound" not in watch.ms and asyncio.get_running_loop().time() < give_up_s:
            await asyncio.sleep(0.005)
        await asyncio.sleep(max(call_s, APART_S))
        button.click()
        await waiter.idle()
        await asyncio.sleep(APART_S)
        return watch

    await run(Result(), one_call)
    stop.set()
    await running


if __name__ == "__main__":
    asyncio.run(main())
