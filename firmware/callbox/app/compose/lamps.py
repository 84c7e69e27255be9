"""The lamps of a board: from settings to parts, to what is saved for the next start and for the end."""

import functools
from dataclasses import dataclass
from typing import Any

import msgspec

from callbox.config.merge import at
from callbox.config.schema import (
    DEFAULT_LAMP_PINS,
    BoardSettings,
    Lamps,
    LampSettings,
    SharedLampSettings,
    StatusLamp,
    kind_has_gpio,
)
from callbox.config.section import Invalid, convert
from callbox_device import lights
from callbox_device.color_light import ColorLight, UnavailableLamp
from callbox_device.early_io import EarlyButton, Wiring
from callbox_device.interfaces import BoardError, Part, PartFault
from callbox_device.interfaces import Lamp as LampPart
from callbox_device.model import light_specs
from callbox_device.model.light_specs import LightSpec, PinLamp
from callbox_device.simulated import SimulatedLamp


@dataclass(frozen=True, slots=True)
class BoardLamps:
    """Both lamps of a board; None: there is none, or it can't be had."""

    status: LampPart | None
    microphone: LampPart | None
    faults: tuple[PartFault, ...] = ()


def make_lamps(board: BoardSettings, pin_factory: Any = None, early_button: EarlyButton | None = None) -> BoardLamps:
    """Both lamps, in memory for a board without GPIO. A microphone lamp that can't be had keeps the microphone closed,
    as one that can't be lit does. `early_button`: its lamp is the status lamp.
    """
    if not board.has_gpio:
        return BoardLamps(SimulatedLamp(), SimulatedLamp())
    lamps, faults = board.lamps, list[PartFault]()
    places, full = lights.LightPlaces(pin_factory), lamps.brightness_percent / 100
    status: LampPart | None = early_button.lamp if early_button else None
    if lamps.status and not early_button:
        spec = light_spec(lamps.status)
        open_status = functools.partial(lights.open_light, spec, full=full, microphone_pixels=microphone_pixels(lamps))
        try:
            status = open_status(places=places)
        except BoardError as error:
            faults.append(PartFault(Part.STATUS_LAMP, error))
            if light_specs.has_device_file(spec):
                status = open_status(places=places, may_be_missing=True)
    if not lamps.microphone:
        return BoardLamps(status, None, tuple(faults))
    microphone: LampPart
    if not isinstance(lamps.microphone, SharedLampSettings):
        try:
            microphone = lights.open_light(light_spec(lamps.microphone), full=full, places=places)
        except BoardError as error:
            faults.append(PartFault(Part.MICROPHONE_LAMP, error))
            microphone = UnavailableLamp(error)
    elif isinstance(status, ColorLight):
        microphone = status.microphone_lamp()
    else:
        microphone = UnavailableLamp(faults[0].error)
    return BoardLamps(status, microphone, tuple(faults))


def light_spec(lamp: StatusLamp) -> LightSpec:
    """Spec of the lamp of these settings."""
    return light_specs.from_dict(msgspec.to_builtins(lamp))


def microphone_pixels(lamps: Lamps) -> tuple[int, ...] | None:
    """Pixels of the status lamp that show the microphone, as of `ColorLight`; None: it isn't shown there."""
    shared = lamps.microphone
    return (tuple(shared.pixels) or (0,)) if isinstance(shared, SharedLampSettings) else None


def wired_lamps(board: BoardSettings) -> list[LightSpec]:
    """Each lamp that is real, the amplifier's enable pin and the bell: what is off when the box has ended."""
    if not board.has_gpio:
        return []
    lamps = (board.lamps.status, board.lamps.microphone)
    wired = [light_spec(lamp) for lamp in lamps if lamp and not isinstance(lamp, SharedLampSettings)]
    outputs = [output for output in (board.amplifier, board.bell) if output]
    return [*wired, *(PinLamp(output.pin, output.active_high) for output in outputs)]


def wiring_of(board: BoardSettings) -> Wiring | None:
    """Wiring of button and status lamp; None: the button isn't on GPIO, or there is no such lamp."""
    lamps = board.lamps
    if not board.has_gpio or lamps.status is None or board.button.pin is None:
        return None
    full = lamps.brightness_percent / 100
    return Wiring(board.button.pin, board.button.pull, light_spec(lamps.status), full, microphone_pixels(lamps))


def find_status_lamp(data: Any, pin_factory: Any = None) -> LampPart | None:
    """The status lamp as far as `data`, which may be wrong everywhere, tells where it is; None: there is none."""
    if not kind_has_gpio(at(data, ("board", "kind"))):
        return None
    lamps = at(data, ("board", "lamps"))
    if isinstance(lamps, dict) and "status" in lamps and lamps["status"] is None:
        return None
    given = {"status": at(lamps, ("status",))}
    try:
        wired = convert(given, Lamps).status
    except Invalid:
        wired = None
    wired = wired or LampSettings(pin=DEFAULT_LAMP_PINS["status"])
    try:
        return lights.open_light(light_spec(wired), places=lights.LightPlaces(pin_factory))
    except BoardError:
        return None
