"""What the playout counts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlayoutCounters:
    """Since the playout was made. Packets, and ms of sound."""

    received: int = 0
    lost: int = 0
    """By sequence number; falls again when a packet comes after all."""
    late: int = 0
    """Came after their time had been played."""
    duplicates: int = 0
    reordered: int = 0
    malformed: int = 0
    """Were no Opus; concealed."""
    concealed_ms: float = 0.0
    """Made up by libopus, until it had faded."""
    recovered_ms: float = 0.0
    """From in-band FEC."""
    silence_ms: float = 0.0
    """Nothing was there and nothing was made up (any more), or the bot was silent (DTX)."""
    played_ms: float = 0.0
    """Of packets, at the length they had."""
    shrunk_ms: float = 0.0
    stretched_ms: float = 0.0
    dropped_ms: float = 0.0
    """Left out at once: the lag was hopeless, or there was a void anyway."""
