"""Time zone of this machine."""

import os
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path("/")


def system_zone(root: Path = ROOT) -> tzinfo | None:
    """Time zone of this machine, by ``TZ`` or ``/etc/localtime``; None: it has none, or tzdata lacks it. Any thread."""
    name = os.environ.get("TZ", "").removeprefix(":") or system_zone_name(root)
    if name and (zone := named_zone(name)):
        return zone
    try:
        with (root / "etc/localtime").open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return None


def system_zone_name(root: Path = ROOT) -> str | None:
    """Name in the IANA database of what ``/etc/localtime`` points to; None: it points nowhere there."""
    try:
        _, found, name = os.readlink(root / "etc/localtime").rpartition("/zoneinfo/")  # noqa: PTH115 - it stays relative
    except OSError:
        return None
    return name if found else None


def named_zone(name: str) -> tzinfo | None:
    """Time zone of this name in the IANA database; None: there is none. Any thread; may read a file."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a folder's name an OSError
        return None
