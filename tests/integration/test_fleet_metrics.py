"""What `callbox watch --metrics` tells: by the table, and by a real Mosquitto."""

import asyncio
import socket
import subprocess
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.rig.command_line import exit_code
from tests.rig.mosquitto import Listener, Mosquitto
from tests.rig.ports import free_port
from tests.rig.prometheus import Exporter, wait_for_scrape
from tests.rig.service import CALLBOX, ENV
from tests.unit.fleet.test_fleet_state import KITCHEN, START, Watched, life

from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.fleet.broker_options import BrokerTarget
from callbox.fleet.monitor import exporter
from callbox.fleet.monitor.exporter import ListenAddress
from callbox.fleet.monitor.model import metrics
from callbox.fleet.monitor.model.box_state import SILENCE_S
from callbox.mqtt.model import topics
from callbox.mqtt.model.publications import MqttCounters, Timestamp
from callbox.mqtt.paho_client import Broker
from callbox.rtvi import TransportState as S
from callbox.system.host_metrics import HostMetrics

HOT = HostMetrics(0.4, 58.2, 81.5, ["under_voltage"], -58)


def published(watched, after_s=0.0):
    """Each sample with a number that isn't 0, by its name and its labels without the box."""
    rows = watched.table.rows(watched.at + timedelta(seconds=after_s))
    return {
        (metric.name, *labels[1:]): number
        for metric, samples in metrics.families(rows)
        for labels, number in samples
        if number
    }


def kitchen():
    box, watched = life(), Watched()
    box.health(HOT, MqttCounters(), Timestamp(START, 60.0))
    watched.apply(box.on_connect())
    return box, watched


def test_metrics_have_base_units():
    box, watched = kitchen()
    watched.apply(box.status(Status(S.READY, session="s", mic_live=True), Timestamp(START, 61.0)))
    assert published(watched) == {
        ("callbox_box_info", "Kitchen", "1"): 1,
        ("callbox_presence", "online"): 1,
        ("callbox_state", "ready"): 1,
        ("callbox_mic_live",): 1,
        ("callbox_throttled", "under_voltage"): 1,
        ("callbox_uptime_seconds",): 60,
        ("callbox_cpu_ratio",): pytest.approx(0.004),
        ("callbox_memory_bytes",): 58.2e6,
        ("callbox_temperature_celsius",): 81.5,
        ("callbox_wifi_dbm",): -58,
    }


def test_each_state_is_a_series_and_one_is_1():
    _, watched = kitchen()
    [(_, samples)] = [found for found in metrics.families([watched.row]) if found[0].name == "callbox_state"]
    assert [labels[1] for labels, _ in samples] == [state.value for state in S]
    assert sum(number for _, number in samples) == 1


@pytest.mark.parametrize("presence", ["offline", "silent"])
def test_offline_box_has_info_presence_and_alerts_only(presence):
    box, watched = kitchen()
    watched.apply(box.status(Status(mic_live=True, problem=Problem(Fault.NO_SPEAKER, "gone")), Timestamp(START, 61.0)))
    if presence == "offline":
        watched.apply(box.last_will())
    assert published(watched, after_s=SILENCE_S + 1 if presence == "silent" else 0) == {
        ("callbox_box_info", "Kitchen", "1"): 1,
        ("callbox_presence", presence): 1,
        ("callbox_alert", "no_speaker"): 1,
    }


def test_an_alert_that_is_solved_is_no_series_any_more():
    box, watched = kitchen()
    watched.apply(box.status(Status(problem=Problem(Fault.NO_SPEAKER, "gone")), Timestamp(START, 1.0)))
    assert ("callbox_alert", "no_speaker") in published(watched)
    watched.apply(box.status(Status(), Timestamp(START, 2.0)))
    assert not [name for name, *_ in published(watched) if name == "callbox_alert"]


def test_what_a_box_invents_makes_no_series_of_its_own():
    _, watched = kitchen()
    for number in range(5):
        watched.publish(KITCHEN.of(topics.ALERT, f"invented-{number}"), b'{"text": "x"}')
    watched.publish(KITCHEN.of(topics.HEALTH), b'{"boot": "newb00t0", "throttled": ["a", "b"]}')
    watched.publish(KITCHEN.of(topics.STATE), b'{"boot": "newb00t0", "seq": 99, "transport": "dancing"}')
    assert published(watched) == {
        ("callbox_box_info", "Kitchen", "1"): 1,
        ("callbox_presence", "online"): 1,
        ("callbox_alert", "other"): 1,
        ("callbox_throttled", "other"): 1,
    }


