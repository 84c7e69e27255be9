"""Report of the status: to the journal, to systemd, on the status lamp and to the observers."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callbox.app.isolation import isolated
from callbox.app.lamp_task import LampTask
from callbox.app.observers import BrokerObserver, ClientObserver, Observer, Publisher
from callbox.audio.stats import AudioStats
from callbox.control.faults import Problem
from callbox.control.lamps import (
    IDENTIFY,
    error_pattern,
    message_pattern,
    shows_volume,
    status_lamp,
    volume_pattern,
)
from callbox.control.remote_commands import CommandHandler
from callbox.control.status import Status
from callbox.rtvi import RTVIClient
from callbox.system.systemd import Notifier
from callbox_device.interfaces import Lamp
from callbox_device.model.gestures import Gesture
from callbox_device.model.led_patterns import MIN_METER_PIXELS, LedPattern

log = logging.getLogger(__name__)

IDENTIFY_S = 10.0
VOLUME_S = 1.5
"""How long a volume is shown that was changed."""


class StatusReporter:
    """Reporter of the status. Event loop only. No method raises: what an observer, the lamp or the notifier raises is
    logged.
    """

    def __init__(
        self,
        observers: Sequence[Observer],
        notifier: Notifier,
        lamp: Lamp | None,
        level: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.observers = list(observers)
        self.notifier = notifier
        self._lamp = lamp
        self.lamp_task = LampTask(lamp, level) if lamp else None
        self._status = Status()
        self._sentence = ""
        self._identifying: asyncio.TimerHandle | None = None
        self._repeated: tuple[LedPattern, asyncio.TimerHandle] | None = None
        self._volume: tuple[LedPattern, asyncio.TimerHandle] | None = None
        self._message: tuple[LedPattern, asyncio.TimerHandle] | None = None

    def attach(self, execute: CommandHandler, client: RTVIClient) -> None:
        """Give the observers the handler of their commands, and the client."""
        for observer in self.observers:
            isolated(observer.attach, execute)
            if isinstance(observer, ClientObserver):
                isolated(observer.listen, client)

    def tasks(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        """Name and work of what runs beside: the status lamp's pattern, and systemd's watchdog if there is one."""
        tasks: list[tuple[str, Coroutine[Any, Any, None]]] = []
        if self.lamp_task:
            tasks.append(("status lamp", self.lamp_task.run()))
        if self.notifier.watchdog_s:
            tasks.append(("watchdog", self._feed_watchdog(self.notifier.watchdog_s / 3)))
        return tasks

    async def _feed_watchdog(self, period_s: float) -> None:
        while True:
            isolated(self.notifier.alive)
            await asyncio.sleep(period_s)

    def report_status(self, status: Status) -> None:
        """Report `status`."""
        before, self._status = self._status, status
        if status.volume_percent is not None and shows_volume(before, status):
            self._show_volume(status.volume_percent)
        if status.session:
            self._end_repetition()
        else:
            self._end_message()
        if status.sentence != self._sentence:
            self._sentence = status.sentence
            log.info("%s", self._sentence)
            isolated(self.notifier.status, self._sentence)
        self._show()
        for observer in self.observers:
            if self._status is status:  # else an observer's command has changed it, and each has been told
                isolated(observer.on_status, status)

    def report_info(self, info: Mapping[str, Any]) -> None:
        """Report who the box is, as its settings make it: the payload of MQTT's topic `info`."""
        for observer in self.observers:
            if isinstance(observer, BrokerObserver):
                isolated(observer.on_info, info)

    def report_gesture(self, gesture: Gesture, button: str) -> None:
        """Report a gesture of the button of this name."""
        for observer in self.observers:
            isolated(observer.on_gesture, gesture, button)

    def report_audio_stats(self, stats: AudioStats) -> None:
        """Report the sound of the last second."""
        for observer in self.observers:
            isolated(observer.on_audio_stats, stats)

    def publish(self, topic: str, payload: bytes) -> bool:
        """Publish to the broker. False: there is none, or it can't be reached."""
        publishers = (observer for observer in self.observers if isinstance(observer, Publisher))
        return any(publisher.publish(topic, payload) for publisher in publishers)

    def dim_lamp(self, brightness: float) -> None:
        """Let the status lamp be no brighter than `brightness`, above 0 to 1; the microphone lamp is never dimmed."""
        if self._lamp:
            isolated(self._lamp.dim_to, brightness)

    def repeat(self, problem: Problem) -> None:
        """Show the pattern of `problem` once, from its beginning; a call ends that."""
        self._end_repetition()
        pattern = replace(error_pattern(problem), repeat=False)
        end = asyncio.get_running_loop().call_later(pattern.length_ms / 1000, self._on_repeated)
        self._repeated = pattern, end
        self._show()

    def _on_repeated(self) -> None:
        self._repeated = None
        self._show()

    def _end_repetition(self) -> None:
        if self._repeated:
            self._repeated[1].cancel()
            self._repeated = None

    def _show_volume(self, percent: int) -> None:
        if self.lamp_task is None or self.lamp_task.pixels < MIN_METER_PIXELS:
            return
        if self._volume:
            self._volume[1].cancel()
        end = asyncio.get_running_loop().call_later(VOLUME_S, self._end_volume)
        self._volume = volume_pattern(percent), end

    def _end_volume(self) -> None:
        self._volume = None
        self._show()

    def show_message(self, color: str, seconds: float) -> bool:
        """Show for `seconds` a sign that the bot gives, in this colour; the end of the call ends it.

        False: there is no status lamp.
        """
        if self.lamp_task is None:
            return False
        self._end_message()
        end = asyncio.get_running_loop().call_later(seconds, self._on_message_over)
        self._message = message_pattern(color), end
        self._show()
        return True

    def _on_message_over(self) -> None:
        self._message = None
        self._show()

    def _end_message(self) -> None:
        if self._message:
            self._message[1].cancel()
            self._message = None

    def identify(self) -> None:
        """Show for `IDENTIFY_S` which box this is."""
        if self._identifying:
            self._identifying.cancel()
        self._identifying = asyncio.get_running_loop().call_later(IDENTIFY_S, self._identified)
        self._show()

    def _identified(self) -> None:
        self._identifying = None
        self._show()

    def _show(self) -> None:
        if self.lamp_task:
            brief = self._repeated or self._volume or self._message
            pattern = brief[0] if brief else status_lamp(self._status)
            isolated(self.lamp_task.show, IDENTIFY if self._identifying else pattern)
