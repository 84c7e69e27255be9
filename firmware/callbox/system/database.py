"""SQLite files that a box keeps over a restart and a power cut."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Literal


def open_database(file: Path, schema: Sequence[str], synchronous: Literal["FULL", "EXTRA"]) -> sqlite3.Connection:
    """Connection to `file`, made if it isn't there; each statement is a transaction of its own. `schema`: statements
    that make its tables. `synchronous`: as SQLite's PRAGMA of that name.

    Any thread may use it, one at a time. Raises `sqlite3.Error`, `OSError`.
    """
    database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute(f"PRAGMA synchronous={synchronous}")
        for statement in schema:
            database.execute(statement)
    except sqlite3.Error:
        database.close()
        raise
    return database
