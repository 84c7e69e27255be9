"""What digits do, and how far a volume goes."""

import pytest

from callbox.control.call_control import CallState
from callbox.control.telephone import DIGIT_EFFECTS, DigitEffect, VolumeStep, markdown, volume_step


def test_every_state_is_decided_with_and_without_a_hook_switch():
    assert set(DIGIT_EFFECTS) == {(state, hook) for state in CallState for hook in (True, False)}


def test_digits_go_to_the_bot_in_a_call_only():
    dtmf = {state for (state, _), effect in DIGIT_EFFECTS.items() if effect is DigitEffect.SEND_DTMF}
    assert dtmf == {CallState.TALKING}


def test_a_digit_never_calls_while_the_handset_is_on_the_hook():
    assert DIGIT_EFFECTS[CallState.IDLE, True] is DIGIT_EFFECTS[CallState.HANGING_UP, True] is DigitEffect.CHOOSE


@pytest.mark.parametrize(
    ("percent", "change", "maximum", "expected"),
    [
        (50, 4, 100, VolumeStep(54, False)),
        (98, 4, 100, VolumeStep(100, False)),
        (100, 4, 100, VolumeStep(100, True)),
        (2, -4, 100, VolumeStep(0, False)),
        (0, -4, 100, VolumeStep(0, True)),
        (60, 4, 60, VolumeStep(60, True)),
        (None, 4, 60, VolumeStep(34, False)),
        (None, -99, 60, VolumeStep(0, False)),
    ],
)
def test_a_volume_stays_within_its_limits(percent, change, maximum, expected):
    assert volume_step(percent, change, maximum) == expected


def test_the_table_has_a_row_for_each_state():
    assert len(markdown().splitlines()) == 2 + len(CallState)
