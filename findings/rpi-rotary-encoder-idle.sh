#!/usr/bin/env bash
# rpi-rotary-encoder takes a whole core while the knob isn't turned, and can't start when it stands between two detents
#
# Software: rpi-rotary-encoder 0.2.0 (PyPI)
# Guess:    connect() calls the functions in a worker thread (its default, README), which waits while there is nothing
#           to call, and takes next to no processor time. It can be called wherever the knob stands.
# Seen:     The thread asks its queue again and again without a pause, thousands of times a second. Between two detents,
#           where the two contacts differ, connect() raises NotInRestingStateError, so a box that is started while the
#           knob stands there has none.
# Output:   the queue is asked while the knob isn't turned: more than 1000 times
#           connect() between two detents: NotInRestingStateError
# Callbox:  reads a knob (`board.volume_knob`) from its two pins by itself (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps rpi-rotary-encoder==0.2.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import collections
import sys
import time
import types

CLK, DT = 20, 21
levels = {CLK: 1, DT: 1}


def ignored(*_arguments, **_options):
    """A function of the pins that has nothing to do here."""


sys.modules["rotary_encoder_gpio_core"] = types.SimpleNamespace(
    BCM=0, IN=0, BOTH=0, PUD_DOWN=0, PUD_UP=0, input=levels.get,
    setmode=ignored, setup=ignored, add_event_detect=ignored, remove_event_detect=ignored, cleanup=ignored,
)

import rotary_encoder  # noqa: E402


from rotary_encoder import _rotary_encoder  # noqa: E402


class Queue(collections.deque):
    """The queue of a worker thread, which counts how often it is asked."""

    asked = 0

    def pop(self):
        Queue.asked += 1
        return super().pop()


_rotary_encoder.collections = types.SimpleNamespace(deque=Queue)
with rotary_encoder.connect(clk_pin=CLK, dt_pin=DT):
    end_s = time.monotonic() + 20
    while Queue.asked < 1000 and time.monotonic() < end_s:
        time.sleep(0.1)
asked = "more than 1000" if Queue.asked >= 1000 else Queue.asked
print(f"the queue is asked while the knob isn't turned: {asked} times")
levels[DT] = 0
try:
    with rotary_encoder.connect(clk_pin=CLK, dt_pin=DT):
        between = "done"
except _rotary_encoder.NotInRestingStateError as error:
    between = type(error).__name__
print("connect() between two detents:", between)
if Queue.asked < 1000 or between == "done":
    sys.exit("changed: a queue without a pause and an error between two detents were expected")
PY
