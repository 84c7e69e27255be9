"""Hook switch: the latching contact that a telephone's handset opens or closes. Pure.

A handset that is lifted at the start tells nothing until it has been put down once: a box that starts with the handset
beside the telephone doesn't call.
"""

from dataclasses import dataclass

from callbox_device.interfaces import Edge
from callbox_device.model.debounce import Debouncer

DEFAULT_DEBOUNCE_MS = 25


@dataclass(frozen=True, slots=True)
class OffHook:
    """Lifting of the handset."""

    at_s: float


@dataclass(frozen=True, slots=True)
class OnHook:
    """Putting down of the handset."""

    at_s: float


HookEvent = OffHook | OnHook


class HookSwitch:
    """The state of one hook switch, whose contact counts as closed while the handset is lifted. Not thread-safe.

    Feed it `edge` as they come and `tick` when `next_deadline_s` has come; both return what happened.
    """

    def __init__(self, debounce_ms: float = DEFAULT_DEBOUNCE_MS) -> None:
        self._contact = Debouncer(debounce_ms, False)

    def start(self, off_hook: bool, _at_s: float = 0.0) -> None:
        """Begin with the handset as it is. No event."""
        self._contact.start(off_hook)

    @property
    def next_deadline_s(self) -> float | None:
        """Deadline of `tick`, in seconds of `time.monotonic()`; None: not before the next edge."""
        return self._contact.next_deadline_s

    def edge(self, edge: Edge) -> tuple[HookEvent, ...]:
        """Decode an edge of the contact."""
        return tuple(_event(stable.value, stable.since_s) for stable in self._contact.change(edge.closed, edge.at_s))

    def tick(self, now_s: float) -> tuple[HookEvent, ...]:
        """Decode the passing of time."""
        return tuple(_event(stable.value, stable.since_s) for stable in self._contact.tick(now_s))


def _event(off_hook: bool, at_s: float) -> HookEvent:
    return OffHook(at_s) if off_hook else OnHook(at_s)
