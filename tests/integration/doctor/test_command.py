"""`callbox doctor` and `callbox explain` as they are called: a healthy box, exit codes, JSON, secrets, a signal."""

import asyncio
import json
import signal
import subprocess

import pytest
from tests.integration.doctor.cards import Cards
from tests.integration.doctor.servers import Bot, Stun
from tests.integration.doctor.visits import codes_reported
from tests.rig.command_line import exit_code
from tests.rig.mosquitto import Mosquitto
from tests.rig.service import CALLBOX, ENV

from callbox.cli import main
from callbox.doctor.checks import NAMES
from callbox.doctor.model.codes import CODES
from callbox.doctor.model.output import format_measured

MOCK_PINS = "import gpiozero.pins.mock as m; m.Device.pin_factory = m.MockFactory()"
NOTHING_IS_SLOW = """
from callbox.doctor.model.evaluate import network
network.MQTT_SLOW_MS = network.BOT_SLOW_MS = network.STUN_SLOW_MS = network.DTLS_SLOW_MS = 60_000.0
"""


def callbox(*arguments):
    return subprocess.run([*CALLBOX, *map(str, arguments)], capture_output=True, text=True, env=ENV, check=False)


@pytest.mark.pulseaudio
async def test_a_healthy_box_has_nothing_and_everything_is_measured(place, tmp_path, machine):
    """Every part there is: cards and broker are real, bot and STUN servers too; the pins are gpiozero's own mocks."""
    bot = await place.running.enter_async_context(Bot())
    stun_port = await Stun().start(place.running)
    cards = place.running.enter_context(Cards(tmp_path))
    cards.pactl("load-module", "module-sine", "sink=nowhere", "frequency=220")  # a room is never silent
    cards.pactl(
        "set-sink-input-volume", cards.pactl("list", "short", "sink-inputs").split("\n")[-1].split()[0], "-58dB"
    )
    place.settings |= {
        "board": {"kind": "gpio"},
        "microphone": {"device": "air_mic"},
        "speaker": {"device": "air_speaker", "buffer_ms": 100},
        "mqtt": {"host": "127.0.0.1", "port": place.running.enter_context(Mosquitto(tmp_path)).port},
        "bot": {"start_url": bot.url, "ice_servers": [{"urls": f"stun:127.0.0.1:{stun_port}"}]},
    }
    first = f"{MOCK_PINS}\n{NOTHING_IS_SLOW}"
    reported = await asyncio.to_thread(place.visit_apart, *NAMES, env=cards.env, first=first)
    outcomes = {check["check"]: check["outcome"] for check in reported["checks"]}
    spoilt = ("XRUN", "LOOP") if machine.share > 0 else ("XRUN",)  # one gap in a chirp is enough
    assert [code for code in codes_reported(reported) if not code.startswith(spoilt)] == []
    assert (reported["outcome"], reported["exit_code"]) == ("pass", 0) or codes_reported(reported)
    assert list(outcomes) == list(NAMES)
    # The settings name no key of an input device, no part of a telephone and no wake word, and allow no announcements.
    skipped = {name for name, outcome in outcomes.items() if outcome == "skipped"}
    assert skipped == {"announcements", "inputs", "room", "standby", "telephone", "wake"}
    assert all(check["measured"] for check in reported["checks"] if check["outcome"] != "skipped")


def test_exit_codes(place, capsys):
    file = place.config
    arguments = ["doctor", "--config", str(file), "--only", "settings,memory"]
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 checks, 0 failures, 0 warnings, 0 skipped."
    key = place.write("key", "s3cr3t")
    key.chmod(0o644)
    assert main([*arguments, "--set", f"bot.headers={{X: {{file: {key}}}}}"]) == 1
    printed = capsys.readouterr().out
    assert "warning  settings" in printed
    assert f"SETTINGS-WARNING: --set bot.headers: bot.headers.X: {key} can be read by everybody" in " ".join(
        printed.split()
    )
    assert main([*arguments, "--set", "log.level=loud"]) == 2
    printed = capsys.readouterr().out
    assert all(f"{word}: " in printed for word in ("SETTINGS-WRONG", "Why", "Do"))


@pytest.mark.parametrize(("text", "skipped"), [(None, False), ("log: {level: info}\n", False), ("board: 5\n", True)])
def test_without_a_bot_parts_are_measured_unless_their_settings_are_wrong(tmp_path, capsys, text, skipped):
    if text:
        (tmp_path / "callbox.yaml").write_text(text)
    assert main(["doctor", "--config", str(tmp_path / "callbox.yaml"), "--only", "button,bot,memory"]) == 2
    lines = [line.split(maxsplit=2)[:2] for line in capsys.readouterr().out.splitlines() if line[0] != " "]
    [settings, memory, [outcome, button], bot] = lines[:-1]
    assert [settings, memory, bot] == [["failure", "settings"], ["pass", "memory"], ["skipped", "bot"]]
    assert button == "button"
    assert (outcome == "skipped") == skipped


