"""Simulated boxes and `callbox watch` against a real Mosquitto."""

import asyncio
import contextlib
import io
import json
import os
import pty
import resource
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from rich.console import Console
from tests.integration.test_mqtt_client import running
from tests.rig.command_line import callbox
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.ports import free_port
from tests.rig.service import CALLBOX, ENV
from tests.unit.fleet.test_fleet_state import KITCHEN, START, Watched, life

from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.fleet.broker_options import BrokerTarget
from callbox.fleet.monitor.terminal import render_table
from callbox.fleet.monitor.watch import snapshot
from callbox.fleet.sim import runner, simulated_box
from callbox.fleet.sim.async_client import AsyncClient
from callbox.fleet.sim.context import SimulationCounts, simulated_info
from callbox.fleet.sim.runner import FileLimitError, SimulationPlan, simulate
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model import homeassistant, topics
from callbox.mqtt.model.publications import Timestamp
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import Broker

BOXES = 20
IDS = [f"sim-{number:06d}" for number in range(BOXES)]


@pytest.fixture
def broker(tmp_path):
    # With its limit of 20 messages on their way to a listener, Mosquitto lets QoS 0 overtake QoS 1.
    with Mosquitto(tmp_path, "allow_anonymous true", "max_inflight_messages 0") as mosquitto:
        yield mosquitto


async def soon(condition, within_s=60):
    return await asyncio.to_thread(wait_for, condition, within_s)


@contextlib.asynccontextmanager
async def simulated(port, **options):
    stop = asyncio.Event()
    published: list[SimulationCounts] = []
    plan = SimulationPlan(**{"boxes": BOXES, "spread_s": 0.1, **options})
    task = asyncio.create_task(simulate(plan, Broker("127.0.0.1", port), "callbox", stop, published.append, 0.1))
    try:
        yield published
    finally:
        stop.set()
        await task


def last_status(listener):
    return [listener.of(f"callbox/{box}/status")[-1:] for box in IDS]


async def test_simulated_boxes_come_online_answer_and_go_offline(broker):
    with Listener(broker.port) as listener:
        async with simulated(broker.port, rate=300) as published:
            assert await soon(lambda: last_status(listener) == [[b"online"]] * BOXES)
            sound = [f"callbox/{box}/sound" for box in IDS]
            assert await soon(lambda: any(listener.of(topic) for topic in sound))
            assert await soon(lambda: bool(published) and published[-1].connected == BOXES)
            assert published[-1].failures == 0
            listener.publish("callbox/sim-000003/request/identify", b'{"transaction": 7}')
            assert await soon(lambda: listener.of("callbox/sim-000003/response/identify"))
            [answer] = map(json.loads, listener.of("callbox/sim-000003/response/identify"))
            assert (answer["transaction"], answer["error"]["code"]) == (7, "not_possible")
            listener.publish("callbox/sim-000003/volume/set", b"30")
            state, answered = "callbox/sim-000003/state", "callbox/sim-000003/response/volume"
            assert await soon(lambda: json.loads(listener.of(state)[-1])["volume"] == 30)
            assert await soon(lambda: published[-1].executed == 2)  # the denied one, too
            assert await soon(
                lambda: [json.loads(published)["status"] for published in listener.of(answered)] == ["ok"]
            )
        assert await soon(lambda: last_status(listener) == [[b"offline"]] * BOXES)
        for box in IDS:
            received = [topic for topic, *_ in listener.messages if topic.startswith(f"callbox/{box}/")]
            # Without health: with QoS 0 it overtakes, when the broker keeps back what waits for acknowledgement.
            order = [
                topic.rpartition("/")[2] for topic in received if "/alert/" not in topic and "/health" not in topic
            ]
            assert order[:6] == ["info", "state", "ring", "announce", "alarm", "status"]
            assert listener.of(f"callbox/{box}/status") == [
                b"online",
                b"offline",
            ]  # said by itself, and no will after it


