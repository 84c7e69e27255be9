"""The playout: sound from the event loop to the loudspeaker's thread.

A queue of bytes with a limit. The card asks for a period when it wants one; what isn't there in time is
silence. Plain for now: no concealment, no drift control.
"""

import threading
from collections import deque

from callbox_device import pcm

LIMIT_MS = 400
"""More than this waits only when the card is slower than the bot; the oldest is dropped."""
PREFILL_MS = 40
"""After running dry, play on when so much is there again: one late packet is then one gap, not many."""


class Playout:
    """`write` and `flush` from the event loop, `fill` from the loudspeaker's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pieces: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._primed = False
        self.gaps = 0
        """How often the card was given silence in the middle of sound."""
        self.dropped_ms = 0.0
        """How much sound was dropped because too much waited."""
        self.level_dbfs = pcm.FLOOR_DBFS
        """Peak of the period that was last given to the card."""

    @property
    def waiting_ms(self) -> float:
        """How much sound waits for the card."""
        return self._waiting_bytes / pcm.BYTES_PER_FRAME / pcm.RATE_HZ * 1000

    def write(self, sound: bytes) -> None:
        """Take sound to play, s16le mono 48 kHz, any length."""
        with self._lock:
            self._pieces.append(sound)
            self._waiting_bytes += len(sound)
            while self.waiting_ms > LIMIT_MS and len(self._pieces) > 1:
                dropped = self._pieces.popleft()
                self._waiting_bytes -= len(dropped)
                self.dropped_ms += pcm.duration_ms(dropped)

    def flush(self) -> None:
        """Drop what waits: the bot was interrupted, or the call is over."""
        with self._lock:
            self._pieces.clear()
            self._waiting_bytes = 0
            self._primed = False

    def fill(self) -> bytes:
        """The next period for the card, exactly `pcm.PERIOD_BYTES`. Any one thread."""
        with self._lock:
            if not self._primed and self.waiting_ms < PREFILL_MS:
                self.level_dbfs = pcm.FLOOR_DBFS
                return pcm.SILENT_PERIOD
            self._primed = True
            period = bytearray()
            while self._pieces and len(period) < pcm.PERIOD_BYTES:
                piece = self._pieces.popleft()
                wanted = pcm.PERIOD_BYTES - len(period)
                period += piece[:wanted]
                if len(piece) > wanted:
                    self._pieces.appendleft(piece[wanted:])
            self._waiting_bytes -= len(period)
            if len(period) < pcm.PERIOD_BYTES:
                self._primed = False
                self.gaps += 1
                period += bytes(pcm.PERIOD_BYTES - len(period))
        played = bytes(period)
        self.level_dbfs = pcm.peak_dbfs(played)
        return played
