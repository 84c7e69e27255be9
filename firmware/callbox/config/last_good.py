"""The last settings that a box could work with, kept for the day when those in /etc are wrong."""

from pathlib import Path

from callbox.config.dump import dump
from callbox.config.loader import Loaded, SettingsError, build
from callbox.config.sources import read
from callbox.system.files import Disk

NAME = "last-good.yaml"
_HEAD = "# The last settings that were good, of all layers together. Made by callbox run; don't edit.\n"


def keep(folder: Path, loaded: Loaded) -> None:
    """Keep these. Secrets stay where they are: references are kept, and what the files say in plain. Raises OSError."""
    content = (_HEAD + dump(loaded.document.data)).encode()
    disk = Disk()
    if disk.read(folder / NAME) != content:
        disk.put(folder / NAME, content, 0o600)


def load(folder: Path) -> Loaded | None:
    """What was kept; None if there is nothing that is good."""
    try:
        return build([read(folder / NAME)])
    except SettingsError:
        return None
