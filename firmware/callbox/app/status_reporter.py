"""Report of the status: to the journal, to systemd, on the status lamp and to the observers."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
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


class _Brief(IntEnum):
    """What is shown on the status lamp for some time in place of the status; of several the first."""

    IDENTIFY = 0
    PROBLEM = 1
    VOLUME = 2
    MESSAGE = 3


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
        self._briefs: dict[_Brief, tuple[LedPattern, asyncio.TimerHandle]] = {}

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
        if status.volume_percent is not None and shows_volume(before, status) and self._has_meter:
            self._show_briefly(_Brief.VOLUME, volume_pattern(status.volume_percent), VOLUME_S)
        self._end_brief(_Brief.PROBLEM if status.session else _Brief.MESSAGE)
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
        pattern = replace(error_pattern(problem), repeat=False)
        self._show_briefly(_Brief.PROBLEM, pattern, pattern.length_ms / 1000)

    def show_message(self, color: str, seconds: float) -> bool:
        """Show for `seconds` a sign that the bot gives, in this colour; the end of the call ends it.

        False: there is no status lamp.
        """
        self._show_briefly(_Brief.MESSAGE, message_pattern(color), seconds)
        return self.lamp_task is not None

    def identify(self) -> None:
        """Show for `IDENTIFY_S` which box this is."""
        self._show_briefly(_Brief.IDENTIFY, IDENTIFY, IDENTIFY_S)

    @property
    def _has_meter(self) -> bool:
        return self.lamp_task is not None and self.lamp_task.pixels >= MIN_METER_PIXELS

    def _show_briefly(self, brief: _Brief, pattern: LedPattern, seconds: float) -> None:
        self._end_brief(brief)
        self._briefs[brief] = pattern, asyncio.get_running_loop().call_later(seconds, self._on_brief_over, brief)
        self._show()

    def _on_brief_over(self, brief: _Brief) -> None:
        del self._briefs[brief]
        self._show()

    def _end_brief(self, brief: _Brief) -> None:
        if ended := self._briefs.pop(brief, None):
            ended[1].cancel()

    def _show(self) -> None:
        if self.lamp_task:
            pattern = self._briefs[min(self._briefs)][0] if self._briefs else status_lamp(self._status)
            isolated(self.lamp_task.show, pattern)
