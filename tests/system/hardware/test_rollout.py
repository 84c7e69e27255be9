"""Three virtual Pis at the same time, to which versions of their fleet's settings are rolled out by the commands of docs/fleet.md.

Broker, web server and operator are on this machine; the Pis reach its TCP ports through a console each (`vpi/ports.py`).
Each has a bot of its own beside the box, since WebRTC's UDP doesn't go through a console.
"""

import contextlib
import functools
import itertools
import json
import subprocess

import pytest
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.signed_settings import SettingsServer
from tests.system.hardware.box import CALLBOX
from tests.system.hardware.vpi.boot import Guest
from tests.system.package.machine import Machine

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(1500)]

HALL, KITCHEN, STUDY = PIS = ("hall", "kitchen", "study")
"""By these names a quarter of the boxes is the kitchen for version 1, and the study for version 2."""
TOPIC = "callbox-fleet/settings"
OWN_VOLUME = 10
DEAD_BOT = "bot: {start_url: 'http://127.0.0.1:1/start'}\nfleet: {give_up_after_s: 20}\n"
SOUND = "hw:CARD=Loopback,DEV=1"
PATIENCE_S = 300
"""For anything that has to come some day: three kernels share two cores."""


class Pi(Machine):
    """A virtual Pi with a box, and the bot that it calls."""

    def __init__(self, name, *ports):
        super().__init__(Guest(ports=ports))
        self.name = name

    def start_bot(self):
        self._start("bot", f"sleep infinity | ({self.python('tests.system.hardware.bot')})")

    def start_box(self, public_key, fleet, broker_port):
        assert wait_for(lambda: self.log("bot.out").endswith("\n"), PATIENCE_S), self.log("bot.err")
        settings = {
            "device": {"id": self.name},
            "bot": {
                "start_url": self.log("bot.out").strip(),
                "deadlines": {"start_s": 60, "connect_s": 60, "bot_ready_s": 60},
            },
            "microphone": {"device": SOUND},
            "speaker": {"device": SOUND, "volume_percent": OWN_VOLUME},
            "mqtt": {"host": "127.0.0.1", "port": broker_port},
            "fleet": {"public_key": "/etc/callbox/fleet.pub", **fleet},
        }
        self.write("/etc/callbox/fleet.pub", public_key)
        self.write("/etc/callbox/callbox.yaml", json.dumps(settings))
        self.sh("mkdir -p /var/lib/callbox")
        self._start(
            "box", f"cd /var/lib/callbox && STATE_DIRECTORY=$PWD {CALLBOX} run --config /etc/callbox/callbox.yaml"
        )

    def until_logged(self, text):
        assert wait_for(lambda: text in self.log("box.err"), PATIENCE_S), self.log("box.err")

    def log(self, name):
        """What ``bot`` or ``box`` has written, to ``.out`` or ``.err``."""
        file = self._running.run / name
        return file.read_text(errors="replace") if file.exists() else ""

    def _start(self, program, command):
        self.sh(f"({command}) </dev/null >/run/vpi/{program}.out 2>/run/vpi/{program}.err &")


