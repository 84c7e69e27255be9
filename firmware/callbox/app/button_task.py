"""From the button to gestures: reads edges from their inbox and wakes when a gesture's time has come."""

import asyncio
import time
from collections.abc import Callable

from callbox_device.interfaces import Button, Edge
from callbox_device.model.gestures import Gesture, Gestures
from callbox_device.threads import ThreadQueue

EDGES = 64
"""A bouncing contact gives a dozen edges; more than this in one turn of the loop is noise."""
LATE_S = 0.02
"""Later than this we were stopped, and the edges of meanwhile need as long to come through the button's thread."""


async def run_button(button: Button, gestures: Gestures, on_gesture: Callable[[Gesture], None]) -> None:
    """Tell `on_gesture` what the button does, until cancelled."""
    edges: ThreadQueue[Edge] = ThreadQueue(EDGES)
    try:
        gestures.start(button.start(edges.put_threadsafe), time.monotonic())
        while True:
            deadline_s = gestures.next_deadline_s
            try:
                # The clock of asyncio's loop and of Edge are both time.monotonic().
                async with asyncio.timeout_at(deadline_s):
                    found = gestures.edge(await edges.get())
            except TimeoutError:
                now_s = time.monotonic()
                if deadline_s is not None and now_s - deadline_s > LATE_S:
                    await asyncio.sleep(LATE_S)
                if edges:  # we are late: what has happened by then is told by the edges' own times
                    continue
                found = gestures.tick(now_s)
            for gesture in found:
                on_gesture(gesture)
    finally:
        edges.close()
