"""Memory of a box in the table, measured with tracemalloc while hostile messages come."""

import gc
import json
import tracemalloc
from datetime import UTC, datetime

import pytest

from callbox.fleet.monitor.model.box_state import MAX_ALERTS, MAX_BOX_BYTES, MqttMessage
from callbox.fleet.monitor.model.fleet_state import FleetState
from callbox.mqtt.model import topics

BOXES, WARM = 20, 20
TEXTS = ("transport", "activity", "problem", "session", "since", "name", "version", "event_type", "text", "help")


def messages(text):
    """Every topic that a table is made of, as long as a payload may be, with `text` wherever a text may stand."""
    fields = dict.fromkeys(TEXTS, text)
    numbers = {key: -123456789012.12345 - index for index, key in enumerate(topics.HEALTH.example)}
    yield "status", b"online", None
    yield "status", b"offline", text
    for boot in range(12):
        yield "state", {**fields, "boot": f"{boot}{text}", "seq": 10**11 + boot, "mic_live": True, "mute": True}, None
        yield "info", {**fields, "boot": f"{boot}{text}"}, None
        yield "health", {**numbers, "boot": f"{boot}{text}", "throttled": [f"{n}{text}" for n in range(20)]}, None
        yield "event/button", {**fields}, None
    for number in range(2 * MAX_ALERTS):
        yield f"alert/{number:02d}{text[:50]}", {**fields, "boot": "b"}, None


def message(box, suffix, payload, boot):
    data = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    return MqttMessage(f"callbox/{box}/{suffix}", data, False, datetime.now(UTC), boot)


def kept_bytes():
    """What our modules and json have allocated and not freed; not what other threads of the test's process have."""
    gc.collect()
    ours = [tracemalloc.Filter(True, pattern) for pattern in ("*/callbox/*", "*/json/*", "<string>")]
    return sum(found.size for found in tracemalloc.take_snapshot().filter_traces(ours).statistics("filename"))


@pytest.mark.parametrize(
    "letter",
    ["\x1b", *(pytest.param(letter, marks=pytest.mark.slow) for letter in ("x", "é", "…", "\U0001f600", "\\"))],
)
def test_hostile_box_takes_at_most_its_share(letter):
    table = FleetState("callbox")

    def publish_as(box):
        for suffix, payload, boot in messages(letter * 220):
            table.apply(message(box, suffix, payload, boot))

    tracemalloc.start()
    for box in ("first", *(f"warm-{number:023d}" for number in range(WARM))):  # caches of the interpreter
        publish_as(box)
    try:
        grown = []
        for number in range(2 * BOXES):
            if number % BOXES == 0:
                grown.append(kept_bytes())
            publish_as(f"box-{number:028d}")
        grown.append(kept_bytes())
    finally:
        tracemalloc.stop()
    assert len(table) == 2 * BOXES + WARM + 1
    # What every box keeps is in both halves; a table that is made larger, or a cache that is filled, in one.
    assert min(grown[1] - grown[0], grown[2] - grown[1]) / BOXES <= MAX_BOX_BYTES
    row = table.row("first", datetime.now(UTC))
    assert len(row.alerts) == MAX_ALERTS


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
