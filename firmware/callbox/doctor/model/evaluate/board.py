"""Findings from a board's preset on this machine. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from callbox.config.presets.model.preset import Preset
from callbox.doctor.model.findings import Finding, finding
from callbox_device.model.hardware_ids import HardwareIds


@dataclass(frozen=True, slots=True)
class BoardNeeds:
    """Parts of a machine that boards need."""

    config: str
    """The text of config.txt; empty: there is none."""
    has_spi: bool
    has_i2c: bool
    forbidden_spi: Sequence[str] = ()
    """Device files of the SPI that this user may not open."""


def overlays(config: str) -> set[str]:
    """The overlays that config.txt loads, without their parameters, in whatever section."""
    lines = [line.partition("#")[0].strip() for line in config.splitlines()]
    names = [line.partition("=")[2].split(",")[0].strip() for line in lines if line.startswith("dtoverlay")]
    return {name.removesuffix(".dtbo").removesuffix("-overlay") for name in names}


def missing_overlays(preset: Preset, config: str) -> list[str]:
    """The lines that `preset` needs, and config.txt hasn't."""
    loaded = overlays(config)
    return [line for line in preset.overlay if not overlays(line) <= loaded]


def board(preset: Preset, found_card: str | None, ids: HardwareIds, needs: BoardNeeds) -> list[Finding]:
    """Findings of what is missing. `found_card`: the id of the card that showed the board; None: something else did."""
    findings = []
    cards = [card.id for card in ids.cards]
    if preset.card and found_card is None and preset.card not in cards:
        there = f"no card {preset.card}; there are: {', '.join(cards) or 'none'}"
        lines = missing_overlays(preset, needs.config)
        if lines:
            findings.append(finding("BOARD-OVERLAY", f"{there}; config.txt lacks {' and '.join(lines)}"))
        else:
            findings.append(finding("BOARD-NO-CARD", there))
    if "spi" in preset.interfaces and not needs.has_spi:
        findings.append(finding("BOARD-SPI-OFF", "no /dev/spidev*"))
    if "i2c" in preset.interfaces and not needs.has_i2c:
        findings.append(finding("BOARD-I2C-OFF", "no I2C bus 1"))
    if "spi" in preset.interfaces and needs.forbidden_spi:
        findings.append(finding("BOARD-SPI-FORBIDDEN", ", ".join(needs.forbidden_spi)))
    return findings
