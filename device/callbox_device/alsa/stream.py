"""A PCM that is open, waited for with poll: nothing waits in the kernel, and a card that stands still is found."""

import time

from callbox_device.alsa.libasound import Pcm
from callbox_device.model import pcm_errors
from callbox_device.model.stall import StallDetector

WAIT_MS = 100
"""How long a thread waits for its card before it looks whether it shall end."""


class PcmStream:
    """An open PCM. For the thread that opened it. ALSA's errors come as `libasound.AlsaError`."""

    def __init__(self, opened: Pcm, direction: str, device: str, buffer_ms: int) -> None:
        self.card = card = opened.format
        self.card_number = opened.card_number
        self._opened = opened
        self._direction = direction
        self._device = device
        self._period_frames = opened.period_frames
        self._buffer_frames = opened.buffer_frames
        wanted_frames = max(card.rate_hz * buffer_ms // 1000, 2 * self._period_frames)
        self._limit_frames = min(self._buffer_frames, wanted_frames)  # dmix has 170 ms and more
        self._stall = StallDetector(time.monotonic())
        self._was_woken = False
        self._is_dropped = False
        self.is_given_up = False
        """Set by another thread: calls of ALSA that return hereafter raise `PartFailed`."""

    @property
    def unread_s(self) -> float:
        """Seconds of captured sound that wait in the card."""
        return max(0, self._opened.available()) / self.card.rate_hz

    @property
    def unplayed_s(self) -> float:
        """Seconds of sound that the card still has to play."""
        available = self._buffer_frames if self._is_dropped else self._opened.available()
        return (self._buffer_frames - available) / self.card.rate_hz if 0 <= available <= self._buffer_frames else 0.0

    def has_room(self, duration_s: float) -> bool:
        """Whether that much may be written now; if not, it has been waited for, `WAIT_MS` at most.

        An underrun has room: `write` tells it.
        """
        available = -1 if self._is_dropped else self._opened.available()
        missing_s = duration_s - (self._limit_frames - self._buffer_frames + available) / self.card.rate_hz
        self._check_given_up()
        if available < 0 or missing_s <= 0:
            return True
        if available < self._period_frames:
            self.wait()
        else:  # poll would not wait for more
            self._check()
            time.sleep(min(missing_s, WAIT_MS / 1000))
        return False

    def read(self) -> bytes | None:
        """Read what has been captured, up to a period; b"": nothing yet, so `wait`; None: an overrun, some is lost."""
        sound = self._opened.read()
        self._check_given_up()
        if sound:
            self._on_frames()
        return sound if sound is not None or self._is_new_xrun() else b""

    def write(self, sound: bytes) -> int | None:
        """Write `sound`; returns how many bytes were taken. 0: no room, so `wait`; None: an underrun, write again."""
        taken = self._opened.write(sound)
        self._is_dropped = False
        if taken:
            self._on_frames()
        return taken if taken is not None or self._is_new_xrun() else 0

    def wait(self) -> None:
        """Wait until the card is ready, or `WAIT_MS`. `PartFailed` when it has stood still for `STALL_S`."""
        self._check()
        if self._was_woken:  # for nothing: a plugin's descriptor that is ready for ALSA's own purposes
            time.sleep(0.001)
        self._was_woken = self._opened.poll(WAIT_MS)

    @property
    def idle_s(self) -> float:
        """Time for which the card has stood still, in s."""
        return self._stall.idle_s(time.monotonic())

    def drop(self) -> None:
        """Forget what is to be played. The next `write` begins anew."""
        self._opened.drop()
        self._is_dropped = True  # until then ALSA doesn't say how much room there is

    def close(self) -> None:
        """At once; what is still to be played is dropped."""
        self._opened.close()

    def _on_frames(self) -> None:
        self._stall.on_frames(time.monotonic())
        self._was_woken = False

    def _is_new_xrun(self) -> bool:
        """Whether sound was lost. An xrun that follows another without a frame between is waited out here."""
        is_new = self._stall.on_xrun(time.monotonic())
        if not is_new:
            self._check()
            time.sleep(self._period_frames / self.card.rate_hz)
        return is_new

    def _check(self) -> None:
        if self._stall.is_stalled(time.monotonic()):
            raise pcm_errors.stalled(self._direction, self._device)

    def _check_given_up(self) -> None:
        if self.is_given_up:
            raise pcm_errors.silent_server(self._direction, self._device)
