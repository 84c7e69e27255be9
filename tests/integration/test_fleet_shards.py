"""Exporters that divide the boxes of a real Mosquitto: each a process of its own, with quicker heartbeats."""

import contextlib
import re
import signal
import time
from collections import Counter
from dataclasses import replace

import pytest
from tests.integration.test_fleet_metrics import tell, watch
from tests.rig.command_line import exit_code
from tests.rig.hurried import hurried
from tests.rig.mosquitto import Mosquitto
from tests.rig.prometheus import Exporter, wait_for_scrape
from tests.unit.fleet.test_fleet_state import START

from callbox.fleet.monitor.model.shard import owner, slot
from callbox.mqtt.model.publications import BoxPublications, MqttCounters, Timestamp
from callbox.mqtt.model.topics import Topics
from callbox.system.host_metrics import HostMetrics

NAMES = "one", "two", "three"
BOXES = {f"box-{number:03d}" for number in range(60)}
OF_MEMBER = {name: {box for box in BOXES if owner(slot(box), NAMES) == name} for name in NAMES}


def reported(box, version="1"):
    """Everything that a box tells at a connection."""
    publications = BoxPublications(Topics("callbox", box), "b00t", {"name": f"Box {box}", "version": version}, Timestamp(START, 0.0))  # fmt: skip
    publications.health(HostMetrics(0.4, 58.2, 47.2, [], -58), MqttCounters(), Timestamp(START, 60.0))
    return publications.on_connect()


def boxes_of(exporter):
    """What one member tells now."""
    return boxes_in(exporter.scrape())


def boxes_in(samples):
    """Name and version, presence and uptime must be there of each box, once."""
    exported = {metric: Counter[str]() for metric in ("callbox_box_info", "callbox_presence", "callbox_uptime_seconds")}
    for series, number in samples.items():
        metric, _, labels = series.partition("{")
        if metric in exported and number and (metric != "callbox_presence" or 'presence="online"' in labels):
            exported[metric].update(re.findall(r'box="([^"]+)"', labels))
    [info, presence, uptime] = exported.values()
    return info if info == presence == uptime else Counter()


def held_once(exporters, boxes=BOXES):
    """Whether the members know each other, and no others, and together tell each box exactly once."""
    scrapes = [one.scrape() for one in exporters]
    know = {samples.get("callbox_shard_members") for samples in scrapes}
    return know == {len(scrapes)} and sum(map(boxes_in, scrapes), Counter()) == Counter(boxes)


@contextlib.contextmanager
def members(broker, names=NAMES):
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(Exporter(broker.port, "--shard", name, run=hurried)) for name in names}


@pytest.fixture
def broker(tmp_path):
    with Mosquitto(tmp_path) as mosquitto:
        tell(mosquitto, [one for box in sorted(BOXES) for one in reported(box)])
        yield mosquitto


def test_boxes_of_a_killed_member_are_taken_over_and_no_others_move(broker):
    with members(broker) as exporters:
        one, two, three = exporters.values()
        assert wait_for_scrape(lambda: held_once(exporters.values()))
        assert wait_for_scrape(
            lambda: {name: set(boxes_of(exporter)) for name, exporter in exporters.items()} == OF_MEMBER
        )
        assert all(OF_MEMBER.values())

        two.process.kill()
        killed_s = time.monotonic()
        assert wait_for_scrape(lambda: held_once([one, three]))
        print(f"taken over after {time.monotonic() - killed_s:.1f} s")
        assert wait_for_scrape(lambda: OF_MEMBER["one"] <= set(boxes_of(one)))
        assert wait_for_scrape(lambda: OF_MEMBER["three"] <= set(boxes_of(three)))

        # What changes now is told by the new owner; nothing is told twice.
        moved = min(OF_MEMBER["two"])
        tell(broker, reported(moved, version="2"))
        owns = exporters[owner(slot(moved), ("one", "three"))]
        assert wait_for_scrape(
            lambda: f'callbox_box_info{{box="{moved}",name="Box {moved}",version="2"}}' in owns.scrape()
        )
        assert wait_for_scrape(lambda: held_once([one, three]))

        with members(broker, ["two"]) as back:
            assert wait_for_scrape(lambda: set(boxes_of(back["two"])) == OF_MEMBER["two"])
            assert wait_for_scrape(lambda: held_once([one, back["two"], three]))
            assert wait_for_scrape(lambda: set(boxes_of(one)) == OF_MEMBER["one"])


def test_member_that_was_stopped_for_a_while_gives_up_nothing_of_others(broker):
    with members(broker) as exporters:
        one, two, three = exporters.values()
        assert wait_for_scrape(lambda: held_once(exporters.values()))
        two.process.send_signal(signal.SIGSTOP)
        assert wait_for_scrape(lambda: held_once([one, three]))
        two.process.send_signal(signal.SIGCONT)
        assert wait_for_scrape(lambda: held_once(exporters.values()))
        assert wait_for_scrape(lambda: set(boxes_of(two)) == OF_MEMBER["two"])


def test_new_and_removed_boxes_are_exported_once_or_not_at_all(broker):
    with members(broker) as exporters:
        assert wait_for_scrape(lambda: held_once(exporters.values()))
        new = {f"new-{number}" for number in range(20)}
        tell(broker, [one for box in sorted(new) for one in reported(box)])
        assert wait_for_scrape(lambda: held_once(exporters.values(), BOXES | new))
        for box in new:
            tell(broker, [replace(one, payload=b"") for one in reported(box)])
        assert wait_for_scrape(lambda: held_once(exporters.values()))


def test_members_divide_anew_after_the_broker_was_away(broker):
    with members(broker) as exporters:
        assert wait_for_scrape(lambda: held_once(exporters.values()))
        broker.stop()
        assert wait_for_scrape(lambda: not any(one.scrape()["callbox_broker_connected"] for one in exporters.values()))
        assert not any(boxes_of(one) for one in exporters.values())
        broker.start()
        tell(broker, [one for box in sorted(BOXES) for one in reported(box)])
        assert wait_for_scrape(lambda: held_once(exporters.values()), 120)


def test_two_members_with_one_name_push_each_other_off(broker):
    with members(broker, ["one"]) as first:
        assert wait_for_scrape(lambda: held_once(first.values()))
        with members(broker, ["one"]):
            lines = iter(first["one"].say, "")
            assert any("no connection to the broker" in line for line in lines)


def test_member_that_may_not_tell_the_others_says_so(tmp_path):
    acl = tmp_path / "acl"
    acl.write_text("topic read #\n")
    with (
        Mosquitto(tmp_path, "allow_anonymous true", f"acl_file {acl}") as broker,
        members(broker, ["one"]) as exporters,
    ):
        lines = iter(exporters["one"].say, "")
        assert next(line for line in lines if "deliver" in line) == (
            f"the broker at 127.0.0.1:{broker.port} doesn't deliver callbox-watch/one: may this user publish and read it "
            "(deploy/mosquitto/callbox.acl)?\n"
        )
        assert exporters["one"].scrape()["callbox_broker_connected"] == 0


@pytest.mark.parametrize("name", ["One", "", "n" * 33])
def test_wrong_name_is_an_error(capsys, name):
    assert exit_code(["watch", "--host", "127.0.0.1", "--metrics", "0", "--shard", name]) == 64
    assert f"{name}: 1 to 32 of a-z, 0-9, -: watch-1" in capsys.readouterr().err


def test_name_without_an_exporter_is_an_error():
    done = watch("--shard", "one")
    assert (done.returncode, done.stderr) == (64, "callbox watch: --shard needs --metrics\n")
