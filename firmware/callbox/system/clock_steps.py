"""Steps of the wall clock, told by the kernel: no clock has to be read again and again for them."""

import asyncio
import ctypes
import logging
import os
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

_TFD_TIMER_ABSTIME, _TFD_TIMER_CANCEL_ON_SET = 1, 2
_TFD_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC
_FAR_S = 2**33
"""A time that never comes."""


class _Timespec(ctypes.Structure):
    """`struct timespec`."""

    _fields_ = (("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long))


class _Itimerspec(ctypes.Structure):
    """`struct itimerspec`."""

    _fields_ = (("it_interval", _Timespec), ("it_value", _Timespec))


class ClockSteps:
    """Watch for steps of the wall clock, from construction to `close`: `on_step` is called in the event loop.

    By timerfd_create(2), `TFD_TIMER_CANCEL_ON_SET`. Where the kernel denies it nothing is called, and the log says so.
    Make it in the running loop.
    """

    def __init__(self, on_step: Callable[[], None]) -> None:
        self._on_step = on_step
        self._fd = -1
        try:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._fd = self._checked(self._libc.timerfd_create(time.CLOCK_REALTIME, _TFD_FLAGS))
            self._arm()
        except (OSError, AttributeError) as error:
            log.info("Steps of the clock are noticed late: %s", error)
            self.close()
            return
        asyncio.get_running_loop().add_reader(self._fd, self._on_readable)

    def close(self) -> None:
        """Watch no more."""
        if self._fd >= 0:
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _on_readable(self) -> None:
        try:
            os.read(self._fd, 8)
        except BlockingIOError:
            return
        except OSError as error:  # ECANCELED: the clock was stepped
            log.info("The clock was set: %s", error)
        try:
            self._arm()
        except OSError as error:
            log.warning("Steps of the clock are noticed no more: %s", error)
            self.close()
        self._on_step()

    def _arm(self) -> None:
        spec = _Itimerspec(_Timespec(0, 0), _Timespec(_FAR_S if ctypes.sizeof(ctypes.c_long) == 8 else 2**31 - 1, 0))
        flags = _TFD_TIMER_ABSTIME | _TFD_TIMER_CANCEL_ON_SET
        self._checked(self._libc.timerfd_settime(self._fd, flags, ctypes.byref(spec), None))

    def _checked(self, result: int) -> int:
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return result
