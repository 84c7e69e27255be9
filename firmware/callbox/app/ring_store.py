"""Store of rings in SQLite: their ids, so that none rings twice, and those that have not been answered or seen.

Each write is on the disk when it returns (`synchronous=FULL`).
"""

import json
import logging
import sqlite3
import threading
from pathlib import Path
from typing import Annotated, Any

import msgspec

from callbox.control.rings import Ring, RingOutcome, Rings, RingSound
from callbox.system.database import open_database
from callbox.text import one_line, parse_json

log = logging.getLogger(__name__)

NAME = "rings.sqlite3"
MAX_IDS = 1000
"""Ids that are kept, the newest."""
_PENDING, _SEEN = "pending", "seen"
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS rings "
    "(number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, fields TEXT NOT NULL, state TEXT NOT NULL)",
)


class RingStore:
    """`folder`: where its file is; None: nothing is kept longer than the process. Any thread; its calls may block.

    A file that can't be read or written is as good as none, and the log says so.
    """

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        if folder:
            try:
                self._database = open_database(folder / NAME, _SCHEMA, "FULL")
            except (sqlite3.Error, OSError) as error:
                log.warning("Rings can't be kept over a restart: %s: %s", folder / NAME, error)

    def read(self) -> tuple[Rings, list[str]]:
        """The rings that waited or were missed, and the ids of all that are known, the oldest first."""
        rows = self._execute("SELECT id, fields, state FROM rings ORDER BY number")
        pending: list[Ring] = []
        missed: list[Ring] = []
        for id_, fields, state in rows:
            ring = _ring(id_, fields) if state in (_PENDING, RingOutcome.MISSED) else None
            if ring:
                (pending if state == _PENDING else missed).append(ring)
        return Rings(tuple(pending), tuple(missed)), [row[0] for row in rows]

    def add(self, ring: Ring) -> None:
        """Keep a new ring; those that are older than `MAX_IDS` others, and have ended, are forgotten."""
        fields = {
            "reason": ring.reason,
            "bot": ring.bot,
            "request_data": ring.request_data,
            "until": ring.until,
            "sound": ring.sound,
        }
        row = (ring.id, json.dumps(fields), _PENDING)
        self._execute("INSERT OR IGNORE INTO rings (id, fields, state) VALUES (?, ?, ?)", *row)
        oldest = "SELECT number FROM rings ORDER BY number DESC LIMIT 1 OFFSET ?"
        self._execute(f"DELETE FROM rings WHERE state <> ? AND number <= ({oldest})", _PENDING, MAX_IDS)  # noqa: S608 - a constant

    def end(self, ring: Ring, outcome: RingOutcome) -> None:
        """Note how `ring` has ended."""
        self._execute("UPDATE rings SET state = ? WHERE id = ?", outcome.value, ring.id)

    def see(self) -> None:
        """Note that a person has seen what was missed."""
        self._execute("UPDATE rings SET state = ? WHERE state = ?", _SEEN, RingOutcome.MISSED.value)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._database:
                self._database.close()
                self._database = None

    def _execute(self, statement: str, *values: object) -> list[tuple[str, str, str]]:
        with self._lock:
            if self._database is None:
                return []
            try:
                return self._database.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                log.warning("Rings can't be kept over a restart: %s", error)
                return []


class _RingFields(msgspec.Struct):
    """Fields of a ring, as `RingStore.add` writes them."""

    reason: str
    bot: str | None
    request_data: dict[str, Any]
    until: Annotated[float, msgspec.Meta(ge=-62135596800, lt=253402300800)] | None
    """Of the years 1 to 9999."""
    sound: RingSound


def _ring(id_: object, text: str | bytes) -> Ring | None:
    """Ring of a row, which is untrusted; None, with a warning: it can't be read."""
    try:
        fields = msgspec.convert(parse_json(text), _RingFields)
        if id_ != one_line(id_):
            raise ValueError("no id")
    except (msgspec.ValidationError, ValueError, TypeError, OverflowError) as error:
        log.warning("A ring that was kept can't be read: %s", type(error).__name__)
        return None
    return Ring(str(id_), one_line(fields.reason), fields.bot, fields.request_data, fields.until, fields.sound)
