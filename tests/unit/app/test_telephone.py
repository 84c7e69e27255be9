"""What a speakerphone displays of the call."""

from types import SimpleNamespace
from typing import Any

import pytest

from callbox.app.telephone import Telephone, TelephoneConfig
from callbox.control.call_control import CallState

OFF_HOOK = {
    CallState.IDLE: False,
    CallState.DIALLING: True,
    CallState.TALKING: True,
    CallState.HANGING_UP: False,
    CallState.REDIALLING: True,
}


def test_every_state_of_the_line_is_decided():
    assert set(OFF_HOOK) == set(CallState)


@pytest.mark.parametrize("state", OFF_HOOK)
def test_it_is_off_hook_while_there_is_or_shall_be_a_call(state):
    lines: list[dict[str, bool]] = []
    board: Any = SimpleNamespace(line_indicator=SimpleNamespace(show_line=lambda **line: lines.append(line)))
    target: Any = None
    Telephone(board, TelephoneConfig(), target).show(state, muted=True)
    assert lines == [{"off_hook": OFF_HOOK[state], "muted": True}]
