"""What of a board can't be had on the virtual Pi: said of each preset, by what the preset holds.

python -m tests.system.hardware.board_limits     the table in README.md
"""

from callbox.config.presets.files import presets
from callbox.config.presets.model.preset import Preset
from callbox.config.schema import Apa102LampSettings, Settings, Ws2812LampSettings
from callbox.config.section import convert


def limits(preset: Preset) -> list[str]:
    """What isn't simulated of the board with this preset."""
    settings = convert(preset.fragment(None), Settings)
    status = settings.board.lamps.status
    rules = preset.recognise
    found = []
    if not any(rule.hat_product is None and rule.codec is None for rule in rules):
        found.append("recognition: the preset is set by name")
    if preset.card is None:
        found.append("its sound card: snd-dummy under its own name")
    if settings.sound.mixer_controls:
        found.append("its mixer")
    if any(rule.usb_id for rule in rules):
        found.append("sound over USB: the device has its ids, the card is snd-dummy")
    if isinstance(status, Apa102LampSettings | Ws2812LampSettings) and status.spi not in (None, "0.0"):
        found.append("its chip select: the frames are at 0.0")
    if status is None:
        found.append("its lights, which aren't driven")
    if "i2c" in preset.interfaces:
        found.append("I2C")
    return found


def table() -> str:
    """As in README.md."""
    rows = [f"| `{name}` | {'; '.join(limits(preset)) or 'nothing'} |" for name, preset in presets().items()]
    return "\n".join(["| Preset | Not simulated |", "|---|---|", *rows])


if __name__ == "__main__":
    print(table())
