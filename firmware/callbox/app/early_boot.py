"""Early boot, before anything heavy is imported: the button works, and the lamp answers it."""

import contextlib
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.system import fetched_settings
from callbox_device.hardware_probe import read_hat_product

if TYPE_CHECKING:
    from callbox.config import Settings
    from callbox_device.early_io import EarlyButton

ENVIRONMENT = "CALLBOX__"


def fingerprint(
    config: Path, options: Sequence[str], environ: Mapping[str, str] = os.environ, root: Path = Path("/")
) -> str:
    """Of all that settings are made of: another one, other settings. Doesn't read them, which takes long."""
    found = hashlib.sha256((read_hat_product(root) or "").encode())  # whose preset says where button and lamp are
    folder = config.parent / "conf.d"
    fetched = fetched_settings.file_in_force(fetched_settings.folder(config, environ))
    files = [config, *(sorted(folder.iterdir()) if folder.is_dir() else []), *([fetched] if fetched else [])]
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            content = str(error).encode(errors="surrogateescape")
        found.update(os.fsencode(file) + b"\0%d\0" % len(content) + content)
    values = [f"{name}={value}" for name, value in sorted(environ.items()) if name.startswith(ENVIRONMENT)]
    found.update("\0".join([*values, *options]).encode(errors="surrogateescape"))
    return found.hexdigest()


def open_early_button(state: Path | None, of: str) -> "EarlyButton | None":
    """Button and lamp as they were wired at the last start with these settings; None: not known, or not to be had."""
    if state is None:
        return None
    from callbox_device import early_io, lamps_off
    from callbox_device.interfaces import BoardError

    wiring = early_io.load_wiring(state, of)
    if wiring is None:
        return None
    try:
        found = early_io.EarlyButton(wiring)
    except BoardError:
        return None  # the board that is made later says why
    with contextlib.suppress(OSError):  # said when the settings are known
        lamps_off.save([wiring.lamp])
    return found


def note(state: Path | None, settings: "Settings", of: str) -> None:
    """For the next start. Raises OSError."""
    from callbox.app.compose.lamps import wiring_of
    from callbox_device import early_io

    wiring = wiring_of(settings.board)
    if state is not None and wiring is not None:
        early_io.save_wiring(state, wiring, of)
