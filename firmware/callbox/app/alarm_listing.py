"""List of alarms as JSON has it: of a box, or of the file that one keeps."""

from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from callbox.app.alarm_store import read_only
from callbox.app.clocks import read_clocks
from callbox.control import alarm_overview
from callbox.control.alarm_requests import entry_fields
from callbox.control.alarms import Alarms
from callbox.control.clock_history import ClockHistory
from callbox.system.time_zone import system_zone


def entries(alarms: Alarms, clock: ClockHistory) -> list[dict[str, Any]]:
    """All that are set, the next first; `left_s`: seconds until they ring."""
    listed = alarm_overview.entries(alarms, clock)
    return [{**entry_fields(entry), "left_s": round(entry.left_s, 1)} for entry in listed]


def listing(alarms: Alarms, clock: ClockHistory, zone: tzinfo | None) -> dict[str, Any]:
    """`alarms`: the next ones; `total`; `clock_set`, `local_time`, `time_zone` (None: unknown)."""
    listed = entries(alarms, clock)
    return {
        "alarms": listed[: alarm_overview.MAX_LISTED],
        "total": len(listed),
        "clock_set": clock.is_set,
        "local_time": datetime.fromtimestamp(clock.unix_s, zone or UTC).isoformat("T", "seconds"),
        "time_zone": zone and getattr(zone, "key", "UTC"),
    }


def kept_listing(folder: Path) -> dict[str, Any]:
    """`listing` of what another process keeps in `folder`. Raises `sqlite3.Error`, `OSError`: it can't be read."""
    alarms, readings = read_only(folder)
    return listing(alarms, ClockHistory(read_clocks(), readings), system_zone())
