"""The broker's configuration in deploy/mosquitto, in a real Mosquitto."""

import contextlib
import json
import shutil
import subprocess
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode
from tests.rig.command_line import callbox
from tests.rig.mosquitto import Listener, Mosquitto, disconnect, wait_for
from tests.rig.prometheus import Exporter, wait_for_scrape
from tests.rig.tls import make_certificate
from tests.unit.fleet.test_fleet_state import life

DEPLOY = Path(__file__).parents[2] / "deploy/mosquitto"
PASSWORDS = {
    "kitchen": "k1tchen",
    "attic": "att1c",
    "watch": "w4tch",
    "home": "h0me",
    "fleet": "fl33t",
    "site-a": "s1te",
}


def options_of(name, folder, **replaced):
    text = (DEPLOY / name).read_text().replace("/etc/mosquitto/callbox", str(folder))
    for before, after in replaced.items():
        assert before.replace("_", " ") in text
        text = text.replace(before.replace("_", " "), after)
    return [line for line in text.splitlines() if line and not line.startswith(("#", "listener "))]


@pytest.fixture
def centre(tmp_path):
    make_certificate(tmp_path)
    shutil.copy(DEPLOY / "callbox.acl", tmp_path)
    passwords = tmp_path / "passwords"
    passwords.write_text("".join(f"{name}:{word}\n" for name, word in PASSWORDS.items()))
    subprocess.run(["mosquitto_passwd", "-U", passwords], check=True)
    with Mosquitto(tmp_path, *options_of("callbox.conf", tmp_path), f"persistence_location {tmp_path}/") as mosquitto:
        yield mosquitto


class Listening(paho.Client):
    """Keeps what it hears as ``(topic, payload)``, and the broker's answer to its login."""

    received: list[tuple[str, bytes]]
    reason: ReasonCode


@contextlib.contextmanager
def logged_in(centre, folder, name, password=None, will=None):
    client = Listening(CallbackAPIVersion.VERSION2, f"callbox-{name}-test")
    client.username_pw_set(name, password or PASSWORDS[name])
    client.tls_set(ca_certs=str(folder / "cert.pem"))
    reasons = []
    client.received = []
    client.on_connect = lambda _, __, ___, reason, ____: reasons.append(reason)
    client.on_message = lambda _, __, message: client.received.append((message.topic, bytes(message.payload)))
    client.connect("127.0.0.1", centre.port)
    client.loop_start()
    try:
        assert wait_for(lambda: reasons)
        client.reason = reasons[0]
        yield client
    finally:
        disconnect(client)


def say(client, topic, word):
    client.publish(topic, word, qos=1, retain=True).wait_for_publish(60)


def test_acl_of_a_box(centre, tmp_path):
    with logged_in(centre, tmp_path, "watch") as watch, logged_in(centre, tmp_path, "home") as home:
        for client in (watch, home):
            client.subscribe("callbox/#", qos=1)
        with logged_in(centre, tmp_path, "kitchen") as kitchen, logged_in(centre, tmp_path, "attic") as attic:
            for client in (kitchen, attic):
                client.subscribe("#", qos=1)
            say(kitchen, "callbox/attic/status", b"offline")
            say(kitchen, "callbox/attic/request/connect", b"")
            say(kitchen, "elsewhere/kitchen/status", b"offline")
            say(kitchen, "callbox/kitchen/status", b"online")
            say(watch, "callbox/kitchen/request/connect", b"{}")
            say(home, "callbox/kitchen/status", b"offline")
            say(home, "callbox/kitchen/request/mute", b"{}")
            say(home, "callbox/kitchen/mute/set", b"ON")
            say(attic, "callbox/attic/state", b"{}")
            say(attic, "callbox/attic/wake", b"{}")  # this a box hears of others, and whether they are online
            sent = {
                ("callbox/kitchen/status", b"online"),
                ("callbox/kitchen/request/mute", b"{}"),
                ("callbox/kitchen/mute/set", b"ON"),
            }
            words = {("callbox/attic/wake", b"{}")}
            assert wait_for(lambda: set(kitchen.received) == sent | words)
            everything = sent | words | {("callbox/attic/state", b"{}")}
            assert wait_for(lambda: set(watch.received) == everything)
            assert wait_for(lambda: set(home.received) == everything)
            assert wait_for(lambda: set(attic.received) == {("callbox/kitchen/status", b"online"), *words})


def test_boxes_and_home_assistant_find_each_other(centre, tmp_path):
    """`mqtt.homeassistant` is on by default."""
    found = "homeassistant/device/callbox_1a2b3c/config"
    with logged_in(centre, tmp_path, "kitchen") as kitchen, logged_in(centre, tmp_path, "home") as home:
        home.subscribe("homeassistant/+/+/config", qos=1)
        kitchen.subscribe([("homeassistant/status", 1), (found, 1)])
        say(kitchen, "homeassistant/device/another/state", b"{}")
        say(kitchen, "homeassistant/status", b"offline")
        say(kitchen, found, b"{}")
        say(home, "homeassistant/status", b"online")
        assert wait_for(lambda: len(kitchen.received) == 2 and home.received)
        assert set(kitchen.received) == {(found, b"{}"), ("homeassistant/status", b"online")}
        assert home.received == [(found, b"{}")]
        say(home, found, b"")  # a device that is deleted there
        assert wait_for(lambda: kitchen.received[2:] == [(found, b"")])


