"""File of the alarms as another process reads it."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from callbox.app.alarm_store import NAME, AlarmStore, read_only
from callbox.control.alarm_table import AlarmKind
from callbox.control.alarms import Alarms, in_seconds
from callbox.control.clock_history import ClockHistory, ClockReading

WRITE_AND_BE_KILLED = """
import os, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size=1")  # pages: the file is written before the transaction ends
database.execute("BEGIN IMMEDIATE")
database.execute("DELETE FROM alarms")
rows = [(str(number), "x" * 1000) for number in range(100)]
database.executemany("INSERT INTO alarms (id, fields) VALUES (?, ?)", rows)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def kept(tmp_path):
    reading = ClockReading(1e9, 5.0, "boot", True)
    alarms = Alarms().added(in_seconds("tea", AlarmKind.TIMER, 60, ClockHistory(reading)))
    with closing(AlarmStore(tmp_path)) as store:
        assert store.save(alarms, (reading,))
    return alarms


def test_a_reader_sees_what_was_there_before_a_write_that_was_killed(tmp_path, kept):
    subprocess.run([sys.executable, "-c", WRITE_AND_BE_KILLED, tmp_path / NAME], check=False)
    left = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert left.keys() == {NAME, f"{NAME}-journal"}
    assert read_only(tmp_path)[0].pending.keys() == kept.pending.keys()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == left


def test_a_file_that_is_no_database_is_an_error(tmp_path, kept):
    (tmp_path / NAME).write_bytes(b"no database, and long enough to be read as one" * 40)
    with pytest.raises(sqlite3.DatabaseError):
        read_only(tmp_path)
