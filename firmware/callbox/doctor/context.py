"""Context of every check: settings, the machine's root, how patient the doctor is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from callbox.app.compose import Composition
from callbox.config import Loaded, Settings
from callbox.system.daemon_executor import in_daemon_thread
from callbox_device.input_devices import KERNEL, Machine

T = TypeVar("T")


@dataclass(slots=True)
class Context:
    """One visit. `loaded` and `composition` are there when the check of the settings has put them there."""

    config: Path
    options: tuple[str, ...] = ()
    """As `callbox run --set`: KEY=VALUE."""
    quick: bool = False
    """Measure for a shorter time."""
    press_s: float = 0.0
    """How long to wait for presses of the button; 0: no person is there to press."""
    tell: Callable[[str], None] = print
    """Speaks to whoever stands beside the box."""
    root: Path = Path("/")
    """Where /proc, /sys, /dev and /run are."""
    now_s: Callable[[], float] = time.time
    """The clock on the wall."""
    pin_factory: Any = None
    """gpiozero's, for tests."""
    input_devices: Machine = KERNEL
    """Where keys are."""
    loaded: Loaded | None = None
    parts: Settings | None = None
    """The settings of board and sound; also where others are wrong, or there are none and defaults count."""
    composition: Composition | None = None
    secrets: list[str] = field(default_factory=list)
    """What must not be shown."""

    def require_settings(self) -> Loaded:
        """The settings, for checks that run only when there are some."""
        if self.loaded is None:
            raise RuntimeError("this check needs settings")
        return self.loaded

    def require_parts(self) -> Settings:
        """The settings of board and sound, for checks that run only when they are known."""
        if self.parts is None:
            raise RuntimeError("this check needs the settings of board and sound")
        return self.parts

    def require_plan(self) -> Composition:
        """The composition, for checks that run only when there is one."""
        if self.composition is None:
            raise RuntimeError("this check needs a composition")
        return self.composition


async def in_thread(work: Callable[[], T]) -> T:
    """`work` in a thread of its own, which may hang: neither the doctor nor the end of the program waits for it."""
    return await in_daemon_thread(work, "doctor")
