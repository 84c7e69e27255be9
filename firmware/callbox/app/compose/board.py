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
from callbox.config.schema import Amplifier, Bell, BoardSettings, ButtonSettings, ContactSettings
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.panel.model.client_messages import HOOK_SWITCH, MUTE_SWITCH
from callbox_device import gpio, interfaces, simulated
from callbox_device.alsa import devices, open_pcm
from callbox_device.amplifier import AmplifiedSpeaker
from callbox_device.early_io import EarlyButton
from callbox_device.input_keys import InputReader
from callbox_device.interfaces import MAIN_BUTTON, Board, BoardError, Microphone, Part, PartFault, PartMissing, Speaker
from callbox_device.model import alsa_names
from callbox_device.model.gestures import Gestures
from callbox_device.model.key_codes import HID_USAGES
from callbox_device.model.mixer_controls import ControlState

if TYPE_CHECKING:
    from callbox.panel.browser_board import PageBoard
    from callbox.panel.panel import Panel

T = TypeVar("T")
Contacts = tuple[interfaces.Button, ...]
SimulatedContacts = simulated.SimulatedRotaryDial | simulated.SimulatedKnob


def make_board(
    settings: Settings, pin_factory: Any = None, early_button: EarlyButton | None = None, panel: "Panel | None" = None
) -> Board:
    """Button and lamps on GPIO or keys, in memory or in the panel's page; sound through ALSA, or there.

    `early_button`: as for `Composition.make_appliance`.
    """
    board, page = settings.board, panel.board if panel else None
    make = _PartMaker(board, pin_factory, page)
    microphone: Microphone
    speaker: Speaker
    missing: list[PartFault] = []
    if page:
        microphone, speaker = page.microphone, page.speaker
        speaker.volume_percent = settings.speaker.volume_percent
    else:
        microphone, speaker, missing = make_sound(settings)
    button = early_button or make.button(Part.BUTTON, MAIN_BUTTON, board.button)
    made = lamps.make_lamps(board, pin_factory, early_button)
    make.faults += made.faults
    further = {name: make.button(Part.BUTTON, name, wired) for name, wired in board.buttons.items()}
    mute_switch, hook_switch = make.mute_switch(), make.hook_switch()
    rotary_dial, volume_knob, keypad = make.rotary_dial(), make.volume_knob(), make.keypad()
    enable, bell = make.output(Part.AMPLIFIER, board.amplifier), make.output(Part.BELL, board.bell)
    hook = board.hook_switch
    return Board(
        button,
        panel.watch("status", made.status) if panel else made.status,
        panel.watch("microphone", made.microphone) if panel else made.microphone,
        microphone,
        with_amplifier(settings, speaker, enable),
        (*make.faults, *missing),
        mute_switch,
        {name: made for name, made in further.items() if made},
        hook_switch,
        rotary_dial,
        volume_knob,
        keypad,
        enable,
        line_indicator=make.keys if hook and hook.key in HID_USAGES and board.has_gpio else None,
        bell=bell,
    )


