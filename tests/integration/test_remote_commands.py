"""What somebody far away orders from a whole box: the process, as systemd sees it, and a real broker."""

import json
import signal
import uuid

import pytest
from tests.rig.mosquitto import wait_for
from tests.rig.service import Service

HERE = "callbox/kitchen"


@pytest.fixture
def config(tmp_path, broker):
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    (tmp_path / "state").mkdir()
    file = tmp_path / "callbox.yaml"
    write(file, broker)
    return file


def write(config, broker, speaker="{}"):
    mqtt = f"{{host: 127.0.0.1, port: {broker.port}, homeassistant: null}}" if broker else "null"
    config.write_text(
        "bot: {start_url: 'http://127.0.0.1:1/start'}\nboard: {kind: simulated}\ndevice: {id: kitchen}\n"
        f"speaker: {speaker}\nmqtt: {mqtt}\n"
    )


def run(config, **env):
    return Service(config, STATE_DIRECTORY=str(config.parent / "state"), **env)


def state(listener):
    answer = listener.of(f"{HERE}/state")
    return json.loads(answer[-1]) if answer and answer[-1] else {}


def boots(listener):
    return {json.loads(answer)["boot"] for answer in listener.of(f"{HERE}/state") if answer}


def order(listener, name, **argument):
    """The answer, by its transaction: a plain command is answered on the same topic, and may be late."""
    transaction = uuid.uuid4().hex

    def answers():
        found = [json.loads(payload) for payload in listener.of(f"{HERE}/response/{name}")]
        return [answer for answer in found if answer["transaction"] == transaction]

    listener.publish(f"{HERE}/request/{name}", json.dumps({**argument, "transaction": transaction}).encode())
    assert wait_for(answers)
    [answer] = answers()
    return answer


def started(listener, service, before):
    service.until("READY=1")
    assert wait_for(lambda: boots(listener) > before and listener.of(f"{HERE}/status")[-1:] == [b"online"])
    return boots(listener)


def test_volume_and_mute_are_kept_until_the_settings_say_otherwise(config, broker, listener):
    write(config, broker, "{volume_percent: 80}")
    with run(config) as service:
        known = started(listener, service, set())
        assert (state(listener)["volume"], state(listener)["mute"]) == (80, False)
        assert not (config.parent / "state/state.json").exists()
        assert order(listener, "volume", volume=35)["status"] == "ok"
        assert order(listener, "mute", mute=True)["status"] == "ok"
        assert wait_for(lambda: (state(listener)["volume"], state(listener)["mute"]) == (35, True))
        assert service.end()[0] == 0
    with run(config) as service:
        known = started(listener, service, known)
        assert (state(listener)["volume"], state(listener)["mute"]) == (35, True)
        write(config, broker, "{volume_percent: 80, buffer_ms: 70}")
        service.process.send_signal(signal.SIGHUP)
        service.until("READY=1")
        assert state(listener)["volume"] == 35  # something else was changed
        write(config, broker, "{volume_percent: 50}")
        service.process.send_signal(signal.SIGHUP)
        assert wait_for(lambda: state(listener)["volume"] == 50)
        listener.publish(f"{HERE}/volume/set", b"55")
        assert wait_for(lambda: state(listener)["volume"] == 55)
        assert service.end()[0] == 0
    with run(config) as service:
        known = started(listener, service, known)
        assert (state(listener)["volume"], state(listener)["mute"]) == (55, True)
    write(config, broker, "{volume_percent: 20}")
    with run(config) as service:
        started(listener, service, known)
        assert (state(listener)["volume"], state(listener)["mute"]) == (20, True)


def test_a_start_with_a_spoilt_file_is_as_one_without(config, listener):
    (config.parent / "state/state.json").write_text('{"volume_percent": 300, "instead_of": null, "mute": 1}')
    with run(config) as service:
        started(listener, service, boots(listener))
        assert (state(listener)["volume"], state(listener)["mute"]) == (None, False)
        assert service.end()[0] == 0


