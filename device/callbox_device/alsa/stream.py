"""A PCM that is open, waited for with poll: nothing waits in the kernel, and a card that stands still is found."""

import ctypes
import errno
import logging
import select
import time
from typing import Any

from callbox_device.alsa import sound_server
from callbox_device.interfaces import STALL_S
from callbox_device.model import alsa_names
from callbox_device.model.sample_format import PcmFormat

log = logging.getLogger(__name__)

WAIT_MS = 100
"""How long a thread waits for its card before it looks whether it shall end."""
QUIET_S = 0.25
"""A sound server that has moved nothing for this long is asked whether it answers before it is asked to close."""

_leaked: dict[tuple[str, str], Any] = {}
"""PCMs whose sound server hangs: closing them, or forgetting them, would stop the program."""


class PcmStream:
    """An open PCM. For the thread that opened it. ALSA's errors come as alsaaudio's exceptions."""

    def __init__(self, opened: Any, direction: str, device: str, card: PcmFormat, buffer_ms: int) -> None:
        info = opened.info()
        self.card = card
        self.card_number: int = info["card_no"]
        """ALSA's, for as long as it is plugged in; negative: it is no card's, but a server's or a file."""
        self._opened = opened
        self._direction = direction
        self._device = device
        self._has_server = not alsa_names.is_card_pcm(device) and info["card_no"] < 0
        self._period_frames: int = info["period_size"]
        self._buffer_frames: int = info["buffer_size"]
        wanted_frames = max(card.rate_hz * buffer_ms // 1000, 2 * self._period_frames)
        self._limit_frames = min(self._buffer_frames, wanted_frames)  # dmix has 170 ms and more
        self._moved_s = time.monotonic()
        self._was_woken = False
        self._is_dropped = False
        self._poll = select.poll()
        for descriptor, events in opened.polldescriptors():
            self._poll.register(descriptor, events & 0xFFFF)

    @property
    def unread_s(self) -> float:
        """How much captured sound waits in the card."""
        return max(0, int(self._opened.avail())) / self.card.rate_hz

    @property
    def unplayed_s(self) -> float:
        """How much sound the card still has to play."""
        avail = self._buffer_frames if self._is_dropped else int(self._opened.avail())
        return (self._buffer_frames - avail) / self.card.rate_hz if 0 <= avail <= self._buffer_frames else 0.0

    def has_room(self, duration_s: float) -> bool:
        """Whether that much may be written now; if not, it has been waited for, `WAIT_MS` at most.

        An underrun has room: `write` tells it.
        """
        avail = -1 if self._is_dropped else int(self._opened.avail())
        missing_s = duration_s - (self._limit_frames - self._buffer_frames + avail) / self.card.rate_hz
        if avail < 0 or missing_s <= 0:
            return True
        if avail < self._period_frames:
            self.wait()
        else:  # poll would not wait for more
            self._check()
            time.sleep(min(missing_s, WAIT_MS / 1000))
        return False

    def read(self) -> bytes | None:
        """What has been captured, up to a period; b"": nothing yet, so `wait`; None: an overrun, some is lost."""
        frames, sound = self._opened.read()
        return None if self._is_xrun(frames) else bytes(sound)

    def write(self, sound: bytes) -> int | None:
        """How many bytes of `sound` were taken; 0: no room, so `wait`; None: an underrun, write it again."""
        frames = self._opened.write(sound)
        self._is_dropped = False
        return None if self._is_xrun(frames) else int(frames) * self.card.frame_bytes

    def wait(self) -> None:
        """Until the card is ready, or `WAIT_MS`. `PartFailed` when it has stood still for `STALL_S`."""
        self._check()
        if self._was_woken:  # for nothing: a plugin's descriptor that is ready for ALSA's own purposes
            time.sleep(0.001)
        events = self._poll.poll(WAIT_MS)
        self._was_woken = bool(events)
        if events:
            self._opened.polldescriptors_revents(events)  # lets a plugin clear what woke it

    @property
    def idle_s(self) -> float:
        """How long the card has stood still."""
        return time.monotonic() - self._moved_s

    def drop(self) -> None:
        """Forget what is to be played. The next `write` begins anew."""
        self._opened.drop()
        self._is_dropped = True  # until then ALSA doesn't say how much room there is

    def close(self) -> None:
        """At once; what is still to be played is dropped."""
        if self._has_server and self.idle_s > QUIET_S and sound_server.answer(self._direction, self._device, 1) is None:
            log.warning("%s", alsa_names.silent_server(self._direction, self._device))
            _leaked[self._direction, self._device] = self._opened
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._opened))  # nor may the end of the program forget it
            return
        close_pcm(self._opened, self._direction, self._device)

    def _check(self) -> None:
        if self.idle_s > STALL_S:
            raise alsa_names.stalled(self._direction, self._device)

    def _is_xrun(self, frames: int) -> bool:
        if frames < 0 and frames != -errno.EPIPE:
            raise OSError(-frames, errno.errorcode.get(-frames, str(-frames)))
        if frames > 0:
            self._moved_s, self._was_woken = time.monotonic(), False
        return frames < 0


def close_pcm(opened: Any, direction: str, device: str) -> None:
    """Close an alsaaudio PCM at once; what is still to be played is dropped."""
    try:
        if direction == "playback":
            opened.drop()  # close() alone would play what is left
        opened.close()
    except Exception as error:  # a card that is gone
        log.debug("Closing %s: %s", device, error)


def close_leaked(direction: str, device: str) -> None:
    """Close what had to be left open, now that its sound server answers again."""
    if abandoned := _leaked.pop((direction, device), None):
        close_pcm(abandoned, direction, device)
