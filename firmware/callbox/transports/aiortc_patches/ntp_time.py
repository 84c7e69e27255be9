"""NTP timestamps of 64 bits, as RTCP has them (RFC 3550, 4).

On 7 February 2036, 06:28:16 UTC, the seconds of NTP begin at 0 again (RFC 5905, 6). aiortc (1.16) counts on, can't pack
the number into a sender report, and its RTCP task ends with an exception: no reports any more, and `close` waits for
that task without end.
"""

import functools
import sys
import time

_ERA_0_S = 2_208_988_800
"""From 1900, the beginning of NTP's era 0, to 1970 (RFC 868)."""


def ntp_time() -> int:
    """Current time as an NTP timestamp: 32 bits of seconds, 32 of fraction. Any thread."""
    return int((time.time() + _ERA_0_S) * (1 << 32)) & 0xFFFF_FFFF_FFFF_FFFF


@functools.cache
def wrap_ntp_time() -> None:
    """Let aiortc, which is imported, use `ntp_time`. Idempotent; without effect on one that has no such function."""
    clock = sys.modules.get("aiortc.clock")
    if hasattr(clock, "current_ntp_time"):
        setattr(clock, "current_ntp_time", ntp_time)  # noqa: B010 - a module's attribute
