"""The kernel's own trace of what was set on GPIO lines: bits on a data line whenever a clock line rises."""

import re
from pathlib import Path
from typing import Self

KERNEL = Path("/sys/kernel/debug")
_TRACE, _EVENT = KERNEL / "tracing/trace", KERNEL / "tracing/events/gpio/gpio_value/enable"


def first_line(chip: int) -> int:
    """The kernel's number of line 0 of that chip: 0 is the Pi's, 1 the one that vpi/lights.dts describes."""
    return int(re.findall(r"GPIOs (\d+)-", (KERNEL / "gpio").read_text())[chip])


class GpioTrace:
    """``with GpioTrace(1, data=3, clock=4) as trace``."""

    def __init__(self, chip: int, data: int, clock: int) -> None:
        self._data, self._clock = first_line(chip) + data, first_line(chip) + clock
        self._level = 0

    def bits(self) -> list[int]:
        """Each bit that was on the data line when the clock rose, since the last time."""
        changes = re.findall(r"gpio_value: (\d+) set (\d)", _TRACE.read_text())
        _TRACE.write_text("")
        bits = []
        for line, value in ((int(line), int(value)) for line, value in changes):
            if line == self._data:
                self._level = value
            elif line == self._clock and value:
                bits.append(self._level)
        return bits

    def __enter__(self) -> Self:
        _TRACE.write_text("")
        _EVENT.write_text("1")
        return self

    def __exit__(self, *_: object) -> None:
        _EVENT.write_text("0")
