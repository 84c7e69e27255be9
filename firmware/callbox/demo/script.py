"""One scripted call: press, speak, listen, press. Prints each state."""

import asyncio
import time

from callbox.app.appliance import Appliance
from callbox.app.observers import Observer
from callbox.audio.stats import AudioStats, format_stats
from callbox.control.status import Status
from callbox.rtvi import RTVIEvent, TransportState
from callbox.text import one_line
from callbox_device.interfaces import MAIN_BUTTON
from callbox_device.model.gestures import Gesture
from callbox_device.simulated import SimulatedButton

READY_WITHIN_S = 40.0
"""More than all deadlines of a connection together: the box itself gives up first, and says why."""
ANSWER_WITHIN_S = 60.0


class ConsoleObserver(Observer):
    """An observer that prints the box's state whenever it changes."""

    def __init__(self) -> None:
        self._since_s = time.monotonic()
        self._last: tuple[object, ...] = ()

    def on_status(self, status: Status) -> None:
        """Print what changed."""
        now = (status.transport, status.activity, status.mic_live)
        if now == self._last:
            return
        self._last = now
        microphone = "open" if status.mic_live else "closed"
        self.say(f"{status.transport:<15} {status.activity:<11} microphone {microphone}")
        if status.problem:
            self.say(f"problem: {one_line(status.problem.text)}")

    def on_gesture(self, gesture: Gesture, button: str) -> None:
        """Print the gesture."""
        self.say(f"[{'button' if button == MAIN_BUTTON else button}] {type(gesture).__name__}")

    def on_audio_stats(self, stats: AudioStats) -> None:
        """Print it when something was lost."""
        if stats.loss_in_percent or stats.concealed_percent:
            self.say(f"sound: {format_stats(stats)}")

    def say(self, sentence: str) -> None:
        """Print `sentence` with the time since the start."""
        print(f"{time.monotonic() - self._since_s:7.2f} s  {sentence}", flush=True)


async def run_script(
    box: Appliance, button: SimulatedButton, console: ConsoleObserver, stop: asyncio.Event
) -> str | None:
    """Make one call; returns what failed, None if nothing did."""
    ready, answered, over = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def on_state(state: TransportState) -> None:
        if state is TransportState.READY:
            ready.set()
        if state in (TransportState.ERROR, TransportState.DISCONNECTED):
            over.set()

    box.client.on(RTVIEvent.TransportStateChanged, on_state)
    box.client.on(RTVIEvent.BotStartedSpeaking, lambda: console.say("(the bot speaks)"))
    box.client.on(RTVIEvent.BotStoppedSpeaking, answered.set)
    box.client.on(RTVIEvent.BotTtsText, lambda text: console.say(f"bot: {one_line(text.text)}"))
    while not button.is_watched:  # noqa: ASYNC110 - the box is starting
        await asyncio.sleep(0.01)
    button.click()
    if not await _first(ready, READY_WITHIN_S, over, stop):
        return "the bot did not become ready"
    if not await _first(answered, ANSWER_WITHIN_S, over, stop):
        return "the bot did not answer"
    over.clear()
    button.click()
    if not await _first(over, READY_WITHIN_S, stop):
        return "the call did not end"
    return None


async def _first(wanted: asyncio.Event, within_s: float, *unwanted: asyncio.Event) -> bool:
    """Whether `wanted` comes before `unwanted`, and in time."""
    waits = {asyncio.create_task(event.wait()) for event in (wanted, *unwanted)}
    await asyncio.wait(waits, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    return wanted.is_set()
