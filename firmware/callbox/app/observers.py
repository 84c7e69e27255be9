"""Observers of a box: what they are told."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from callbox.audio.capture.model.detection import Detection
from callbox.audio.stats import AudioStats
from callbox.control.remote_commands import CommandHandler
from callbox.control.status import Status
from callbox.rtvi import RTVIClient
from callbox_device.model.gestures import Gesture


class Observer(Protocol):
    """Observer of what the box does: MQTT, a terminal. Called in the event loop; must return at once.

    A subclass has only the methods that it uses; by default they do nothing.
    """

    def attach(self, execute: CommandHandler) -> None:
        """Take the handler by which this observer may give commands; called first."""
        return

    def on_status(self, status: Status) -> None:
        """Take a changed status."""
        return

    def on_gesture(self, gesture: Gesture, button: str) -> None:
        """Take a gesture of the button of this name."""
        return

    def on_audio_stats(self, stats: AudioStats) -> None:
        """Take the statistics of the last second of a session's sound."""
        return

    async def run(self) -> None:
        """The observer's own work, until cancelled; by default none. Restarted when it ends."""
        await asyncio.Event().wait()


@runtime_checkable
class ClientObserver(Protocol):
    """An observer that hears the client too."""

    def listen(self, client: RTVIClient) -> None:
        """Take the box's client, which is `client` from now on; other settings make another one."""


@runtime_checkable
class WakeObserver(Protocol):
    """An observer that learns of other boxes' wake words."""

    async def answers_wake_word(self, detection: Detection) -> bool:
        """Whether this box answers, not another one that detected the same."""


@runtime_checkable
class Publisher(Protocol):
    """An observer with a connection to a broker."""

    def publish(self, topic: str, payload: bytes) -> bool:
        """Publish once. False: there is no connection, or no room for another message."""


@runtime_checkable
class BrokerObserver(Protocol):
    """An observer with a connection to a broker, on which a fleet's settings may come."""

    @property
    def is_connected(self) -> bool:
        """Whether the connection is there."""

    @property
    def signed_settings(self) -> bytes | None:
        """The last message on the topic of the fleet's settings; None: none came yet."""

    def on_info(self, info: Mapping[str, Any]) -> None:
        """Take the payload of the topic `info`, as it is with other settings."""
