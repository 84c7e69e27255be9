"""Buttons, lamps, contacts, microphone and loudspeaker of a board, from its settings."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from callbox.app.button_control import ButtonConfig
from callbox.app.telephone import TelephoneConfig
from callbox.config import Settings
from callbox.config.merge import at
from callbox.config.schema import Button, Lamp, Lamps, kind_has_gpio
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.panel.model.client_messages import MUTE_SWITCH
from callbox_device import gpio, interfaces, simulated
from callbox_device.alsa import devices, open_pcm
from callbox_device.early_io import EarlyButton
from callbox_device.interfaces import Board, BoardError, Microphone, Part, PartFault, PartMissing, Speaker
from callbox_device.model import alsa_names
from callbox_device.model.gestures import Gestures

if TYPE_CHECKING:
    from callbox.panel.panel import Panel

T = TypeVar("T")


def make_board(
    settings: Settings, pin_factory: Any = None, early_button: EarlyButton | None = None, panel: "Panel | None" = None
) -> Board:
    """Button and lamps on GPIO, in memory or in the panel's page; microphone and loudspeaker through ALSA, or there.

    `early_button`: as for `Composition.make_appliance`.
    """
    faults: list[PartFault] = []

    def make_or_fault(part: Part, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except BoardError as error:
            faults.append(PartFault(part, error))
            return None

    microphone: Microphone
    speaker: Speaker
    silent: list[PartFault] = []
    button: Any = simulated.SimulatedButton()
    status_lamp: Any = simulated.SimulatedLamp()
    microphone_lamp: Any = simulated.SimulatedLamp()
    if panel and panel.board:
        button, microphone, speaker = panel.board.button, panel.board.microphone, panel.board.speaker
    else:
        microphone, speaker, silent = make_sound(settings)
    if settings.board.has_gpio:
        wiring, lamps = settings.board.button, settings.board.lamps
        lamp = functools.partial(gpio.GpioLamp, full=lamps.brightness_percent / 100, pin_factory=pin_factory)
        button = early_button or make_or_fault(
            Part.BUTTON, lambda: gpio.GpioButton(wiring.pin, wiring.pull, pin_factory=pin_factory)
        )
        status_lamp, microphone_lamp = (
            make_or_fault(part, functools.partial(lamp, wired.pin, wired.active_high, wired.dimmable))
            if wired
            else None
            for part, wired in (
                (Part.STATUS_LAMP, None if early_button else lamps.status),
                (Part.MICROPHONE_LAMP, lamps.microphone),
            )
        )
        status_lamp = early_button.lamp if early_button else status_lamp
    buttons: dict[str, interfaces.Button] = {}
    for name, wired_button in settings.board.buttons.items():
        make_button = functools.partial(gpio.GpioButton, wired_button.pin, wired_button.pull, pin_factory=pin_factory)
        made: interfaces.Button | None
        if settings.board.has_gpio:
            made = make_or_fault(Part.BUTTON, make_button)
        else:
            made = panel.board.contacts[name] if panel and panel.board else simulated.SimulatedButton()
        if made:
            buttons[name] = made
    mute_switch: interfaces.Button | None = None
    if switch := settings.board.mute_switch:
        mute_switch = panel.board.contacts[MUTE_SWITCH] if panel and panel.board else simulated.SimulatedButton()
        if settings.board.has_gpio:
            inverted = switch.mutes_when == "open"
            make_switch = functools.partial(gpio.GpioButton, switch.pin, switch.pull, inverted=inverted)
            mute_switch = make_or_fault(Part.MUTE_SWITCH, lambda: make_switch(pin_factory=pin_factory))
    hook_switch: interfaces.Button | None = None
    if hook := settings.board.hook_switch:
        is_inverted = hook.off_hook_when == "open"
        hook_switch = make_or_fault(
            Part.HOOK_SWITCH, lambda: _contact(settings, hook.pin, hook.pull, pin_factory, inverted=is_inverted)
        )
    rotary_dial: tuple[interfaces.Button, ...] = ()
    if dial := settings.board.rotary_dial:
        # The pulse contact is closed at rest, the off-normal contact open.
        wiring_of_dial = [
            (dial.pulse_pin, True),
            *([(dial.off_normal_pin, False)] if dial.off_normal_pin is not None else []),
        ]
        rotary_dial = make_or_fault(Part.ROTARY_DIAL, lambda: _contacts(settings, wiring_of_dial, pin_factory)) or ()
    volume_knob: tuple[interfaces.Button, ...] = ()
    if knob := settings.board.volume_knob:
        wiring_of_knob = [(knob.a_pin, False), (knob.b_pin, False)]
        volume_knob = make_or_fault(Part.VOLUME_KNOB, lambda: _contacts(settings, wiring_of_knob, pin_factory)) or ()
    keypad: interfaces.Keypad | None = None
    if keys := settings.board.keypad:
        if settings.board.has_gpio:
            make_keypad = functools.partial(gpio.GpioKeypad, keys.row_pins, keys.column_pins, pin_factory=pin_factory)
            keypad = make_or_fault(Part.KEYPAD, make_keypad)
        else:
            keypad = simulated.SimulatedKeypad(keys.layout)
    if panel:
        status_lamp, microphone_lamp = panel.watch("status", status_lamp), panel.watch("microphone", microphone_lamp)
    return Board(
        button,
        status_lamp,
        microphone_lamp,
        microphone,
        speaker,
        (*faults, *silent),
        mute_switch,
        buttons,
        hook_switch,
        rotary_dial,
        volume_knob,
        keypad,
    )


def _contact(settings: Settings, pin: int, pull: str, pin_factory: Any, *, inverted: bool) -> interfaces.Button:
    if not settings.board.has_gpio:
        return simulated.SimulatedButton()
    return gpio.GpioButton(pin, pull, inverted=inverted, pin_factory=pin_factory)


def _contacts(
    settings: Settings, wiring: Sequence[tuple[int, bool]], pin_factory: Any
) -> tuple[interfaces.Button, ...]:
    """Contacts to ground: pin of each, and whether it is inverted. All or none. Raises `BoardError`."""
    made: list[interfaces.Button] = []
    try:
        for pin, inverted in wiring:
            made.append(_contact(settings, pin, "up", pin_factory, inverted=inverted))
    except BoardError:
        for contact in made:
            contact.close()
        raise
    return tuple(made)


def make_sound(settings: Settings) -> tuple[devices.AlsaMicrophone, devices.AlsaSpeaker, list[PartFault]]:
    """Microphone and loudspeaker through ALSA, and which of them is missing."""
    microphone = devices.AlsaMicrophone(settings.microphone.device, channel=settings.microphone.channel)
    speaker = devices.AlsaSpeaker(
        settings.speaker.device, buffer_ms=settings.speaker.buffer_ms, mixer=settings.speaker.mixer
    )
    speaker.volume_percent = settings.speaker.volume_percent
    faults = [
        PartFault(part, PartMissing(f"{device!r} for the {part.value}: {missing}"))
        for part, device in ((Part.MICROPHONE, settings.microphone.device), (Part.SPEAKER, settings.speaker.device))
        if (missing := alsa_names.missing_card(device, open_pcm.sound_cards()))
    ]
    return microphone, speaker, faults


def wired_lamps(settings: Settings) -> list[tuple[int, bool]]:
    """Pin of each lamp on GPIO, and whether a high pin lights it."""
    lamps = settings.board.lamps
    wired = [lamp for lamp in (lamps.status, lamps.microphone) if lamp and settings.board.has_gpio]
    return [(lamp.pin, lamp.active_high) for lamp in wired]


def find_status_lamp(data: Any, pin_factory: Any = None) -> gpio.GpioLamp | None:
    """The status lamp as far as `data`, which may be wrong everywhere, tells where it is; None: there is none."""
    if not kind_has_gpio(at(data, ("board", "kind"))):
        return None
    lamps = at(data, ("board", "lamps"))
    if isinstance(lamps, dict) and "status" in lamps and lamps["status"] is None:
        return None
    try:
        wired = Lamp.model_validate(at(lamps, ("status",)))
    except ValidationError:
        wired = Lamps().status or Lamp(pin=22)
    try:
        return gpio.GpioLamp(wired.pin, wired.active_high, wired.dimmable, pin_factory=pin_factory)
    except BoardError:
        return None


def button_config(button: Button) -> ButtonConfig:
    """When the contact of `button` is which gesture, and what that means."""
    gestures = Gestures(debounce_ms=button.debounce_ms, hold_ms=button.hold_ms, double_press_ms=button.double_press_ms)
    settings = GestureSettings(
        GestureAction(button.on_double_press),
        GestureAction(button.on_hold),
        button.double_press_ms,
        GestureAction(button.on_press),
        button.bot,
    )
    return ButtonConfig(gestures, settings)


def telephone_config(settings: Settings) -> TelephoneConfig:
    """What hook switch, dial, keypad and volume knob need to know."""
    board, bots = settings.board, settings.bots.items()
    hook, knob = board.hook_switch, board.volume_knob
    config = TelephoneConfig(digits={bot.dial_digit: name for name, bot in bots if bot.dial_digit})
    if hook:
        config = replace(config, hook_debounce_ms=hook.debounce_ms)
    if board.keypad:
        config = replace(config, keypad_layout=board.keypad.layout)
    if knob:
        config = replace(
            config,
            edges_per_detent=knob.edges_per_detent,
            step_percent=knob.step_percent,
            is_knob_reversed=knob.reversed,
        )
    return config
