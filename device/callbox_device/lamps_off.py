"""Turn off the lamps of a process that has ended: a pin keeps its last level, and a lamp that is still lit shows a
state that is over.

The running box saves its lamps; systemd runs `main` when the box has ended, however it ended (``ExecStopPost=``). It is
on the way to the next start, so it imports next to nothing: not gpiozero, no settings.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

NAME = "lamps"
"""In ``$RUNTIME_DIRECTORY``, which systemd removes afterwards: a line a lamp, its pin and the level that darkens it."""


def save(lamps: Iterable[tuple[int, bool]], environ: Mapping[str, str] = os.environ) -> None:
    """Save `lamps`, each as its GPIO number and whether a high pin lights it. Without systemd: nothing."""
    if folder := environ.get("RUNTIME_DIRECTORY"):
        Path(folder, NAME).write_text("".join(f"{pin} {int(not active_high)}\n" for pin, active_high in lamps))


def darken(saved: str, chips: Iterable[Path] | None = None) -> None:
    """Drive each pin of `saved` to its dark level, through lgpio. Raises ImportError, ValueError, `lgpio.error`."""
    import lgpio

    levels = [tuple(map(int, line.split())) for line in saved.splitlines()]
    for chip in sorted(Path("/dev").glob("gpiochip*")) if chips is None else chips:
        handle = lgpio.gpiochip_open(int(chip.name.removeprefix("gpiochip")))
        _, _, _, label = lgpio.gpio_get_chip_info(handle)
        if label.startswith("pinctrl-"):  # the header's pins: pinctrl-bcm2835, -bcm2711, -rp1
            for pin, level in levels:
                lgpio.gpio_claim_output(handle, pin, level)
        lgpio.gpiochip_close(handle)


def main() -> int:
    """Darken the lamps; returns 0 also when that failed: nothing more can be done about it."""
    try:
        darken(Path(os.environ["RUNTIME_DIRECTORY"], NAME).read_text())
    except (FileNotFoundError, KeyError):
        pass  # none noted: it ended before it had lamps, or it has none
    except Exception as error:
        print(f"<4>The lamps could not be turned off: {error}", file=sys.stderr)
    return 0
