"""What `callbox explain`, card and panel say of a box's buttons is what its settings mean."""

from xml.etree import ElementTree as ET

import pytest

from callbox.cli import main
from callbox.config.schema import (
    BoardSettings,
    ButtonSettings,
    FurtherButton,
    HookSwitchSettings,
    KeypadSettings,
    MuteSwitch,
    RotaryDialSettings,
    VolumeKnob,
)
from callbox.control.gesture_actions import GestureAction
from callbox.legend.card import Enclosure, card_svg
from callbox.legend.gestures import MEANINGS, GestureRow, gestures, is_default, text
from callbox.legend.table import FAULTS, STATES


def test_each_action_has_a_meaning():
    assert set(MEANINGS) == set(GestureAction) - {GestureAction.NONE}
    assert len(set(MEANINGS.values())) == len(MEANINGS)


def test_by_default_a_press_calls_and_hangs_up():
    assert gestures(BoardSettings()) == [GestureRow("button", "press", "calls; in a call hangs up")]
    assert is_default(BoardSettings())


BOARD = BoardSettings(
    button=ButtonSettings(on_press="push_to_talk", on_double_press="hang_up"),
    buttons={"red": FurtherButton(pin=5, bot="doctor"), "blue": FurtherButton(pin=6, on_press="none", on_hold="mute")},
    mute_switch=MuteSwitch(pin=26, mutes_when="open"),
    rotary_dial=RotaryDialSettings(pulse_pin=12),
    volume_knob=VolumeKnob(a_pin=23, b_pin=24),
    keypad=KeypadSettings(row_pins=(7, 8, 9, 10), column_pins=(11, 16, 20)),
)


def test_each_gesture_that_does_something_is_named_with_its_button_and_bot():
    assert (
        text(gestures(BOARD))
        == """\
button       press         calls; hold it to speak
button       double press  hangs up
button red   press         calls doctor; in a call hangs up
button blue  hold          mutes; muted: unmutes
mute switch  open          switches the microphone off
dial         a digit       calls a bot; in a call a tone
keypad       a key         calls a bot; in a call a tone
volume knob  clockwise     louder
"""
    )


def test_an_old_telephone():
    board = BoardSettings(hook_switch=HookSwitchSettings(pin=5), rotary_dial=RotaryDialSettings(pulse_pin=12))
    assert [(row.part, row.gesture, row.meaning) for row in gestures(board)[1:]] == [
        ("handset", "lift", "calls"),
        ("handset", "put down", "hangs up"),
        ("dial", "a digit", "chooses a bot; in a call a tone"),
    ]


@pytest.mark.parametrize("change", [{"on_press": "call"}, {"on_hold": "mute"}, {"bot": "doctor"}])
def test_other_settings_are_not_the_default(change):
    assert not is_default(BoardSettings(button=ButtonSettings(**change)))


def test_the_card_shows_the_gestures_of_its_box():
    svg = card_svg(Enclosure(gestures=tuple(gestures(BOARD))))
    for row in gestures(BOARD):
        assert f">{row.meaning}<" in svg
    assert "Press while it rings" not in svg
    assert "Press while it rings" in card_svg(Enclosure())


@pytest.mark.parametrize("number", [1, 8, 12, 33])
def test_the_card_has_room_for_all_gestures_that_there_may_be(number):
    rows = [GestureRow(f"button {row // 3}", "double press", "calls; in a call hangs up") for row in range(number)]
    texts = list(ET.fromstring(card_svg(Enclosure(gestures=tuple(rows)))).iter("{http://www.w3.org/2000/svg}text"))
    assert sum(text.text == rows[0].meaning for text in texts) == number
    assert min(float(text.attrib["font-size"]) for text in texts) > 5
    assert max(float(text.attrib["y"]) for text in texts) < 1050


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row.fault.code)
def test_explain_tells_what_a_number_and_a_problem_mean(row, capsys):
    for name in (str(row.fault.value), row.fault.code):
        assert main(["explain", name]) == 0
        assert capsys.readouterr().out == f"{row.fault.value}  {row.what}: {row.cure}\n"


def test_explain_tells_what_buttons_and_lamps_of_this_box_mean(tmp_path, capsys):
    config = tmp_path / "callbox.yaml"
    config.write_text(
        "bot: {start_url: http://a.b/start}\nboard: {button: {on_hold: mute}, lamps: {microphone: null}}\n"
    )
    assert main(["explain", "--config", str(config)]) == 0
    output = capsys.readouterr().out
    assert output.startswith("button  press  calls; in a call hangs up\nbutton  hold   mutes; muted: unmutes\n")
    assert "microphone lamp" not in output
    assert all(row.meaning.split(":")[0] in output for row in STATES)
    assert output.endswith("it counts\n" + "".join(f"{row.fault.value}  {row.what}: {row.cure}\n" for row in FAULTS))
    assert main(["explain", "--config", str(tmp_path / "none.yaml")]) == 78
