"""Exporters that divide the boxes of a broker: a table of 100,000 alone, and three members of which one is killed.

``python -m benchmarks.fleet.shards [--quick] [--write]``; ``--write`` puts the tables into docs/fleet.md. Ten minutes.
"""

import argparse
import itertools
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from tests.rig.mosquitto import Mosquitto, disconnect
from tests.rig.prometheus import Exporter
from tests.rig.service import CALLBOX

from benchmarks.cost.processes import cpu_s
from benchmarks.fleet import tables
from benchmarks.measure import memory_mib
from callbox.fleet.monitor.model.box_state import MqttMessage
from callbox.fleet.monitor.model.shard import JOIN_HEARTBEATS, Shard, owner, slot
from callbox.fleet.sim.context import simulated_info
from callbox.fleet.sim.model.behaviour import sample_metrics
from callbox.mqtt.model.publications import BoxPublications, MqttCounters, Timestamp
from callbox.mqtt.model.topics import Publication, Topics

START = datetime(2026, 11, 29, tzinfo=UTC)
SIMULATED, HOSTILE, OTHERS = (
    "what simulated boxes do",
    "as much as they can, everywhere",
    "anything: boxes of other members",
)
TABLES = [(100_000, SIMULATED), (10_000, HOSTILE), (100_000, OTHERS)]
FLEETS = [(10_000, 1), (10_000, 3)]
"""(boxes, members)."""
SCRAPE_PERIOD_S = 5.0
"""Pause between scrapes while a takeover is waited for; Prometheus does it every 15 s."""
OPTIONS = "allow_anonymous true", "max_queued_messages 1000000", "max_queued_bytes 33554432"
"""As deploy/mosquitto/callbox.conf."""
LOAD_PER_S, LOAD_S = 1500, 20.0
"""Messages a second while processor time is measured."""


def publications(number: int) -> list[Publication]:
    """Everything that the simulated box `number` retains."""
    box = BoxPublications(
        Topics("callbox", f"sim-{number:06d}"), "b00tb00t", simulated_info(number), Timestamp(START, 0.0)
    )
    box.health(sample_metrics(Random(number), busy=False), MqttCounters(), Timestamp(START, 60.0))
    return box.on_connect()


# -- a table alone -------------------------------------------------------------------------------------------


def fill(boxes: int, what: str) -> float:
    """Bytes of a box in a table of `boxes`, by resident memory; in a process of its own."""
    from tests.unit.fleet.test_memory import encoded_messages

    shard, hostile = Shard("callbox", "one"), list(encoded_messages("x" * 220))  # type: ignore[no-untyped-call]
    members = ["two"] if what == OTHERS else []
    for name in [*members, *["one"] * JOIN_HEARTBEATS]:
        shard.apply(MqttMessage(f"callbox-watch/{name}", b"online", False, START))
    ids = ((f"hostile-{number:024d}" if what == HOSTILE else f"sim-{number:06d}") for number in itertools.count())
    if what == OTHERS:
        ids = (one for one in ids if owner(slot(one), ("one", "two")) == "two")
    before_mib = memory_mib(os.getpid())
    for number, device_id in enumerate(itertools.islice(ids, boxes)):
        if what == SIMULATED:
            for one in publications(number):
                shard.apply(MqttMessage(one.topic, one.payload, True, datetime.now(UTC)))
        elif what == HOSTILE:
            for suffix, payload, boot in hostile:
                shard.apply(MqttMessage(f"callbox/{device_id}/{suffix}", payload, False, datetime.now(UTC), boot))
        else:
            shard.apply(MqttMessage(f"callbox/{device_id}/status", b"online", True, datetime.now(UTC)))
        while shard.next_change():
            pass
    return (memory_mib(os.getpid()) - before_mib) * 2**20 / boxes


def table_alone(boxes: int, what: str) -> float:
    """`fill` in a process of its own."""
    program = f"from benchmarks.fleet.shards import fill; print(fill({boxes}, {what!r}))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return float(done.stdout)


# -- members on a broker -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fleet:
    """Members, medians over them."""

    boxes: int
    members: int
    start_s: float
    """From the start of the processes until each box is told."""
    held: int
    """Boxes of a member."""
    messages_per_s: float
    """That the boxes publish."""
    percent: float
    """Of a core, under this load."""
    memory_mib: float
    scrape_s: float
    scrape_mb: float
    takeover_s: float | None
    """From SIGKILL of one until the others tell each box; None: there was one member."""


