"""Synchronisation of this machine's clock, as the kernel knows it."""

import ctypes
from pathlib import Path

ROOT = Path("/")
_SYNCHRONISED = "run/systemd/timesync/synchronized"
_TIME_ERROR = 5
"""timex.h: the clock is not synchronised."""


def is_synchronised(root: Path = ROOT) -> bool | None:
    """Whether the clock is, or was by systemd-timesyncd since the start, synchronised; None: unknown. Any thread."""
    if (root / _SYNCHRONISED).exists():
        return True
    by_kernel = kernel_is_synchronised()
    if by_kernel is None and (root / _SYNCHRONISED).parent.is_dir():
        # The unit's ProtectClock= forbids adjtimex(2); systemd-timesyncd runs, and has had no answer.
        return False
    return by_kernel


def kernel_is_synchronised() -> bool | None:
    """Answer of adjtimex(2); None where it may not be asked."""

    class Timex(ctypes.Structure):
        """`struct timex`; modes 0 only reads. 64 longs are more than it has on any machine."""

        _fields_ = (("modes", ctypes.c_uint), ("rest", ctypes.c_long * 64))

    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(Timex()))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR


def has_rtc(root: Path = ROOT) -> bool:
    """Whether there is a real-time clock, which runs while the machine is off."""
    return any((root / "sys/class/rtc").glob("rtc*"))
