"""From errors of the RTVI client and of the board to the `Problem` that people are shown. Pure."""

from collections.abc import Sequence

from callbox.appliance.problems import Fault, Problem
from callbox.rtvi import errors
from callbox_device.board import Part, PartFault


def problem_of(error: errors.RTVIError) -> Problem:
    """What `error` means for the person at the button and the operator."""
    return Problem(_fault(error), str(error))


def problem_of_board(faults: Sequence[PartFault]) -> Problem | None:
    """What is missing on the board, as one problem; the first part is told, the others are in the journal."""
    return Problem(_PARTS[faults[0].part], str(faults[0].error)) if faults else None


def problem_of_stuck_button(held_ms: float) -> Problem:
    """That the button has been down for longer than a finger holds it. Every press is lost until it is up."""
    text = f"The button has been down for {held_ms / 1000:.0f} s: is it jammed, is its wire short-circuited?"
    return Problem(Fault.NO_GPIO, text)


def problem_of_settings(errors: Sequence[str]) -> Problem:
    """That the settings are wrong. `errors`: a line for each reason; the first is told, all are in the journal."""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    text = f"The settings are wrong, the last good ones are in force. `callbox check` says: {errors[0]}{more}"
    return Problem(Fault.SETTINGS_WRONG, text)


_OF_THE_BOT = (Fault.BOT_UNREACHABLE, Fault.BOT_REFUSED, Fault.BOT_TIMEOUT, Fault.BOT_FAILED)


def is_healed_by_a_session(problem: Problem | None) -> bool:
    """Whether `problem` is over when a session stands by: it was the bot's or the network's."""
    return problem is not None and problem.fault in _OF_THE_BOT


_PARTS = {
    Part.BUTTON: Fault.NO_GPIO,
    Part.STATUS_LAMP: Fault.NO_GPIO,
    Part.MICROPHONE_LAMP: Fault.NO_GPIO,
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
