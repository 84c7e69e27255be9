"""Of a press that was taken, all is taken: it is one press, or one hold."""

import pytest

from callbox.app.press_or_hold import PressOrHold
from callbox_device.model.gestures import Held, Pressed, Released, Stuck

HELD, RELEASED, STUCK = Held(1.0, 1000), Released(2.0, 2000), Stuck(60.0, 60_000)


@pytest.mark.parametrize(
    ("gestures", "done"),
    [([RELEASED], ["press"]), ([HELD, RELEASED], ["hold"]), ([HELD, STUCK], ["hold"]), ([STUCK], [])],
)
def test_one_press_or_one_hold(gestures, done):
    seen = []
    buttons = PressOrHold(lambda: seen.append("press"), lambda: seen.append("hold"))
    assert not any(buttons.on_gesture(gesture, "main") for gesture in [Pressed(0.0), *gestures])
    buttons.take("main")
    assert not buttons.on_gesture(RELEASED, "other")
    assert all(buttons.on_gesture(gesture, "main") for gesture in gestures)
    assert not any(buttons.on_gesture(gesture, "main") for gesture in gestures)
    assert seen == done
