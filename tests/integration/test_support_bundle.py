"""The bundle: what helps is in it, and nothing of what is planted everywhere."""

import functools
import io
import json
import os
import sys

import pytest
from tests.rig.command_line import Done
from tests.rig.forked import Forked
from tests.rig.service import ENV

from callbox.cli import main
from callbox.config.loader import build
from callbox.config.yaml_file import Source
from callbox.config.yaml_file import read as read_yaml
from callbox.doctor.model.bundle import build_bundle, to_json
from callbox.doctor.model.codes import CODES
from callbox.doctor.model.findings import Finding, Report, Result, Value
from callbox.mqtt import blocking_client, broker_probe

PLANTED = {
    "password": "pa55word", "token": "t0k3n-abc", "user": "kim-the-user", "name": "Kims Küche", "id": "kims-box",
    "ssid": "Kims-WLAN", "ip": "192.168.77.10", "ipv6": "fd00:77::10", "mac": "b8:27:eb:77:77:77", "host": "bot.kim.example",
    "words": "my doctor said yes", "card": "KimsCard", "query": "k3y-in-query",
}  # fmt: skip
SETTINGS = f"""
device: {{id: {PLANTED["id"]}, name: {PLANTED["name"]}}}
board: {{kind: simulated, buttons: {{{PLANTED["id"]}: {{pin: 5, on_press: mute}}}}}}
microphone: {{device: "plughw:CARD={PLANTED["card"]}"}}
speaker: {{device: "plughw:CARD={PLANTED["card"]}", volume_percent: 70, mixer: {PLANTED["card"]}}}
sound: {{echo: half_duplex}}
bot:
  start_url: http://{PLANTED["host"]}:1/start?key={PLANTED["query"]}
  headers: {{Authorization: {{env: TOKEN}}, {PLANTED["user"]}: {PLANTED["token"]}}}
  request_data: {{{PLANTED["user"]}: {PLANTED["token"]}, {PLANTED["words"]}: 1}}
  ice_servers: [{{urls: "turn:{PLANTED["ip"]}:9", username: {PLANTED["user"]}, credential: {{env: TOKEN}}}}]
mqtt:
  host: BROKER
  port: PORT
  username: {PLANTED["user"]}
  password: {{env: PASSWORD}}
  prefix: {PLANTED["id"]}
"""
MOMENTS = [
    {
        "at_s": 1.5,
        "transport": "ready",
        "activity": "listening",
        "said_by_user": PLANTED["words"],
        "ssid": PLANTED["ssid"],
    },
    {"at_s": 2.5, "log": "callbox.mqtt.client", "level": "warning", "said": "Connected to the broker at …"},
]


def holds(written):
    return {name for name, value in PLANTED.items() if value.lower() in written.lower()}


def loaded(port):
    yaml = SETTINGS.replace("BROKER", PLANTED["ip"]).replace("PORT", str(port))
    return build([read_yaml(yaml.encode(), Source(0, "callbox.yaml"))]).settings


def results():
    """Checks in whose every text something is planted."""
    everything = ", ".join(PLANTED.values())
    measured: dict[str, Value] = {
        "broker": PLANTED["ip"],
        "login_ms": 12.5,
        "ok": True,
        "nothing": None,
        "by": {PLANTED["ip"]: 1},
    }
    measured |= {"list": [PLANTED["mac"], 1]}
    findings = tuple(Finding(code, everything) for code in CODES.values())
    return [Result("mqtt", Report(measured, findings, everything), 3.21)]


