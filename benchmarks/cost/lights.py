"""What a light costs a box at rest: processor time of the player and of each kind's driver, through the kernel.

As root in the virtual Pi (or on a Pi with these lights, where the numbers are that Pi's):
    python -m tests.system.hardware.vpi run --timeout 550 -- .venv/bin/python -m benchmarks.cost.lights

What this machine takes from the virtual Pi meanwhile counts as the virtual Pi's: the least of three windows is shown.
"""

import argparse
import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.rig.mosquitto import wait_for
from tests.rig.uleds import UserLed
from tests.rig.usb_gadget import UsbGadget

from callbox.app.lamp_task import LampTask
from callbox.control.lamps import STANDBY_READY, WAKE_WORD
from callbox_device.lights import open_light
from callbox_device.model.led_patterns import OFF, LedPattern
from callbox_device.model.light_specs import Apa102, LedClassRgb, LightSpec, PinLamp, RgbLed, UsbRing, Ws2812

WINDOWS = 3
LEDS = ("cost:red", "cost:green", "cost:blue")
KINDS: dict[str, LightSpec] = {
    "`pin`": PinLamp(22),
    "`rgb`": RgbLed(5, 6, 13),
    "`led_class_rgb`": LedClassRgb(*LEDS),
    "`apa102`, 12 pixels, SPI": Apa102(12, spi="0.0"),
    "`apa102`, 3 pixels, two pins": Apa102(3, data_pin=5, clock_pin=6),
    "`ws2812`, 12 pixels": Ws2812(12, "0.0"),
    "`usb_ring`": UsbRing("xvf3800"),
}
RESTS: dict[str, LedPattern] = {"no call": OFF, "hot standby": STANDBY_READY, "wake word": WAKE_WORD}
"""What a light shows for hours."""


@contextlib.contextmanager
def devices(spec: LightSpec) -> Iterator[None]:
    """What the kernel has to have for this light."""
    with contextlib.ExitStack() as stack:
        if isinstance(spec, LedClassRgb):
            for name in LEDS:
                stack.enter_context(UserLed(name))
        if isinstance(spec, UsbRing):
            gadget = UsbGadget(0x2886, 0x001A)
            gadget.plug()
            stack.enter_context(gadget)
            assert wait_for(lambda: gadget.is_found, 30)
        yield


async def share(spec: LightSpec, pattern: LedPattern, window_s: float) -> float:
    """Processor seconds for each second of `pattern`, user and system, of this process; the least disturbed window."""
    light = open_light(spec)
    task = LampTask(light)
    task.show(pattern)
    playing = asyncio.create_task(task.run())
    await asyncio.sleep(1)
    used_s = []
    for _ in range(WINDOWS):
        before_s = time.process_time()
        await asyncio.sleep(window_s)
        used_s.append(time.process_time() - before_s)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    light.close()
    return min(used_s) / window_s


def main() -> None:
    """Print the table; each kind is measured in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", type=float, default=6, metavar="S")
    parser.add_argument("--kind", choices=KINDS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.kind:
        spec = KINDS[options.kind]
        with devices(spec):
            shares = [asyncio.run(share(spec, pattern, options.window)) for pattern in RESTS.values()]
        print(f"| {options.kind} | {' | '.join(f'{100 * one:.2f} %' for one in shares)} |", flush=True)
        return
    print(f"| Kind | {' | '.join(RESTS)} |\n|---|{'---|' * len(RESTS)}", flush=True)
    for kind in KINDS:
        command = [sys.executable, "-m", "benchmarks.cost.lights", "--kind", kind, "--window", str(options.window)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
