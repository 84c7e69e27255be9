"""Button, lamps and keypad over gpiozero. The only module that imports it, and only when a part is made.

Edges are taken raw and dated by the kernel, as far as the backend tells: a press that this program was too busy to
see at once is as long as it was. gpiozero's ``bounce_time`` means something else on each backend, and its blinking
costs a thread a lamp. Debounce and patterns are ours (`model.gestures`, `model.led_patterns`).
"""

import contextlib
import importlib
import os
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from callbox_device.interfaces import BoardError, Color, Edge, KeypadScan, PartBusy, PartFailed, PartMissing
from callbox_device.model.led_patterns import LIT_FROM
from callbox_device.model.pixel_frames import bits

MAX_AGE_S = 60.0
"""An edge whose time is older has been dated by another clock than ours (kernels before 5.7): it is one of now."""

CLOCK_READ_S = 0.0005
"""If reading two clocks takes longer, this thread was stopped meanwhile, and they are read again, so many times:"""
CLOCK_READS = 3


class GpioButton:
    """Button (`interfaces.Button`): a contact between a pin and ground (pull ``up``) or 3.3 V (``down``, ``none``).

    `inverted`: an open contact counts as closed, and a closed one as open.
    """

    def __init__(self, pin: int, pull: str = "up", *, inverted: bool = False, pin_factory: Any = None) -> None:
        arguments: dict[str, Any] = {"pull_up": {"up": True, "down": False, "none": None}[pull]}
        if pull == "none":
            arguments["active_state"] = True
        self._closed_level = (pull != "up") is not inverted
        self._inverted = inverted
        self._device = _create_device("DigitalInputDevice", (pin,), pin_factory, arguments)

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """As `interfaces.Button.start`. Called on lgpio's thread."""
        latest, latest_at = None, float("-inf")

        def changed(at: float, level: int) -> None:
            nonlocal latest, latest_at
            edge = Edge(bool(level) is self._closed_level, _monotonic_s(self._device.pin_factory, at))
            on_edge(edge)
            if at >= latest_at:
                latest, latest_at = edge, at
            elif latest:
                # lgpio (0.2.2) sorts what came while this process was stopped by 32 bits of nanoseconds: edges more
                # than 2.1 s apart come in the wrong order. The contact is as the latest one left it.
                on_edge(latest)

        self._changed = changed  # gpiozero keeps callbacks weakly
        self._device.pin.when_changed = changed
        return bool(self._device.is_active) is not self._inverted

    def close(self) -> None:
        """As `interfaces.Button.close`."""
        self._device.pin.when_changed = None
        self._device.close()


SCAN_S = 0.01
"""Pause between two scans of a keypad while its contacts change."""
SETTLE_S = 0.0002
"""From driving a row to reading its columns: 60 kilohms of pull-up lift a column with 1 nF of cable in so long."""
SETTLED_S = 0.1
"""When nothing has changed for so long, the keypad isn't scanned until a column has an edge,"""
HELD_SCAN_S = 1.0
"""or, while a key is down, for so long: of another one in its column comes no edge."""


