"""From an error of the RTVI client to the `Problem` that people are shown. Pure."""

from callbox.appliance.problems import Fault, Problem
from callbox.rtvi import errors


def problem_of(error: errors.RTVIError) -> Problem:
    """What `error` means for the person at the button and the operator."""
    return Problem(_fault(error), str(error))


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
