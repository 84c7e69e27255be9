"""LEDs of the kernel's LED class that a test plays: /dev/uleds, linux/uleds.h."""

import os
import struct
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