class GpioKeypad:
    """Keypad (`interfaces.Keypad`): a matrix of contacts between `rows` and `columns` (GPIO numbers), without diodes.

    At rest every row is low, and an edge of a column, pulled up, wakes the scanning. In a scan one row is low and the
    others are inputs, so that two pressed keys never connect two outputs.
    """

    def __init__(self, rows: Sequence[int], columns: Sequence[int], *, pin_factory: Any = None) -> None:
        self._woken = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        with contextlib.ExitStack() as taken:
            self._columns, self._rows = (
                [taken.enter_context(_create_device(kind, (pin,), pin_factory, arguments)) for pin in pins]
                for kind, pins, arguments in (
                    ("DigitalInputDevice", columns, {"pull_up": True}),
                    ("GPIODevice", rows, {}),
                )
            )
            self._taken = taken.pop_all()

    def start(self, on_scan: Callable[[KeypadScan], None]) -> KeypadScan:
        """As `interfaces.Keypad.start`. Called on a thread of the keypad's own."""
        first = self.scan()

        def changed(_at: float, _level: int) -> None:
            self._woken.set()

        self._changed = changed  # gpiozero keeps callbacks weakly
        for column in self._columns:
            column.pin.when_changed = changed
        self._thread = threading.Thread(target=self._run, args=[first, on_scan], name="keypad", daemon=True)
        self._thread.start()
        return first

    def scan(self) -> KeypadScan:
        """Contacts that are closed now. Any thread, before `start`."""
        closed = set()
        for number, row in enumerate(self._rows):
            _drive_low(row.pin)
            time.sleep(SETTLE_S)
            closed |= {(number, place) for place in self._active_columns()}
            row.pin.function = "input"
        return KeypadScan(frozenset(closed), time.monotonic())

    def close(self) -> None:
        """As `interfaces.Keypad.close`. Blocks for some 10 ms at most."""
        self._closing = True
        self._woken.set()
        if self._thread:
            self._thread.join()
        for column in self._columns:
            column.pin.when_changed = None
        self._taken.close()

    def _run(self, last: KeypadScan, on_scan: Callable[[KeypadScan], None]) -> None:
        before = last
        while not self._closing:
            if before.closed == last.closed and time.monotonic() - last.at_s > SETTLED_S:
                self._wait(last)
            else:
                time.sleep(SCAN_S)
            scan = self.scan()
            # Two scans have to agree: of a thread that is seldom run, one would count as stable until the next one.
            if scan.closed != last.closed and scan.closed == before.closed and not self._closing:
                on_scan(scan)
                last = scan
            before = scan

    def _wait(self, last: KeypadScan) -> None:
        """Until a column has an edge or isn't as in `last`, or `HELD_SCAN_S` have passed with a key down."""
        for row in self._rows:
            _drive_low(row.pin)
        time.sleep(SCAN_S)  # the edges of driving the rows are told by then
        self._woken.clear()
        if self._active_columns() == {column for _, column in last.closed} and not self._closing:
            self._woken.wait(HELD_SCAN_S if last.closed else None)
        for row in self._rows:
            row.pin.function = "input"

    def _active_columns(self) -> set[int]:
        return {place for place, column in enumerate(self._columns) if column.is_active}


def _drive_low(pin: Any) -> None:
    pin.function = "output"
    pin.state = 0


class GpioLamp:
    """Lamp (`interfaces.Lamp`) at a pin. `dimmable`: by PWM, at 1.0 as bright as `full`; otherwise lit from `LIT_FROM`
    up.
    """

    def __init__(
        self,
        pin: int,
        active_high: bool = True,
        dimmable: bool = True,
        *,
        full: float = 1.0,
        pin_factory: Any = None,
    ) -> None:
        self._dimmable = dimmable
        self._full = self._limit = full
        self._brightness = 0.0
        name = "PWMOutputDevice" if dimmable else "DigitalOutputDevice"
        self._device = _create_device(name, (pin,), pin_factory, {"active_high": active_high, "initial_value": False})

    def set(self, brightness: float) -> None:
        """As `interfaces.Lamp.set`."""
        self._brightness = brightness
        self._device.value = self._limit * brightness if self._dimmable else float(brightness >= LIT_FROM)

    def dim_to(self, brightness: float) -> None:
        """As `interfaces.Lamp.dim_to`."""
        self._limit = min(self._full, brightness)
        self.set(self._brightness)

    @property
    def is_lit(self) -> bool:
        """Whether the pin, read back from the kernel, is as a lit lamp's; of a dimmable one, whether it was set so."""
        return bool(self._device.value)

    def close(self) -> None:
        """As `interfaces.Lamp.close`."""
        self._device.off()
        self._device.close()


def _monotonic_s(pin_factory: Any, at: float) -> float:
    """When it was `at` by the clock of `pin_factory`, in seconds of `time.monotonic()`."""
    now_s = age_s = 0.0
    for _ in range(CLOCK_READS):
        before_s = time.monotonic()
        age_s = pin_factory.ticks_diff(pin_factory.ticks(), at)
        now_s = time.monotonic()
        if now_s - before_s < CLOCK_READ_S:
            break
    return now_s - (age_s if 0 <= age_s < MAX_AGE_S else 0)


