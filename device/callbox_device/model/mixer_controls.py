"""The state of a mixer's controls that a board needs: what to set. Pure."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ControlState:
    """State of one simple control of alsa-lib's mixer. What is None stays as it is."""

    db: float | None = None
    """Volume in decibels; set to the nearest step."""
    switch: bool | None = None
    """Its switch."""
    item: str | None = None
    """Of an enumerated control, the chosen one."""
    direction: Literal["playback", "capture", "both"] = "both"
    """Which of its volumes and switches, where it has both."""
