"""What deploy/grafana ships, with a real Prometheus that scrapes `callbox watch --metrics` on a real Mosquitto.

No Grafana and no Telegraf: neither Debian nor PyPI has them. Grafana's own types read the dashboard.
"""

import contextlib
import json
import re
import shutil
import subprocess
import tomllib
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.prometheus import SHIPPED, Exporter, Prometheus, program
from tests.rig.service import CALLBOX, ENV, ROOT

from callbox.audio.stats import AudioStats
from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.fleet.monitor.model import box_state, metrics
from callbox.mqtt.model import topics
from callbox.mqtt.model.publications import BoxPublications, MqttCounters, Timestamp
from callbox.mqtt.model.topics import Topics
from callbox.rtvi import TransportState as S
from callbox.system.host_metrics import HostMetrics

pytestmark = pytest.mark.prometheus

GRAFANA = ROOT / "deploy/grafana"
DASHBOARD = json.loads((GRAFANA / "dashboard.json").read_text())
RULES = [rule for group in yaml.safe_load((SHIPPED / "callbox.rules.yml").read_text())["groups"] for rule in group["rules"]]  # fmt: skip
ABOUT_BOXES = [rule for rule in RULES if rule["alert"] not in ("CallboxExporterDown", "CallboxBrokerAway")]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
CHOSEN = {"$job": "callbox", "$box": "kitchen|hall"}
WELL = HostMetrics(0.4, 58.2, 47.2, [], -58)
BAD = HostMetrics(0.4, 58.2, 85.0, ["under_voltage"], -88)
LOSSY = AudioStats(-21.4, -30.0, 12.0, 0.4, 2.0, 8.3, 21.7, 18.2, 1, 0, 0, 52.5)


class Reported:
    """A box that tells by the product's publications what a test wants."""

    def __init__(self, port, name):
        self._port, self._topics = port, Topics("callbox", name)
        self._boots = 0

    def boot(self):
        self._boots += 1
        self.box = BoxPublications(self._topics, f"boot{self._boots}", {"name": "A box", "version": "1"}, at(0))
        return self

    def tell(self, *batches):
        with Listener(self._port) as voice:
            for one in (one for batch in batches for one in batch):
                voice.publish(one.topic, one.payload, retain=one.retained)
        return self


def at(seconds):
    return Timestamp(datetime.now(UTC), float(seconds))


@contextlib.contextmanager
def running_fleet(folder):
    """Twenty simulated boxes in a hurry, a kitchen where everything is wrong, a hall in a bad call, an attic away."""
    with Mosquitto(folder) as broker, Exporter(broker.port) as exporter:
        simulate = [*CALLBOX, "simulate", "--host", "127.0.0.1", "--port", str(broker.port), "--fleet", "20"]
        simulated = subprocess.Popen([*simulate, "--rate", "300"], stdout=subprocess.DEVNULL, env=ENV)
        try:
            with Prometheus(folder, exporter.target) as prometheus:
                go_wrong(broker.port, prometheus)
                yield prometheus, exporter, broker
        finally:
            simulated.terminate()
            simulated.wait()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    with running_fleet(tmp_path_factory.mktemp("grafana")) as fleet:
        yield fleet


def go_wrong(port, prometheus):
    def seen(expression, number):
        assert wait_for(lambda: [found for _, found in prometheus.query(expression)] == [number]), expression

    attic, hall, kitchen = (Reported(port, name).boot() for name in ("attic", "hall", "kitchen"))
    attic.tell(attic.box.on_connect(), attic.box.last_will())
    ready = hall.box.status(Status(S.READY, session="s", mic_live=True), at(1))
    hall.tell(hall.box.on_connect(), ready, hall.box.sound_stats(LOSSY), hall.box.health(WELL, MqttCounters(), at(2)))
    for _ in range(3):
        kitchen.tell(kitchen.box.on_connect(), kitchen.box.health(WELL, MqttCounters(), at(100)))
        seen('callbox_uptime_seconds{box="kitchen"}', 100)
        kitchen.boot().tell(kitchen.box.on_connect(), kitchen.box.health(WELL, MqttCounters(), at(5)))
        seen('callbox_uptime_seconds{box="kitchen"}', 5)
    no_one = Problem(Fault.BOT_UNREACHABLE, "nobody there")
    for number in range(5):
        kitchen.tell(kitchen.box.status(Status(S.CONNECTING, session=f"s{number}"), at(10 + number)))
        kitchen.tell(kitchen.box.status(Status(S.ERROR, problem=no_one), at(10 + number)))
    answered = (Status(S.CONNECTING, session="t"), Status(S.READY, session="t"), Status(mic_live=True, problem=no_one))
    kitchen.tell(*(kitchen.box.status(status, at(20 + n)) for n, status in enumerate(answered)))
    kitchen.tell(kitchen.box.health(BAD, MqttCounters(), at(30)))
    seen('callbox_sessions_failed_total{box="kitchen"}', 5)