async def test_two_simulations_share_a_fleet(broker):
    with Listener(broker.port) as listener:
        async with simulated(broker.port, boxes=12), simulated(broker.port, boxes=8, first=12):
            assert await soon(lambda: last_status(listener) == [[b"online"]] * BOXES)
        assert await soon(lambda: last_status(listener) == [[b"offline"]] * BOXES)


async def test_a_broker_that_restarts_gets_all_of_them_back(broker):
    async with simulated(broker.port) as published:
        assert await soon(lambda: published and published[-1].connected == published[-1].subscribed == BOXES)
        await asyncio.to_thread(broker.stop)
        assert await soon(lambda: published[-1].connected == published[-1].subscribed == 0)
        await asyncio.to_thread(broker.start)
        with Listener(broker.port) as listener:
            assert await soon(lambda: last_status(listener) == [[b"online"]] * BOXES)
        assert await soon(lambda: published[-1].connects == 2 * BOXES)
        assert await soon(lambda: published[-1].subscribed == BOXES)


async def test_a_box_that_is_called_offline_says_that_it_is_not(broker):
    with Listener(broker.port) as listener:
        async with simulated(broker.port, boxes=1):
            assert await soon(lambda: listener.of(f"callbox/{IDS[0]}/status") == [b"online"])
            listener.publish(f"callbox/{IDS[0]}/status", b"offline", retain=True)
            assert await soon(lambda: listener.of(f"callbox/{IDS[0]}/status")[1:] == [b"offline", b"online"])


@pytest.mark.parametrize("rate", [1.0, 3000.0])  # so fast that the rate limit holds states back
async def test_nothing_is_left_if_so_wished(broker, rate):
    async with simulated(broker.port, forget=True, rate=rate) as published:
        assert await soon(lambda: published and published[-1].connected == BOXES)
        if rate > 1:
            assert await soon(lambda: published[-1].sessions)
    with Listener(broker.port) as listener:
        assert await soon(lambda: len(listener.messages) >= BOXES)
        assert {topic.rpartition("/")[2] for topic, *_ in listener.messages} == {"status"}


@pytest.mark.parametrize("jitter", [True, False])
async def test_pauses_are_the_products_by_the_boxs_seed_or_the_longest(monkeypatch, jitter):
    drawn: list[float] = []

    async def reconnect_forever(connect, retry_s, draw):
        drawn.extend(draw(0, 8.0) for _ in range(3))

    monkeypatch.setattr(simulated_box, "reconnect_forever", reconnect_forever)
    async with simulated(free_port(), boxes=4, spread_s=0.0, jitter=jitter):
        assert await soon(lambda: len(drawn) == 12)
    assert all(0 <= pause_s <= 8 for pause_s in drawn)
    assert len(set(drawn)) == (12 if jitter else 1)
    assert jitter or drawn[0] == 8


async def test_a_defect_in_a_life_ends_the_simulation_and_is_not_hidden(monkeypatch):
    def defective(random):
        yield 1 / 0

    monkeypatch.setattr(simulated_box, "events", defective)
    with pytest.raises(ZeroDivisionError):
        await simulate(
            SimulationPlan(2, spread_s=0.0), Broker("127.0.0.1", free_port()), "callbox", asyncio.Event(), print
        )


def test_file_limit_is_raised_or_an_error(monkeypatch):
    request = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 300))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: request.append(limits))
    runner.raise_file_limit(100)
    assert request == []
    runner.raise_file_limit(170)
    assert request == [(298, 300)]

    def refuse(_, limits):
        raise ValueError

    monkeypatch.setattr(resource, "setrlimit", refuse)
    with pytest.raises(FileLimitError, match="5000 boxes need 5128 open files, and this process may have 300"):
        runner.raise_file_limit(5000)


# -- the commands ------------------------------------------------------------------------------------------


def at(broker):
    return "--host", "127.0.0.1", "--port", broker.port


def tell(broker, *publications):
    with Listener(broker.port) as voice:
        for one in publications:
            voice.publish(one.topic, one.payload, retain=one.retained)


