"""From settings to concrete parts: which button, which card, which transport, which reports.

With `cli`, the only place that names them; every other room sees Protocols.
"""

from typing import Any

from callbox.service.runtime import Box, Observer
from callbox.settings.model import Settings
from callbox_device import alsa, gpio, simulated
from callbox_device.board import Board, BoardError, Button, Lamp
from callbox_device.gestures import Gestures


def make_box(settings: Settings, observers: list[Observer], *, pin_factory: Any = None) -> Box:
    """The box that `settings` describe. Call it in the running event loop.

    A part that is missing is left out, and the board says so. `pin_factory`: gpiozero's, for tests.
    """
    button = settings.board.button
    gestures = Gestures(debounce_ms=button.debounce_ms, hold_ms=button.hold_ms, double_press_ms=button.double_press_ms)
    return Box(
        make_board(settings, pin_factory),
        make_dialling(settings.bot),
        gestures,
        observers,
        brightness=settings.board.lamps.brightness_percent / 100,
    )


def make_board(settings: Settings, pin_factory: Any = None) -> Board:
    """Button and lamps on GPIO or in memory; microphone and loudspeaker through ALSA."""
    faults: list[BoardError] = []
    microphone = alsa.AlsaMicrophone(settings.microphone.device)
    speaker = alsa.AlsaSpeaker(settings.speaker.device, buffer_ms=settings.speaker.buffer_ms)
    if settings.board.kind == "simulated":
        return Board(
            simulated.SimulatedButton(), simulated.SimulatedLamp(), simulated.SimulatedLamp(), microphone, speaker
        )
    wiring, lamps = settings.board.button, settings.board.lamps
    button: Button | None = None
    try:
        button = gpio.GpioButton(wiring.pin, wiring.pull, pin_factory=pin_factory)
    except BoardError as error:
        faults.append(error)
    lit: list[Lamp | None] = []
    for lamp in (lamps.status, lamps.microphone):
        try:
            lit.append(lamp and gpio.GpioLamp(lamp.pin, lamp.active_high, lamp.dimmable, pin_factory=pin_factory))
        except BoardError as error:
            lit.append(None)
            faults.append(error)
    return Board(button, lit[0], lit[1], microphone, speaker, tuple(faults))
