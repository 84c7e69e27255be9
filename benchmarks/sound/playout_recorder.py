"""What somebody hears who plays what arrives, as it arrives: sound on the clock, from pieces with their times.

stdlib only: runs inside of what is measured.
"""

import json
import time
from pathlib import Path

from callbox_device.model import pcm
from callbox_device.wav import create_wav

CARD_MS = 40
"""What a sound card holds when it begins to play, first and after it ran dry. Ours is given the same."""


class PlayoutRecorder:
    """Takes pieces of s16le mono 48 kHz. What comes late delays what comes after, as with a card; none is dropped."""

    def __init__(self) -> None:
        self._pieces: list[tuple[float, bytes]] = []

    def receive(self, sound: bytes) -> None:
        """A piece has arrived, at this moment."""
        self._pieces.append((time.monotonic(), sound))

    def write(self, path: Path) -> float:
        """What was received, as a WAV file; returns when its first sample was, in seconds of `time.monotonic()`."""
        began_s = self._pieces[0][0] + CARD_MS / 1000 if self._pieces else time.monotonic()
        written = 0
        with create_wav(path) as file:
            for arrived_s, sound in self._pieces:
                dry_frames = round((arrived_s - began_s) * pcm.RATE_HZ) - written
                if dry_frames > 0:
                    gap = dry_frames + CARD_MS * pcm.RATE_HZ // 1000
                    file.writeframesraw(bytes(gap * pcm.BYTES_PER_FRAME))
                    written += gap
                file.writeframesraw(sound)
                written += len(sound) // pcm.BYTES_PER_FRAME
        return began_s


def tell(**facts: object) -> None:
    """One line of JSON for whoever started this process."""
    print(json.dumps(facts, default=str), flush=True)
