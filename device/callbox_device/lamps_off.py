"""Turn off the lamps of a process that has ended: a pin keeps its last level, and a lamp that is still lit shows a
state that is over.

The running box saves its lamps; systemd runs `main` when the box has ended, however it ended (``ExecStopPost=``). It is
on the way to the next start, so it imports next to nothing: not gpiozero, no settings.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from callbox_device import lights
from callbox_device.model import light_specs, pixel_frames
from callbox_device.model.led_patterns import BLACK
from callbox_device.model.light_specs import Apa102, LightSpec, PinLamp, RgbLed

NAME = "lamps"
"""In ``$RUNTIME_DIRECTORY``, which systemd removes afterwards: a line of JSON a lamp."""


def save(lamps: Iterable[LightSpec], environ: Mapping[str, str] = os.environ) -> None:
    """Save `lamps`. Without systemd: nothing."""
    if folder := environ.get("RUNTIME_DIRECTORY"):
        Path(folder, NAME).write_text("".join(f"{json.dumps(light_specs.to_dict(lamp))}\n" for lamp in lamps))


def darken(saved: str, chips: Iterable[Path] | None = None, places: lights.LightPlaces = lights.HERE) -> None:
    """Turn off each lamp of `saved`; of those that can't be, raise the first one's error when all were tried.

    `chips`: the GPIO chips, of which lgpio drives the header's. Raises ImportError, ValueError, `lgpio.error`,
    `BoardError`.
    """
    levels: dict[int, int] = {}
    strips: list[tuple[int, int, bytes]] = []
    errors: list[Exception] = []
    for line in saved.splitlines():
        lamp = light_specs.from_dict(json.loads(line))
        if isinstance(lamp, PinLamp | RgbLed):
            levels |= dict.fromkeys(light_specs.pins_of(lamp), int(not lamp.active_high))
            continue
        if isinstance(lamp, Apa102) and lamp.power_pin is not None:
            levels[lamp.power_pin] = 0
            lamp = replace(lamp, power_pin=None)
        if isinstance(lamp, Apa102) and lamp.data_pin is not None and lamp.clock_pin is not None:
            strips.append((lamp.data_pin, lamp.clock_pin, pixel_frames.apa102_frame((BLACK,) * lamp.pixels)))
            continue
        try:
            driver = lights.open_driver(lamp, places)
            driver.write((BLACK,) * driver.pixels)
            driver.close()
        except Exception as error:
            errors.append(error)
    if levels or strips:
        _drive(levels, strips, chips)
    if errors:
        raise errors[0]


def _drive(levels: Mapping[int, int], strips: Iterable[tuple[int, int, bytes]], chips: Iterable[Path] | None) -> None:
    """Drive each pin to its level, and send each strip (data pin, clock pin) its bytes, through lgpio."""
    import lgpio

    for chip in sorted(Path("/dev").glob("gpiochip*")) if chips is None else chips:
        handle = lgpio.gpiochip_open(int(chip.name.removeprefix("gpiochip")))
        _, _, _, label = lgpio.gpio_get_chip_info(handle)
        if label.startswith("pinctrl-"):  # the header's pins: pinctrl-bcm2835, -bcm2711, -rp1
            for pin, level in levels.items():
                lgpio.gpio_claim_output(handle, pin, level)
            for data_pin, clock_pin, data in strips:
                for pin in (data_pin, clock_pin):
                    lgpio.gpio_claim_output(handle, pin, 0)
                for bit in pixel_frames.bits(data):
                    lgpio.gpio_write(handle, data_pin, bit)
                    lgpio.gpio_write(handle, clock_pin, 1)
                    lgpio.gpio_write(handle, clock_pin, 0)
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
