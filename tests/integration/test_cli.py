"""The command line, as a process: what it says and how it ends."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.rig import command_line
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.ports import free_port
from tests.rig.service import CALLBOX, ENV, Service

from callbox import __version__
from callbox.cli import main
from callbox.config import load
from callbox_device.alsa import open_pcm
from callbox_device.interfaces import PcmInfo


def callbox(*arguments, **options):
    return subprocess.run([*CALLBOX, *map(str, arguments)], capture_output=True, text=True, env=ENV, **options)


@pytest.fixture
def config(tmp_path):
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    file = tmp_path / "callbox.yaml"
    file.write_text("bot: {start_url: http://127.0.0.1:1/start}\nboard: {kind: simulated}\n")
    return file


def test_version_and_help():
    assert callbox("--version").stdout == f"callbox {__version__}\n"
    printed = " ".join(callbox("--help").stdout.split())
    assert all(word in printed for word in ("check", "run", "demo", "78 wrong settings"))


@pytest.mark.parametrize("arguments", [[], ["dial"], ["config"], ["run", "--fast"]])
def test_a_wrong_command_line_is_64_with_the_usage(capsys, arguments):
    assert command_line.exit_code(arguments) == 64
    assert "usage: callbox" in capsys.readouterr().err


def test_check_says_good_or_everything_that_is_wrong(config):
    done = callbox("check", config)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{config}: good\n", "")
    config.write_text("bot: {}\nlog: {level: loud}\n")
    done = callbox("check", config)
    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr == (
        f"{config}:1:6: bot: needs start_url or offer_url, the address of the bot\n"
        f'{config}:2:14: log.level: must be "debug", "info", "warning" or "error", not "loud"\n'
    )


def test_check_without_a_file_is_about_all_settings(config):
    (config.parent / "conf.d").mkdir()
    (config.parent / "conf.d/20-x.yaml").write_text("device:\n  nmae: x\n")
    done = command_line.callbox("check", "--config", config, "--set", "log.level=loud")
    assert done.returncode == 78
    assert done.stderr == (
        f"{config.parent}/conf.d/20-x.yaml:2:3: device.nmae: unknown key; did you mean name?\n"
        '--set log.level: log.level: must be "debug", "info", "warning" or "error", not "loud"\n'
    )
    assert command_line.callbox("check", config).returncode == 0


def test_check_warns_of_fetched_settings_that_cannot_be_read(config):
    config.write_text(f"{config.read_text()}fleet: {{public_key: /dev/null, url: 'http://127.0.0.1:1/f'}}\n")
    folder = config.parent / "fleet"
    folder.mkdir()
    check = [*CALLBOX, "check", "--config", config]
    environment = {**ENV, "STATE_DIRECTORY": str(config.parent)}
    done = subprocess.run(check, capture_output=True, text=True, env=environment, check=True)
    assert done.stderr == ""
    (folder / "rollout.json").symlink_to("rollout.json")  # a loop, which root can't read either
    done = subprocess.run(check, capture_output=True, text=True, env=environment, check=True)
    assert "the fleet's settings that the box has fetched are left out: " in done.stderr


@pytest.mark.parametrize("content", [None, b"\xff", b"bot:\n\tx: 1", b"[", b"", b"bot: {start_url: 5}"])
def test_run_refuses_wrong_settings_with_78(config, content, capsys):
    if content is None:
        config.unlink()
    else:
        config.write_bytes(content)
    assert main(["run", "--config", str(config)]) == 78
    assert capsys.readouterr().err.startswith(str(config))


def test_a_process_that_is_refused_its_settings_ends_with_78(config):
    config.write_bytes(b"[")
    done = callbox("run", "--config", config)
    assert done.returncode == 78
    assert done.stderr.startswith(str(config))
    assert "Traceback" not in done.stderr


def test_a_secret_that_is_not_there_is_78(config, capsys):
    config.write_text(config.read_text() + "mqtt: {host: h, tls: {}, password: {env: CALLBOX_NO_SUCH}}\n")
    assert main(["run", "--config", str(config)]) == 78
    assert "mqtt.password: the environment variable CALLBOX_NO_SUCH is not set\n" in capsys.readouterr().err


def test_the_service_tells_systemd_how_it_is(config):
    with Service(config, CALLBOX, WATCHDOG_USEC="200000") as service:
        assert "STATUS=disconnected, idle, microphone closed" in service.until("READY=1")
        service.until("WATCHDOG=1")
        service.process.send_signal(signal.SIGUSR1)  # presses the simulated button
        printed = service.until("STATUS=error, error, microphone closed; Nobody answers at http://127.0.0.1:1/start")
        assert any(line.startswith("STATUS=authenticating, connecting, microphone open") for line in printed)
        code, log = service.end()
        service.until("STOPPING=1")
    assert code == 0
    assert "Nobody answers at http://127.0.0.1:1/start" in log


def test_a_press_by_signal_before_there_is_a_button_is_ignored(config):
    config.write_bytes(b"[")  # it gets no further
    before = signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    try:
        assert main(["run", "--config", str(config)]) == 78
        assert signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(config, number):
    with Service(config) as service:
        service.until("READY=1")
        assert service.end(number)[0] == 0


def test_a_missing_board_is_reported_and_the_rest_works(config, tmp_path):
    config.write_text(
        "bot: {start_url: http://127.0.0.1:1/start}\nmicrophone: {device: 'plughw:CARD=NoSuch'}\n"
        "board: {lamps: {microphone: null}}\n"
    )
    with Service(config, GPIOZERO_PIN_FACTORY="lgpio") as service:
        service.until("READY=1")
        code, log = service.end()
    assert code == 0
    assert "This machine has no GPIO that gpiozero can use" in log
    assert "There is no sound card 'NoSuch'" in log
    assert not any(word in log for word in ("Traceback", "Warning", "ALSA lib"))


def test_no_secret_in_log_topic_or_process_list(config, tmp_path):
    """With everything logged, a wrong bot, a broker, and a header and a password to hide."""
    config.write_text(
        "bot: {start_url: 'http://127.0.0.1:1/start?key=s3cr3t-query', headers: {Authorization: {env: KEY}},"
        " request_data: {token: s3cr3t-body}}\n"
        "board: {kind: simulated}\nlog: {level: debug}\n"
        f"mqtt: {{host: 127.0.0.1, port: {(port := free_port())}, username: box, password: {{env: PASSWORD}}}}\n"
    )
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-c", "-b", passwords, "box", "s3cr3t-mqtt"], check=True)
    with Mosquitto(tmp_path, f"password_file {passwords}", "allow_anonymous true") as broker:
        config.write_text(config.read_text().replace(str(port), str(broker.port)))
        secrets = {"KEY": "Bearer s3cr3t-header", "PASSWORD": "s3cr3t-mqtt"}
        with Listener(broker.port) as listener, Service(config, CALLBOX, **secrets) as service:
            assert wait_for(lambda: any(topic.endswith("/status") for topic, _, _ in listener.messages))
            service.process.send_signal(signal.SIGUSR1)
            service.until("STATUS=error")
            command = Path(f"/proc/{service.process.pid}/cmdline").read_bytes()
            time.sleep(0.2)
            code, log = service.end()
            reported = json.dumps([[topic, payload.decode()] for topic, payload, _ in listener.messages])
    assert code == 0
    assert "s3cr3t" not in log + reported + command.decode()


def test_devices_are_listed_with_a_recommendation_that_the_settings_take(capsys, monkeypatch, tmp_path):
    found = {
        "capture": [
            PcmInfo("default", "the default"),
            PcmInfo("plughw:CARD=Desk,DEV=0", "Desk, device 0"),
        ],
        "playback": [],
    }
    monkeypatch.setattr(open_pcm, "sound_devices", found.get)
    assert main(["devices"]) == 0
    lines = capsys.readouterr().out.splitlines()
    file = tmp_path / "callbox.yaml"
    file.write_text(f"bot: {{start_url: http://b/start}}\n{lines[-1]}\n")
    assert load(file).settings.microphone.device == "plughw:CARD=Desk,DEV=0"
    assert lines == [
        "microphone:",
        "    default                          the default",
        "  * plughw:CARD=Desk,DEV=0           Desk, device 0",
        "speaker: none. Is it plugged in, is its driver loaded? `aplay -l` asks the kernel.",
        "",
        "In the settings file:",
        'microphone: {device: "plughw:CARD=Desk,DEV=0"}',
    ]


def test_devices_without_alsa_lib(capsys, monkeypatch):
    monkeypatch.setattr(open_pcm, "is_installed", lambda: False)
    assert main(["devices"]) == 64
    assert "apt install libasound2" in capsys.readouterr().err