class _PartMaker:
    """Maker of the parts at pins and keys; of a board without GPIO in memory, or those of the panel's `page`.

    A part that can't be had is None, and in `faults`.
    """

    def __init__(self, board: BoardSettings, pin_factory: Any, page: "PageBoard | None") -> None:
        self._board, self._pin_factory, self._page = board, pin_factory, page
        self.keys = InputReader()
        self.faults: list[PartFault] = []

    def button(
        self, part: Part, name: str, wired: ContactSettings, *, inverted: bool = False, missing: bool = False
    ) -> interfaces.Button | None:
        """A contact at a pin or a key. `missing`: whether a key without its input device counts as closed."""
        in_memory: interfaces.Button = self._page.contacts[name] if self._page else simulated.SimulatedButton()
        return self._make(part, lambda: self._contact(wired, inverted, missing), in_memory)

    def mute_switch(self) -> interfaces.Button | None:
        if (switch := self._board.mute_switch) is None:
            return None
        return self.button(Part.MUTE_SWITCH, MUTE_SWITCH, switch, inverted=switch.mutes_when == "open", missing=True)

    def hook_switch(self) -> interfaces.Button | None:
        if (hook := self._board.hook_switch) is None:
            return None
        return self.button(Part.HOOK_SWITCH, HOOK_SWITCH, hook, inverted=hook.off_hook_when == "open")

    def rotary_dial(self) -> Contacts:
        if (dial := self._board.rotary_dial) is None:
            return ()
        # The pulse contact is closed at rest, the off-normal contact open.
        off_normal = [] if dial.off_normal_pin is None else [(dial.off_normal_pin, False)]
        in_page = self._page.rotary_dial if self._page else None
        return self._contacts(Part.ROTARY_DIAL, [(dial.pulse_pin, True), *off_normal], in_page)

    def volume_knob(self) -> Contacts:
        if (knob := self._board.volume_knob) is None:
            return ()
        in_page = self._page.volume_knob if self._page else None
        return self._contacts(Part.VOLUME_KNOB, [(knob.a_pin, False), (knob.b_pin, False)], in_page)

    def keypad(self) -> interfaces.Keypad | None:
        if (matrix := self._board.keypad) is None:
            return None
        wire = functools.partial(gpio.GpioKeypad, matrix.row_pins, matrix.column_pins, pin_factory=self._pin_factory)
        in_memory: interfaces.Keypad = (self._page and self._page.keypad) or simulated.SimulatedKeypad(matrix.layout)
        return self._make(Part.KEYPAD, wire, in_memory)

    def output(self, part: Part, wired: Amplifier | Bell | None) -> interfaces.Lamp | None:
        """An output that is on or off; none in memory."""
        if wired is None:
            return None
        pin, active_high, pins = wired.pin, wired.active_high, self._pin_factory
        return self._make(part, lambda: gpio.GpioLamp(pin, active_high, dimmable=False, pin_factory=pins), None)

    def _make(self, part: Part, wire: Callable[[], T], in_memory: T) -> T | None:
        if not self._board.has_gpio:
            return in_memory
        try:
            return wire()
        except BoardError as error:
            self.faults.append(PartFault(part, error))
            return None

    def _contact(self, wired: ContactSettings, inverted: bool, missing: bool) -> interfaces.Button:
        if wired.key is not None:
            return self.keys.key(wired.key, wired.input, inverted=inverted, missing=missing)
        if wired.pin is None:
            raise PartMissing("it has neither pin nor key.")  # the settings' cross checks say so first
        return gpio.GpioButton(wired.pin, wired.pull, inverted=inverted, pin_factory=self._pin_factory)

    def _contacts(self, part: Part, wiring: Sequence[tuple[int, bool]], in_page: SimulatedContacts | None) -> Contacts:
        """Contacts to ground: pin of each, and whether it is inverted. All or none."""
        in_memory: Contacts = in_page.contacts if in_page else tuple(simulated.SimulatedButton() for _ in wiring)
        return self._make(part, lambda: _contacts_to_ground(wiring, self._pin_factory), in_memory) or ()


def _contacts_to_ground(wiring: Sequence[tuple[int, bool]], pin_factory: Any) -> Contacts:
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


def alsa_devices(settings: Settings) -> tuple[devices.AlsaMicrophone, devices.AlsaSpeaker]:
    """Microphone and loudspeaker through ALSA; their mixers are brought to the state that the settings want."""
    controls = settings.sound.mixer_controls.items()
    states = {name: ControlState(**msgspec.structs.asdict(control)) for name, control in controls}
    defaults = devices.MixerDefaults(states)
    microphone, speaker = settings.microphone, settings.speaker
    return (
        devices.AlsaMicrophone(microphone.device, channel=microphone.channel, defaults=defaults),
        devices.AlsaSpeaker(speaker.device, buffer_ms=speaker.buffer_ms, mixer=speaker.mixer, defaults=defaults),
    )


def make_sound(settings: Settings) -> tuple[devices.AlsaMicrophone, devices.AlsaSpeaker, list[PartFault]]:
    """As `alsa_devices`, with the volume of the settings, and which of them is missing."""
    microphone, speaker = alsa_devices(settings)
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
