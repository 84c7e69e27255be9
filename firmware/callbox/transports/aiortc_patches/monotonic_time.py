"""Intervals of RTP and RTCP by the monotonic clock.

aiortc (1.16) measures them by the wall clock: jitter, the delay since the last sender report, the round trip. A wall
clock that is set in a call by more than 16 days, as NTP does on a machine without a real-time clock, makes a jitter
that no receiver report can hold (RFC 3550, 6.4.1). The RTCP task ends with an exception then: no reports any more, and
`close` waits for that task without end.
"""

import functools
import time
from types import SimpleNamespace

import aiortc.rtcrtpreceiver
import aiortc.rtcrtpsender

_MODULES = (aiortc.rtcrtpreceiver, aiortc.rtcrtpsender)


@functools.cache
def measure_intervals() -> None:
    """Let aiortc measure by `time.monotonic`. Idempotent; without effect on an aiortc that doesn't import `time`."""
    monotonic = SimpleNamespace(**{**vars(time), "time": time.monotonic})
    for module in _MODULES:
        if getattr(module, "time", None) is time:
            setattr(module, "time", monotonic)  # noqa: B010 - a module's attribute