def test_a_box_that_is_cleaned_away_is_forgotten():
    box, watched = kitchen()
    for one in box.on_connect():
        watched.publish(one.topic, b"")
    assert len(watched.table) == 0


# -- the command -------------------------------------------------------------------------------------------


def tell(broker, publications):
    with Listener(broker.port) as voice:
        for one in publications:
            voice.publish(one.topic, one.payload, retain=one.retained)


def test_lost_broker_removes_all_series(tmp_path):
    online, alert = 'callbox_presence{box="kitchen",presence="online"}', 'callbox_alert{box="kitchen",code="no_gpio"}'
    with Mosquitto(tmp_path) as broker, Exporter(broker.port) as exporter:
        assert exporter.say() == f"connected with the broker at 127.0.0.1:{broker.port}\n"
        box = life()
        tell(
            broker,
            [*box.on_connect(), *box.status(Status(problem=Problem(Fault.NO_GPIO, "gone")), Timestamp(START, 1.0))],
        )
        assert wait_for_scrape(lambda: exporter.scrape().get(alert) == 1)
        broker.stop()
        assert wait_for_scrape(lambda: exporter.scrape()["callbox_broker_connected"] == 0)
        assert not [name for name in exporter.scrape() if "kitchen" in name]
        broker.start()  # it has forgotten everything
        tell(broker, life().on_connect())
        assert wait_for_scrape(lambda: exporter.scrape().get(online) == 1)
        assert alert not in exporter.scrape()
        assert exporter.scrape()["callbox_broker_connected"] == 1
        exporter.process.terminate()
        assert exporter.process.wait(60) == 0


def answered(url):
    """Status and text."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def test_scrape_while_the_exporter_is_busy_is_503(monkeypatch):
    monkeypatch.setattr(exporter, "SCRAPE_TIMEOUT_S", 0.1)
    notes: list[str] = []
    target = BrokerTarget(Broker("127.0.0.1", free_port()), "callbox")
    serving = asyncio.create_task(exporter.serve(target, ListenAddress("127.0.0.1", 0), asyncio.Event(), notes.append))
    while not notes:
        await asyncio.sleep(0.01)
    url = notes[0].removeprefix("metrics at ")
    with ThreadPoolExecutor(1) as scraper:
        assert scraper.submit(answered, url).result() == (  # in the event loop: nothing else runs there meanwhile
            503,
            "callbox watch is busy: messages of boxes have left no time for a scrape for 0.1 s. If it is often so, divide the "
            "boxes among several exporters (--shard).\n",
        )
    monkeypatch.setattr(exporter, "SCRAPE_TIMEOUT_S", 30.0)
    status, text = await asyncio.to_thread(answered, url)
    assert (status, "callbox_broker_connected 0.0" in text) == (200, True)
    serving.cancel()
    await asyncio.wait([serving])


def watch(*arguments, code="from callbox.cli import main"):
    start = [CALLBOX[0], "-c", f"import sys; {code}; sys.exit(main(sys.argv[1:]))"]
    return subprocess.run(
        [*start, "watch", "--host", "127.0.0.1", "--port", str(free_port()), *arguments],
        capture_output=True, text=True, env=ENV, timeout=100,
    )  # fmt: skip


def test_occupied_address_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = watch("--metrics", str(port))
    assert (done.returncode, done.stderr) == (
        69, f"callbox watch: --metrics 127.0.0.1:{port}: Address already in use\n",
    )  # fmt: skip


def test_missing_library_is_an_error():
    code = "import importlib.util as u; found = u.find_spec; u.find_spec = lambda name: None if name.startswith('prom') else found(name); from callbox.cli import main"
    done = watch("--metrics", "0", code=code)
    assert done.returncode == 69
    assert done.stderr.startswith("callbox watch: --metrics needs prometheus_client: ")
    assert "'prometheus-client>=" in done.stderr


@pytest.mark.parametrize("wrong", ["x", "70000", ":9883", "9883:", "127.0.0.1:"])
def test_wrong_address_is_an_error(capsys, wrong):
    assert exit_code(["watch", "--host", "127.0.0.1", "--metrics", wrong]) == 64
    assert f"{wrong}: a port, or an address and a port" in capsys.readouterr().err
