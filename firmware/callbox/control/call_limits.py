"""Limits of a call's length, and when to warn before. Pure: times come in, in s of one monotonic clock.

A session with a hosted bot costs money for as long as it is open; a call that was forgotten ends here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Limit(StrEnum):
    """Limit that ended a call. The value is its word over MQTT."""

    IDLE = "idle_limit"
    """Neither side has spoken for `CallLimits.idle_s`."""
    CALL = "call_limit"
    """The call has lasted `CallLimits.call_s`."""
    DAY = "daily_limit"
    """All calls of this day together have lasted `CallLimits.day_s`."""


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Limits of a call's length, in s; None: no such limit."""

    idle_s: float | None = None
    call_s: float | None = None
    day_s: float | None = None
    warning_s: float = 10.0
    """From the warning to the end of the call."""


@dataclass(frozen=True, slots=True)
class CallTimes:
    """Times that limits are judged by."""

    started_s: float
    """When the bot was ready."""
    spoke_s: float | None
    """When either side last stopped speaking; `started_s`: neither has spoken; None: one is speaking."""
    used_s: float = 0.0
    """Length of this day's earlier calls."""


def deadline(limits: CallLimits, times: CallTimes) -> tuple[float, Limit] | None:
    """Deadline of the call, and its limit; None: not before somebody stops speaking, or never.

    Of two limits at one moment the first in the order of `Limit` is named.
    """
    due: list[tuple[float, Limit]] = []
    if limits.idle_s is not None and times.spoke_s is not None:
        due.append((times.spoke_s + limits.idle_s, Limit.IDLE))
    if limits.call_s is not None:
        due.append((times.started_s + limits.call_s, Limit.CALL))
    if limits.day_s is not None:
        due.append((times.started_s + max(0.0, limits.day_s - times.used_s), Limit.DAY))
    return min(due, key=lambda one: one[0], default=None)


def may_call(limits: CallLimits, used_s: float) -> bool:
    """Whether another call may begin on a day whose calls have lasted `used_s`."""
    return limits.day_s is None or used_s < limits.day_s


def sentence(limit: Limit, limits: CallLimits) -> str:
    """Sentence why the call was ended, for journal and operator: the limit with its value, and the setting."""
    match limit:
        case Limit.IDLE:
            return f"The call was ended: nothing was said for {limits.idle_s:g} s (calls.idle_s)"
        case Limit.CALL:
            return f"The call was ended after {limits.call_s:g} s (calls.call_s)"
    return f"The call was ended: {limits.day_s:g} s of calls a day are allowed (calls.day_s)"
