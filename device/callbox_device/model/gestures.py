"""Gestures of a button from timestamped edges. Pure: time comes in with the edges and with `tick`.

A contact counts when it has been stable for `debounce_ms`: a press opens a microphone, so a spike on a long
wire must not be one. What counts is dated at the edge where the stable run began.
"""

from dataclasses import dataclass

from callbox_device.interfaces import Edge


@dataclass(frozen=True, slots=True)
class Pressed:
    """Press: the button went down. Reported at once, without waiting whether it becomes a double press."""

    at_s: float


@dataclass(frozen=True, slots=True)
class DoublePressed:
    """Second press soon after the first: reported in place of a second `Pressed`."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Held:
    """Hold: the button has been down for the hold time; reported once, while it still is."""

    at_s: float
    held_ms: float


@dataclass(frozen=True, slots=True)
class Released:
    """Release: the button came up."""

    at_s: float
    held_ms: float


@dataclass(frozen=True, slots=True)
class Stuck:
    """Fault: the button has been down for so long that it is no press: a jammed button, a wire to ground. Reported
    once.

    A `Released` ends it, also of a contact that was closed at the start.
    """

    at_s: float
    held_ms: float


Gesture = Pressed | DoublePressed | Held | Released | Stuck

STUCK_S = 60.0
"""A contact that is closed for so long is jammed."""


class Gestures:
    """The state of one button. Not thread-safe.

    Feed it `edge` as they come and `tick` when `next_deadline_s` has come; both return what happened.
    """

    def __init__(
        self,
        *,
        debounce_ms: float = 20,
        hold_ms: float = 1000,
        double_press_ms: float = 250,
    ) -> None:
        self._debounce_s = debounce_ms / 1000
        self._hold_s = hold_ms / 1000
        self._double_press_s = double_press_ms / 1000
        self._raw = False
        self._raw_since_s = float("-inf")
        self._down = False
        self._down_since_s = 0.0
        self._ignored = False
        """This press doesn't count: the contact was closed at the start."""
        self._held = False
        self._stuck = False
        self._doubled = False
        """This press was the second of two."""
        self._first_released_s = float("-inf")
        """When the press ended that a second one would double."""

    def start(self, closed: bool, at_s: float = 0.0) -> None:
        """Begin with the contact as it is at `at_s`; a press that is already there is ignored until it ends."""
        self._raw = self._down = self._ignored = closed
        self._down_since_s = at_s

    @property
    def next_deadline_s(self) -> float | None:
        """Deadline of `tick`, in seconds of `time.monotonic()`; None: not before the next edge."""
        deadlines = []
        if self._raw != self._down:
            deadlines.append(self._raw_since_s + self._debounce_s)
        if self._may_hold:
            deadlines.append(self._down_since_s + self._hold_s)
        if self._may_stick:
            deadlines.append(self._down_since_s + STUCK_S)
        return min(deadlines, default=None)

    def edge(self, edge: Edge) -> tuple[Gesture, ...]:
        """Decode an edge of the contact. An edge from the past counts as one of now; a repeated level as none."""
        now_s = max(edge.at_s, self._raw_since_s)
        happened = self.tick(now_s)
        if edge.closed != self._raw:
            self._raw, self._raw_since_s = edge.closed, now_s
            happened += self.tick(now_s)  # a debounce time of 0
        return happened

    def tick(self, now_s: float) -> tuple[Gesture, ...]:
        """Decode the passing of time."""
        happened: list[Gesture] = []
        settles_s = self._raw_since_s + self._debounce_s
        holds_s = self._down_since_s + self._hold_s
        if self._may_hold and holds_s <= now_s:
            self._held = True
            happened.append(Held(holds_s, self._hold_s * 1000))
        sticks_s = self._down_since_s + STUCK_S
        if self._may_stick and sticks_s <= now_s:
            self._stuck = True
            happened.append(Stuck(sticks_s, STUCK_S * 1000))
        if self._raw != self._down and now_s >= settles_s:
            happened += self._settle(self._raw_since_s)
            happened += self.tick(now_s)
        return tuple(happened)

    @property
    def _may_hold(self) -> bool:
        """Whether this press can still become a hold: not if it was let go before, however late we look."""
        return self._down and not self._held and not self._ignored and not self._let_go_within(self._hold_s)

    @property
    def _may_stick(self) -> bool:
        return self._down and not self._stuck and not self._let_go_within(STUCK_S)

    def _let_go_within(self, time_s: float) -> bool:
        return not self._raw and self._raw_since_s < self._down_since_s + time_s

    def _settle(self, at_s: float) -> list[Gesture]:
        self._down = self._raw
        if self._down:
            self._down_since_s, self._held, self._stuck = at_s, False, False
            self._doubled = at_s - self._first_released_s <= self._double_press_s
            return [DoublePressed(at_s) if self._doubled else Pressed(at_s)]
        if self._ignored:
            self._ignored = False
            return [Released(at_s, (at_s - self._down_since_s) * 1000)] if self._stuck else []
        # A third press is a first one again.
        self._first_released_s = float("-inf") if self._doubled else at_s
        return [Released(at_s, (at_s - self._down_since_s) * 1000)]
