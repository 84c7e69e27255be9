"""Push-to-talk: which captured periods may leave while a button decides it. Pure.

A period may leave if all of it was captured between `PREROLL_S` before the button's contact closed and
`RELEASE_DELAY_S` after it opened. Both are by the time of capture. The event loop tells presses and releases; the raw
edges of the contact, which come past it, hold sound back if it is late with a release. Other periods are silence in all
states of the gate, as with soft mute; the last ones are kept, and may leave when the button is pressed. The table in
``docs/microphone.md`` is drawn from `TABLE`.
"""

import math
from collections import deque
from enum import Enum
from typing import NamedTuple

from callbox_device.model import pcm

PREROLL_S = 0.2
"""Sound from before the press that leaves: people begin to speak while they press, and a voice begins softly."""
RELEASE_DELAY_S = 0.2
"""Sound after the release that leaves: people let go on the last syllable. Discord and Mumble call it so."""
KEPT_PERIODS = 1000 // pcm.PERIOD_MS
"""1 s: `PREROLL_S`, the longest debounce time (500 ms), and 300 ms for an event loop that is late."""


class TalkState(Enum):
    """States of push-to-talk."""

    OFF = "off"
    """There is no push-to-talk: the gate alone decides."""
    RELEASED = "released"
    PRESSED = "pressed"
    RELEASE_DELAY = "release delay"
    """The button was released less than `RELEASE_DELAY_S` ago."""


class TalkEvent(Enum):
    """Events: what may change the state."""

    PRESS = "the button is pressed"
    RELEASE = "the button is released"
    DELAY_OVER = "a period ends after the release delay"


class TalkTransition(NamedTuple):
    """Decision for one pair of state and event."""

    to: TalkState
    sends_kept: bool = False
    """Whether what was captured within `PREROLL_S` before the press leaves first."""


_S = TalkState
_E = TalkEvent


def _row(state: TalkState, changes: dict[TalkEvent, TalkTransition]) -> dict[TalkEvent, TalkTransition]:
    return {event: TalkTransition(state) for event in TalkEvent} | changes


TABLE: dict[TalkState, dict[TalkEvent, TalkTransition]] = {
    _S.OFF: _row(_S.OFF, {}),
    _S.RELEASED: _row(_S.RELEASED, {_E.PRESS: TalkTransition(_S.PRESSED, sends_kept=True)}),
    _S.PRESSED: _row(_S.PRESSED, {_E.RELEASE: TalkTransition(_S.RELEASE_DELAY)}),
    _S.RELEASE_DELAY: _row(
        _S.RELEASE_DELAY,
        {
            _E.PRESS: TalkTransition(_S.PRESSED),
            _E.DELAY_OVER: TalkTransition(_S.RELEASED),
        },
    ),
}
"""Every pair of state and event, decided."""

PASSES = frozenset({_S.OFF, _S.PRESSED, _S.RELEASE_DELAY})
"""States in which captured periods go to the gate; in the other one silence does."""


class PushToTalkGate:
    """Push-to-talk of one microphone. Not thread-safe: the gate calls it with its lock held."""

    def __init__(self, *, enabled: bool) -> None:
        self.state = TalkState.RELEASED if enabled else TalkState.OFF
        self._kept: deque[tuple[float, bytes]] = deque(maxlen=KEPT_PERIODS)
        self._ends_s = 0.0
        self._closed: set[str] = set()
        self._opened_s = math.inf

    def press(self, pressed_s: float) -> list[bytes]:
        """Begin to talk: the contact closed at `pressed_s` (`time.monotonic()`). Returns kept periods that leave first,
        in order.
        """
        self.state, sends_kept = TABLE[self.state][TalkEvent.PRESS]
        kept = [period for captured_s, period in self._kept if captured_s >= pressed_s - PREROLL_S]
        self._kept.clear()
        return kept if sends_kept else []

    def release(self, released_s: float) -> None:
        """End talking: the contact opened at `released_s`."""
        before, self.state = self.state, TABLE[self.state][TalkEvent.RELEASE].to
        if self.state is not before:
            self._ends_s = released_s + RELEASE_DELAY_S

    def on_contact(self, button: str, closed: bool, at_s: float) -> None:
        """Note a raw edge of the contact of `button`, bounces included. While no contact of a button that talks is
        closed, nothing leaves that was captured more than `RELEASE_DELAY_S` after the last one opened.
        """
        (self._closed.add if closed else self._closed.discard)(button)
        self._opened_s = math.inf if self._closed else at_s

    def passes(self, period: bytes, captured_s: float) -> bool:
        """Whether `period`, whose first sample was captured at `captured_s`, may leave. Keeps it if not."""
        ends_s = captured_s + pcm.PERIOD_MS / 1000
        if self.state is TalkState.RELEASE_DELAY and ends_s > self._ends_s:
            self.state = TABLE[self.state][TalkEvent.DELAY_OVER].to
        if self.state in PASSES and ends_s <= self._opened_s + RELEASE_DELAY_S:
            return True
        self._kept.append((captured_s, period))
        return False

    def forget(self) -> None:
        """Drop the kept periods: the PCM was closed or opened."""
        self._kept.clear()


def markdown() -> str:
    """States as a table for ``docs/microphone.md``."""
    lines = ["| State | Captured sound | " + " | ".join(event.value for event in TalkEvent) + " |"]
    lines.append("|---" * (2 + len(TalkEvent)) + "|")
    for state, row in TABLE.items():
        if state is TalkState.OFF:
            continue
        sound = "may leave" if state in PASSES else f"is kept for {KEPT_PERIODS * pcm.PERIOD_MS // 1000} s; silence"
        cells = [
            "" if to is state else f"`{to.value}`" + (f", with the last {PREROLL_S * 1000:g} ms" if sends_kept else "")
            for to, sends_kept in row.values()
        ]
        lines.append(f"| `{state.value}` | {sound} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