def test_what_is_planted_in_every_text_is_not_in_it():
    written = to_json(build_bundle("2026-11-25T12:00:00.000Z", {"version": "1"}, loaded(1883), results(), MOMENTS))
    assert holds(written) == set()
    reported = json.loads(written)
    assert list(reported) == ["manifest", "machine", "settings", "checks", "moments"]
    assert set(reported["manifest"]["sections"]) == set(reported) - {"manifest"}
    [check] = reported["checks"]
    assert check["measured"] == {"login_ms": 12.5, "ok": True, "nothing": None}
    assert check["codes"] == list(CODES)
    assert reported["settings"]["speaker"] == {
        "device": "set", "buffer_ms": 60, "volume_percent": 70, "max_volume_percent": 100, "mixer": "set",
    }  # fmt: skip
    assert reported["settings"]["sound"]["echo"] == "half_duplex"
    assert [button["on_press"] for button in reported["settings"]["board"]["buttons"]] == ["mute"]
    assert (reported["settings"]["bot"]["headers"], reported["settings"]["mqtt"]["password"]) == ("set", "set")
    assert reported["settings"]["mqtt"]["tls"] is None
    assert reported["moments"][0] == {"at_s": 1.5, "transport": "ready", "activity": "listening"}


@pytest.mark.parametrize("limit", [10_000, 50_000, 10_000_000])
def test_the_oldest_moments_are_left_out_where_it_would_be_too_long(limit):
    many = [{"at_s": number, "button": "pressed"} for number in range(2000)]
    written = to_json(build_bundle("2026-11-25T12:00:00.000Z", {}, None, [], many), limit)
    assert len(written.encode()) <= limit
    reported = json.loads(written)
    assert reported["moments"] == many[len(many) - len(reported["moments"]) :]
    assert reported["manifest"]["left_out"] == len(many) - len(reported["moments"])
    assert bool(reported["manifest"]["left_out"]) == (limit < 100_000)


def _bundle(folder, options, stdin):
    for module in (blocking_client, broker_probe):
        vars(module)["RESPONSE_TIMEOUT_S"] = 20.0  # a busy machine is late; of this process only
    os.chdir(folder)
    sys.stdin = io.StringIO(stdin)
    return main(["bundle", "--config", str(folder / "callbox.yaml"), *options])


def bundle(folder, *options, stdin=""):
    secrets = {"TOKEN": PLANTED["token"], "PASSWORD": PLANTED["password"]}
    printed, complained = folder / "printed", folder / "complained"
    work = functools.partial(_bundle, folder, options, stdin)
    code = Forked(work, {**ENV, **secrets}, {1: printed, 2: complained}).wait(100)
    return Done(code, printed.read_text(), complained.read_text())


def test_the_command_with_real_checks(tmp_path, broker):
    yaml = SETTINGS.replace("BROKER", "127.0.0.1").replace("PORT", str(broker.port))
    (tmp_path / "callbox.yaml").write_text(yaml)
    done = bundle(tmp_path, "--moments", "-", stdin=json.dumps(MOMENTS))
    assert (done.returncode, done.stderr) == (0, "")
    written = (tmp_path / "callbox-bundle.json").read_text()
    assert holds(written) == set()
    assert "127.0.0.1" not in written
    reported = json.loads(written)
    measured = {check["check"]: check["measured"] for check in reported["checks"]}
    assert measured["mqtt"]["round_trip_ms"] > 0
    assert measured["versions"]["aiortc"]
    assert len(reported["moments"]) == 2


def test_without_settings_or_moments_it_says_so(tmp_path):
    (tmp_path / "callbox.yaml").write_text(f"bot: {{no_such: {PLANTED['token']}}}\n")
    for stdin in ("", "{}", '["x"]', "\0"):
        done = bundle(tmp_path, "--output=-", "--moments=-", stdin=stdin)
        assert done.returncode == 0
        reported = json.loads(done.stdout)
        assert reported["settings"] is None
        assert reported["moments"] == []
        assert reported["checks"][0]["codes"]
        assert holds(done.stdout) == set()


def test_a_file_that_cannot_be_written_is_74(tmp_path):
    (tmp_path / "callbox.yaml").write_text("bot: {start_url: 'http://127.0.0.1:1/'}\n")
    done = bundle(tmp_path, "--output=/no/such/folder/x.json", "--moments=-")
    assert done.returncode == 74
    assert done.stderr == "callbox bundle: /no/such/folder/x.json can't be written: No such file or directory\n"
