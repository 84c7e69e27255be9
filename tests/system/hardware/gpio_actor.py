"""The hands on the virtual Pi's pins and sound cards: they press, look, and pull cards out.

python -m tests.system.hardware.gpio_actor press 17 [SECONDS]     a button to ground: down, and up again
python -m tests.system.hardware.gpio_actor hold 17                down, and it stays
python -m tests.system.hardware.gpio_actor release 17             up
python -m tests.system.hardware.gpio_actor bounce 17 [EDGES [MS]] fast edges; down in the end
python -m tests.system.hardware.gpio_actor get 22                 the level on a pin, whoever drives it
python -m tests.system.hardware.gpio_actor watch 22 [SECONDS]     seconds and level at each change
python -m tests.system.hardware.gpio_actor pull-out aloop         the card goes away under whoever has it open
python -m tests.system.hardware.gpio_actor plug-in aloop          and comes back
"""

import functools
import itertools
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

CHIPS = Path("/sys/devices/platform")
CONFIGURED = Path("/sys/kernel/config/gpio-sim/pi")
DRIVERS = Path("/sys/bus/platform/drivers")
BUTTON, JUMPER = 17, 5
"""On a real Pi: the button's pin, and the output that is wired to it."""


class ButtonActor:
    """On a button between a simulated line and ground: gpio-sim's pull is what moves the line from outside."""

    def __init__(self, pin: int) -> None:
        self._pin = pin
        self._folder: Path | None = None

    def down(self) -> None:
        """The contact closes."""
        self._pull("pull-down")

    def up(self) -> None:
        """The contact opens."""
        self._pull("pull-up")

    def _pull(self, to: str) -> None:
        # Looking for the line takes 2 ms, longer than contacts bounce; writing 0.15 ms. `live` makes another one.
        if self._folder is None or not self._folder.exists():
            self._folder = line_folder(self._pin)
        descriptor = os.open(self._folder / "pull", os.O_WRONLY)
        try:
            os.write(descriptor, to.encode())
        finally:
            os.close(descriptor)

    def press(self, held_s: float = 0.1) -> None:
        """Down and up."""
        self.down()
        time.sleep(held_s)
        self.up()

    def bounce(self, edges: int = 7, apart_ms: float = 1.0, *, down: bool = True) -> float:
        """A worn contact: `edges` changes, an odd number, until it is `down` (or up) for good.

        Returns how far apart two edges were at the most, in ms: this machine may have had other things to do.
        """
        at_s = []
        for edge in range(edges | 1):
            (self.down if (edge % 2 == 0) == down else self.up)()
            at_s.append(time.monotonic())
            time.sleep(apart_ms / 1000)
        return max((later - earlier for earlier, later in itertools.pairwise(at_s)), default=0.0) * 1000


class WiredButtonActor(ButtonActor):
    """On a real Pi: an output and a resistor, wired to the button's pin as README.md shows."""

    def __init__(self, output: int = JUMPER) -> None:
        from gpiozero import DigitalOutputDevice  # not for who has no need of it
        from gpiozero.pins.lgpio import LGPIOFactory

        self._output = DigitalOutputDevice(output, initial_value=True, pin_factory=LGPIOFactory())

    def down(self) -> None:
        """The contact closes."""
        self._output.off()

    def up(self) -> None:
        """The contact opens."""
        self._output.on()

    def close(self) -> None:
        """Give the output back."""
        self._output.close()
        self._output.pin_factory.close()


class JumperWire:
    """``with JumperWire(5, 17)``: between an output and an input of gpio-sim, which has none. It takes a millisecond."""

    def __init__(self, output: int, input_: int) -> None:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._lead, args=[output, ButtonActor(input_)])

    def _lead(self, output: int, end: ButtonActor) -> None:
        while not self._done.wait(0.001):
            (end.up if level(output) else end.down)()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


class KeyMatrix:
    """Contacts between outputs and inputs of gpio-sim: a column is low while a row is that a pressed key connects it with.

    `lead` has to be called when a row was driven. Any thread.
    """

    def __init__(self, rows: Sequence[int], columns: Sequence[int]) -> None:
        self._rows, self._columns = rows, [ButtonActor(pin) for pin in columns]
        self._pressed: frozenset[tuple[int, int]] = frozenset()
        self._lock = threading.Lock()
        for row in rows:  # one that nothing drives is high through a pressed key and its column's pull
            ButtonActor(row).up()

    def press(self, *keys: tuple[int, int]) -> None:
        """Hold down the keys at these (row, column), and no other."""
        self._pressed = frozenset(keys)
        self.lead()

    def lead(self) -> None:
        """Let each column have the level that follows from the rows."""
        with self._lock:
            low = {row for row, pin in enumerate(self._rows) if not level(pin)}
            for number, column in enumerate(self._columns):
                (column.down if any((row, number) in self._pressed for row in low) else column.up)()