class RgbLedDriver:
    """Driver (`interfaces.PixelDriver`) of a red, a green and a blue LED in one, each on a pin of its own, by PWM."""

    pixels = 1

    def __init__(self, pins: tuple[int, int, int], active_high: bool = True, *, pin_factory: Any = None) -> None:
        self._device = _create_device("RGBLED", pins, pin_factory, {"active_high": active_high})

    def write(self, frame: Sequence[Color]) -> None:
        """As `interfaces.PixelDriver.write`."""
        (self._device.value,) = frame

    def close(self) -> None:
        """As `interfaces.PixelDriver.close`."""
        self._device.close()


class TwoPinWire:
    """Fulfils `pixel_strip.Wire` by two pins: data is taken at the rising edge of the clock (SPI mode 0)."""

    def __init__(self, data_pin: int, clock_pin: int, *, pin_factory: Any = None) -> None:
        with contextlib.ExitStack() as taken:
            self._data, self._clock = (
                taken.enter_context(_create_device("DigitalOutputDevice", (pin,), pin_factory, {}))
                for pin in (data_pin, clock_pin)
            )
            taken.pop_all()

    def write(self, data: bytes) -> None:
        """As `pixel_strip.Wire.write`."""
        data_pin, clock_pin = self._data.pin, self._clock.pin
        last = None
        for bit in bits(data):
            if bit != last:
                data_pin.state = last = bit
            clock_pin.state = 1
            clock_pin.state = 0

    def close(self) -> None:
        """As `pixel_strip.Wire.close`."""
        self._data.close()
        self._clock.close()


def _create_device(kind: str, pins: tuple[int, ...], pin_factory: Any, arguments: dict[str, Any]) -> Any:
    """A gpiozero device on `pins`. Raises `BoardError`."""
    pin = ", ".join(map(str, pins))
    try:
        gpiozero = importlib.import_module("gpiozero")
    except ImportError as error:
        raise PartMissing(
            f"Button and lamps need gpiozero ({error}): `sudo apt install python3-gpiozero "
            "python3-lgpio`; a virtual environment sees them if it was made with `--system-site-packages`."
        ) from error
    # One for each driver that isn't there, on stderr; what the last of them raises says what to do.
    warnings.filterwarnings("ignore", category=gpiozero.PinFactoryFallback)
    try:
        return getattr(gpiozero, kind)(*pins, pin_factory=pin_factory, **arguments)
    # PinUnknownPi: lgpio is there, the Pi is not. ImportError: GPIOZERO_PIN_FACTORY names a missing one.
    except (gpiozero.BadPinFactory, gpiozero.PinUnknownPi, ImportError) as error:
        if _is_forbidden():
            raise _no_permission(pin) from error
        raise PartMissing(
            "This machine has no GPIO that gpiozero can use. On a Raspberry Pi: install "
            "lgpio (sudo apt install python3-lgpio; a virtual environment sees it if made with "
            "--system-site-packages). Elsewhere: `board: {kind: simulated}`."
        ) from error
    except gpiozero.GPIOPinInUse as error:
        raise PartBusy(f"GPIO {pin} is used twice in this program.") from error
    except gpiozero.PinFixedPull as error:
        raise PartFailed(f"GPIO {pin} has a pull-up of its own: use `pull: up`.") from error
    except Exception as error:
        raise _map_error(pin, error) from error


def _is_forbidden() -> bool:
    """Whether there are GPIO chips, and this user may use none: gpiozero says only that it found nothing to use."""
    chips = list(Path("/dev").glob("gpiochip*"))
    return bool(chips) and not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips)


def _no_permission(pin: str) -> PartMissing:
    return PartMissing(f"No permission for GPIO {pin}: add this user to the group `gpio`.")


def _map_error(pin: str, error: Exception) -> BoardError:
    reason = str(error) or type(error).__name__
    if "busy" in reason.lower():
        return PartBusy(f"GPIO {pin} is held by another program; `gpioinfo` says which.")
    if isinstance(error, PermissionError) or "permission" in reason.lower():
        return _no_permission(pin)
    return PartFailed(f"GPIO {pin} can't be used: {reason}.")
