"""Stall of a PCM: no frame moved for `STALL_S`, whatever its driver reports meanwhile. Pure.

PipeWire 1.4's ALSA plugin reports an overrun or underrun (EPIPE) for ever once its daemon has ended. Only frames are
progress.
"""

from callbox_device.interfaces import STALL_S


class StallDetector:
    """Progress of one PCM from `now_s` on, all times in seconds of `time.monotonic()`. One thread."""

    def __init__(self, now_s: float) -> None:
        self._progress_s = now_s
        self._had_xrun = False

    def on_frames(self, now_s: float) -> None:
        """Note that frames were read or written."""
        self._progress_s, self._had_xrun = now_s, False

    def on_xrun(self, now_s: float) -> bool:
        """An overrun or underrun; whether it is the first since a frame moved.

        The first counts as progress: the card was restarted by it, also after the program itself stood still.
        """
        if self._had_xrun:
            return False
        self._progress_s, self._had_xrun = now_s, True
        return True

    def is_stalled(self, now_s: float) -> bool:
        """Whether the card has moved nothing for too long."""
        return now_s - self._progress_s > STALL_S

    def idle_s(self, now_s: float) -> float:
        """Seconds since the last progress."""
        return now_s - self._progress_s
