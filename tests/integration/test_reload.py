"""Other settings for a running box, and wrong ones: the process, as systemd sees it."""

import asyncio
import itertools
import json
import signal
import stat
import statistics
import time

import pytest
from tests.rig.box import RunningBox
from tests.rig.faulty_bot import FaultyBot
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.service import Service

from callbox.cli import main

WRONG = "bot: {}\nlog: {level: loud}\n"


@pytest.fixture
def config(tmp_path):
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    (tmp_path / "state").mkdir()
    file = tmp_path / "callbox.yaml"
    write(file)
    return file


def write(config, start_url="http://127.0.0.1:1/start", more=""):
    config.write_text(f"bot: {{start_url: '{start_url}'}}\nboard: {{kind: simulated}}\n{more}")


def run(config, **env):
    return Service(config, STATE_DIRECTORY=str(config.parent / "state"), **env)


def reload(service):
    service.process.send_signal(signal.SIGHUP)
    return service.until("RELOADING=1") + service.until("READY=1")


def state(listener, device="box"):
    payload = listener.of(f"callbox/{device}/state")
    return json.loads(payload[-1]) if payload else {}


def test_a_start_with_wrong_settings_goes_on_with_the_last_good_ones(config):
    kept = config.parent / "state/last-good.yaml"
    with run(config, CALLBOX__device__name="Kitchen") as service:
        service.until("READY=1")
        assert service.end()[0] == 0
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "name: Kitchen" in kept.read_text()
    config.write_text(WRONG)
    with run(config) as service:
        messages = service.until("READY=1")
        service.process.send_signal(signal.SIGUSR1)
        service.until("STATUS=error, error, microphone closed; Nobody answers at http://127.0.0.1:1/start")
        code, log = service.end()
    assert code == 0
    assert any("The settings are wrong, the last good ones are in force: " in line for line in messages)
    assert f"{config}:1:6: bot: needs start_url or offer_url" in log
    assert f"{config}:2:14: log.level: must be" in log
    assert "name: Kitchen" in kept.read_text()


@pytest.mark.parametrize(
    "kept", [None, "", "bot: {}", "\0", "bot: {start_url: http://a/, headers: {A: {env: NO_SUCH}}}"]
)
def test_without_last_good_settings_it_is_78(config, kept, capsys, monkeypatch):
    if kept is not None:
        (config.parent / "state/last-good.yaml").write_text(kept)
    config.write_text(WRONG + "board: {kind: simulated}\n")
    monkeypatch.setenv("STATE_DIRECTORY", str(config.parent / "state"))
    assert main(["run", "--config", str(config)]) == 78
    assert capsys.readouterr().err.splitlines()[0].startswith(f"{config}:1:6: bot: needs")


def test_a_start_that_ends_with_78_is_seen_on_the_lamp(config):
    config.write_text("bot: {}\nboard: {lamps: {status: {pin: 27}, microphone: {pin: 22}}}\n")
    with RunningBox(config, {"ALSA_CONFIG_PATH": str(config.parent / "asound.conf")}) as box:
        payload, _ = box.process.communicate(timeout=200)
    assert box.process.returncode == 78
    steps = json.loads(payload)["27"]
    lit = [(after - at) for (at, level), (after, _) in itertools.pairwise(steps) if level]
    assert len(lit) == 3 + 9
    assert min(lit[:3]) < 0.2 < statistics.median(lit[3:])  # a busy machine stretches most of them
    assert steps[-1][1] == 0
    assert not any(level for _, level in json.loads(payload)["22"])


def test_a_reload_says_what_changed_and_what_needs_a_restart(config):
    with run(config) as service:
        service.until("READY=1")
        write(config, "http://127.0.0.1:2/start?key=s3cr3t", "log: {level: debug}\n")
        config.write_text(config.read_text().replace("simulated", "gpio, button: {pin: 5}"))
        reload(service)
        service.process.send_signal(signal.SIGUSR1)
        service.until("STATUS=error, error, microphone closed; Nobody answers at http://127.0.0.1:2/start")
        reload(service)
        code, log = service.end()
    assert code == 0
    assert (
        'in force now: bot.start_url: "http://127.0.0.1:1/start" -> "http://127.0.0.1:2/start?•••", '
        "log.level: info -> debug" in log
    )
    needs = "need a restart (systemctl restart callbox): board.kind: simulated -> gpio, board.button.pin: 17 -> 5"
    assert log.count(needs) == 2, "still so at the second reload"
    assert "Settings were read again; none has changed" in log
    assert "DEBUG" in log
    assert "s3cr3t" not in log


