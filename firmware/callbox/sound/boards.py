"""What a board can afford for the voice. Pure; the numbers behind it: docs/sound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """How the voice is encoded."""

    bitrate_bps: int = 32_000
    """Where speech at 48 kHz sounds as it should (RFC 7587, 3.1.1: 28 to 40 kb/s)."""
    complexity: int = 5
    """0 to 10: how long libopus searches."""
    dtx: bool = False


BOARDS: tuple[tuple[str, Voice], ...] = (
    ("Raspberry Pi Zero 2", Voice(bitrate_bps=24_000, complexity=2)),
    ("Raspberry Pi 3", Voice(complexity=3)),
    ("Raspberry Pi 4", Voice(complexity=8)),
    ("Raspberry Pi 5", Voice(complexity=10)),
)
"""By the beginning of the model's name, as ``/proc/device-tree/model`` tells it."""


def voice_for(model: str) -> Voice:
    """What suits the board called `model`; for one that is not known, the middle."""
    return next((voice for name, voice in BOARDS if model.startswith(name)), Voice())
