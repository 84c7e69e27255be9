"""A whole box, made from a settings file: ``python -m benchmarks.latency.box URL CALLS STANDBY``.

Button, lamps, microphone and loudspeaker are simulated, at a card's pace; all else is what `callbox run` runs.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.bot import TONE
from benchmarks.box import Speaker
from benchmarks.latency.phases import WAIT_S, tell, watch_aiortc
from benchmarks.measure import Stopwatch
from callbox.app import compose
from callbox.app.compose import board
from callbox.app.observers import Observer
from callbox.config import load_all
from callbox.control.status import Status
from callbox.rtvi import TransportState
from callbox.transports.aiortc_patches import compat
from callbox_device.interfaces import MAIN_BUTTON
from callbox_device.model.gestures import Gesture, Pressed
from callbox_device.simulated import SimulatedButton, SimulatedMicrophone

APART_S = 0.7
"""Between two calls: a box that is left alone for so long has prepared what it prepares."""


class Watcher(Observer):
    """An observer with a watch."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch

    def on_status(self, status: Status) -> None:
        if status.bot_ready:
            self._watch.lap("ready")

    def on_gesture(self, gesture: Gesture, button: str) -> None:
        if isinstance(gesture, Pressed) and button == MAIN_BUTTON:
            self._watch.lap("gesture")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not condition():
            await asyncio.sleep(0.005)


async def main() -> None:
    url, calls, standby = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    watch = Stopwatch()
    watch_aiortc(watch, with_cookie=compat.unsupported_reason() is None)  # asked before aiortc is changed by the watch
    speaker = Speaker(watch)
    board.make_sound = lambda _: (SimulatedMicrophone(TONE * 3000), speaker, [])  # type: ignore[assignment,return-value]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "callbox.yaml"
        where = "start_url" if url.endswith("/start") else "offer_url"
        bot = f"bot: {{{where}: {url}, standby: {standby}}}"
        file.write_text(
            f"{bot}\nboard: {{kind: simulated}}\nchimes: {{enabled: false}}\n"
        )  # the bot's sound alone counts
        box = compose.make_composition(load_all(file, (), {})).make_appliance([Watcher(watch)])
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    await asyncio.to_thread(compose.preimport)
    button, measured = box.board.button, []
    assert isinstance(button, SimulatedButton)
    rests = TransportState.CONNECTED if standby == "hot" else TransportState.DISCONNECTED
    for _ in range(calls + 1):
        await until(lambda: box.client.state is rests)
        await asyncio.sleep(APART_S)
        watch.start()
        button.press()
        await until(lambda: {"ready", "sound"} <= watch.ms.keys())
        measured.append(dict(watch.ms))
        button.release()
        await asyncio.sleep(APART_S)
        button.click()
        await until(lambda: not box.media.is_open)
    stop.set()
    await running
    tell(measured[1:])  # the first finds nothing warm


if __name__ == "__main__":
    asyncio.run(main())
