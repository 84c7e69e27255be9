"""Probe of the board: which one is there, and whether the machine has what it needs."""

from callbox.config import readable
from callbox.config.presets.files import presets
from callbox.config.sources import preset_for
from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.evaluate import board as evaluate
from callbox.doctor.model.findings import Report, Value, finding
from callbox.doctor.probes.machine import closed_files
from callbox.system.host_metrics import read
from callbox_device.hardware_probe import read_hardware_ids

_CONFIGS = ("boot/firmware/config.txt", "boot/config.txt")
"""Bookworm's and later, and before."""


async def board(context: Context) -> Report:
    """Read what the kernel and the boot partition say; open nothing."""
    return await in_thread(lambda: _board(context))


def _board(context: Context) -> Report:
    root = context.root
    ids = read_hardware_ids(root)
    choice = preset_for(readable(context.config, context.options, root=root), ids)
    measured: dict[str, Value] = {
        "preset": choice.name,
        "because": choice.reason,
        "hat": ids.hat_product,
        "cards": [card.id for card in ids.cards],
    }
    if choice.question:
        return Report(measured, (finding("BOARD-SEVERAL", choice.question),))
    if choice.name is None:
        return Report(measured)
    preset = presets()[choice.name]
    spi, closed = closed_files(root / "dev", "spidev*")
    needs = evaluate.BoardNeeds(
        config=next((text for file in _CONFIGS if (text := read(root / file))), ""),
        has_spi=bool(spi),
        has_i2c=(root / "sys/bus/i2c/devices/i2c-1").exists(),
        forbidden_spi=closed,
    )
    found = next((match.card for match in choice.matches if match.name == choice.name), None)
    measured["confirmed"] = preset.confirmed
    return Report(measured, tuple(evaluate.board(preset, found, ids, needs)))
