"""The parts of a telephone: what its hook switch, dial, keypad and volume knob do. Event loop only."""

import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from callbox.app.bot_selection import BotSelection
from callbox.app.contacts import run_contacts
from callbox.app.problems import Problems
from callbox.audio.playout.cues import Cue
from callbox.control.call_control import CallEvent, CallState
from callbox.control.telephone import DIGIT_EFFECTS, DigitEffect
from callbox_device.interfaces import Board
from callbox_device.model.edge_order import REORDER_S
from callbox_device.model.hook_switch import DEFAULT_DEBOUNCE_MS, HookEvent, HookSwitch, OffHook
from callbox_device.model.keypad import LAYOUTS, STUCK_S, KeypadDecoder, KeypadEvent, KeyPressed, KeysStuck
from callbox_device.model.quadrature import QuadratureDecoder, Turned
from callbox_device.model.rotary_dial import DialEvent, Dialled, RotaryDial

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TelephoneConfig:
    """Wiring of the parts, and the digit of each bot."""

    hook_debounce_ms: float = DEFAULT_DEBOUNCE_MS
    edges_per_detent: int = 4
    step_percent: int = 4
    """Of one detent."""
    is_knob_reversed: bool = False
    keypad_layout: Sequence[str] = LAYOUTS[4]
    """The keys, a text a row."""
    digits: Mapping[str, str] = field(default_factory=dict)
    """Name of the bot of each digit, or other key."""


class TelephoneTarget(Protocol):
    """Target of a telephone: `callbox.app.appliance.Appliance`."""

    bots: BotSelection
    """The bots of the settings."""
    problems: Problems
    """Shows keys that are stuck."""

    @property
    def call_state(self) -> CallState:
        """State of the call."""

    def call(self, bot: str | None = None) -> str | None:
        """Call `bot`, None: the chosen one. Returns what is wrong; None: nothing."""

    def answer_ring(self) -> bool:
        """Answer the ring, if there is one: the handset was lifted. False: there is none."""

    def dispatch(self, event: CallEvent) -> None:
        """`event` happened."""

    def send_dtmf(self, digit: str) -> str | None:
        """Send the bot a digit. Returns why it can't be; None: it is sent."""

    def change_volume(self, percent: int) -> None:
        """Change the volume by `percent`, which may be negative."""

    def cue(self, cue: Cue) -> None:
        """Play `cue`, if chimes are on."""


class Telephone:
    """The parts of `board`, and what they do to `target`."""

    def __init__(self, board: Board, config: TelephoneConfig, target: TelephoneTarget) -> None:
        self._board, self._config, self._target = board, config, target

    def use(self, config: TelephoneConfig) -> None:
        """Use the digits and the step of `config` from now on; how parts are wired is as it was at the start."""
        self._config = config

    def show(self, state: CallState, *, muted: bool) -> None:
        """Show on the device of the hook switch whether there is a call, and whether the microphone is muted.

        A speakerphone that isn't answered puts its hook switch back after two seconds, by itself.
        """
        if self._board.line_indicator:
            off_hook = state in (CallState.DIALLING, CallState.TALKING, CallState.REDIALLING)
            self._board.line_indicator.show_line(off_hook=off_hook, muted=muted)

    def tasks(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        """Name and work of each part that there is."""
        board, config = self._board, self._config
        tasks: list[tuple[str, Coroutine[Any, Any, None]]] = []
        if board.hook_switch:
            hook = HookSwitch(config.hook_debounce_ms)
            tasks.append(
                ("hook switch", run_contacts([(board.hook_switch, hook.edge)], hook, hook.start, self.on_hook))
            )
        if board.rotary_dial:
            dial = RotaryDial(has_off_normal=len(board.rotary_dial) > 1)
            contacts = list(zip(board.rotary_dial, (dial.pulse, dial.off_normal), strict=False))
            reading = run_contacts(contacts, dial, dial.start, self.on_dial, hold_s=REORDER_S)
            tasks.append(("rotary dial", reading))
        if board.keypad:
            keypad = KeypadDecoder(config.keypad_layout)
            tasks.append(("keypad", run_contacts([(board.keypad, keypad.scan)], keypad, keypad.start, self.on_key)))
        if board.volume_knob:
            knob = QuadratureDecoder(config.edges_per_detent, reversed_=config.is_knob_reversed)
            contacts_of_knob = list(zip(board.volume_knob, (knob.a, knob.b), strict=True))
            reading = run_contacts(contacts_of_knob, knob, knob.start, self.on_turn, hold_s=REORDER_S)
            tasks.append(("volume knob", reading))
        return tasks

    def on_hook(self, event: HookEvent) -> None:
        """Call when the handset is lifted, hang up when it is put down."""
        if isinstance(event, OffHook):
            log.info("The handset is lifted")
            if not self._target.answer_ring() and (wrong := self._target.call()):
                log.warning("%s", wrong)
        else:
            log.info("The handset is on the hook")
            self._target.dispatch(CallEvent.HANG_UP_ORDERED)

    def on_dial(self, event: DialEvent) -> None:
        """Carry out a digit, or reject what is none."""
        if not isinstance(event, Dialled):
            log.warning("The dial gave %d pulses that are no digit: is a contact loose?", event.pulses)
            self._target.cue(Cue.UNKNOWN_NUMBER)
            return
        self._on_digit(event.digit)

    def on_key(self, event: KeypadEvent) -> None:
        """Carry out a key of the keypad that was pressed, or report one that is jammed."""
        if isinstance(event, KeyPressed):
            self._on_digit(event.key)
            return
        part = f"key {' and '.join(event.keys)} of the keypad"
        if isinstance(event, KeysStuck):
            self._target.problems.set_stuck(part, STUCK_S * 1000)
        else:
            self._target.problems.clear_stuck(part)

    def _on_digit(self, digit: str) -> None:
        effect = DIGIT_EFFECTS[self._target.call_state, self._board.hook_switch is not None]
        if wrong := self._do(effect, digit):
            log.warning("%s was dialled: %s", digit, wrong)
            self._target.cue(Cue.UNKNOWN_NUMBER)

    def _do(self, effect: DigitEffect, digit: str) -> str | None:
        if effect is DigitEffect.SEND_DTMF:
            return self._target.send_dtmf(digit)
        if (bot := self._config.digits.get(digit)) is None:
            return "no bot has this dial_digit"
        return self._target.call(bot) if effect is DigitEffect.CALL else self._target.bots.choose(bot)

    def on_turn(self, turned: Turned) -> None:
        """Change the volume by a turn of the knob."""
        self._target.change_volume(turned.steps * self._config.step_percent)
