"""Which problem stands, which was the last, and which is shown."""

from dataclasses import replace

import pytest

from callbox.app.problems import Problems
from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.rtvi import DeviceError, DeviceKind
from callbox_device.interfaces import BoardError, Part, PartFault

NO_MICROPHONE = PartFault(Part.MICROPHONE, BoardError("There is no microphone."))
NO_SPEAKER = PartFault(Part.SPEAKER, BoardError("There is no loudspeaker."))
NO_LAMP = PartFault(Part.STATUS_LAMP, BoardError("There is no lamp."))
MISSING = Problem(Fault.NO_MICROPHONE, "There is no microphone.")
WRONG = Problem(Fault.SETTINGS_WRONG, "callbox.yaml:3:5: no such key.")
OF_CALL = Problem(Fault.BOT_UNREACHABLE, "There is no bot.")


class Target:
    def __init__(self):
        self.status = Status()

    def update(self, *, problem):
        self.status = replace(self.status, problem=problem)


@pytest.fixture
def target():
    return Target()


def test_a_part_counts_more_than_a_button_and_a_button_more_than_settings(target):
    problems = Problems(target, [NO_MICROPHONE])
    problems.set_settings(WRONG)
    problems.set_stuck("button red", 60_000)
    stuck = target.status.problem
    assert stuck.fault is Fault.NO_GPIO
    assert problems.standing == MISSING
    problems.device_works(DeviceKind.SPEAKER)
    assert problems.standing == MISSING
    problems.device_works(DeviceKind.MIC)
    assert problems.standing == target.status.problem == stuck
    problems.clear_stuck("button red")
    assert problems.standing == target.status.problem == WRONG


def test_a_button_that_was_not_stuck_ends_nothing(target):
    problems = Problems(target, [])
    target.update(problem=OF_CALL)
    problems.clear_stuck("button")
    assert problems.standing is None
    assert target.status.problem == problems.to_repeat == OF_CALL


def test_the_first_of_two_stuck_buttons_stands_until_it_comes_up(target):
    problems = Problems(target, [])
    problems.set_stuck("button", 60_000)
    first = problems.standing
    problems.set_stuck("button red", 60_000)
    second = target.status.problem
    assert problems.standing == first != second
    problems.clear_stuck("button")
    assert problems.standing == target.status.problem == second


def test_the_error_of_a_call_stays_until_the_next_one(target):
    problems = Problems(target, [])
    target.update(problem=OF_CALL)
    problems.set_settings(WRONG)
    assert target.status.problem == OF_CALL
    assert problems.standing == WRONG


def test_a_device_that_failed_in_a_call_and_works_again(target):
    problems = Problems(target, [])
    problems.set_settings(WRONG)
    problems.device_failed(DeviceError("It is gone.", device="speaker", type_="not-found"))
    assert target.status.problem.fault is Fault.NO_SPEAKER
    problems.device_works(DeviceKind.MIC)
    assert target.status.problem.fault is Fault.NO_SPEAKER
    problems.device_works(DeviceKind.SPEAKER)
    assert target.status.problem == WRONG


def test_of_two_missing_devices_the_other_one_stands_when_one_works(target):
    problems = Problems(target, [NO_MICROPHONE, NO_SPEAKER])
    target.update(problem=problems.standing)
    problems.device_works(DeviceKind.MIC)
    assert (target.status.problem, problems.standing) == (Problem(Fault.NO_SPEAKER, "There is no loudspeaker."),) * 2
    problems.device_works(DeviceKind.SPEAKER)
    assert (target.status.problem, problems.standing) == (None, None)
    assert problems.faults == ()


@pytest.mark.parametrize("faults", [[NO_LAMP], [NO_LAMP, NO_MICROPHONE]], ids=["alone", "first of two"])
def test_a_status_lamp_that_comes_back(target, faults):
    problems = Problems(target, faults)
    target.update(problem=problems.standing)
    problems.status_lamp_works()
    assert target.status.problem == problems.standing
    assert (problems.standing and problems.standing.text) == (str(faults[1].error) if faults[1:] else None)
    problems.status_lamp_works()  # which had no fault
    assert target.status.problem == problems.standing