def look(broker, shows, *options):
    """`callbox watch --once`, again until it `shows` that: on a busy machine 2 s may be too short for a look."""
    while shows not in (done := callbox("watch", "--once", *options, *at(broker))).stdout:
        pass  # ends with the test's time limit
    return done


def simulate_until(is_so, *arguments, **options):
    """Exit code, standard error and counts of `callbox simulate`, which is ended as soon as `is_so` of its counts."""
    command = [*CALLBOX, "simulate", "--json", "--every", "0.5", *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENV, **options
    ) as process:
        assert process.stdout
        counts: list[dict[str, int]] = []
        while not is_so(counts):  # ends with the test's time limit
            counts.append(json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate()
    return process.returncode, error, counts


def test_one_look_prints_the_table_and_its_code_says_whether_all_is_well(broker):
    done = callbox("watch", "--once", *at(broker))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"No box has told anything below callbox/ at 127.0.0.1:{broker.port}.\n"
        "The broker has handed out nothing that is retained. If it is RabbitMQ, boxes are missing: --ask makes all report.\n"
    )
    box = life()
    tell(broker, *box.on_connect())
    done = look(broker, "kitchen (Kitchen)  online  idle (disconnected)")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("1 boxes, 1 online, 0 microphones live, 0 with something wrong\n")
    tell(broker, *box.status(Status(problem=Problem(Fault.NO_SPEAKER, "\x1b[31mgone")), Timestamp(START, 1.0)))
    done = look(broker, "no_speaker: [31mgone")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    tell(broker, *box.status(Status(), Timestamp(START, 2.0)), *box.last_will())
    done = look(broker, "offline", "--json")
    [row] = map(json.loads, done.stdout.splitlines())
    assert (done.returncode, row["box"], row["status"], row["mic_live"], row["well"]) == (
        1, "kitchen", "offline", None, False,
    )  # fmt: skip


def test_one_look_says_that_boxes_may_be_missing_if_nothing_was_retained(broker):
    printed = b""
    while b"1 boxes, 1 online" not in printed:  # ends with the test's time limit
        with (
            Listener(broker.port) as voice,
            subprocess.Popen([*CALLBOX, "watch", "--once", *map(str, at(broker))], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV) as watch,
        ):  # fmt: skip
            while watch.poll() is None:
                voice.publish("callbox/kitchen/status", b"online")
            printed, error = watch.communicate()
    assert (watch.returncode, error) == (
        1,
        b"The broker has handed out nothing that is retained. If it is RabbitMQ, boxes are missing: --ask makes all report.\n",
    )


async def test_boxes_report_anew_by_request(broker, monkeypatch):
    monkeypatch.setattr(topics, "MAX_BIRTH_PAUSE_S", 0.1)
    here, info = Topics("callbox", "kitchen"), simulated_info(1)
    there = Broker("127.0.0.1", broker.port)
    with Listener(broker.port) as listener:
        async with running(MqttObserver(there, here, info, homeassistant.discovery(here, info, "1a2b3c"))):
            assert await soon(lambda: listener.of(here.of(topics.STATUS)) == [b"online"])
            rows, complete = await snapshot(BrokerTarget(there, "callbox"))
            while not rows:  # on a busy machine 2 s may be too short; ends with the test's time limit
                rows, complete = await snapshot(BrokerTarget(there, "callbox"))
            assert ([row.box for row in rows], complete) == (["kitchen"], True)
            assert listener.of(here.of(topics.STATUS)) == [b"online"]
            assert (await snapshot(BrokerTarget(there, "callbox", ask=True))).complete
            assert await soon(lambda: listener.of(here.of(topics.STATUS)) == [b"online"] * 2)


