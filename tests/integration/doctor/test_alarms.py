"""What alarms need: the time, its zone, and the file that keeps them."""

import pytest
from tests.integration.doctor.visits import codes, codes_reported

from callbox.app.alarm_store import NAME, AlarmStore
from callbox.control.alarm_table import AlarmKind
from callbox.control.alarms import Alarms, in_seconds
from callbox.control.clock_history import ClockHistory, ClockReading
from callbox.doctor.model.findings import Outcome
from callbox.system import time_sync


@pytest.fixture(autouse=True)
def without_tz(monkeypatch):
    monkeypatch.delenv("TZ", raising=False)


@pytest.fixture
def folder(place):
    folder = place.root / "var/lib/callbox"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def clock(place, _, monkeypatch):
    (place.root / "run/systemd/timesync/synchronized").unlink()
    monkeypatch.setattr(time_sync, "kernel_is_synchronised", lambda: None)  # as under the unit's ProtectClock=


def time_zone(place, _, __):
    (place.root / "etc/localtime").unlink()


def kept(_, folder, __):
    (folder / NAME).write_bytes(b"no database at all, but long enough to be read as one" * 40)


FAULTS = {"ALARMS-CLOCK": clock, "ALARMS-ZONE": time_zone, "ALARMS-KEPT": kept}
REACHED = FAULTS


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_nothing_else(place, folder, monkeypatch, name):
    FAULTS[name](place, folder, monkeypatch)
    assert codes(await place.visit("alarms")) == [name]


async def test_a_zone_of_the_settings_is_enough(place, folder):
    (place.root / "etc/localtime").unlink()
    place.settings["alarm"] = {"time_zone": "Asia/Tokyo"}
    [result] = await place.visit("alarms")
    assert (result.outcome, result.report.measured["time_zone"]) == (Outcome.PASS, "Asia/Tokyo")


async def test_what_is_set_is_counted(place, folder):
    reading = ClockReading(1e9, 5.0, "boot", True)
    store = AlarmStore(folder)
    store.save(Alarms().added(in_seconds("tea", AlarmKind.TIMER, 60, ClockHistory(reading))), (reading,))
    store.close()
    [result] = await place.visit("alarms")
    assert (result.outcome, result.report.measured["set"]) == (Outcome.PASS, 1)


async def test_what_another_user_keeps_is_no_fault(place, folder):
    """The package's service is a dynamic user: its folder is beneath one that is root's."""
    (folder / NAME).touch()
    folder.chmod(0)
    reported = place.visit_apart("alarms", humble=True)
    folder.chmod(0o700)
    assert codes_reported(reported) == []
    assert reported["checks"][0]["measured"]["kept"] == "only root may read it"