def test_acl_of_home_assistant(centre, tmp_path):
    """It is told of a box, as docs/mqtt.md says what an ACL must allow; the box hears its start, and no box claims one."""
    discovery, birth = "homeassistant/device/callbox_1a2b3c/config", "homeassistant/status"
    with logged_in(centre, tmp_path, "home") as home, logged_in(centre, tmp_path, "kitchen") as kitchen:
        home.subscribe("homeassistant/#", qos=1)
        kitchen.subscribe([(discovery, 1), (birth, 1)])
        say(kitchen, birth, b"offline")
        say(kitchen, "homeassistant/switch/lamp/config", b"{}")
        say(kitchen, discovery, b"{}")
        say(home, birth, b"online")
        received = {(discovery, b"{}"), (birth, b"online")}
        assert wait_for(lambda: set(home.received) == received)
        assert wait_for(lambda: set(kitchen.received) == received)


def test_the_fleets_settings_are_read_by_boxes_and_written_by_fleet_alone(centre, tmp_path):
    topic = "callbox-fleet/settings"
    with logged_in(centre, tmp_path, "kitchen") as kitchen, logged_in(centre, tmp_path, "fleet") as fleet:
        say(kitchen, topic, b"forged")
        say(fleet, "callbox/kitchen/mute/set", b"ON")
        say(fleet, topic, b"signed")
        kitchen.subscribe([(topic, 1), ("callbox/kitchen/#", 1)])
        assert wait_for(lambda: kitchen.received)
        say(kitchen, "callbox/kitchen/status", b"online")
        assert wait_for(lambda: len(kitchen.received) > 1)
        assert kitchen.received == [(topic, b"signed"), ("callbox/kitchen/status", b"online")]


def test_broker_wants_password_and_tls(centre, tmp_path):
    with logged_in(centre, tmp_path, "kitchen", "wrong") as stranger:
        assert stranger.reason.is_failure
    client = paho.Client(CallbackAPIVersion.VERSION2)
    gone = []
    client.on_disconnect = lambda *_: gone.append(True)
    client.connect("127.0.0.1", centre.port)
    client.loop_start()
    assert wait_for(lambda: gone)
    assert not client.is_connected()
    disconnect(client)


def test_watch_logs_in_by_a_file(centre, tmp_path):
    with logged_in(centre, tmp_path, "kitchen") as kitchen:
        for one in life().on_connect():
            kitchen.publish(one.topic, one.payload, one.qos, one.retained).wait_for_publish(60)
    word = tmp_path / "word"
    word.write_text(PASSWORDS["watch"] + "\n")
    place = "--host", "127.0.0.1", "--port", centre.port, "--ca-file", tmp_path / "cert.pem"
    done = callbox("watch", "--once", "--json", "--username", "watch", "--password-file", word, *place)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["box"] == "kitchen"
    word.write_text("wr0ng\n")
    done = callbox("watch", "--once", "--username", "watch", "--password-file", word, *place)
    assert (done.returncode, "refused the connection" in done.stderr, "wr0ng" in done.stderr) == (69, True, False)


def test_retained_status_of_many_boxes_reaches_a_new_subscriber(centre, tmp_path):
    boxes = 11_000
    with logged_in(centre, tmp_path, "site-a") as site:
        for number in range(boxes):
            site.publish(f"callbox/box-{number}/status", b"online", qos=1, retain=True)
        say(site, "callbox/last/status", b"online")
    with logged_in(centre, tmp_path, "watch") as watch:
        watch.subscribe("callbox/+/status", qos=1)
        assert wait_for(lambda: len(watch.received) == boxes + 1, 200), len(watch.received)


def test_watch_may_be_a_member_of_a_group_of_exporters(centre, tmp_path):
    with logged_in(centre, tmp_path, "kitchen") as kitchen:
        for one in life().on_connect():
            kitchen.publish(one.topic, one.payload, one.qos, one.retained).wait_for_publish(60)
        say(kitchen, "callbox-watch/one", b"online")  # a box may not
    word = tmp_path / "word"
    word.write_text(PASSWORDS["watch"])
    login = "--username", "watch", "--password-file", word, "--ca-file", tmp_path / "cert.pem"
    with Exporter(centre.port, "--shard", "two", *login) as exporter:
        assert wait_for_scrape(
            lambda: 'callbox_box_info{box="kitchen",name="Kitchen",version="1"}' in exporter.scrape()
        )
        assert exporter.scrape()["callbox_shard_members"] == 1


def test_bridge_between_site_and_centre(centre, tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    shutil.copy(tmp_path / "cert.pem", folder / "centre-ca.pem")
    bridge = options_of(
        "bridge.conf",
        folder,
        **{"address_centre.example:8883": f"address 127.0.0.1:{centre.port}", "CHANGE-ME": "s1te"},
    )
    with Mosquitto(folder, "allow_anonymous true", *bridge) as site, logged_in(centre, tmp_path, "home") as home:
        home.subscribe("#", qos=1)
        with Listener(site.port) as listener:
            box = life()
            for one in box.on_connect():
                listener.publish(one.topic, one.payload, retain=one.retained)
            listener.publish("callbox/kitchen/sound", b"{}")
            assert wait_for(lambda: ("callbox/kitchen/status", b"online") in home.received)
            home.publish("callbox/kitchen/request/mute", b'{"mute": true}', qos=1).wait_for_publish(60)
            assert wait_for(lambda: listener.of("callbox/kitchen/request/mute") == [b'{"mute": true}'])
        assert {topic for topic, _ in home.received} <= {
            "callbox/kitchen/status", "callbox/kitchen/state", "callbox/kitchen/info", "callbox/kitchen/request/mute",
        }  # fmt: skip
