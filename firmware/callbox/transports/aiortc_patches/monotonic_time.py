"""Intervals of RTP and RTCP by the monotonic clock.

aiortc (1.16) measures them by the wall clock: jitter, the delay since the last sender report, the round trip. One that
is set in a call, as NTP does on a machine without a real-time clock, makes a jitter of minutes or more in the receiver
reports (RFC 3550, 6.4.1). Seen: the RTCP task ended by an exception, and `close` waited for it without end.
"""

import functools
import sys
import time
from types import SimpleNamespace

_MODULES = ("aiortc.rtcrtpreceiver", "aiortc.rtcrtpsender")


@functools.cache
def measure_intervals() -> None:
    """Let aiortc, which is imported, measure by `time.monotonic`. Idempotent; without effect on one that doesn't import
    `time`.
    """
    monotonic = SimpleNamespace(**{**vars(time), "time": time.monotonic})
    for name in _MODULES:
        module = sys.modules.get(name)
        if getattr(module, "time", None) is time:
            setattr(module, "time", monotonic)  # noqa: B010 - a module's attribute
