"""Debouncing of a contact, or of several that are scanned together. Pure: time comes in as an argument.

A value counts when it has been stable for the debounce time; it is dated at the change where the stable run began.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stable(Generic[T]):
    """Change of the debounced value."""

    value: T
    since_s: float
    """When its stable run began."""


class Debouncer(Generic[T]):
    """The state of one contact. Not thread-safe."""

    def __init__(self, debounce_ms: float, value: T) -> None:
        self._debounce_s = debounce_ms / 1000
        self._raw = value
        self._raw_since_s = float("-inf")
        self.value = value
        """As it was last stable."""

    def start(self, value: T) -> None:
        """Begin with `value`, as if it had always been so."""
        self.value = self._raw = value
        self._raw_since_s = float("-inf")

    @property
    def next_deadline_s(self) -> float | None:
        """Deadline of `tick`, in seconds of `time.monotonic()`; None: not before the next change."""
        return None if self._raw == self.value else self._raw_since_s + self._debounce_s

    def change(self, value: T, at_s: float) -> tuple[Stable[T], ...]:
        """Take a change of the value. A change from the past counts as one of now; a repeated value changes nothing."""
        now_s = max(at_s, self._raw_since_s)
        found = self.tick(now_s)
        if value != self._raw:
            self._raw, self._raw_since_s = value, now_s
            found += self.tick(now_s)
        return found

    def tick(self, now_s: float) -> tuple[Stable[T], ...]:
        """Decode the passing of time; returns what became stable."""
        deadline_s = self.next_deadline_s
        if deadline_s is None or now_s < deadline_s:
            return ()
        self.value = self._raw
        return (Stable(self.value, self._raw_since_s),)