class Fleet(contextlib.ExitStack):
    """The Pis, their broker and web server, and the operator, who works in `folder`."""

    def __init__(self, folder):
        super().__init__()
        self._folder = folder

    def start(self):
        self._run("openssl", "genpkey", "-algorithm", "ed25519", "-out", "fleet.pem")
        self._run("openssl", "pkey", "-in", "fleet.pem", "-pubout", "-out", "fleet.pub")
        self.broker = self.enter_context(Mosquitto(self._folder))
        self.listener = self.enter_context(Listener(self.broker.port))
        self.web = self.enter_context(SettingsServer())
        ports = (self.broker.port, self.web.port)
        self.pis = {name: self.enter_context(Pi(name, *ports)) for name in PIS}
        for pi in self.pis.values():
            pi.start_bot()
        fleet = {"url": self.web.url, "check_every_s": 10, "topic": TOPIC, "healthy_for_s": 5, "give_up_after_s": 600}
        for pi in self.pis.values():
            pi.start_box((self._folder / "fleet.pub").read_text(), fleet, self.broker.port)
        self.until(*PIS, rollout="accepted", settings_version=None, volume=OWN_VOLUME)

    def _run(self, *command):
        return subprocess.run(command, cwd=self._folder, check=True, stdout=subprocess.PIPE, text=True).stdout

    def sign(self, version, percent, body):
        """The operator signs a version for so many per cent of the boxes."""
        (self._folder / "fleet.yaml").write_text(body)
        how = "--key", "fleet.pem", "--version", str(version), "--percent", str(percent)
        signed = self._run(CALLBOX, "settings", "sign", "fleet.yaml", *how)
        (self._folder / "signed.yaml").write_text(signed)
        verified = self._run(CALLBOX, "settings", "verify", "signed.yaml", "--key", "fleet.pub")
        assert f"version {version}, {percent} % of the boxes" in verified
        return signed.encode()

    def watch(self):
        """What `callbox watch --once` tells the operator: the row of each box, and its exit code."""
        where = "--host", "127.0.0.1", "--port", str(self.broker.port)
        done = subprocess.run([CALLBOX, "watch", *where, "--once", "--json"], check=False, stdout=subprocess.PIPE)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return {row["box"]: row for row in rows}, done.returncode

    def states(self, name):
        return [json.loads(payload) for payload in self.listener.of(f"callbox/{name}/state")]

    def history(self, name):
        """What the box told of its roll-out: state and version, each time that they changed."""
        steps = [(state["rollout"], state["settings_version"]) for state in self.states(name) if state["rollout"]]
        return [step for step, _ in itertools.groupby(steps)]

    def until(self, *names, **wanted):
        """Until the last state of each of these boxes is so."""
        for name in names:
            came = wait_for(functools.partial(self._is, name, wanted), PATIENCE_S)
            assert came, f"{name}: {wanted}\n{self.states(name)[-3:]}\n{self.pis[name].log('box.err')}"

    def _is(self, name, wanted):
        return wanted.items() <= (self.states(name) or [{}])[-1].items()

    def until_logged(self, text):
        """Until each box has this in its log."""
        for pi in self.pis.values():
            pi.until_logged(text)

    def put_up(self, signed):
        """The operator puts a signed file on the web server; each box fetches it."""
        before = self.web.answers.count(200)
        self.web.content = signed
        assert wait_for(lambda: self.web.answers.count(200) >= before + len(PIS), PATIENCE_S), self.web.answers

    @contextlib.contextmanager
    def without_broker(self):
        """No broker for the time being; it keeps nothing, and neither does the listener."""
        self.listener.close()
        self.broker.stop()
        yield
        self.broker.start()
        self.listener = self.enter_context(Listener(self.broker.port))

    def call(self, *names, **wanted):
        """A press on each of these Pis makes a call, with `wanted` in its state; another one ends it."""
        for name in names:
            self.pis[name].press()
        self.until(*names, transport="ready", **wanted)
        for name in names:
            self.pis[name].press()
        self.until(*names, transport="disconnected")


@pytest.fixture
def fleet(tmp_path):
    with Fleet(tmp_path) as fleet:
        fleet.start()
        yield fleet


def versions(watched):
    """Roll-out and version of each box, in the order of the names, and the exit code."""
    rows, code = watched
    return [(rows[name]["rollout"], rows[name]["settings_version"]) for name in sorted(rows)], code


def test_versions_are_rolled_out_and_given_up(fleet):
    louder = "speaker: {volume_percent: 31}\n"
    fleet.put_up(fleet.sign(1, 25, louder))
    fleet.until(KITCHEN, rollout="accepted", settings_version=1, volume=31)
    none, taken = [("accepted", None)], [("accepted", None), ("trial", 1), ("accepted", 1)]
    assert [fleet.history(name) for name in PIS] == [none, taken, none]

    fleet.put_up(fleet.sign(1, 100, louder))
    fleet.until(*PIS, rollout="accepted", settings_version=1, volume=31)
    assert versions(fleet.watch()) == ([("accepted", 1)] * 3, 0)
    fleet.call(*PIS, volume=31)

    fleet.listener.publish(TOPIC, fleet.sign(2, 25, DEAD_BOT), retain=True)
    fleet.until(STUDY, rollout="rolled back", settings_version=1, volume=31, problem="settings_wrong")
    rows, code = fleet.watch()
    assert versions((rows, code)) == ([("accepted", 1), ("accepted", 1), ("rolled back", 1)], 1)
    assert {name for name, row in rows.items() if not row["well"]} == {STUDY}
    [alert] = rows[STUDY]["alerts"]
    assert alert["code"] == "settings_wrong"
    for part in ("Version 2", "version 1 is in force again", "the bot check fails"):
        assert part in alert["text"]
    fleet.call(STUDY, volume=31)
    assert [fleet.history(name) for name in PIS] == [taken, taken, [*taken, ("trial", 2), ("rolled back", 1)]]

    with fleet.without_broker():
        fleet.web.close()
        fleet.until_logged("can't be downloaded")
        fleet.web = fleet.enter_context(SettingsServer(fleet.web.port))
        fleet.put_up(fleet.sign(3, 100, "speaker: {volume_percent: 33}\n"))
        fleet.until_logged("Version 3 of the fleet's settings, from fleet.url, is tried")
    fleet.until(*PIS, rollout="accepted", settings_version=3, volume=33, problem=None)
    assert [fleet.history(name)[-2:] for name in PIS] == [[("trial", 3), ("accepted", 3)]] * len(PIS)
    assert wait_for(lambda: versions(fleet.watch()) == ([("accepted", 3)] * 3, 0), PATIENCE_S), fleet.watch()
    fleet.call(*PIS, volume=33)
