"""Keys of `callbox talk`, and its status line."""

import pytest

from callbox.talk.model.keyboard import KEYS, LONGEST_LINE, Action, ActionKind, Keyboard, parse_line
from callbox.talk.model.status_line import METER_CELLS, meter, status_line


def test_every_key_is_an_action_of_its_kind():
    for key, kind in KEYS.items():
        assert Keyboard().press(key) == [Action(kind, key if kind is ActionKind.DTMF else "")]


def test_other_keys_and_escape_sequences_mean_nothing():
    assert Keyboard().press("xyz \x1b\x1b[A\x1bOP\x1b[1;5C") == []


@pytest.mark.parametrize(
    ("keys", "line", "actions"),
    [
        ("thallo", "hallo", []),
        ("t  hm\r", None, [Action(ActionKind.SEND, "hm")]),
        ("\rq7i\n", None, [Action(ActionKind.SEND, "q7i")]),
        ("t\r", None, []),
        ("tab\x7f\bc", "c", []),
        ("t\x7f", "", []),
        ("tab\x15c", "c", []),
        ("tab\x1b", None, []),
        ("tab\x1b[D\x01", "ab", []),
        ("tab\x03", "ab", [Action(ActionKind.END)]),
        ("tab\x04", "ab", [Action(ActionKind.END)]),
    ],
)
def test_a_line_is_typed(keys, line, actions):
    keyboard = Keyboard()
    pressed = keyboard.press(keys)
    assert [action for action in pressed if action.kind is not ActionKind.TYPE] == actions
    assert keyboard.line == line


def test_a_line_has_a_limit():
    keyboard = Keyboard()
    keyboard.press("t" + "x" * 2 * LONGEST_LINE)
    assert keyboard.line == "x" * LONGEST_LINE


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("", Action(ActionKind.MUTE)),
        (" \t", Action(ActionKind.MUTE)),
        ("/end", Action(ActionKind.END)),
        ("/quit", Action(ActionKind.END)),
        ("/exit", Action(ActionKind.END)),
        ("/help", Action(ActionKind.HELP)),
        ("/dtmf 1 2#", Action(ActionKind.DTMF, "12#")),
        ("/dtmf", None),
        ("/nothing at all", None),
        ("say /end", Action(ActionKind.SEND, "say /end")),
    ],
)
def test_a_whole_line_is_an_action(line, action):
    assert parse_line(line) == action


@pytest.mark.parametrize(("level", "cells"), [(0.0, 0), (0.001, 0), (0.1, 6), (0.5, 9), (1.0, 10), (1.5, 10)])
def test_the_meter_is_in_decibels(level, cells):
    assert meter(level) == "#" * cells + "." * (METER_CELLS - cells)


def test_the_line_fits_and_shows_its_end():
    text = status_line(0.1, 1.0, caption="a long sentence of the bot that goes on", line=None, columns=50)
    assert text.startswith("you ######....  bot ##########  ")
    assert len(text) == 49
    assert text.endswith("that goes on")


@pytest.mark.parametrize(
    ("caption", "rendered"),
    [
        ("明天天气怎么样" * 2, "样明天天气怎么样"),
        ("a" + "天" * 20, "天" * 8),
        ("e\u0301" * 17, "e\u0301" * 17),
        ("a" * 20, "a" * 17),
    ],
)
def test_wide_characters_take_two_cells_and_accents_none(caption, rendered):
    head = len("you ##########  bot ##########  ")
    assert status_line(0.1, 1.0, caption=caption, line=None, columns=head + 18)[head:] == rendered


def test_the_line_tells_muted_and_typed_text_and_fits_a_narrow_terminal():
    assert "muted" in status_line(None, 0.0, caption="", line=None, columns=80)
    assert status_line(None, 0.0, caption="hidden", line="hel", columns=80).endswith("text> hel")
    assert [len(status_line(0.0, 0.0, caption="words", line=None, columns=columns)) for columns in (0, 1, 10)] == [
        0,
        0,
        9,
    ]
