"""Buttons, lamps, contacts, microphone and loudspeaker of a board, from its settings."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from callbox.app.button_control import ButtonConfig
from callbox.app.compose import lamps
from callbox.app.telephone import TelephoneConfig
from callbox.config import Settings
from callbox.config.schema import Amplifier, Bell, ButtonSettings, ContactSettings
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.panel.model.client_messages import HOOK_SWITCH, MUTE_SWITCH
from callbox_device import gpio, interfaces, simulated
from callbox_device.alsa import devices, open_pcm
from callbox_device.amplifier import AmplifiedSpeaker
from callbox_device.early_io import EarlyButton
from callbox_device.input_keys import InputReader
from callbox_device.interfaces import Board, BoardError, Microphone, Part, PartFault, PartMissing, Speaker
from callbox_device.model import alsa_names
from callbox_device.model.gestures import Gestures
from callbox_device.model.key_codes import HID_USAGES
from callbox_device.model.mixer_controls import ControlState

if TYPE_CHECKING:
    from callbox.panel.panel import Panel

T = TypeVar("T")
Contacts = tuple[interfaces.Button, ...]
SimulatedContacts = simulated.SimulatedRotaryDial | simulated.SimulatedKnob


def make_board(
    settings: Settings,
    pin_factory: Any = None,
    early_button: EarlyButton | None = None,
    panel: "Panel | None" = None,
) -> Board:
    """Button and lamps on GPIO or keys, in memory or in the panel's page; sound through ALSA, or there.

    `early_button`: as for `Composition.make_appliance`.
    """
    faults: list[PartFault] = []
    keys = InputReader()
    make_contact = functools.partial(_make_contact, keys, pin_factory)

    def make_or_fault(part: Part, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except BoardError as error:
            faults.append(PartFault(part, error))
            return None

    page = panel.board if panel else None
    microphone: Microphone
    speaker: Speaker
    silent: list[PartFault] = []
    button: Any = simulated.SimulatedButton()
    status_lamp: Any = simulated.SimulatedLamp()
    microphone_lamp: Any = simulated.SimulatedLamp()
    if page:
        button, microphone, speaker = page.button, page.microphone, page.speaker
        speaker.volume_percent = settings.speaker.volume_percent
    else:
        microphone, speaker, silent = make_sound(settings)
    if settings.board.has_gpio:
        wiring = settings.board.button
        button = early_button or make_or_fault(Part.BUTTON, lambda: make_contact(wiring))
        made_lamps = lamps.make_lamps(settings.board, pin_factory, early_button)
        status_lamp, microphone_lamp = made_lamps.status, made_lamps.microphone
        faults += made_lamps.faults

    def make_part(part: Part, wire: Callable[[], T], in_memory: T) -> T | None:
        return make_or_fault(part, wire) if settings.board.has_gpio else in_memory

    def make_button(part: Part, name: str, wired: ContactSettings, **how: bool) -> interfaces.Button | None:
        in_memory: interfaces.Button = page.contacts[name] if page else simulated.SimulatedButton()
        return make_part(part, lambda: make_contact(wired, **how), in_memory)

    def make_output(part: Part, wired: Amplifier | Bell | None) -> interfaces.Lamp | None:
        if wired is None or not settings.board.has_gpio:
            return None
        pin, active_high = wired.pin, wired.active_high
        return make_or_fault(part, lambda: gpio.GpioLamp(pin, active_high, dimmable=False, pin_factory=pin_factory))

    def make_contacts(part: Part, wiring: Sequence[tuple[int, bool]], in_page: SimulatedContacts | None) -> Contacts:
        in_memory: Contacts = tuple(simulated.SimulatedButton() for _ in wiring)
        if in_page:
            in_memory = in_page.contacts
        return make_part(part, lambda: _contacts(wiring, pin_factory), in_memory) or ()

    named = {name: make_button(Part.BUTTON, name, wired) for name, wired in settings.board.buttons.items()}
    mute_switch: interfaces.Button | None = None
    if switch := settings.board.mute_switch:
        inverted = switch.mutes_when == "open"
        mute_switch = make_button(Part.MUTE_SWITCH, MUTE_SWITCH, switch, inverted=inverted, missing=True)
    hook_switch: interfaces.Button | None = None
    if hook := settings.board.hook_switch:
        hook_switch = make_button(Part.HOOK_SWITCH, HOOK_SWITCH, hook, inverted=hook.off_hook_when == "open")
    rotary_dial: Contacts = ()
    if dial := settings.board.rotary_dial:
        # The pulse contact is closed at rest, the off-normal contact open.
        off_normal = [] if dial.off_normal_pin is None else [(dial.off_normal_pin, False)]
        contacts = [(dial.pulse_pin, True), *off_normal]
        rotary_dial = make_contacts(Part.ROTARY_DIAL, contacts, page.rotary_dial if page else None)
    volume_knob: Contacts = ()
    if knob := settings.board.volume_knob:
        contacts = [(knob.a_pin, False), (knob.b_pin, False)]
        volume_knob = make_contacts(Part.VOLUME_KNOB, contacts, page.volume_knob if page else None)
    keypad: interfaces.Keypad | None = None
    if matrix := settings.board.keypad:
        make_keypad = functools.partial(gpio.GpioKeypad, matrix.row_pins, matrix.column_pins, pin_factory=pin_factory)
        in_memory: interfaces.Keypad = (page and page.keypad) or simulated.SimulatedKeypad(matrix.layout)
        keypad = make_part(Part.KEYPAD, make_keypad, in_memory)
    enable = make_output(Part.AMPLIFIER, settings.board.amplifier)
    bell = make_output(Part.BELL, settings.board.bell)
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
        {name: button for name, button in named.items() if button},
        hook_switch,
        rotary_dial,
        volume_knob,
        keypad,
        enable,
        line_indicator=keys if hook and hook.key in HID_USAGES and settings.board.has_gpio else None,
        bell=bell,
    )


def with_amplifier(
    settings: Settings, speaker: Speaker, enable: interfaces.Lamp | None, before: Speaker | None = None
) -> Speaker:
    """`speaker`, which switches its amplifier by `enable`; None: it has none that a pin enables. `before`: the one
    whose place it takes, which may be playing still.
    """
    if enable is None:
        return speaker
    if isinstance(before, AmplifiedSpeaker):
        return before.exchanged(speaker)
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


def _contacts(wiring: Sequence[tuple[int, bool]], pin_factory: Any) -> Contacts:
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
    return devices.MixerDefaults({name: ControlState(**msgspec.structs.asdict(control)) for name, control in controls})


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
