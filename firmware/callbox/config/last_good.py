"""The last settings that a box could work with, kept for the day when those in /etc are wrong."""

from pathlib import Path

from callbox.config.dump import dump
from callbox.config.loader import Loaded, SettingsError
from callbox.config.sources import build_with_preset, read
from callbox.system.files import Disk
from callbox_device.hardware_probe import read_hardware_ids

NAME = "last-good.yaml"
_HEAD = "# The last settings that were good, of all layers together. Made by callbox run; don't edit.\n"


def keep(folder: Path, loaded: Loaded) -> None:
    """Keep these. Secrets stay where they are: references are kept, and what the files say in plain. Raises OSError.

    What a board's preset sets isn't kept: another board may be on the header by then.
    """
    content = (_HEAD + dump(loaded.own)).encode()
    disk = Disk()
    if disk.read(folder / NAME) != content:
        disk.put(folder / NAME, content, 0o600)


def load(folder: Path) -> Loaded | None:
    """Load what was kept; None if there is nothing that is good."""
    try:
        return build_with_preset([read(folder / NAME)], read_hardware_ids())
    except SettingsError:
        return None
