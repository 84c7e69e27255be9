"""Probe of what alarms, timers and reminders need: the time, its zone, and the file that keeps them."""

import sqlite3
import time
from pathlib import Path

from callbox.app.alarm_store import NAME, read_only
from callbox.control.clock_history import clock_is_set
from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.evaluate import alarms as evaluate
from callbox.doctor.model.findings import Report, Value
from callbox.system import time_sync
from callbox.system.time_zone import system_zone

STATE = "var/lib/callbox"
"""Folder of the package's service."""


async def alarms(context: Context) -> Report:
    """Number of alarms that are set, the clock and the time zone."""
    settings, folder = context.require_settings().settings, context.root / STATE
    measured, unreadable = await in_thread(lambda: _kept(folder))
    year, synchronised = time.gmtime(context.now_s()).tm_year, time_sync.is_synchronised(context.root)
    is_set = clock_is_set(year, synchronised, has_rtc=time_sync.has_rtc(context.root))
    zone = settings.alarm.time_zone or getattr(system_zone(context.root), "key", None)
    measured |= {"clock_set": is_set, "time_zone": zone}
    has_zone = bool(settings.alarm.time_zone) or system_zone(context.root) is not None
    return Report(measured, tuple(evaluate.alarms(clock_is_set=is_set, has_zone=has_zone, unreadable=unreadable)))


def _kept(folder: Path) -> tuple[dict[str, Value], str | None]:
    """What is kept in `folder`, and why it can't be read; None: it can, isn't there, or isn't this user's to read."""
    file = folder / NAME
    try:
        file.open("rb").close()
        kept, _ = read_only(folder)
    except FileNotFoundError:
        return {}, None
    except PermissionError:  # of a dynamic user: the folder is root's
        return {"kept": "only root may read it"}, None
    except (sqlite3.Error, OSError) as error:
        return {}, f"{file}: {error}"
    return {"set": len(kept.pending), "missed": len(kept.missed)}, None
