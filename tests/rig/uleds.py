"""LEDs of the kernel's LED class that a test plays: /dev/uleds, linux/uleds.h.

python -m tests.rig.uleds NAME...     plays until it is ended
"""

import os
import signal
import struct
import sys
from pathlib import Path
from typing import Self

MAX_BRIGHTNESS = 255


class UserLed:
    """The LED /sys/class/leds/`name`, until it is closed."""

    def __init__(self, name: str) -> None:
        self._file = os.open("/dev/uleds", os.O_RDWR | os.O_CLOEXEC)
        os.write(self._file, struct.pack("@64si", name.encode(), MAX_BRIGHTNESS))
        self._brightness = Path("/sys/class/leds", name, "brightness")

    @property
    def brightness(self) -> int:
        """As the kernel has it."""
        return int(self._brightness.read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)


def main(*names: str) -> None:
    """Play these LEDs until it is ended."""
    leds = [UserLed(name) for name in names]
    signal.pause()
    del leds


if __name__ == "__main__":
    main(*sys.argv[1:])
