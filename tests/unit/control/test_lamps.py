from dataclasses import replace
from itertools import combinations

import pytest
from tests.rig.flashes import MAX_FLASH_HZ, flashes_per_second

from callbox.audio.capture.model.gate_states import MicUse
from callbox.control import lamps
from callbox.control.faults import Fault, Problem
from callbox.control.lamps import STATES, error_pattern, microphone_lamp, status_lamp
from callbox.control.status import Speech, Status
from callbox.legend import table
from callbox.rtvi import TransportState as S
from callbox_device.model.led_patterns import brightness_at

ALL: dict = {
    **STATES,
    S.ERROR: error_pattern(None),
    "thinking": lamps.THINKING,
    "speaking": lamps.SPEAKING,
    "muted": lamps.MUTED,
    "standing by": lamps.STANDBY_READY,
    "wake word": lamps.WAKE_WORD,
    **{fault: error_pattern(Problem(fault, "")) for fault in Fault},
}


def seen(pattern, *, dimmable=True):
    """Five seconds of a lamp, every 10 ms."""
    levels = [brightness_at(pattern, t_ms) for t_ms in range(0, 5000, 10)]
    return levels if dimmable else [float(level >= 0.5) for level in levels]


def test_every_state_has_a_pattern():
    assert set(STATES) | {S.ERROR} == set(S)


@pytest.mark.parametrize("dimmable", [True, False])
def test_the_ten_states_differ_on_a_single_lamp(dimmable):
    patterns = {state: seen(ALL[state], dimmable=dimmable) for state in S}
    for one, other in combinations(S, 2):
        different = sum(a != b for a, b in zip(patterns[one], patterns[other], strict=True))
        # disconnecting, the shortest, is a glow of some tenths of a second before the dark.
        assert different >= (25 if S.DISCONNECTING in (one, other) else 45), (one, other)


def test_each_fault_counts_out_its_own_number():
    for fault in Fault:
        pattern = error_pattern(Problem(fault, ""))
        slow = [step for step in pattern.steps if step.brightness and step.duration_ms > 200]
        assert len(slow) == fault.value
    assert len({fault.value for fault in Fault}) == len(Fault)


@pytest.mark.parametrize("name", [name for name in ALL if name is not S.ERROR and not isinstance(name, Fault)], ids=str)
def test_nothing_flashes_faster_than_is_safe(name):
    assert flashes_per_second(ALL[name]) <= MAX_FLASH_HZ


def test_the_error_sign_is_a_cue_of_less_than_a_second():
    """Its three blinks come at 5 Hz, which WCAG allows for so short a cue: three flashes in any second."""
    assert all(flashes_per_second(error_pattern(Problem(fault, ""))) <= MAX_FLASH_HZ for fault in Fault)


def test_a_muted_call_does_not_say_speak():
    assert status_lamp(Status(S.READY, mute=True)) == lamps.MUTED
    assert status_lamp(Status(S.READY, mute=True, speech=Speech.BOT)) == lamps.SPEAKING
    assert status_lamp(Status(S.READY, mute=True, speech=Speech.THINKING)) == lamps.THINKING
    assert status_lamp(Status(S.CONNECTED, mute=True)) == STATES[S.CONNECTED]
    assert status_lamp(Status(mute=True)) == STATES[S.DISCONNECTED]


def test_the_status_lamp_follows_the_status():
    assert status_lamp(Status(S.CONNECTING)) == STATES[S.CONNECTING]
    assert status_lamp(Status(S.READY, Speech.USER)) == replace(STATES[S.READY], follows_speech=True)
    assert status_lamp(Status(S.READY, Speech.THINKING)) == lamps.THINKING
    assert status_lamp(Status(S.READY, Speech.BOT)) == lamps.SPEAKING
    problem = Problem(Fault.BOT_REFUSED, "")
    assert status_lamp(Status(S.ERROR, problem=problem)) == error_pattern(problem)
    # What is wrong with a part doesn't hide that the bot listens.
    assert status_lamp(Status(S.READY, problem=problem)) == STATES[S.READY]
    assert status_lamp(Status(S.DISCONNECTED, problem=problem)) == STATES[S.DISCONNECTED]
    # Wrong settings are patterns while nothing else is.
    wrong = Problem(Fault.SETTINGS_WRONG, "")
    assert status_lamp(Status(S.DISCONNECTED, problem=wrong)) == error_pattern(wrong)
    assert status_lamp(Status(S.CONNECTING, problem=wrong)) == STATES[S.CONNECTING]
    assert status_lamp(Status(S.READY, problem=wrong)) == STATES[S.READY]


def test_the_microphone_lamp_is_lit_exactly_while_the_pcm_is_open():
    assert [microphone_lamp(use) for use in (MicUse.NONE, MicUse.WAKE_WORD, MicUse.CALL)] == [0.0, 0.5, 1.0]


def test_a_wake_word_has_a_pattern_of_its_own_behind_errors_and_calls():
    listening = Status(mic_live=True, wake_word=True)
    assert status_lamp(listening) == lamps.WAKE_WORD
    assert status_lamp(replace(listening, transport=S.CONNECTED, standing_by=True)) == lamps.WAKE_WORD
    problem = Problem(Fault.BOT_REFUSED, "")
    assert status_lamp(replace(listening, transport=S.ERROR, problem=problem)) == error_pattern(problem)
    assert status_lamp(replace(listening, transport=S.CONNECTING)) == STATES[S.CONNECTING]
    for state in S:
        assert sum(a != b for a, b in zip(seen(lamps.WAKE_WORD), seen(ALL[state]), strict=True)) >= 45, state


def test_the_legend_names_every_state_and_fault():
    assert all(f"| `{state}` |" in table.states() for state in S)
    assert all(f"| {fault.value} | `{fault.code}` |" in table.faults() for fault in Fault)
    assert table.draw(STATES[S.AUTHENTICATED]).startswith("██···██···")


def test_push_to_talk_shows_that_nothing_is_sent_until_the_button_is_pressed():
    released = Status(S.READY, push_to_talk=True, talk_released=True, mic_live=True)
    assert status_lamp(released) == lamps.MUTED
    assert status_lamp(replace(released, talk_released=False)) == STATES[S.READY]
    assert status_lamp(replace(released, speech=Speech.BOT)) == lamps.SPEAKING


def test_a_meter_begins_45_db_below_full_scale():
    assert [lamps.voice_level(dbfs) for dbfs in (-100, -45, -22.5, 0)] == [0, 0, 0.5, 1]