def test_a_script_gets_a_json_line_for_each_change(broker):
    box = life()
    tell(broker, *box.on_connect())
    watch = subprocess.Popen([*CALLBOX, "watch", "--json", *map(str, at(broker))], stdout=subprocess.PIPE, env=ENV)
    assert watch.stdout is not None
    with watch:
        first = json.loads(watch.stdout.readline())
        assert (first["box"], first["status"], first["activity"], first["name"]) == (
            "kitchen", "online", "idle", "Kitchen",
        )  # fmt: skip
        problem = Problem(Fault.NO_SPEAKER, "gone")
        tell(broker, *box.status(Status(problem=problem), Timestamp(START, 1.0)))
        second, third = (json.loads(watch.stdout.readline()) for _ in range(2))
        assert (second["problem"], second["well"], second["alerts"]) == ("no_speaker", False, [])
        assert [alert["code"] for alert in third["alerts"]] == ["no_speaker"]
        tell(broker, *box.last_will())
        assert json.loads(watch.stdout.readline())["status"] == "offline"
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(60) == 0
        assert watch.stdout.read() == b""


def test_alert_removed_during_an_outage_is_over(broker):
    box = life()
    tell(
        broker, *box.on_connect(), *box.status(Status(problem=Problem(Fault.NO_SPEAKER, "gone")), Timestamp(START, 1.0))
    )
    watch = subprocess.Popen(
        [*CALLBOX, "watch", "--json", *map(str, at(broker))], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV
    )
    assert watch.stdout is not None
    assert watch.stderr is not None
    with watch:
        alerts = (json.loads(line)["alerts"] for line in watch.stdout)
        assert any([alert["code"] for alert in one] == ["no_speaker"] for one in alerts)
        broker.stop()
        assert watch.stderr.readline()  # it has noticed
        broker.start()
        tell(broker, *box.status(Status(), Timestamp(START, 2.0)), *box.on_connect())
        assert any(one == [] for one in alerts)
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(60) == 0


def test_a_terminal_gets_a_picture(broker):
    tell(broker, *life().on_connect())
    ours, its = pty.openpty()
    watch = subprocess.Popen([*CALLBOX, "watch", *map(str, at(broker))], stdout=its, env={**ENV, "TERM": "xterm", "COLUMNS": "160", "LINES": "40"})  # fmt: skip
    os.close(its)
    drawn = b""
    try:
        while b"kitchen (Kitchen)" not in drawn:
            drawn += os.read(ours, 65536)
    finally:
        watch.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):  # the terminal's other end has gone
            while os.read(ours, 65536):
                pass
        os.close(ours)
        assert watch.wait(60) == 0


def test_terminal_without_rich_gets_lines_and_a_hint(broker):
    tell(broker, *life().on_connect())
    code = "import sys; sys.modules['rich'] = None; from callbox.cli import main; sys.exit(main(sys.argv[1:]))"
    ours, its = pty.openpty()
    watch = subprocess.Popen(
        [CALLBOX[0], "-c", code, "watch", *map(str, at(broker))], stdout=its, stderr=subprocess.PIPE, env=ENV
    )
    os.close(its)
    assert watch.stderr is not None
    with watch:
        assert b"'rich>=13'" in watch.stderr.readline()
        assert os.read(ours, 4096).startswith(b"kitchen (Kitchen): online; idle (disconnected); mic closed")
        watch.send_signal(signal.SIGINT)
        assert watch.wait(60) == 0
    os.close(ours)


def test_the_picture_shows_first_what_is_not_well():
    watched = Watched()
    for number in range(30):
        watched.publish(
            Topics("callbox", f"box-{number:02d}").of(topics.STATUS), b"online" if number != 20 else b"offline"
        )
    watched.publish(KITCHEN.of(topics.ALERT, "a[bold]b"), b'{"text": "[red]x"}')
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(render_table(watched.table.rows(START), START, 12, "the broker is away"))
    text = console.export_text()
    assert "box-20" in text
    assert "box-29" not in text
    assert "a[bold]b: [red]x" in text  # never markup
    assert "(25 not shown)" in text
    assert "the broker is away" in text


def test_simulate_counts_and_publishes_offline(broker):
    def are_there(counts):
        return len(counts) >= 3 and counts[-1]["connected"] == 3 and counts[-1]["published"] >= 3 * 4

    code, error, _ = simulate_until(are_there, "--fleet", 3, "--rate", 100, "--spread", 0, *at(broker))
    assert (code, error) == (0, "")
    look(broker, "3 boxes, 3 offline, 0 microphones live, 0 with something wrong\n")