def test_the_doctor_comes_and_a_second_one_waits(config, listener):
    with run(config) as service:
        started(listener, service, boots(listener))
        listener.publish(f"{HERE}/request/doctor", b'{"transaction": "first"}')
        listener.publish(f"{HERE}/request/doctor", b'{"transaction": "second"}')
        assert wait_for(lambda: len(listener.of(f"{HERE}/response/doctor")) == 2)
        refused, answer = map(json.loads, listener.of(f"{HERE}/response/doctor"))
        assert (refused["transaction"], refused["error"]["code"]) == ("second", "busy")
        assert (answer["transaction"], answer["status"]) == ("first", "ok")
        mqtt = next(check for check in answer["data"]["checks"] if check["check"] == "mqtt")
        assert mqtt["measured"]["round_trip_ms"] > 0
        assert service.end()[0] == 0


def test_the_bundle_has_what_happened(config, listener):
    (config.parent / "run").mkdir()
    with run(config, RUNTIME_DIRECTORY=str(config.parent / "run")) as service:
        started(listener, service, boots(listener))
        service.process.send_signal(signal.SIGUSR1)
        assert wait_for(lambda: state(listener).get("problem") == "bot_unreachable")
        assert order(listener, "mute", mute=True)["status"] == "ok"
        answer = order(listener, "bundle")
        assert answer["status"] == "ok"
        moments = answer["data"]["moments"]
        assert {"button", "problem"} <= {name for moment in moments for name in moment}
        assert "Ordered from outside: mute" in [moment.get("said") for moment in moments]
        assert "127.0.0.1" not in json.dumps(answer)
        assert "kitchen" not in json.dumps(answer)
        recent = config.parent / "run/recent.json"
        assert wait_for(lambda: recent.exists() and b"bot_unreachable" in recent.read_bytes())
        assert service.end()[0] == 0
    assert b"bot_unreachable" in (config.parent / "state/recent.json").read_bytes()


TWO = "bots:\n  kitchen: {start_url: 'http://127.0.0.1:1/start'}\n  doctor: {start_url: 'http://127.0.0.1:2/start'}\n"


def test_the_chosen_bot_is_kept_and_follows_the_settings(config, broker, listener):
    def write_bots(bots):
        config.write_text(
            f"{bots}board: {{kind: simulated}}\ndevice: {{id: kitchen}}\n"
            f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\n"
        )

    def select():
        found = [payload for topic, payload, _ in listener.messages if topic.startswith("homeassistant/device/")]
        return json.loads(found[-1])["components"]["bot"] if found and found[-1] else None

    write_bots(TWO)
    with run(config) as service:
        known = started(listener, service, set())
        assert state(listener)["bot"] == "kitchen"
        assert json.loads(listener.of(f"{HERE}/info")[-1])["bots"] == ["kitchen", "doctor"]
        assert select()["options"] == ["kitchen", "doctor"]
        listener.publish(select()["command_topic"], b"doctor")
        assert wait_for(lambda: state(listener)["bot"] == "doctor")
        denied = order(listener, "bot", bot="nurse")
        assert denied["error"] == {"code": "bad_argument", "text": "There is no bot nurse; there are kitchen, doctor."}
        assert service.end()[0] == 0
    with run(config) as service:
        started(listener, service, known)
        assert state(listener)["bot"] == "doctor"
        service.process.send_signal(signal.SIGUSR1)
        assert wait_for(lambda: state(listener)["problem"] == "bot_unreachable")
        assert "http://127.0.0.1:2/start" in state(listener)["problem_text"]
        write_bots(TWO + "  music: {start_url: 'http://127.0.0.1:3/start'}\n")
        service.process.send_signal(signal.SIGHUP)
        assert wait_for(lambda: select()["options"] == ["kitchen", "doctor", "music"])
        assert state(listener)["bot"] == "doctor"
        write_bots("bot: {start_url: 'http://127.0.0.1:1/start'}\n")
        service.process.send_signal(signal.SIGHUP)
        assert wait_for(lambda: state(listener)["bot"] == "bot")
        assert wait_for(lambda: select() == {"platform": "select"})
        assert service.end()[0] == 0
