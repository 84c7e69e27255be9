"""Queue of PCM sound, for transports over TCP, which neither lose nor reorder.

The card asks for a period when it wants one; what isn't there in time is silence.
"""

import threading
from collections import deque

from callbox_device.model import pcm

LIMIT_MS = 400
"""More than this waits only when the card is slower than the bot; the oldest is dropped."""
_SILENCE = pcm.silence(pcm.PLAYBACK_PERIOD_MS)
PREFILL_MS = 40
"""After running dry, play on when so much is there again: one late packet is then one gap, not many."""


class PcmQueue:
    """Queue of sound. `write`, `flush`: event loop; `fill`: loudspeaker's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pieces: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._primed = False

    @property
    def unplayed_ms(self) -> float:
        """Sound that waits for the card, in ms."""
        return self._waiting_bytes / pcm.BYTES_PER_FRAME / pcm.RATE_HZ * 1000

    def write(self, sound: bytes) -> None:
        """Take sound to play, s16le mono 48 kHz, any length."""
        with self._lock:
            self._pieces.append(sound)
            self._waiting_bytes += len(sound)
            while self.unplayed_ms > LIMIT_MS and len(self._pieces) > 1:
                self._waiting_bytes -= len(self._pieces.popleft())

    def flush(self) -> None:
        """Drop what waits: the bot was interrupted, or the call is over."""
        with self._lock:
            self._pieces.clear()
            self._waiting_bytes = 0
            self._primed = False

    def fill(self) -> bytes:
        """Next period for the card, exactly `pcm.PLAYBACK_PERIOD_BYTES`. Any one thread."""
        with self._lock:
            if not self._primed and self.unplayed_ms < PREFILL_MS:
                return _SILENCE
            self._primed = True
            period = bytearray()
            while self._pieces and len(period) < pcm.PLAYBACK_PERIOD_BYTES:
                piece = self._pieces.popleft()
                wanted = pcm.PLAYBACK_PERIOD_BYTES - len(period)
                period += piece[:wanted]
                if len(piece) > wanted:
                    self._pieces.appendleft(piece[wanted:])
            self._waiting_bytes -= len(period)
            if len(period) < pcm.PLAYBACK_PERIOD_BYTES:
                self._primed = False
            return bytes(period).ljust(pcm.PLAYBACK_PERIOD_BYTES, b"\0")
