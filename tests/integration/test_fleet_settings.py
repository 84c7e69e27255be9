"""Settings that a box fetches by itself, by HTTP and MQTT: the process, a real Mosquitto and a real HTTP server.

The clock of a trial runs ten times as fast (`tests.rig.hurried`).
"""

import asyncio
import contextlib
import json
import re
import signal

import pytest
from tests.rig.faulty_bot import FaultyBot
from tests.rig.hurried import hurried
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.ports import free_port
from tests.rig.service import Service
from tests.rig.signed_settings import FleetKey, SettingsServer

from callbox import __version__
from callbox.control.rollout import MAX_STARTS
from callbox.upgrade.records import HEALTH, HealthReport

TOPIC = "callbox-fleet/settings"
GIVE_UP_AFTER_S = 6000
LONG_TRIAL = f"fleet: {{healthy_for_s: {GIVE_UP_AFTER_S - 1}}}\n"


class Box:
    """A box with its broker, its fleet's key and HTTP server."""

    def __init__(self, folder, broker, listener, server):
        (folder / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
        (folder / "state").mkdir()
        self.config, self.key = folder / "callbox.yaml", FleetKey(folder)
        self.broker, self.listener, self.server = broker, listener, server
        self._seen = 0
        self.write()

    def write(self, check_bot="false", url=None):
        url = f", url: '{url}'" if url else ""
        self.config.write_text(
            "bot: {start_url: 'http://127.0.0.1:1/start'}\n"
            f"board: {{kind: simulated}}\ndevice: {{id: box}}\n"
            f"mqtt: {{host: 127.0.0.1, port: {self.broker.port}}}\n"
            f"fleet: {{public_key: {self.key.public}, topic: {TOPIC}{url}, check_every_s: 10, healthy_for_s: 5, "
            f"give_up_after_s: {GIVE_UP_AFTER_S}, check_bot: {check_bot}}}\n"
        )

    @contextlib.contextmanager
    def run(self, **environment):
        self._seen = len(self.states)
        state = str(self.config.parent / "state")
        with Service(self.config, run=hurried, STATE_DIRECTORY=state, **environment) as service:
            service.until("READY=1")
            yield service

    def publish(self, content):
        self.listener.publish(TOPIC, content, retain=True)

    @property
    def states(self):
        """All that were told."""
        return [json.loads(payload) for payload in self.listener.of("callbox/box/state")]

    def until(self, rollout, version, **others):
        """Until the process tells such a state, after the one that was waited for before."""
        wanted = {"rollout": rollout, "settings_version": version, **others}

        def published():
            for place, state in enumerate(self.states[self._seen :], self._seen):
                if wanted.items() <= state.items():
                    self._seen = place
                    return True
            return False

        assert wait_for(published), self.states[-1:]

    @property
    def alert(self):
        payloads = self.listener.of("callbox/box/alert/settings_wrong")
        return json.loads(payloads[-1]) if payloads and payloads[-1] else None

    def until_alert(self, *texts):
        assert wait_for(lambda: self.alert and all(text in self.alert["text"] for text in texts)), self.alert

    def volume(self, percent):
        """Settings that set another volume, by which they are seen to be in force."""
        return f"speaker: {{volume_percent: {percent}}}\n"


@pytest.fixture
def box(tmp_path):
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener, SettingsServer() as server:
        yield Box(tmp_path, broker, listener, server)


def test_a_retained_message_is_tried_and_accepted_and_an_older_one_is_nothing(box):
    box.publish(box.key.sign(8, f"{box.volume(31)}fleet: {{healthy_for_s: 30}}\n"))
    with box.run() as service:
        box.until("trial", 8, volume=31)
        box.until("accepted", 8)
        box.publish(box.key.sign(7, box.volume(32)))
        box.publish(box.key.sign(9, box.volume(33), percent=0))
        box.publish(FleetKey(box.config.parent, "stranger").sign(10, box.volume(34)))
        box.publish(box.key.sign(11, box.volume(35)))
        box.until("accepted", 11, volume=35)
        code, log = service.end()
    assert code == 0
    assert (
        "the signature is not by the key" in log or "Version 11" in log
    )  # the last one may come first to be looked at
    assert not {32, 33, 34} & {state["volume"] for state in box.states}
    with box.run() as service:
        box.until("accepted", 11, volume=35)
        assert service.end()[0] == 0


def test_a_version_that_takes_the_broker_away_is_given_up_refused_and_reported(box):
    box.publish(box.key.sign(7, box.volume(31)))
    with box.run() as service:
        box.until("accepted", 7, volume=31)
        box.publish(box.key.sign(8, "mqtt: {port: 1}\nfleet: {give_up_after_s: 10}\n"))
        assert wait_for(lambda: b"offline" in box.listener.of("callbox/box/status"))
        box.until("rolled back", 7, problem="settings_wrong", volume=31)
        assert wait_for(lambda: box.listener.of("callbox/box/status")[-1] == b"online")  # told last
        box.until_alert("Version 8", "version 7 is in force again", "no connection with the broker")
        code, log = service.end()
        assert (code, log.count("Version 8 of the fleet's settings, from fleet.topic, is tried")) == (0, 1)
    with box.run() as service:  # the message is still retained, and still refused
        box.until("rolled back", 7, problem="settings_wrong")
        box.publish(box.key.sign(9, box.volume(32)))
        box.until("accepted", 9, volume=32, problem=None)
        assert wait_for(lambda: box.alert is None)
        assert "Version 8 of the fleet's settings, from" not in service.end()[1]


def test_wrong_settings_are_not_tried_and_reported(box):
    with box.run() as service:
        box.publish(box.key.sign(8, "speaker: {volume_percent: loud}\n"))
        box.until_alert(
            "Version 8 of the fleet's settings is not taken over", "fleet.yaml:2:27: speaker.volume_percent"
        )
        box.publish(box.key.sign(8, "fleet: {public_key: /no/such.pub}\n"))
        box.until_alert("/no/such.pub")
        assert not any(state["settings_version"] for state in box.states)
        box.publish(box.key.sign(8, box.volume(31)))
        box.until("accepted", 8, problem=None)
        assert service.end()[0] == 0


def test_settings_that_cannot_be_kept_are_taken_over_when_they_can(box):
    blocked = box.config.parent / "state/fleet"
    blocked.write_text("a file in the place of the folder")
    box.publish(box.key.sign(8, box.volume(31)))
    with box.run() as service:
        box.until("accepted", None)
        assert wait_for(lambda: "The fleet's settings can't be kept: " in service.log)
        assert not any(state["settings_version"] for state in box.states)
        blocked.unlink()
        box.until("accepted", 8, volume=31)
        assert service.end()[0] == 0


def test_a_file_is_fetched_by_its_url_once_for_each_version(box):
    box.write(url=box.server.url)
    box.server.content = box.key.sign(8, box.volume(31))
    with box.run() as service:
        box.until("accepted", 8, volume=31)
        assert box.server.answers.count(200) == 1
        service.process.send_signal(signal.SIGHUP)
        assert wait_for(lambda: box.server.answers.count(200) == 2)
        box.server.content = box.key.sign(9, box.volume(32))
        service.process.send_signal(signal.SIGHUP)
        box.until("accepted", 9, volume=32)
        before = len(box.server.answers)
        assert wait_for(lambda: 304 in box.server.answers[before:]), "the next look, by itself, finds nothing new"
        box.server.content, before = b"x" * 100_000, box.server.answers.count(200)
        service.process.send_signal(signal.SIGHUP)
        assert wait_for(lambda: box.server.answers.count(200) >= before + 2), "it is tried again"
        code, log = service.end()
    assert code == 0
    assert "has more than 65536 bytes" in log


def test_a_box_that_is_killed_in_each_trial_goes_back(box):
    box.publish(box.key.sign(7, box.volume(31)))
    with box.run() as service:
        box.until("accepted", 7, volume=31)
        box.publish(box.key.sign(8, box.volume(32) + LONG_TRIAL))
        box.until("trial", 8, volume=32)
        service.end(signal.SIGKILL)
    for start in range(1, MAX_STARTS + 1):
        with box.run() as service:
            if start < MAX_STARTS:
                service.end(signal.SIGKILL)
                continue
            box.until("rolled back", 7, volume=31, problem="settings_wrong")
            box.until_alert(f"the box started {MAX_STARTS} times")
            assert service.end()[0] == 0


def test_a_version_that_the_program_cannot_start_with_is_given_up_at_once(box):
    """It was right when it was taken over; then a secret that it names went away, and the power with it."""
    secret = box.config.parent / "password"
    secret.write_text("s3cr3t")
    box.publish(box.key.sign(8, f"mqtt: {{username: box, password: {{file: {secret}}}}}\n{LONG_TRIAL}"))
    with box.run() as service:
        box.until("trial", 8)
        service.end(signal.SIGKILL)
    secret.unlink()
    with box.run() as service:
        box.until("rolled back", None, problem="settings_wrong")
        box.until_alert(str(secret))
        assert service.end()[0] == 0


def test_settings_that_need_a_restart_are_proved_after_it(box):
    box.publish(box.key.sign(8, f"panel: {{enabled: true, port: {free_port()}}}\n"))
    with box.run() as service:
        box.until("trial", 8)
        service.process.wait(100)
        assert service.process.returncode == 75
    with box.run() as service:
        box.until("accepted", 8)
        assert service.end()[0] == 0


def test_without_a_key_none_are_fetched_and_the_health_is_reported_for_upgrades_of_the_package(box):
    settings = "{healthy_for_s: 5, give_up_after_s: 60}"
    box.config.write_text(re.sub(r"fleet: {.*}", f"fleet: {settings}", box.config.read_text()))
    runtime = box.config.parent / "run"
    runtime.mkdir()

    def report():
        return HealthReport.parse((runtime / HEALTH).read_bytes()) if (runtime / HEALTH).exists() else None

    with box.run(RUNTIME_DIRECTORY=str(runtime)) as service:
        assert wait_for(lambda: report() == HealthReport(__version__, 5, 60, broker=True)), report()
        assert wait_for(lambda: box.states), "connected"
        assert (box.states[-1]["rollout"], box.states[-1]["upgrade"]) == (None, None)
        assert service.end()[0] == 0


async def test_with_a_bot_check_the_bot_must_answer(box):
    box.write(check_bot="true")
    async with FaultyBot() as bot:
        await asyncio.to_thread(check_bot, box, bot.url)


def check_bot(box, url):
    with box.run() as service:
        box.publish(box.key.sign(8, "fleet: {give_up_after_s: 50}\n"))
        box.until("rolled back", None, problem="settings_wrong")
        box.until_alert("the bot check fails")
        box.publish(box.key.sign(9, f"bot: {{start_url: '{url}'}}\n"))
        box.until("accepted", 9, problem=None)
        assert service.end()[0] == 0