def exported(exporter: Exporter) -> tuple[set[str], float, int]:
    """Boxes that one member tells by name; duration of the scrape in s; its size in bytes."""
    began_s = time.monotonic()
    with urllib.request.urlopen(f"http://{exporter.target}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    took_s = time.monotonic() - began_s
    return set(re.findall(r'^callbox_box_info\{box="([^"]+)",name="[^"]', text, re.MULTILINE)), took_s, len(text)


def until_exported(exporters: Sequence[Exporter], boxes: int, began_s: float) -> float:
    """Seconds since `began_s` when each box is told by one of `exporters`. Raises `TimeoutError` after five minutes."""
    while time.monotonic() < began_s + 300:
        time.sleep(SCRAPE_PERIOD_S)
        try:
            sets = [exported(one)[0] for one in exporters]
        except urllib.error.HTTPError:  # a member that takes in thousands of boxes answers late, and this one with 503
            continue
        if sum(map(len, sets)) == len(set.union(*sets)) == boxes:
            return time.monotonic() - began_s
    raise TimeoutError(f"not each of {boxes} boxes is told once")


def publisher(port: int) -> paho.Client:
    """A connected client."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.max_queued_messages_set(0)
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


def publish_load(client: paho.Client, boxes: int, span_s: float) -> float:
    """`health` of one box after the other, `LOAD_PER_S` a second; returns the messages a second that came of it."""
    [payload] = [one.payload for one in publications(0) if one.topic.endswith("/health")]
    began_s, sent = time.monotonic(), 0
    while (passed_s := time.monotonic() - began_s) < span_s:
        for _ in range(int(passed_s * LOAD_PER_S) - sent):
            client.publish(f"callbox/sim-{sent * 7919 % boxes:06d}/health", payload)
            sent += 1
        time.sleep(0.02)
    return sent / passed_s


def fleet(boxes: int, members: int) -> Fleet:
    """`boxes` on a Mosquitto, and `members` exporters; with more than one, one is killed."""
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder), *OPTIONS) as broker, ExitStack() as stack:
        client = publisher(broker.port)
        for number in range(boxes):
            for one in publications(number):
                sent = client.publish(one.topic, one.payload, 1, retain=True)
            if number % 5000 == 4999 or number == boxes - 1:  # paho keeps 65,535 messages
                sent.wait_for_publish(300)
        began_s = time.monotonic()
        names = [f"watch-{number}" for number in range(members)]
        options = [("--shard", name) if members > 1 else () for name in names]
        exporters = [stack.enter_context(Exporter(broker.port, *one, command=CALLBOX)) for one in options]
        start_s = until_exported(exporters, boxes, began_s)
        before = [cpu_s(one.pid) for one in exporters]
        load_began_s = time.monotonic()
        per_s = publish_load(client, boxes, LOAD_S)
        took_s = time.monotonic() - load_began_s
        percents = [100 * (cpu_s(one.pid) - was) / took_s for one, was in zip(exporters, before, strict=True)]
        scrapes = [exported(one) for one in exporters]
        memory = [memory_mib(one.pid) for one in exporters]
        takeover_s = None
        if members > 1:
            exporters[-1].process.kill()
            takeover_s = until_exported(exporters[:-1], boxes, time.monotonic())
        disconnect(client)
        return Fleet(
            boxes, members, start_s, round(median(len(one[0]) for one in scrapes)), per_s, median(percents),
            median(memory), median(one[1] for one in scrapes), median(one[2] for one in scrapes) / 1e6, takeover_s,
        )  # fmt: skip


# -- the page ------------------------------------------------------------------------------------------------


def memory_table(rows: Sequence[tuple[int, str, float]]) -> str:
    """In Markdown."""
    lines = ["| Boxes | What they publish | Bytes of each |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {boxes:,} | {what} | {each:,.0f} |" for boxes, what, each in rows), ""])


def fleet_table(rows: Sequence[Fleet]) -> str:
    """In Markdown."""
    lines = [
        "| Boxes | Members | Boxes of a member | Until all are told, s | Messages a second, of all boxes "
        "| A member, % of a core | A member, MiB | Scrape, s | Scrape, MB | Takeover, s |",
        "|" + "---|" * 10,
    ]
    for row in rows:
        takeover = "" if row.takeover_s is None else f"{row.takeover_s:.0f}"
        lines.append(
            f"| {row.boxes:,} | {row.members} | {row.held:,} | {row.start_s:.0f} | {row.messages_per_s:,.0f} "
            f"| {row.percent:.0f} | {row.memory_mib:.0f} | {row.scrape_s:.1f} | {row.scrape_mb:.1f} | {takeover} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.fleet.shards")
    parser.add_argument("--quick", action="store_true", help="few boxes: to see that it works")
    parser.add_argument("--write", action="store_true", help="write docs/fleet.md")
    options = parser.parse_args()
    fleets = []
    for boxes, members in [(100, 1), (100, 2)] if options.quick else FLEETS:
        fleets.append(fleet(boxes, members))
        print(fleets[-1], file=sys.stderr, flush=True)
    alone = []
    for boxes, what in [(1000, what) for _, what in TABLES] if options.quick else TABLES:
        alone.append((boxes, what, table_alone(boxes, what)))
        print(alone[-1], file=sys.stderr, flush=True)
    blocks = {"shards": fleet_table(fleets), "table alone": memory_table(alone)}
    print(*blocks.values(), sep="\n")
    if options.write:
        tables.write(blocks, target="bench-shards")


if __name__ == "__main__":
    main()
