"""Memory of a box in the table, measured with tracemalloc while hostile messages come.

In a process of its own: what threads of other tests allocate in pytest's would be counted with it.
"""

import gc
import json
import os
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callbox.fleet.monitor.model.box_state import MAX_ALERTS, MAX_BOX_BYTES, MqttMessage
from callbox.fleet.monitor.model.fleet_state import FleetState
from callbox.fleet.monitor.model.shard import JOIN_HEARTBEATS, MAX_ID_BYTES, Shard, owner, slot
from callbox.mqtt.model import topics

BOXES, WARM = 20, 20
STATE_TEXTS = ("transport", "activity", "problem", "session", "since", "rollout")
TEXTS = (*STATE_TEXTS, "name", "version", "event_type", "text", "help")


def messages(text):
    """Every topic that a table is made of, as long as a payload may be, with `text` wherever a text may stand."""
    fields = dict.fromkeys(TEXTS, text)
    names = (*topics.HEALTH.example, "settings_version")
    numbers = {key: -123456789012.12345 - index for index, key in enumerate(names)}
    flags = {"mic_live": True, "mute": True}
    yield "status", b"online", None
    yield "status", b"offline", text
    for boot in range(12):
        yield "state", {**fields, **numbers, **flags, "boot": f"{boot}{text}", "seq": 10**11 + boot}, None
        yield "info", {**fields, "boot": f"{boot}{text}"}, None
        yield "health", {**numbers, "boot": f"{boot}{text}", "throttled": [f"{n}{text}" for n in range(20)]}, None
        yield "event/button", {**fields}, None
    for number in range(2 * MAX_ALERTS):
        yield f"alert/{number:02d}{text[:50]}", {**fields, "boot": "b"}, None


def encoded_messages(text):
    """`messages` with their payloads as they are published."""
    for suffix, payload, boot in messages(text):
        yield suffix, encoded(payload), boot


def encoded(payload):
    return payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()


def message(box, suffix, payload, boot):
    return MqttMessage(f"callbox/{box}/{suffix}", encoded(payload), False, datetime.now(UTC), boot)


def kept_bytes():
    """What is allocated and not freed."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def grown_bytes(letter):
    """What the first `BOXES` boxes that send `letter` everywhere keep, and the next."""
    table = FleetState("callbox")

    def publish_as(box):
        for suffix, payload, boot in messages(letter * 220):
            table.apply(message(box, suffix, payload, boot))

    tracemalloc.start()
    for box in ("first", *(f"warm-{number:023d}" for number in range(WARM))):  # caches of the interpreter
        publish_as(box)
    kept = [kept_bytes()]
    for half in range(2):
        for number in range(BOXES):
            publish_as(f"box-{half}{number:027d}")
        kept.append(kept_bytes())
    assert len(table) == 2 * BOXES + WARM + 1
    assert len(table.row("first", datetime.now(UTC)).alerts) == MAX_ALERTS
    return kept[1] - kept[0], kept[2] - kept[1]


def run_apart(program):
    """What `program` prints. Always with the same hashes: by them the interpreter's own tables grow sooner or later."""
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    folder = Path(__file__).parents[3]
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize(
    "letter",
    ["\x1b", *(pytest.param(letter, marks=pytest.mark.slow) for letter in ("x", "é", "…", "\U0001f600", "\\"))],
)
def test_hostile_box_takes_at_most_its_share(letter):
    program = f"from tests.unit.fleet.test_memory import grown_bytes; print(*grown_bytes({letter!r}))"
    printed = run_apart(program)
    # What every box keeps is in both halves; a table that is made larger, or a cache that is filled, in one.
    assert min(map(int, printed.split())) / BOXES <= MAX_BOX_BYTES


def another_members_bytes():
    """What boxes of another member keep that publish as much as they can; each, in bytes."""
    shard = Shard("callbox", "one")
    for name in ("two", *["one"] * JOIN_HEARTBEATS):
        shard.apply(MqttMessage(f"callbox-watch/{name}", b"online", False, datetime.now(UTC)))
    ids = [one for number in range(8000) if owner(slot(one := f"box-{number:028d}"), ("one", "two")) == "two"]
    hostile = list(encoded_messages("x" * 220))
    tracemalloc.start()
    before = kept_bytes()
    for number, device_id in enumerate(ids):
        for suffix, payload, boot in hostile if number < BOXES else [("status", b"online", None)]:
            shard.apply(MqttMessage(f"callbox/{device_id}/{suffix}", payload, False, datetime.now(UTC), boot))
        while shard.next_change():
            pass
    assert len(shard.table) == 0
    return (kept_bytes() - before) / len(ids)


def test_box_of_another_member_takes_its_id_alone():
    program = "from tests.unit.fleet.test_memory import another_members_bytes; print(another_members_bytes())"
    printed = run_apart(program)
    assert 32 < float(printed) <= MAX_ID_BYTES


def test_usual_alerts_keep_their_whole_texts():
    table = FleetState("callbox")
    text = "There is no microphone 'plughw:CARD=U': is it plugged in?" * 2
    alert = {"text": text, "since": "2026-11-23T08:00:00.005Z", "help": "callbox doctor --only microphone", "boot": "b"}
    for code in ("no_microphone", "no_speaker"):
        table.apply(message("kitchen", f"alert/{code}", alert, None))
    alerts = table.row("kitchen", datetime.now(UTC)).alerts
    assert [one["code"] for one in alerts] == ["no_microphone", "no_speaker"]
    for one in alerts:
        assert {key: one[key] for key in ("text", "since", "help")} == {
            key: alert[key] for key in ("text", "since", "help")
        }
