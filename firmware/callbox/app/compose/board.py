"""Buttons, lamps, contacts, microphone and loudspeaker of a board, from its settings."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from callbox.app.button_control import ButtonConfig
from callbox.app.compose import lamps
from callbox.app.telephone import TelephoneConfig
from callbox.config import Settings
from callbox.config.schema import ButtonSettings, ContactSettings
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.panel.model.client_messages import HOOK_SWITCH, MUTE_SWITCH
from callbox_device import gpio, interfaces, simulated
from callbox_device.alsa import devices, open_pcm
from callbox_device.amplifier import AmplifiedSpeaker
from callbox_device.early_io import EarlyButton
from callbox_device.input_devices import KERNEL, Machine
from callbox_device.input_keys import InputReader
from callbox_device.interfaces import Board, BoardError, Microphone, Part, PartFault, PartMissing, Speaker
from callbox_device.model import alsa_names
from callbox_device.model.gestures import Gestures
from callbox_device.model.key_codes import HID_USAGES
from callbox_device.model.mixer_controls import ControlState

if TYPE_CHECKING:
    from callbox.panel.panel import Panel

T = TypeVar("T")


def make_board(
    settings: Settings,
    pin_factory: Any = None,
    early_button: EarlyButton | None = None,
    panel: "Panel | None" = None,
    *,
    input_devices: Machine = KERNEL,
) -> Board:
    """Button and lamps on GPIO or keys, in memory or in the panel's page; sound through ALSA, or there.

    `early_button`: as for `Composition.make_appliance`.
    """
    faults: list[PartFault] = []
    keys = InputReader(input_devices)
    make_contact = functools.partial(_make_contact, keys, pin_factory)

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
        speaker.volume_percent = settings.speaker.volume_percent
    else:
        microphone, speaker, silent = make_sound(settings)
    if settings.board.has_gpio:
        wiring = settings.board.button
        button = early_button or make_or_fault(Part.BUTTON, lambda: make_contact(wiring))
        made_lamps = lamps.make_lamps(settings.board, pin_factory, early_button)
        status_lamp, microphone_lamp = made_lamps.status, made_lamps.microphone
        faults += made_lamps.faults
    buttons: dict[str, interfaces.Button] = {}
    for name, wired_button in settings.board.buttons.items():
        made: interfaces.Button | None
        if settings.board.has_gpio:
            made = make_or_fault(Part.BUTTON, functools.partial(make_contact, wired_button))
        else:
            made = panel.board.contacts[name] if panel and panel.board else simulated.SimulatedButton()
        if made:
            buttons[name] = made
    mute_switch: interfaces.Button | None = None
    if switch := settings.board.mute_switch:
        mute_switch = panel.board.contacts[MUTE_SWITCH] if panel and panel.board else simulated.SimulatedButton()
        if settings.board.has_gpio:
            make_switch = functools.partial(make_contact, switch, inverted=switch.mutes_when == "open", missing=True)
            mute_switch = make_or_fault(Part.MUTE_SWITCH, make_switch)
    hook_switch: interfaces.Button | None = None
    if hook := settings.board.hook_switch:
        hook_switch = panel.board.contacts[HOOK_SWITCH] if panel and panel.board else simulated.SimulatedButton()
        if settings.board.has_gpio:
            make_hook = functools.partial(make_contact, hook, inverted=hook.off_hook_when == "open")
            hook_switch = make_or_fault(Part.HOOK_SWITCH, make_hook)
    rotary_dial: tuple[interfaces.Button, ...] = ()
    if dial := settings.board.rotary_dial:
        # The pulse contact is closed at rest, the off-normal contact open.
        wiring_of_dial = [
            (dial.pulse_pin, True),
            *([(dial.off_normal_pin, False)] if dial.off_normal_pin is not None else []),
        ]
        if settings.board.has_gpio:
            rotary_dial = make_or_fault(Part.ROTARY_DIAL, lambda: _contacts(wiring_of_dial, pin_factory)) or ()
        elif panel and panel.board and panel.board.rotary_dial:
            rotary_dial = panel.board.rotary_dial.contacts
        else:
            rotary_dial = tuple(simulated.SimulatedButton() for _ in wiring_of_dial)
    volume_knob: tuple[interfaces.Button, ...] = ()
    if knob := settings.board.volume_knob:
        wiring_of_knob = [(knob.a_pin, False), (knob.b_pin, False)]
        if settings.board.has_gpio:
            volume_knob = make_or_fault(Part.VOLUME_KNOB, lambda: _contacts(wiring_of_knob, pin_factory)) or ()
        elif panel and panel.board and panel.board.volume_knob:
            volume_knob = panel.board.volume_knob.contacts
        else:
            volume_knob = tuple(simulated.SimulatedButton() for _ in wiring_of_knob)
    enable: interfaces.Lamp | None = None
    if (amplifier := settings.board.amplifier) and settings.board.has_gpio:
        make_enable = functools.partial(gpio.GpioLamp, amplifier.pin, amplifier.active_high, dimmable=False)
        enable = make_or_fault(Part.AMPLIFIER, lambda: make_enable(pin_factory=pin_factory))
    bell: interfaces.Lamp | None = None
    if (wired_bell := settings.board.bell) and settings.board.has_gpio:
        make_bell = functools.partial(gpio.GpioLamp, wired_bell.pin, wired_bell.active_high, dimmable=False)
        bell = make_or_fault(Part.BELL, lambda: make_bell(pin_factory=pin_factory))
    keypad: interfaces.Keypad | None = None
    if matrix := settings.board.keypad:
        if settings.board.has_gpio:
            make_keypad = functools.partial(
                gpio.GpioKeypad, matrix.row_pins, matrix.column_pins, pin_factory=pin_factory
            )
            keypad = make_or_fault(Part.KEYPAD, make_keypad)
        else:
            in_page = panel.board.keypad if panel and panel.board else None
            keypad = in_page or simulated.SimulatedKeypad(matrix.layout)
    if panel:
        status_lamp, microphone_lamp = panel.watch("status", status_lamp), panel.watch("microphone", microphone_lamp)
    return Board(
        button,
        status_lamp,
        microphone_lamp,
        microphone,
        with_amplifier(settings, speaker, enable),
        (*faults, *silent),
        mute_switch,
        buttons,
        hook_switch,
        rotary_dial,
        volume_knob,
        keypad,
        enable,
        line_indicator=keys if hook and hook.key in HID_USAGES and settings.board.has_gpio else None,
        bell=bell,
    )


def with_amplifier(settings: Settings, speaker: Speaker, enable: interfaces.Lamp | None) -> Speaker:
    """`speaker`, which switches its amplifier by `enable`; None: it has none that a pin enables."""
    if enable is None:
        return speaker
    if settings.board.amplifier and settings.board.amplifier.always_on:
        enable.set(1.0)
        return speaker
    return AmplifiedSpeaker(speaker, enable)


def _make_contact(
    keys: InputReader, pin_factory: Any, wired: ContactSettings, *, inverted: bool = False, missing: bool = False
) -> interfaces.Button:
    """A contact at a pin, or a key of `keys`. `missing`: whether a key without its input device counts as closed."""
    if wired.key is not None:
        return keys.key(wired.key, wired.input, inverted=inverted, missing=missing)
    if wired.pin is None:
        raise PartMissing("it has neither pin nor key.")  # the settings' cross checks say so first
    return gpio.GpioButton(wired.pin, wired.pull, inverted=inverted, pin_factory=pin_factory)


def _contacts(wiring: Sequence[tuple[int, bool]], pin_factory: Any) -> tuple[interfaces.Button, ...]:
    """Contacts to ground: pin of each, and whether it is inverted. All or none. Raises `BoardError`."""
    made: list[interfaces.Button] = []
    try:
        for pin, inverted in wiring:
            made.append(gpio.GpioButton(pin, "up", inverted=inverted, pin_factory=pin_factory))
    except BoardError:
        for contact in made:
            contact.close()
        raise
    return tuple(made)


def mixer_defaults(settings: Settings) -> devices.MixerDefaults:
    """The state that the settings want mixers in."""
    controls = settings.sound.mixer_controls.items()
    return devices.MixerDefaults({name: ControlState(**control.model_dump()) for name, control in controls})


def make_sound(settings: Settings) -> tuple[devices.AlsaMicrophone, devices.AlsaSpeaker, list[PartFault]]:
    """Microphone and loudspeaker through ALSA, and which of them is missing."""
    defaults = mixer_defaults(settings)
    microphone = devices.AlsaMicrophone(
        settings.microphone.device, channel=settings.microphone.channel, defaults=defaults
    )
    speaker = devices.AlsaSpeaker(
        settings.speaker.device,
        buffer_ms=settings.speaker.buffer_ms,
        mixer=settings.speaker.mixer,
        defaults=defaults,
    )
    speaker.volume_percent = settings.speaker.volume_percent
    faults = [
        PartFault(part, PartMissing(f"{device!r} for the {part.value}: {missing}"))
        for part, device in ((Part.MICROPHONE, settings.microphone.device), (Part.SPEAKER, settings.speaker.device))
        if (missing := alsa_names.missing_card(device, open_pcm.sound_cards()))
    ]
    return microphone, speaker, faults


def button_config(button: ButtonSettings) -> ButtonConfig:
    """Timing and meaning of the gestures of `button`."""
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
    """Wiring of hook switch, dial, keypad and volume knob, and the digits of the bots."""
    board = settings.board
    hook, knob = board.hook_switch, board.volume_knob
    bots = settings.all_bots.items()
    config = TelephoneConfig(digits={bot.dial_digit: place[-1] for place, bot in bots if bot.dial_digit})
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
