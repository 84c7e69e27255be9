"""`callbox mqtt clean`, against a real Mosquitto."""

import json

import pytest
from tests.rig.command_line import callbox
from tests.rig.homeassistant import HERE, INFO
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.ports import free_port

from callbox.mqtt import blocking_client, cleanup
from callbox.mqtt.model import homeassistant, topics

OURS = [HERE.of(topic) for topic in (topics.STATUS, topics.STATE, topics.INFO, topics.HEALTH)]
ALERT = HERE.of(topics.ALERT, "no_speaker")
DISCOVERY = homeassistant.discovery(HERE, INFO, "1a2b3c")
OTHERS = {
    "callbox/kitchen2/status": b"online",
    "callbox/kitchen": b"not below",
    "homeassistant/device/lamp/config": json.dumps({"availability": [{"topic": HERE.of(topics.STATUS)}]}).encode(),
    "homeassistant/device/callbox_ffffff/config": homeassistant.discovery(
        topics.Topics("callbox", "hall"), INFO, "ffffff"
    ).payload,
}


@pytest.fixture(autouse=True)
def patient(request, monkeypatch):
    """The broker's answers are waited for: a busy machine is no broker that has nothing, or denies."""
    monkeypatch.setattr(cleanup, "RETAINED_GAP_S", 3.0)
    monkeypatch.setattr(blocking_client, "RESPONSE_TIMEOUT_S", 60.0)
    if "denied" not in request.node.name:
        monkeypatch.setattr(cleanup, "RESPONSE_TIMEOUT_S", 60.0)


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: http://127.0.0.1:1/start}\ndevice: {id: kitchen}\n")
    return file


def clean(config, port, *options):
    broker = ("--set", "mqtt.host=127.0.0.1", "--set", f"mqtt.port={port}")
    return callbox("mqtt", "clean", "--config", config, *broker, *options)


def leave_behind(listener, status=b"offline"):
    for topic in [*OURS, ALERT]:
        listener.publish(topic, status if topic == OURS[0] else b"{}", retain=True)
    listener.publish(DISCOVERY.topic, DISCOVERY.payload, retain=True)
    for topic, payload in OTHERS.items():
        listener.publish(topic, payload, retain=True)


def retained(port):
    with Listener(port) as listener:
        wait_for(lambda: set(OTHERS) <= {topic for topic, _, _ in listener.messages})
        return {topic: payload for topic, payload, retained in listener.messages if retained}


def test_everything_of_this_box_is_removed_and_nothing_else(tmp_path, config):
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        leave_behind(listener)
        done = clean(config, broker.port)
        assert (done.returncode, done.stderr) == (0, "")
        assert {line.removeprefix("removed ") for line in done.stdout.splitlines()} == {
            *OURS,
            ALERT,
            DISCOVERY.topic,
        }
        assert retained(broker.port) == OTHERS
        again = clean(config, broker.port)
        assert (again.returncode, again.stdout) == (0, "There is nothing of this box at the broker.\n")


def test_a_box_that_runs_will_tell_it_again(tmp_path, config):
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        leave_behind(listener, b"online")
        done = clean(config, broker.port)
    assert done.returncode == 0
    assert "The box runs, and will tell it again" in done.stderr


def test_denied_removals_are_listed(tmp_path, config):
    rules = tmp_path / "acl"
    rules.write_text("topic readwrite #\nuser box\ntopic readwrite callbox/kitchen/#\ntopic read homeassistant/#\n")
    with Mosquitto(tmp_path, "allow_anonymous true", f"acl_file {rules}") as broker, Listener(broker.port) as listener:
        leave_behind(listener)
        done = clean(config, broker.port, "--set", "mqtt.username=box")
        assert done.returncode == 69
        assert done.stderr == f"not removed: {DISCOVERY.topic}; the broker doesn't let us\n"
        assert {line.removeprefix("removed ") for line in done.stdout.splitlines()} == {*OURS, ALERT}
        with Listener(broker.port) as late:
            assert wait_for(lambda: late.of(DISCOVERY.topic) == [DISCOVERY.payload])


def test_a_broker_that_is_not_there_is_69_and_none_at_all_78(config):
    done = clean(config, port := free_port())
    assert (done.returncode, done.stdout) == (69, "")
    assert done.stderr == (
        f"no connection to the broker at 127.0.0.1:{port}: unreachable (connection refused: no broker listens there); "
        "is it running, is mqtt.port right?\n"
    )
    done = callbox("mqtt", "clean", "--config", config)
    assert done.returncode == 78
    assert "no broker" in done.stderr


def test_wrong_password_is_exit_code_69_and_not_printed(tmp_path, config, monkeypatch):
    monkeypatch.setenv("BROKER_PASSWORD", "hunter2")
    (tmp_path / "passwords").write_text("")
    with Mosquitto(tmp_path, "allow_anonymous false", f"password_file {tmp_path}/passwords") as broker:
        login = ("--set", "mqtt.username=box", "--set", "mqtt.password={env: BROKER_PASSWORD}")
        done = clean(config, broker.port, *login)
    assert done.returncode == 69
    assert "refused the connection: Not authorized; see mqtt.username, mqtt.password\n" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
