"""Replacement of sound devices, the way to the bot and observers of a running appliance, as soon as no call is on.

The bot that was chosen is replaced likewise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from callbox.app.appliance_config import ApplianceConfig
from callbox.app.observers import Observer
from callbox_device.interfaces import Microphone, PartFault, Speaker


@dataclass(frozen=True, slots=True)
class Reconfiguration:
    """Parts that a running box can exchange, and how all work from then on."""

    microphone: Microphone
    speaker: Speaker
    faults: tuple[PartFault, ...]
    """Of the whole board, with these."""
    config: ApplianceConfig
    observers: Sequence[Observer]
    """All that there shall be. One that is there already goes on undisturbed."""
    volume_percent: int | None = None
    """None: as it is set at the moment."""
    info: Mapping[str, Any] | None = None
    """Payload of MQTT's topic `info`; None: as it was."""


class Reconfigurable(Protocol):
    """Target of a reconfiguration: `callbox.app.appliance.Appliance`."""

    @property
    def is_idle(self) -> bool:
        """Whether no call is on, being made or being ended; a session may stand by."""

    @property
    def is_down(self) -> bool:
        """Whether there is no session, not even one that stands by."""

    @property
    def wants_other_bot(self) -> bool:
        """Whether another bot is wanted than the client would call."""

    def use_wanted_bot(self) -> None:
        """Let the client call that one. Only while there is no session."""

    def end_standby(self) -> None:
        """End the session that stands by; `Reconfigurer.apply_if_idle` is called when that is done."""

    def replace_parts(self, parts: Reconfiguration) -> None:
        """Work with `parts` from now on."""


class Reconfigurer:
    """Replacement of parts, as soon as no call is on. Event loop only."""

    def __init__(self, target: Reconfigurable) -> None:
        self._target = target
        self._pending: Reconfiguration | None = None

    @property
    def is_pending(self) -> bool:
        """Whether parts wait for the end of a call."""
        return self._pending is not None

    def request(self, parts: Reconfiguration) -> None:
        """Replace them when no call is on, which may be now. Takes the place of parts that still wait."""
        self._pending = parts
        self.apply_if_idle()

    def apply_if_idle(self) -> None:
        """Replace what waits, if no call is on. Call it whenever a call has ended."""
        parts = self._pending
        if (parts is None and not self._target.wants_other_bot) or not self._target.is_idle:
            return
        if not self._target.is_down:
            self._target.end_standby()
        elif parts is not None:
            self._pending = None
            self._target.replace_parts(parts)
        else:
            self._target.use_wanted_bot()