@pytest.mark.parametrize(
    "arguments",
    [
        ["--only", "memory,lungs"],
        ["--no-press", "--press-s", "3"],
        ["--press-s", "long"],
        ["--press-s", "-1"],
        ["--press-s", "nan"],
    ],
)
def test_a_wrong_command_line_is_64(capsys, arguments):
    assert exit_code(["doctor", *arguments]) == 64
    printed = capsys.readouterr().err
    assert "usage: callbox doctor" in printed
    assert "lungs" not in arguments[1] or f"there are {', '.join(NAMES)}" in printed


def test_json_is_one_object_and_nothing_else(place):
    done = callbox("doctor", "--config", place.config, "--only", "memory,gpio", "--json")
    reported = json.loads(done.stdout)
    assert (done.returncode, reported["exit_code"], reported["outcome"], reported["interrupted"]) == (
        0,
        0,
        "pass",
        False,
    )
    assert [(check["check"], check["outcome"]) for check in reported["checks"]] == [
        ("memory", "pass"),
        ("gpio", "skipped"),
    ]
    assert reported["checks"][0]["measured"].keys() == {"available_mib", "total_mib"}


async def test_a_secret_that_a_server_echoes_is_redacted(place):
    bot = await place.running.enter_async_context(Bot("422"))
    key = place.write("key", "s3cr3t-header")
    key.chmod(0o600)
    place.settings["bot"] = {
        "start_url": f"{bot.url}?key=s3cr3t-query",
        "headers": {"Authorization": {"file": str(key), "prefix": "Bearer "}, "X-Word": "s"},
        "request_data": {"body": {"token": "s3cr3t-body", "list": ["s3cr3t-list"]}},
    }
    for more in ([], ["--json"]):
        done = await asyncio.to_thread(callbox, "doctor", "--config", place.config, "--only", "settings,bot", *more)
        assert done.returncode == 2
        assert "BOT-REFUSED" in done.stdout  # a header of one letter spoils no word of ours
        assert "(hidden)" in done.stdout
        assert "s3cr3t" not in done.stdout + done.stderr


def test_a_signal_ends_it_with_what_is_known_so_far(place):
    place.settings["bot"]["start_url"] = "http://127.0.0.1:1/start"
    place.settings["microphone"] = {"device": "null"}
    command = [
        *CALLBOX,
        "doctor",
        "--config",
        place.config,
        "--only",
        "memory,button,disk",
        "--json",
        "--press-s",
        "600",
    ]
    place.settings["board"] = {"kind": "gpio"}
    first = f"{MOCK_PINS}\nimport sys; from callbox.cli import main; sys.exit(main({[str(a) for a in command[3:]]!r}))"
    assert place.config.exists()
    with subprocess.Popen(
        [CALLBOX[0], "-c", first], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        while "Press the button" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        reported = json.loads(process.communicate(timeout=100)[0])
    assert (process.returncode, reported["exit_code"], reported["interrupted"]) == (130, 130, True)
    assert [check["check"] for check in reported["checks"]] == ["memory", "disk"]


@pytest.mark.parametrize(
    ("measured", "printed"),
    [
        ({"loop_ms": 81.44, "drift_ppm": None, "heard": 3}, "loop 81.4 ms, heard 3"),
        ({"synchronised": True, "year": 2026}, "synchronised: yes, year 2026"),
        ({"pins": [17, 22], "bounces_ms": [0.5, 12.25]}, "pins 17/22, bounces 0.5/12.2 ms"),
        ({"stun.example:3478_ms": {"eth0": 12.34, "wlan0": None}}, "stun.example:3478 (eth0 12.3 ms, wlan0 - ms)"),
        ({"temperature_c": 148.6}, "temperature 149 °C"),
    ],
)
def test_numbers_have_the_unit_of_their_name(measured, printed):
    assert format_measured(measured) == printed


def test_every_code_explains_itself(capsys):
    for code in CODES.values():
        assert main(["explain", code.name.lower()]) == 0
        printed = " ".join(capsys.readouterr().out.split())
        assert printed == f"{code.name} ({code.check}, {code.severity.value}) Why: {code.cause} Do: {code.cure}"


def test_a_code_that_there_is_not(capsys):
    assert main(["explain", "gpio-no-chp"]) == 64
    assert capsys.readouterr().err == "There is no code gpio-no-chp. Do you mean GPIO-NO-CHIP?\n"


def test_the_list_has_every_check_and_code(capsys):
    assert main(["doctor", "--list"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed if line.startswith("  ") and line[2] != " "] == list(NAMES)
    assert [line.split()[0] for line in printed if line and line[0].isupper()] == list(CODES)
