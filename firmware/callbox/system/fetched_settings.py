"""Files of the fleet's settings that a box has fetched, in the service's state folder.

Read at each start before anything heavy is imported.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from callbox.system.files import Disk, service_folder

FOLDER = "fleet"
RECORD = "rollout.json"
"""Names the file in force: its rename takes the box from one version to the other."""
_PACKAGED = Path("/etc/callbox/callbox.yaml"), Path("/var/lib/callbox")
"""The settings file of the Debian package's service, and its state folder."""


def folder(config: Path, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The folder of the fetched settings of the box with the settings file `config`; None: it keeps none."""
    if state := service_folder("STATE_DIRECTORY", environ):
        return state / FOLDER
    return _PACKAGED[1] / FOLDER if config == _PACKAGED[0] else None


def name_of(version: int) -> str:
    """The file's name."""
    return f"settings-{version}.yaml"


def file_in_force(place: Path | None) -> Path | None:
    """The fetched settings in force, in the folder `place`; None: there are none, or this user may not read them."""
    if place is None:
        return None
    try:
        record = json.loads(Disk().read(place / RECORD) or b"{}")
        version = record.get("version")
        file = place / name_of(version)
        return file if type(version) is int and version > 0 and file.is_file() else None
    except (OSError, ValueError, AttributeError, RecursionError):
        return None


def unreadable(place: Path | None) -> OSError | None:
    """Error by which this user can't read what the folder `place` holds; None: they can, or there is nothing."""
    try:
        if place is not None:
            Disk().read(place / RECORD)
    except OSError as error:
        return error
    return None
