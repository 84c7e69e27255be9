"""Half duplex: while the bot is audible, nothing of the microphone leaves. The fallback without a canceller.

The bot can't be interrupted by voice then. Letting a louder voice through was left out: with a loudspeaker whose
volume is a knob, no level can be said that the echo will not reach.
"""

from dataclasses import dataclass

from callbox.audio.echo.far_end_reference import FarEndReference
from callbox_device.model import pcm

AUDIBLE_DBFS = -44.0
"""Peak of the reference from which the bot is audible. Its echo is weaker still; no server takes that for speech."""
QUIET_DBFS = -50.0
"""Peak below which it is no longer."""
TAIL_PERIODS = 12
"""240 ms after the last audible period: the room. Bridges the pauses between words too."""
EDGE_FRAMES = pcm.RATE_HZ * 5 // 1000
"""5 ms of fade, so that nothing clicks. The reference's lead keeps the echo out of the closing one."""


@dataclass(frozen=True, slots=True)
class DuckState:
    """State from period to period."""

    is_audible: bool = False
    tail_left: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether the microphone's sound is replaced by silence."""
        return self.is_audible or self.tail_left > 0


def update(before: DuckState, reference_dbfs: float) -> DuckState:
    """State after a period whose reference peaks at `reference_dbfs`."""
    if reference_dbfs >= (QUIET_DBFS if before.is_audible else AUDIBLE_DBFS):
        return DuckState(is_audible=True, tail_left=TAIL_PERIODS)
    return DuckState(is_audible=False, tail_left=max(0, before.tail_left - 1))


class HalfDuplex:
    """Half duplex; fulfils `processor.VoiceProcessor`. Microphone's thread only."""

    def __init__(self, reference: FarEndReference) -> None:
        self._reference = reference
        self._duck = DuckState()

    def process(self, period: bytes, captured_s: float) -> bytes:
        """Period, or silence in its place."""
        return self.gate(period, self._reference.at(captured_s))

    def gate(self, period: bytes, audible: bytes) -> bytes:
        """As `process`, with the reference's sound."""
        was_closed = self._duck.is_closed
        self._duck = update(self._duck, pcm.peak_dbfs(audible))
        if self._duck.is_closed:
            return pcm.SILENT_PERIOD if was_closed else _faded(period, out=True)
        return _faded(period, out=False) if was_closed else period


def _faded(period: bytes, *, out: bool) -> bytes:
    """Period that fades out within `EDGE_FRAMES`, or in."""
    values = pcm.samples(period)
    for frame in range(EDGE_FRAMES):
        share = frame / EDGE_FRAMES
        values[frame] = int(values[frame] * (1 - share if out else share))
    if out:
        return values[:EDGE_FRAMES].tobytes().ljust(len(period), b"\0")
    return values.tobytes()
