"""The last seconds of captured sound while a wake word is listened for, in memory that isn't swapped out.

mlock(2) keeps it out of swap, MADV_DONTDUMP of madvise(2) out of core dumps. It is overwritten with zeros when it is
over. Single periods pass through the process's ordinary memory on their way.
"""

import ctypes
import logging
import mmap
import os

from callbox.audio.capture.model.detection import KEPT_PERIODS
from callbox_device.model import pcm

log = logging.getLogger(__name__)


class LockedRing:
    """The last `KEPT_PERIODS` periods. Not thread-safe: the gate calls it with its lock held."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, KEPT_PERIODS * pcm.PERIOD_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._count = 0
        self.lock_error = _lock(self._memory)
        """Reason why the memory isn't locked; None: it is."""
        self._memory.madvise(mmap.MADV_DONTDUMP)
        if self.lock_error:
            log.warning("What is kept while a wake word is listened for may be swapped out: %s", self.lock_error)

    def append(self, period: bytes) -> int:
        """Keep `period` in place of the oldest one. Returns its number, from 0."""
        number = self._count
        self._count = number + 1
        start = number % KEPT_PERIODS * pcm.PERIOD_BYTES
        self._memory[start : start + pcm.PERIOD_BYTES] = period
        return number

    def since(self, number: int) -> list[bytes]:
        """Periods from `number` on, in order, as far as they are kept."""
        first = max(0, number, self._count - KEPT_PERIODS)
        starts = (place % KEPT_PERIODS * pcm.PERIOD_BYTES for place in range(first, self._count))
        return [self._memory[start : start + pcm.PERIOD_BYTES] for start in starts]

    def wipe(self) -> None:
        """Overwrite all of it with zeros."""
        self._memory[:] = bytes(len(self._memory))
        self._count = 0


def _lock(memory: mmap.mmap) -> str | None:
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(len(memory))) == 0:
        return None
    code = ctypes.get_errno()
    return f"mlock of {len(memory)} bytes failed: {os.strerror(code)} (ulimit -l, LimitMEMLOCK= of systemd)"
