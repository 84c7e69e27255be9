"""Faults of the box, and which error is which fault. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from callbox.rtvi import errors
from callbox_device.interfaces import Part, PartFault


class Fault(Enum):
    """The classes of fault; the number is how often the status lamp blinks after the error sign."""

    BOT_UNREACHABLE = 1
    """No answer at the bot's address."""
    BOT_REFUSED = 2
    """The bot's server answered, and did not let us in (404, 500, a web page in place of JSON)."""
    BOT_TIMEOUT = 3
    """The server accepted the call, and the bot never became ready, or media never came up."""
    BOT_FAILED = 4
    """The bot broke down or left without a word in the middle of a call."""
    NO_MICROPHONE = 5
    NO_SPEAKER = 6
    NO_GPIO = 7
    INTERNAL = 8
    """A defect of Callbox itself, or a version of it that was given up."""
    SETTINGS_WRONG = 9
    """The settings are wrong, or those of the fleet did not prove healthy; the box works with the last good ones, or
    not at all.
    """

    @property
    def code(self) -> str:
        """The word used in MQTT and in the journal."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong now."""

    fault: Fault
    text: str
    """What is wrong and what to do, in one or two sentences. Holds no secret."""

    @property
    def code(self) -> str:
        """The fault's word, as MQTT tells it."""
        return self.fault.code


def problem_from_error(error: errors.RTVIError) -> Problem:
    """Problem for the person at the button and the operator that `error` means."""
    return Problem(_fault(error), str(error))


def problem_from_parts(faults: Sequence[PartFault]) -> Problem | None:
    """Problem of a board with missing parts; the first is told, all are in the journal. None: no part is missing."""
    return Problem(_FAULT_BY_PART[faults[0].part], str(faults[0].error)) if faults else None


def problem_from_stuck_part(part: str, held_ms: float) -> Problem:
    """Problem of `part`, a button or a key, that has been down for longer than a press lasts. Every press of it is lost
    until it is up.
    """
    text = f"The {part} has been down for {held_ms / 1000:.0f} s: is it jammed, is its wire short-circuited?"
    return Problem(Fault.NO_GPIO, text)


def problem_from_settings(errors: Sequence[str]) -> Problem:
    """Problem of wrong settings. `errors`: a line for each reason; the first is told, all are in the journal."""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    text = f"The settings are wrong, the last good ones are in force: {errors[0]}{more}"
    return Problem(Fault.SETTINGS_WRONG, text)


def problem_from_rollout(refused: int | None, in_force: int | None, reason: str) -> Problem:
    """Problem of a fleet's settings that a box went back from. `in_force`: the version now; None: none."""
    now = f"version {in_force} is" if in_force else "the settings without them are"
    text = f"Version {refused} of the fleet's settings was given up, {now} in force again: {reason}"
    return Problem(Fault.SETTINGS_WRONG, text)


def problem_from_upgrade(refused: str | None, installed: str | None, reason: str) -> Problem:
    """Problem of a package that a box went back from, to the version `installed`."""
    text = f"Version {refused} of the package was given up, {installed} is installed again: {reason}"
    return Problem(Fault.INTERNAL, text)


def problem_from_offer(version: int, errors: Sequence[str]) -> Problem:
    """Problem of a fleet's settings, signed as they should be, that can't be in force here. `errors`: as above."""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Problem(
        Fault.SETTINGS_WRONG, f"Version {version} of the fleet's settings is not taken over: {errors[0]}{more}"
    )


_BOT_FAULTS = (Fault.BOT_UNREACHABLE, Fault.BOT_REFUSED, Fault.BOT_TIMEOUT, Fault.BOT_FAILED)


def clears_on_session(problem: Problem | None) -> bool:
    """Whether `problem` is over when a session stands by: it was the bot's or the network's."""
    return problem is not None and problem.fault in _BOT_FAULTS


_FAULT_BY_PART = {
    Part.BUTTON: Fault.NO_GPIO,
    Part.STATUS_LAMP: Fault.NO_GPIO,
    Part.MICROPHONE_LAMP: Fault.NO_GPIO,
    Part.MUTE_SWITCH: Fault.NO_GPIO,
    Part.HOOK_SWITCH: Fault.NO_GPIO,
    Part.ROTARY_DIAL: Fault.NO_GPIO,
    Part.KEYPAD: Fault.NO_GPIO,
    Part.VOLUME_KNOB: Fault.NO_GPIO,
    Part.AMPLIFIER: Fault.NO_GPIO,
    Part.BELL: Fault.NO_GPIO,
    Part.MICROPHONE: Fault.NO_MICROPHONE,
    Part.SPEAKER: Fault.NO_SPEAKER,
}


def _fault(error: errors.RTVIError) -> Fault:
    match error:
        case errors.DeviceError(device="mic"):
            return Fault.NO_MICROPHONE
        case errors.DeviceError():
            return Fault.NO_SPEAKER
        case errors.ConnectionTimeoutError():
            return Fault.BOT_TIMEOUT
        case errors.StartBotError() | errors.TransportStartError() if error.status is None:
            return Fault.BOT_UNREACHABLE
        case errors.StartBotError() | errors.TransportStartError() | errors.InvalidTransportParamsError():
            return Fault.BOT_REFUSED
        case errors.SessionLostError() | errors.BotError():
            return Fault.BOT_FAILED
        case _:
            return Fault.INTERNAL