@functools.cache  # an output has one owner
def button_actor(pin: int) -> ButtonActor:
    """What presses the button at `pin` here."""
    if any(CHIPS.glob("gpio-sim.*")):
        return ButtonActor(pin)
    if pin != BUTTON:
        raise LookupError(f"no wire leads to GPIO {pin}")
    return WiredButtonActor()


def level(pin: int) -> int:
    """0 or 1, as the kernel has it, whoever drives the line."""
    return int((line_folder(pin) / "value").read_text())


def chip() -> Path:
    """The GPIO chip's device file."""
    return Path("/dev/gpiochip0")


def held() -> list[int]:
    """The simulated GPIOs that some program holds by lgpio."""
    text = Path("/sys/kernel/debug/gpio").read_text()
    first = int(re.findall(r"GPIOs (\d+)-", text)[0])
    return [int(number) - first for number in re.findall(r"gpio-(\d+) \(lg", text)]


def live(is_there: bool) -> None:
    """Take the simulated GPIO chip out of the machine, or put it back. No program may hold a line."""
    (CONFIGURED / "live").write_text(str(int(is_there)))
    if is_there:
        shutil.chown(chip(), group="gpio")  # what udev does on a Pi
        chip().chmod(0o660)


class Eye:
    """Looks at lines every millisecond, from a thread: ``with Eye(22, 27) as eye: ...; eye.seen[22]``."""

    def __init__(self, *pins: int, every_ms: float = 1.0) -> None:
        self.seen: dict[int, list[tuple[float, int]]] = {pin: [] for pin in pins}
        """(seconds of time.monotonic(), level) at each change, the first look included."""
        self.looks: dict[int, list[tuple[float, int]]] = {pin: [] for pin in pins}
        """Every look: for how long a dimmed lamp is lit."""
        self._files = {pin: (line_folder(pin) / "value").open("rb", buffering=0) for pin in pins}
        self._every_s = every_ms / 1000
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._done.wait(self._every_s):
            self._look_once()

    def _look_once(self) -> None:
        for pin, file in self._files.items():
            file.seek(0)
            look = (time.monotonic(), int(file.read()))
            self.looks[pin].append(look)
            if not self.seen[pin] or self.seen[pin][-1][1] != look[1]:
                self.seen[pin].append(look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._look_once()  # what is so at the end, however late the thread was
        for file in self._files.values():
            file.close()


def pull_out(driver: str) -> None:
    """Pull out the card of ``aloop`` or ``dummy``, under whoever has it open; returns when it is gone."""
    name = next(CHIPS.glob(f"snd_{driver}.0/sound/card*/id")).read_text().strip()
    # The driver's unbind returns only when every open handle is closed: a process of its own waits for that.
    unbind = f"echo snd_{driver}.0 > {DRIVERS}/snd_{driver}/unbind &"
    subprocess.run(["/bin/sh", "-c", unbind], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while f"[{name} " in Path("/proc/asound/cards").read_text():
        time.sleep(0.005)


def plug_in(driver: str) -> None:
    """Plug it in again, as root; waits until whoever had the old one open has closed it."""
    (DRIVERS / f"snd_{driver}" / "bind").write_text(f"snd_{driver}.0")
    for device in Path("/dev/snd").iterdir():  # what udev does on a Pi
        if device.is_char_device():
            shutil.chown(device, group="audio")
            device.chmod(0o660)


def line_folder(pin: int) -> Path:
    """Where gpio-sim shows the line `pin`."""
    lines = list(CHIPS.glob(f"gpio-sim.*/gpiochip*/sim_gpio{pin}"))
    if not lines:
        raise FileNotFoundError(f"there is no simulated GPIO {pin}: is this the virtual Pi?")
    return lines[0]


def _watch(pin: int, for_s: float) -> None:
    began_s, before = time.monotonic(), -1
    while (now_s := time.monotonic() - began_s) < for_s:
        if (now := level(pin)) != before:
            print(f"{now_s:.3f} {now}", flush=True)
            before = now
        time.sleep(0.001)


def main(arguments: list[str]) -> int:
    """The commands of the module's docstring."""
    match arguments:
        case ["press", pin, *rest]:
            ButtonActor(int(pin)).press(*map(float, rest))
        case ["hold", pin]:
            ButtonActor(int(pin)).down()
        case ["release", pin]:
            ButtonActor(int(pin)).up()
        case ["bounce", pin]:
            ButtonActor(int(pin)).bounce()
        case ["bounce", pin, edges, *apart_ms]:
            ButtonActor(int(pin)).bounce(int(edges), *map(float, apart_ms))
        case ["get", pin]:
            print(level(int(pin)))
        case ["watch", pin, *for_s]:
            _watch(int(pin), *map(float, for_s or ["3600"]))
        case ["pull-out", driver]:
            pull_out(driver)
        case ["plug-in", driver]:
            plug_in(driver)
        case _:
            print(__doc__, file=sys.stderr)
            return 64
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
