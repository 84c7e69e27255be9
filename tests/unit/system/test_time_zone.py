"""Time zone of a machine."""

from zoneinfo import ZoneInfo

import pytest

from callbox.system.time_zone import named_zone, system_zone, system_zone_name


@pytest.fixture(autouse=True)
def without_tz(monkeypatch):
    monkeypatch.delenv("TZ", raising=False)


def root(folder, target):
    (folder / "etc").mkdir()
    (folder / "etc/localtime").symlink_to(target)
    return folder


def test_by_the_link(tmp_path):
    box = root(tmp_path, "/usr/share/zoneinfo/America/Argentina/Buenos_Aires")
    assert system_zone_name(box) == "America/Argentina/Buenos_Aires"
    assert system_zone(box) is ZoneInfo("America/Argentina/Buenos_Aires")


def test_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", ":Europe/Berlin")
    assert system_zone(tmp_path) is ZoneInfo("Europe/Berlin")


def test_there_is_none(tmp_path):
    assert system_zone(tmp_path) is None
    box = root(tmp_path, "/nowhere")
    assert (system_zone_name(box), system_zone(box)) == (None, None)


def test_a_file_in_place_of_the_link(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/localtime").write_bytes(b"no zone at all")
    assert system_zone(tmp_path) is None


@pytest.mark.parametrize("name", ["", "Europe", "Europe/Atlantis", "/etc/localtime", "../../etc/passwd", "a\0b"])
def test_names_that_are_no_zone(name):
    assert named_zone(name) is None
