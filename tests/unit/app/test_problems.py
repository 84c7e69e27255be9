"""Which problem stands, and which was the last."""

from callbox.app.problems import Problems
from callbox.control.faults import Fault, Problem

MISSING = Problem(Fault.NO_MICROPHONE, "There is no microphone.")
WRONG = Problem(Fault.SETTINGS_WRONG, "callbox.yaml:3:5: no such key.")


def test_a_part_counts_more_than_a_button_and_a_button_more_than_settings():
    problems = Problems(MISSING)
    problems.settings = WRONG
    stuck = problems.part_stuck("button red", 60_000)
    assert problems.standing == MISSING
    problems.part_works(Fault.NO_SPEAKER)
    assert problems.standing == MISSING
    problems.part_works(Fault.NO_MICROPHONE)
    assert problems.standing == stuck
    assert problems.part_released("button red") == stuck
    assert problems.standing == WRONG


def test_a_button_that_was_not_stuck_ends_nothing():
    problems = Problems(None)
    assert problems.part_released("button") is None
    assert problems.standing is None


def test_the_first_of_two_stuck_buttons_stands_until_it_comes_up():
    problems = Problems(None)
    first, second = problems.part_stuck("button", 60_000), problems.part_stuck("button red", 60_000)
    assert problems.standing == first
    problems.part_released("button")
    assert problems.standing == second
