"""Opus presets by board. Pure; measured in docs/sound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpusConfig:
    """Configuration of the Opus encoder."""

    bitrate_bps: int = 32_000
    """Where speech at 48 kHz sounds as it should (RFC 7587, 3.1.1: 28 to 40 kb/s)."""
    complexity: int = 5
    """0 to 10: how long libopus searches. Below 5 speech suffers, above 8 nothing is gained."""
    dtx: bool = False


BOARD_PRESETS: tuple[tuple[str, OpusConfig], ...] = (
    ("Raspberry Pi Zero 2", OpusConfig(complexity=5)),
    ("Raspberry Pi 3", OpusConfig(complexity=5)),
    ("Raspberry Pi 4", OpusConfig(complexity=8)),
    ("Raspberry Pi 5", OpusConfig(complexity=8)),
)
"""By the beginning of the model's name, as ``/proc/device-tree/model`` tells it."""


def preset_for(model: str) -> OpusConfig:
    """Preset for the board called `model`; an unknown one is taken for a PC."""
    return next((voice for name, voice in BOARD_PRESETS if model.startswith(name)), OpusConfig(complexity=8))