def test_prometheus_reads_the_configuration_and_each_rule_rings_when_it_should():
    config, rules = SHIPPED / "prometheus.yml", SHIPPED / "callbox.rules.test.yml"
    commands: tuple[list[str | Path], ...] = (["check", "config", config], ["test", "rules", rules])
    for command in commands:
        done = subprocess.run([program("promtool"), *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    tested = yaml.safe_load(rules.read_text())["tests"][0]["alert_rule_test"]
    assert {one["alertname"] for one in tested if one["exp_alerts"]} == {rule["alert"] for rule in RULES}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_each_panel_of_the_dashboard_has_something_to_show(fleet, panel):
    prometheus, *_ = fleet
    for target in panel["targets"]:
        expression = re.sub(r"\$(\w+)", lambda found: CHOSEN[found[0]], target["expr"])
        assert wait_for(lambda expression=expression: prometheus.query(expression)), expression


def test_the_dashboards_variables_find_the_boxes(fleet):
    prometheus, *_ = fleet
    requested = {
        one["name"]: one["query"]["query"] for one in DASHBOARD["templating"]["list"] if one["type"] == "query"
    }
    for name, query in requested.items():
        values = re.fullmatch(r"label_values\((.*), (\w+)\)", query)
        assert values is not None
        series, label = values.groups()
        wanted, match = set(CHOSEN[f"${name}"].split("|")), {"match[]": series.replace("$job", "callbox")}
        place = f"label/{label}/values"
        assert wait_for(lambda place=place, wanted=wanted, match=match: wanted <= set(prometheus.get(place, **match)))


def test_box_keeps_its_series_when_another_exporter_takes_it_over(tmp_path):
    boxes = [f"box-{number}" for number in range(20)]
    with Mosquitto(tmp_path) as broker, contextlib.ExitStack() as stack:
        for box in boxes:
            one = Reported(broker.port, box).boot()
            one.tell(one.box.on_connect())
        exporters = [stack.enter_context(Exporter(broker.port, "--shard", name)) for name in ("one", "two")]
        with Prometheus(tmp_path, *(one.target for one in exporters)) as prometheus:

            def exported():
                return sorted((one["box"], one["instance"]) for one, _ in prometheus.query("callbox_box_info"))

            everything = sorted((box, "fleet") for box in boxes)
            assert wait_for(lambda: exported() == everything)
            exporters[0].process.kill()
            assert wait_for(lambda: len(exported()) < len(boxes))
            assert wait_for(lambda: exported() == everything)
            assert [number for _, number in prometheus.query("callbox_shard_members")] == [1]


@pytest.mark.parametrize("rule", ABOUT_BOXES, ids=lambda rule: rule["alert"])
def test_each_rule_finds_the_box_that_it_is_for_and_no_well_one(fleet, rule):
    prometheus, *_ = fleet
    expected = {"CallboxAway": "attic", "CallboxLossy": "hall"}.get(rule["alert"], "kitchen")

    def found():
        boxes = {labels["box"] for labels, _ in prometheus.query(rule["expr"])}
        return {box for box in boxes if not box.startswith("sim-")}

    assert wait_for(lambda: found() == {expected}), found()
    [loaded] = [one for group in prometheus.get("rules")["groups"] for one in group["rules"] if one["name"] == rule["alert"]]  # fmt: skip
    assert loaded["health"] == "ok"


def test_what_prometheus_has_is_what_the_broker_has(fleet):
    prometheus, *_ = fleet
    online = 'sum(callbox_presence{box=~"sim-.*", presence="online"})'
    assert wait_for(lambda: prometheus.query(online) == [({}, 20)]), prometheus.query(online)
    assert prometheus.query('callbox_state{box="kitchen"} == 1')[0][0]["state"] == "disconnected"
    assert prometheus.query('callbox_connect_seconds{box="kitchen"}')[0][1] == 1
    expected = {one.name for one in metrics.METRICS}

    def names():
        found = {name for name in prometheus.get("label/__name__/values") if name.startswith("callbox_")}
        return found - {"callbox_broker_connected", "callbox_messages_ignored_total"}

    assert wait_for(lambda: names() == expected), names() ^ expected


def test_the_page_for_those_without_grafana_shows_what_is_wrong(fleet):
    prometheus, *_ = fleet
    with urllib.request.urlopen(prometheus.console, timeout=10) as answer:
        page = answer.read().decode()
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td></tr>", page)
    assert {
        ("attic", "A box", "offline"),
        ("kitchen", "A box", "bot_unreachable"),
        ("kitchen", "A box", "under_voltage"),
    } <= set(rows)
    assert re.search(r'class="bad"><b>1</b>away', page)
    for expression in re.findall(r'data-query="([^"]*)"', page):
        assert prometheus.query(expression), expression


def test_prometheus_reports_that_no_box_is_known(tmp_path):
    with running_fleet(tmp_path) as (prometheus, exporter, broker):
        expressions = {rule["alert"]: rule["expr"] for rule in RULES}
        assert prometheus.query(expressions["CallboxBrokerAway"]) == []
        assert prometheus.query(expressions["CallboxExporterDown"]) == []
        broker.stop()
        assert wait_for(lambda: prometheus.query(expressions["CallboxBrokerAway"]))
        assert wait_for(lambda: prometheus.query("callbox_presence") == [])
        exporter.process.terminate()
        assert wait_for(lambda: prometheus.query(expressions["CallboxExporterDown"]))


# -- what can't be run here --------------------------------------------------------------------------------


def lost(ours, theirs, path=""):
    """What of `ours` is not in `theirs`."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            if value not in (None, "", [], {}):
                yield from lost(value, theirs.get(key), f"{path}/{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from lost(one, other, f"{path}/{number}")
    elif ours != theirs:
        yield path


def test_grafanas_own_types_know_every_key_of_the_dashboard():
    # Only `make test-all` installs it, and `make test` collects this file too.
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.cog.plugins import register_default_plugins
    from grafana_foundation_sdk.models.dashboard import Dashboard

    register_default_plugins()

    def read(dashboard):
        return list(lost(dashboard, json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))))

    assert read(DASHBOARD) == []
    typo = json.loads(json.dumps(DASHBOARD).replace('"reduceOptions"', '"reduceOption"', 1))
    assert read(typo) == ["/panels/1/options/reduceOption"]


def test_panels_have_room_and_numbers_of_their_own():
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    taken = [
        (column, line)
        for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for column in range(place["x"], place["x"] + place["w"])
        for line in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(column for column, _ in taken) < 24


def test_what_is_provisioned_fits_together():
    [source] = yaml.safe_load((GRAFANA / "provisioning/datasources/callbox.yaml").read_text())["datasources"]
    [provider] = yaml.safe_load((GRAFANA / "provisioning/dashboards/callbox.yaml").read_text())["providers"]
    readme = (GRAFANA / "README.md").read_text()
    assert source["type"] == DASHBOARD["templating"]["list"][0]["query"]
    assert provider["options"]["path"] in readme
    unit = (GRAFANA / "callbox-metrics.service").read_text()
    assert "127.0.0.1:9883" in unit
    assert "localhost:9883" in (SHIPPED / "prometheus.yml").read_text()


def test_telegraf_asks_for_what_boxes_tell():
    config = tomllib.loads((GRAFANA / "telegraf.conf").read_text())
    rows = {
        Topics("callbox", "+").of(row, "+"): row for row in topics.TOPICS if not row.incoming and not row.homeassistant
    }
    for source in config["inputs"]["mqtt_consumer"]:
        [topic] = source["topics"]
        [parsed] = source["topic_parsing"]
        assert (parsed["topic"], parsed["tags"].count("/")) == (topic, topic.count("/"))
        for reported in (one for parser in source.get("json_v2", []) for one in parser["object"]):
            keys = {*reported.get("included_keys", []), *reported.get("excluded_keys", []), *reported.get("fields", {})}
            assert keys <= set(rows[topic].example)
    mappings = {one["field"]: one["value_mappings"] for one in config["processors"]["enum"][0]["mapping"]}
    assert mappings["transport"] == {state.value: number for number, state in enumerate(S)}
    assert set(box_state._NUMBERS) == set(
        config["inputs"]["mqtt_consumer"][3]["json_v2"][0]["object"][0]["included_keys"]
    )


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_systemd_reads_the_unit(tmp_path):
    text = (GRAFANA / "callbox-metrics.service").read_text().replace("/opt/callbox/bin/callbox", "/bin/true")
    unit = Path(tmp_path) / "callbox-metrics.service"
    unit.write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []
