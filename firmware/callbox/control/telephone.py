"""Effects of handset and digits of a telephone, by the state of the call. Pure."""

from dataclasses import dataclass
from enum import Enum

from callbox.control.call_control import CallState


class DigitEffect(Enum):
    """Effects of a dialled digit."""

    CALL = "calls the bot of the digit"
    CHOOSE = "chooses the bot of the digit"
    SEND_DTMF = "goes to the bot as DTMF"


_S, _E = CallState, DigitEffect

DIGIT_EFFECTS: dict[tuple[CallState, bool], DigitEffect] = {
    (_S.IDLE, False): _E.CALL,
    # Lifting the handset calls.
    (_S.IDLE, True): _E.CHOOSE,
    (_S.DIALLING, False): _E.CALL,
    (_S.DIALLING, True): _E.CALL,
    (_S.TALKING, False): _E.SEND_DTMF,
    (_S.TALKING, True): _E.SEND_DTMF,
    (_S.HANGING_UP, False): _E.CALL,
    (_S.HANGING_UP, True): _E.CHOOSE,
    (_S.REDIALLING, False): _E.CALL,
    (_S.REDIALLING, True): _E.CALL,
}
"""By the state of the call, and whether there is a hook switch."""


@dataclass(frozen=True, slots=True)
class VolumeStep:
    """Result of a turn of the volume knob."""

    percent: int
    """The new volume."""
    at_limit: bool
    """Whether it was there already."""


def volume_step(percent: int | None, change_percent: int, max_percent: int) -> VolumeStep:
    """`percent` and `change_percent`, from 0 to `max_percent`. None: it isn't known how loud the card was left; then
    it counts as half of what is allowed.
    """
    before = max_percent // 2 if percent is None else percent
    after = max(0, min(max_percent, before + change_percent))
    return VolumeStep(after, at_limit=percent is not None and after == percent)


def markdown() -> str:
    """`DIGIT_EFFECTS` as a table for the docs."""
    rows = [
        f"| {state.value} | {DIGIT_EFFECTS[state, False].value} | {DIGIT_EFFECTS[state, True].value} |"
        for state in CallState
    ]
    return "\n".join(["| Call | without a hook switch | with one |", "|---|---|---|", *rows])
