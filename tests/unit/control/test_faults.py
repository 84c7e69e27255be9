import inspect

import pytest

from callbox.control.faults import Fault, problem_from_error
from callbox.rtvi import errors

CASES = [
    (errors.DeviceError("x", device="mic"), Fault.NO_MICROPHONE),
    (errors.DeviceError("x", device="speaker"), Fault.NO_SPEAKER),
    (errors.ConnectionTimeoutError("x"), Fault.BOT_TIMEOUT),
    (errors.StartBotError("x"), Fault.BOT_UNREACHABLE),
    (errors.TransportStartError("x"), Fault.BOT_UNREACHABLE),
    (errors.StartBotError("x", status=404), Fault.BOT_REFUSED),
    (errors.TransportStartError("x", status=500), Fault.BOT_REFUSED),
    (errors.InvalidTransportParamsError("x"), Fault.BOT_REFUSED),
    (errors.SessionLostError("x"), Fault.BOT_FAILED),
    (errors.BotError("x"), Fault.BOT_FAILED),
    (errors.RTVIError("x"), Fault.INTERNAL),
]


@pytest.mark.parametrize(("error", "fault"), CASES)
def test_each_error_has_its_fault(error, fault):
    assert problem_from_error(error).fault is fault
    assert problem_from_error(error).text == "x"


def test_every_error_class_that_can_end_a_call_was_thought_of():
    not_ends = {
        errors.BotAlreadyStartedError, errors.BotNotReadyError, errors.MessageTooLargeError,
        errors.MalformedMessageError, errors.SessionAbortedError, errors.InvalidMessageError,
        errors.UnsupportedFeatureError, errors.BotResponseError, errors.ResponseTimeoutError,
    }  # fmt: skip
    classes = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.RTVIError)}
    assert {type(error) for error, _ in CASES} == classes - not_ends


def test_blinks_can_be_counted():
    assert sorted(fault.value for fault in Fault) == list(range(1, 10))