def test_a_wrong_reload_is_a_problem_until_a_good_one(config, tmp_path):
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        good = f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\ndevice: {{id: box}}\n"
        write(config, more=good)
        with run(config) as service:
            assert wait_for(lambda: state(listener).get("problem", "?") is None)
            write(config, more=f"{good}speaker: {{buffer_ms: 1}}\n")
            reload(service)
            assert wait_for(lambda: state(listener)["problem"] == "settings_wrong")
            assert state(listener)["problem_text"].endswith(
                "must be a whole number from 30 to 500, in milliseconds, not 1"
            )
            assert state(listener)["transport"] == "disconnected"
            write(config, more=good)
            reload(service)
            assert wait_for(lambda: state(listener)["problem"] is None)
            # The same broker and the same name: the connection was not touched.
            assert listener.of("callbox/box/status") == [b"online"]
            write(config, more=good.replace("id: box", "id: other"))
            reload(service)
            assert wait_for(lambda: listener.of("callbox/other/status") == [b"online"])
            assert wait_for(lambda: listener.of("callbox/box/status") == [b"online", b"offline"])
            write(config)
            reload(service)
            assert wait_for(lambda: listener.of("callbox/other/status")[-1] == b"offline")
            code, log = service.end()
    assert code == 0
    assert log.count("speaker.buffer_ms: must be") >= 1


def test_a_reload_publishes_the_hash_of_its_settings_on_the_same_connection(config, tmp_path):
    def hashes(listener):
        return [json.loads(payload)["settings"] for payload in listener.of("callbox/box/info")]

    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        good = f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\ndevice: {{id: box}}\n"
        write(config, more=good)
        with run(config) as service:
            assert wait_for(lambda: hashes(listener))
            write(config, more=f"{good}calls: {{idle_s: 200}}\n")
            reload(service)
            assert wait_for(lambda: len(set(hashes(listener))) == 2)
            assert listener.of("callbox/box/status") == [b"online"]


def test_a_reload_with_another_connection_is_no_new_start(config, tmp_path):
    def published(topic, device):
        payloads = listener.of(f"callbox/{device}/{topic}")
        return json.loads(payloads[-1]) if payloads else {}

    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        good = f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\ndevice: {{id: box}}\n"
        write(config, more=good)
        with run(config) as service:
            assert wait_for(lambda: listener.of("callbox/box/status") == [b"online"])
            service.process.send_signal(signal.SIGUSR1)  # the bot is not there
            assert wait_for(lambda: published("health", "box").get("failed") == 1)
            write(config, more=good.replace("id: box", "id: other"))
            reload(service)
            assert wait_for(lambda: listener.of("callbox/other/status") == [b"online"])
    assert published("info", "other")["started"] == published("info", "box")["started"]
    assert (published("health", "other")["sessions"], published("health", "other")["failed"]) == (1, 1)


async def test_a_reload_in_a_call_waits_for_its_end(config):
    async with FaultyBot() as first, FaultyBot() as second:
        write(config, first.url)
        with run(config) as service:
            until = lambda beginning: asyncio.to_thread(service.until, beginning)  # noqa: E731

            async def press():
                await asyncio.sleep(0.5)  # not a double press
                service.process.send_signal(signal.SIGUSR1)

            await until("READY=1")
            await press()
            await until("STATUS=ready")
            write(config, second.url)
            messages = await asyncio.to_thread(reload, service)
            write(config, "never")  # a wrong one in between changes nothing
            messages += await asyncio.to_thread(reload, service)
            await asyncio.sleep(1)
            assert not [line for line in messages if "error" in line or "disconnect" in line]
            assert (len(first.calls), len(second.calls)) == (1, 0)
            await press()
            await until("STATUS=disconnected")
            await press()
            await until("STATUS=ready")
            assert (len(first.calls), len(second.calls)) == (1, 1)
            await press()
            await until("STATUS=disconnected")
            code, log = await asyncio.to_thread(service.end)
    assert code == 0
    assert "in force when this call has ended: bot.start_url" in log
    assert "Traceback" not in log


def test_many_signals_and_a_stop_meanwhile(config):
    with run(config) as service:
        service.until("READY=1")
        for number in range(20):
            write(config, f"http://127.0.0.1:{number + 1}/start")
            service.process.send_signal(signal.SIGHUP)
            time.sleep(0.01)
        code, log = service.end()
    assert code == 0
    assert "Traceback" not in log


def test_a_state_folder_that_cannot_be_written_is_logged(config):
    (config.parent / "state").rmdir()
    with run(config) as service:
        service.until("READY=1")
        assert "can't be kept as the last good ones" in service.end()[1]
