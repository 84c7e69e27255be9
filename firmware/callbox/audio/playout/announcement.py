"""Sound of an announcement on its way from the decoder to the loudspeaker, and the bot's sound beneath it."""

from collections import deque
from collections.abc import Callable, Sequence

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

DUCKED_GAIN = 0.2
"""Of the bot's sound while an announcement is played: 14 dB softer."""
_GAIN_STEP = 0.1
"""From period to period, so that it doesn't click: 80 ms from one gain to the other."""
_SILENCE = bytes(pcm.PLAYBACK_PERIOD_BYTES)


class AnnouncementSound:
    """Queue of the loudspeaker's periods; the decoder writes while they are played.

    `on_end`: its last period was taken, or it failed, with the reason; None: it didn't. Called at most once, in the
    loudspeaker's thread or the event loop.
    """

    def __init__(self, on_end: Callable[[str | None], None]) -> None:
        self._periods: deque[bytes] = deque()
        self._on_end = on_end
        self._is_complete = False
        self.has_ended = False
        """Whether there is nothing more to play."""

    def write(self, periods: Sequence[bytes]) -> None:
        """Append `periods`. The decoder's thread."""
        self._periods.extend(periods)

    def complete(self) -> None:
        """Note that no more are written. Any thread."""
        self._is_complete = True

    def fill(self) -> bytes | None:
        """Next period; silence while the decoder is late; None: it has ended. The loudspeaker's thread."""
        is_complete = self._is_complete  # read first: what was written before it was set is in the queue
        try:
            return self._periods.popleft()
        except IndexError:
            if not is_complete:
                return _SILENCE
        self.end(None)
        return None

    def end(self, reason: str | None) -> None:
        """End it because of `reason`, such as a loudspeaker that is missing; None: it was played. Any thread."""
        if not self.has_ended:
            self.has_ended = True
            self._on_end(reason)

    def drop(self) -> None:
        """Play no more of it, without calling `on_end`. Any thread."""
        self.has_ended = self._is_complete = True
        self._periods.clear()


class Ducking:
    """Gain of the bot's sound, softer beneath an announcement. One thread."""

    def __init__(self) -> None:
        self._gain = 1.0

    def applied(self, period: bytes, is_announcing: bool) -> bytes:
        """`period` with its gain."""
        wanted = DUCKED_GAIN if is_announcing else 1.0
        if self._gain != wanted:
            step = _GAIN_STEP if wanted > self._gain else -_GAIN_STEP
            self._gain = wanted if abs(wanted - self._gain) <= _GAIN_STEP else self._gain + step
        return period if self._gain == 1.0 else audioop.mul(period, pcm.BYTES_PER_FRAME, self._gain)
