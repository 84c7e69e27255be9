"""Store of alarms in SQLite: what is still to ring, what was missed, and the last reading of the clocks of each boot.

Each save is one transaction, on the disk when it returns (`synchronous=EXTRA`). That one rings isn't kept: until
its end is, it is to ring, and rings again at the next start.
"""

import json
import logging
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import astuple
from datetime import UTC, date, time, tzinfo
from pathlib import Path
from typing import Any

from callbox.control.alarm_table import AlarmKind, AlarmState
from callbox.control.alarms import Alarm, Alarms
from callbox.control.clock_history import BootTime, ClockReading, UnixTime
from callbox.control.local_time import LocalTime
from callbox.system.database import open_database
from callbox.system.time_zone import named_zone

log = logging.getLogger(__name__)

NAME = "alarms.sqlite3"
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS alarms (id TEXT PRIMARY KEY, fields TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS missed (number INTEGER PRIMARY KEY, id TEXT NOT NULL, fields TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS clocks (number INTEGER PRIMARY KEY, unix_s REAL NOT NULL, boot_s REAL NOT NULL, "
    "boot_id TEXT NOT NULL, is_set INTEGER NOT NULL)",
)


class AlarmStore:
    """`folder`: where its file is; None: nothing is kept longer than the process. Any thread; its calls may block.

    A file that can't be read or written is as good as none, and the log says so.
    """

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._kept = Alarms()
        """What is on the disk."""
        if folder:
            try:
                self._database = open_database(folder / NAME, _SCHEMA, "EXTRA")
            except (sqlite3.Error, OSError) as error:
                log.warning("Alarms can't be kept over a restart: %s: %s", folder / NAME, error)

    def read(self) -> tuple[Alarms, tuple[ClockReading, ...]]:
        """Alarms that are to ring or were missed, and the last readings of the clocks, of the oldest boot first."""
        with self._lock:
            if self._database is None:
                return Alarms(), ()
            try:
                self._kept, readings = _read(self._database)
            except sqlite3.Error as error:
                log.warning("The alarms that were kept can't be read: %s", error)
                return Alarms(), ()
            return self._kept, readings

    def save(self, alarms: Alarms, readings: tuple[ClockReading, ...], *, always: bool = False) -> bool:
        """Keep `alarms`, and with them the readings of the clocks. Returns whether they are on the disk.

        Nothing is written if they are there already, but for the readings, if `always`.
        """
        with self._lock:
            if self._database is None:
                return False
            gone = [(id_,) for id_ in self._kept.pending if id_ not in alarms.pending]
            changed = [(id_, _text(alarm)) for id_, alarm in alarms.pending.items() if self._is_new(alarm)]
            missed = [(alarm.id, _text(alarm)) for alarm in alarms.missed]
            if not (gone or changed or always or alarms.missed != self._kept.missed):
                return True
            try:
                self._database.execute("BEGIN IMMEDIATE")
                try:
                    self._database.executemany("DELETE FROM alarms WHERE id = ?", gone)
                    self._database.executemany("INSERT OR REPLACE INTO alarms (id, fields) VALUES (?, ?)", changed)
                    self._database.execute("DELETE FROM missed")
                    self._database.executemany("INSERT INTO missed (id, fields) VALUES (?, ?)", missed)
                    self._database.execute("DELETE FROM clocks")
                    columns = "INSERT INTO clocks (unix_s, boot_s, boot_id, is_set) VALUES (?, ?, ?, ?)"
                    self._database.executemany(columns, [astuple(reading) for reading in readings])
                    self._database.execute("COMMIT")
                finally:
                    if self._database.in_transaction:
                        self._database.execute("ROLLBACK")
            except sqlite3.Error as error:
                log.warning("Alarms can't be kept over a restart: %s", error)
                return False
            self._kept = alarms
            return True

    def _is_new(self, alarm: Alarm) -> bool:
        kept = self._kept.pending.get(alarm.id)
        return kept is not alarm and (kept is None or _text(kept) != _text(alarm))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._database:
                self._database.close()
                self._database = None


def read_only(folder: Path) -> tuple[Alarms, tuple[ClockReading, ...]]:
    """Alarms that another process keeps in `folder`, as `AlarmStore.read`. Raises `sqlite3.Error`: it can't be read."""
    with closing(sqlite3.connect(f"{(folder / NAME).absolute().as_uri()}?mode=ro", uri=True)) as database:
        return _read(database)


def _read(database: sqlite3.Connection) -> tuple[Alarms, tuple[ClockReading, ...]]:
    kept = [_alarm(*row) for row in database.execute("SELECT id, fields FROM alarms")]
    missed = [_alarm(*row) for row in database.execute("SELECT id, fields FROM missed ORDER BY number")]
    rows = database.execute("SELECT unix_s, boot_s, boot_id, is_set FROM clocks ORDER BY number").fetchall()
    readings = tuple(ClockReading(unix_s, boot_s, boot_id, bool(is_set)) for unix_s, boot_s, boot_id, is_set in rows)
    pending = {alarm.id: alarm for alarm in kept if alarm}
    return Alarms(pending, tuple(alarm for alarm in missed if alarm)), readings


def _text(alarm: Alarm) -> str:
    """Fields of `alarm` as JSON. What rings or waits is to ring, at its time."""
    kept = (AlarmState.SNOOZED, AlarmState.MISSED)
    fields: dict[str, Any] = {
        "kind": alarm.kind,
        "text": alarm.text,
        "due": [alarm.due.s] if isinstance(alarm.due, UnixTime) else [alarm.due.s, alarm.due.boot_id],
        "seconds": alarm.seconds,
        "after_s": alarm.after_s,
        "state": alarm.state if alarm.state in kept else AlarmState.SCHEDULED,
    }
    if alarm.bot:
        fields["bot"] = alarm.bot
    if local := alarm.local:
        fields["local"] = {
            "at": local.at.isoformat(),
            "day": local.day and local.day.isoformat(),
            "weekdays": sorted(local.weekdays),
            "zone": local.zone and str(local.zone),
        }
    return json.dumps(fields)


def _alarm(id_: str, text: str) -> Alarm | None:
    try:
        fields = json.loads(text)
        due_s, *boot = fields["due"]
        return Alarm(
            id_,
            AlarmKind(fields["kind"]),
            BootTime(boot[0], due_s) if boot else UnixTime(due_s),
            fields["text"],
            _local(fields["local"]) if "local" in fields else None,
            fields["seconds"],
            fields["after_s"],
            AlarmState(fields["state"]),
            bot=fields.get("bot", ""),
        )
    except (ValueError, KeyError, TypeError) as error:
        log.warning("An alarm that was kept can't be read: %s", type(error).__name__)
        return None


def _local(fields: Mapping[str, Any]) -> LocalTime:
    day, zone = fields["day"], fields["zone"]
    return LocalTime(
        time.fromisoformat(fields["at"]),
        date.fromisoformat(day) if day else None,
        frozenset(fields["weekdays"]),
        zone_of(zone) if zone else None,
    )


def zone_of(name: str) -> tzinfo | None:
    """Time zone of this name; None: there is none."""
    return UTC if name == "UTC" else named_zone(name)
