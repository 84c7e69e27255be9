"""The roll-out on the disk: the power goes at every step, and the box has the old version or the new one, whole."""

import os
import shutil

import pytest
from tests.rig import crash_injection

from callbox.app.rollout_store import RolloutStore, at_start
from callbox.control.rollout import MAX_STARTS, Rollout, RolloutAction, RolloutEvent, RolloutState
from callbox.system.fetched_settings import file_in_force
from callbox.system.files import Disk

E = RolloutEvent
CONTENT = {version: f"# version {version}\n".encode() * 500 for version in (7, 8, 9)}


class PowerCutError(Exception):
    pass


@pytest.fixture
def cut_power(monkeypatch):
    def cut(_):
        raise PowerCutError

    monkeypatch.setattr(os, "_exit", cut)


def accepted(place, version=7):
    store = RolloutStore(place)
    store.take(version, CONTENT[version], ())
    store.on(E.PROVED_HEALTHY)
    return store


CHANGES = {
    "a new version": ((), lambda store: store.take(8, CONTENT[8], {"no_speaker"})),
    "another one in a trial": ((8,), lambda store: store.take(9, CONTENT[9], ())),
    "a start": ((8,), lambda store: store.on(E.STARTED)),
    "accepted": ((8,), lambda store: store.on(E.PROVED_HEALTHY)),
    "given up": ((8,), lambda store: store.on(E.EXPIRED, "no broker")),
}


@pytest.mark.usefixtures("cut_power")
@pytest.mark.parametrize("how", ["whole", "torn", "lost"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_power_goes_at_every_step(tmp_path, change, how):
    tried, act = CHANGES[change]
    store = accepted(tmp_path / "template")
    for version in tried:
        store.take(version, CONTENT[version], ())
    shutil.copytree(tmp_path / "template", tmp_path / "before")
    before, cuts = store.rollout, 0
    act(store)
    after = store.rollout
    for step in range(1, 100):
        place = tmp_path / str(step)
        shutil.copytree(tmp_path / "before", place)
        try:
            act(RolloutStore(place, crash_injection.CrashingDisk(step, how)))
        except PowerCutError:
            cuts += 1
        else:
            break
        found = RolloutStore(place).rollout
        assert found in (before, after), step
        file = file_in_force(place)
        assert file is not None, step
        assert found.version
        assert file.read_bytes() == CONTENT[found.version], step
        if found.state is RolloutState.TRIAL:
            back = RolloutStore(place)
            back.on(E.EXPIRED)
            assert (back.rollout.version, (place / "settings-7.yaml").read_bytes()) == (7, CONTENT[7]), step
    assert cuts >= 4


def test_files_of_versions_that_are_over_are_removed(tmp_path):
    store = accepted(tmp_path)
    store.take(8, CONTENT[8], ())
    assert {file.name for file in tmp_path.iterdir()} == {"rollout.json", "settings-7.yaml", "settings-8.yaml"}
    store.on(E.EXPIRED, "no broker")
    assert {file.name for file in tmp_path.iterdir()} == {"rollout.json", "settings-7.yaml"}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"state": "new"}', b'{"version": null}', b'{"version": 1e999}', b"\xff", b"[" * 9999],
)
def test_a_record_that_is_none_is_as_good_as_none(tmp_path, content):
    (tmp_path / "rollout.json").write_bytes(content)
    assert RolloutStore(tmp_path).rollout == Rollout()
    assert file_in_force(tmp_path) is None


def test_starts_are_counted_until_the_box_goes_back(tmp_path):
    accepted(tmp_path / "fleet").take(8, CONTENT[8], ())
    config, environ = tmp_path / "callbox.yaml", {"STATE_DIRECTORY": f"{tmp_path}:/elsewhere"}
    stores = [at_start(config, environ) for _ in range(MAX_STARTS)]
    assert [store.rollout.version for store in stores if store] == [8] * (MAX_STARTS - 1) + [7]
    assert at_start(config, {}) is None


def test_a_disk_that_is_read_only_changes_nothing(tmp_path):
    class ReadOnly(Disk):
        def create(self, path, content, mode):
            raise OSError(30, "Read-only file system")

    store = accepted(tmp_path)
    before = store.rollout
    full = RolloutStore(tmp_path, ReadOnly())
    with pytest.raises(OSError, match="Read-only"):
        full.take(8, CONTENT[8], ())
    assert full.rollout == before
    store.take(8, CONTENT[8], ())
    with pytest.raises(OSError, match="Read-only"):
        RolloutStore(tmp_path, ReadOnly()).on(E.PROVED_HEALTHY)
    assert RolloutStore(tmp_path).on(E.PROVED_HEALTHY) is RolloutAction.ACCEPT