@pytest.mark.parametrize("first", ["-1", "x", "1000000000"])
def test_wrong_number_of_the_first_box_is_an_error(first):
    done = callbox("simulate", "--fleet", 1, "--first", first, "--host", "127.0.0.1")
    assert done.returncode == 64
    assert f"--first: a whole number from 0 to 999999999 is needed, not {first!r}" in done.stderr


def test_more_boxes_than_files_raise_the_limit(broker):
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))  # noqa: E731
    all_there = lambda counts: counts and counts[-1]["connected"] == 80  # noqa: E731
    code, error, _ = simulate_until(all_there, "--fleet", 80, "--spread", 0, *at(broker), preexec_fn=few)
    assert (code, error) == (0, "")


@pytest.mark.parametrize(("retry_s", "attempts", "more"), [(60, 3, range(3, 4)), (0.2, 6, range(6, 100))])
def test_absent_broker_is_tried_each_retry_period(retry_s, attempts, more):
    def looked_on(counts):
        """So many attempts have failed, and 2 s have gone by then."""
        return sum(count["failures"] >= attempts for count in counts) == 5

    place = "--host", "127.0.0.1", "--port", free_port()
    _, _, counts = simulate_until(looked_on, "--fleet", 3, "--spread", 0, "--retry", retry_s, *place)
    assert counts[-1]["failures"] in more


@pytest.mark.parametrize("command", [("watch", "--once"), ("simulate", "--fleet", 2, "--seconds", 0.5)])
def test_no_broker_is_69_and_no_settings_78(command, tmp_path):
    done = callbox(*command, "--host", "127.0.0.1", "--port", free_port())
    assert done.returncode == 69
    assert "Traceback" not in done.stderr
    done = callbox(*command, "--config", tmp_path / "none.yaml")
    assert done.returncode == 78
    assert "or name a broker by --host" in done.stderr
    done = callbox(*command, "--host", "127.0.0.1", "--password-file", tmp_path / "none")
    assert (done.returncode, "--password-file" in done.stderr) == (64, True)


def test_the_brokers_settings_are_taken_from_the_file(broker, tmp_path):
    config = tmp_path / "callbox.yaml"
    config.write_text(
        "bot: {start_url: http://127.0.0.1:1/start}\nboard: {kind: simulated}\n"
        f"mqtt: {{host: 127.0.0.1, port: {broker.port}, prefix: house/callbox}}\n"
    )
    is_there = lambda counts: counts and counts[-1]["connected"] == 1  # noqa: E731
    code, error, _ = simulate_until(is_there, "--fleet", 1, "--config", config)
    assert (code, error) == (0, "")
    assert callbox("watch", "--once", *at(broker)).stdout == ""
    look(broker, "sim-000000", "--prefix", "house/callbox")
    while "sim-000000" not in callbox("watch", "--once", "--config", config).stdout:
        pass  # ends with the test's time limit


@pytest.mark.timeout(60)
@pytest.mark.parametrize("qos", [0, 1])
async def test_an_acknowledgement_may_publish(broker, qos):
    """paho reports what has QoS 0 while it writes it: a second write from there would wait for the first."""
    published: list[int] = []
    with ThreadPoolExecutor(1) as executor:
        will = Topics("callbox", "sim").publication(topics.STATUS, topics.OFFLINE)
        client = AsyncClient(Broker("127.0.0.1", broker.port), "sim", will, "boot", executor)
        done = asyncio.Event()

        def on_acknowledged(_):
            if len(published) < 50:
                published.append(client.publish(Publication("callbox/sim/sound", b"{}", qos, False)))
            else:
                done.set()

        await client.open(["callbox/sim/none"], lambda _: None, on_acknowledged)
        published.append(client.publish(Publication("callbox/sim/sound", b"{}", qos, False)))
        await done.wait()
        client.close()
    assert len(set(published)) == 50
