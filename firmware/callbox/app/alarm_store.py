"""Store of alarms in SQLite: what is still to ring, what was missed, and the last reading of the clocks of each boot.

Each save is one transaction, on the disk when it returns (`synchronous=EXTRA`). That one rings isn't kept: until
its end is, it is to ring, and rings again at the next start.
"""

import json
import logging
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple
from datetime import UTC, date, time, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import msgspec

from callbox.control.alarm_table import AlarmKind, AlarmState
from callbox.control.alarms import Alarm, Alarms
from callbox.control.clock_history import BootTime, ClockReading, Moment, UnixTime
from callbox.control.local_time import LocalTime
from callbox.system.database import open_database
from callbox.system.time_zone import named_zone
from callbox.text import one_line, parse_json

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
    """Alarms that another process keeps in `folder`, as `AlarmStore.read`.

    Raises `sqlite3.Error`, `OSError`: they can't be read.
    """
    try:
        return _read_file(folder / NAME)
    except sqlite3.Error as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
    # A kill during a write left a journal, which only a writer can roll back (sqlite.org/rescode.html): in a copy.
    with TemporaryDirectory() as copies:
        for name in (NAME, f"{NAME}-journal"):
            shutil.copy(folder / name, copies)
        with closing(open_database(Path(copies, NAME), (), "FULL")) as database:
            return _read(database)


def _read_file(file: Path) -> tuple[Alarms, tuple[ClockReading, ...]]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
        return _read(database)


def _read(database: sqlite3.Connection) -> tuple[Alarms, tuple[ClockReading, ...]]:
    kept = [_alarm(*row) for row in database.execute("SELECT id, fields FROM alarms")]
    missed = [_alarm(*row) for row in database.execute("SELECT id, fields FROM missed ORDER BY number")]
    rows = database.execute("SELECT unix_s, boot_s, boot_id, is_set FROM clocks ORDER BY number").fetchall()
    pending = {alarm.id: alarm for alarm in kept if alarm}
    return Alarms(pending, tuple(alarm for alarm in missed if alarm)), tuple(filter(None, map(_reading, rows)))


def _reading(row: Sequence[object]) -> ClockReading | None:
    try:
        unix_s, boot_s, boot_id, is_set = msgspec.convert(row, tuple[_Seconds, _Seconds, str, int])
    except msgspec.ValidationError:
        log.warning("A reading of the clocks that was kept can't be read")
        return None
    return ClockReading(unix_s, boot_s, boot_id, bool(is_set))


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


_Seconds = Annotated[float, msgspec.Meta(ge=-1e11, le=1e11)]
"""Until the year 5138: what is later is no time that somebody sets."""


class _Local(msgspec.Struct):
    at: str
    day: str | None
    weekdays: frozenset[Annotated[int, msgspec.Meta(ge=0, le=6)]]
    zone: str | None

    def time(self) -> LocalTime:
        """Raises ValueError."""
        day = date.fromisoformat(self.day) if self.day else None
        if day and not 1970 <= day.year <= 5000:
            raise ValueError(f"no year for an alarm: {day.year}")
        return LocalTime(
            time.fromisoformat(self.at).replace(tzinfo=None),
            day,
            self.weekdays,
            zone_of(self.zone) if self.zone else None,
        )


class _AlarmFields(msgspec.Struct):
    """Fields of an alarm, as `_text` writes them."""

    kind: AlarmKind
    text: str
    due: list[_Seconds | str]
    seconds: _Seconds
    after_s: _Seconds
    state: AlarmState
    bot: str = ""
    local: _Local | None = None

    def moment(self) -> Moment:
        """Raises ValueError."""
        match self.due:
            case [float(s)]:
                return UnixTime(s)
            case [float(s), str(boot_id)]:
                return BootTime(boot_id, s)
        raise ValueError("no time")


def _alarm(id_: object, text: str | bytes) -> Alarm | None:
    """Alarm of a row, which is untrusted; None, with a warning: it can't be read."""
    try:
        fields = msgspec.convert(parse_json(text), _AlarmFields)
        if id_ != one_line(id_):
            raise ValueError("no id")
        return Alarm(
            str(id_),
            fields.kind,
            fields.moment(),
            one_line(fields.text),
            fields.local.time() if fields.local else None,
            fields.seconds,
            fields.after_s,
            fields.state,
            bot=fields.bot,
        )
    except (msgspec.ValidationError, ValueError, TypeError, OverflowError) as error:
        log.warning("An alarm that was kept can't be read: %s", type(error).__name__)
        return None


def zone_of(name: str) -> tzinfo | None:
    """Time zone of this name; None: there is none."""
    return UTC if name == "UTC" else named_zone(name)
