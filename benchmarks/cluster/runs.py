"""Simulated boxes on a cluster at its ease, and while a node is killed, frozen, cut off or shut down."""

import asyncio
import contextlib
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.rig.mosquitto import Mosquitto
from tests.system.cluster.promises import Cluster

from benchmarks.cluster import network
from benchmarks.cluster.watchers import Commander, Requests, Watcher
from benchmarks.cost.processes import Window, family, memory
from benchmarks.fleet.runs import SETTLE_S, Simulator

DYING = 60
"""Boxes that lose their power with the event."""
REQUESTED = 50
"""Boxes that `callbox.mqtt.request` asks, of the whole fleet."""
DYING_FIRST = 900_000
SAMPLE_S = 0.5
WARM_UP_S = 10.0
AFTER_HEAL_S = 30.0
MOST_S = 165.0
"""From the fault, until the event's end is no longer waited for."""
STARTS_PER_S = 66.0
BOXES_A_SECOND = 500
"""`mqtt.retry_s` is 1 for as many, as docs/fleet.md says."""
SPAN_S = 20.0
CALM_S = 20.0
"""From when all are connected, until it is measured what they cost."""
QUIET_S = 6.0
"""For answers that are on their way."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happens to node `node`, and what ends it after `lasts_s`."""

    name: str
    node: int
    lasts_s: float
    fault: Callable[[Cluster, int], None]
    heal: Callable[[Cluster, int], None]


def _kill(made: Cluster, node: int) -> None:
    made.process(node).stop()


def _start(made: Cluster, node: int) -> None:
    made.process(node).stop()
    made.process(node).start()


def _shut_down(made: Cluster, node: int) -> None:
    """As Debian's rabbitmq-server.service stops it."""
    made.nodes.control(made.nodes.nodes[node - 1], "shutdown")


def _freeze(made: Cluster, node: int) -> None:
    made.process(node).signal(signal.SIGSTOP)


def _thaw(made: Cluster, node: int) -> None:
    made.process(node).signal(signal.SIGCONT)


EVENTS = [
    Event("killed, started again after 20 s", 1, 20.0, _kill, _start),
    Event("frozen for 80 s", 3, 80.0, _freeze, _thaw),
    Event(
        "cut off from the other nodes for 100 s",
        2,
        100.0,
        lambda _, node: network.cut(node),
        lambda _, node: network.mend(node),
    ),
    # Last, and of the node that has the boxes of the frozen one.
    Event("shut down, started again after 20 s", 1, 20.0, _shut_down, _start),
]


@dataclass(frozen=True, slots=True)
class Steady:
    """A fleet that lives."""

    what: str
    boxes: int
    messages_per_s: float
    empty: "Cost"
    """Before the first box."""
    cost: "Cost"


@dataclass(slots=True)
class Sample:
    """What was seen `at_s` after the fault."""

    at_s: float
    subscribed: int
    tables: list[tuple[int, int] | None]
    """Of the nodes: living boxes that aren't online there, and dead ones that are; None: the node isn't reached."""


@dataclass(slots=True)
class Seen:
    """One event. Times in s since the fault."""

    name: str
    node: int
    boxes: int
    heal_s: float = 0.0
    samples: list[Sample] = field(default_factory=list)
    back: list[tuple[float, int]] = field(default_factory=list)
    """(time, boxes whose subscriptions are confirmed)."""
    commands: list[tuple[float, int]] = field(default_factory=list)
    """(time, answers)."""
    executed: int = 0
    """Of the commands, by the boxes' own count."""
    requests: tuple[int, int, int] = (0, 0, 0)
    """By `request`: answered, told that there is no answer, executed."""

    def lost(self) -> int:
        """Boxes without subscriptions, at the most."""
        return self.boxes - min(subscribed for _, subscribed in self.back)

    def share_s(self, share: float) -> float:
        """When this share of the boxes that lost their subscriptions had them again."""
        low = min(range(len(self.back)), key=lambda at: self.back[at][1])
        needed = self.boxes - round((1 - share) * self.lost())
        return next((at_s for at_s, subscribed in self.back[low:] if subscribed >= needed), float("nan"))

    def right_s(self, node: int) -> float:
        """From when on the table at `node` had all living boxes online; nan: it never had again."""
        return self._since(lambda sample: (pair := sample.tables[node - 1]) is not None and pair[0] == 0)

    def without_ghosts_s(self, node: int) -> float:
        """From when on no dead box was online in the table at `node`."""
        return self._since(lambda sample: (pair := sample.tables[node - 1]) is not None and pair[1] == 0)

    def ghosts(self, node: int, at_s: float) -> int:
        """Dead boxes that were online there at `at_s`."""
        pairs = [sample.tables[node - 1] for sample in self.samples if sample.at_s >= at_s]
        return next((pair[1] for pair in pairs if pair), 0)

    def _since(self, right: Callable[[Sample], bool]) -> float:
        since = float("nan")
        for sample in reversed(self.samples):
            if not right(sample):
                break
            since = sample.at_s
        return since


def simulator(port: int, ca_file: str, password_file: Path, boxes: int, first: int) -> Simulator:
    """`callbox simulate` by MQTT 5 and TLS."""
    pace = "--spread", str(boxes / STARTS_PER_S), "--retry", str(max(1.0, boxes / BOXES_A_SECOND))
    login = "--username", network.SIMULATED, "--password-file", str(password_file)
    tls = "--protocol", "5", "--tls", "--ca-file", ca_file
    return Simulator(port, boxes, *tls, *login, *pace, "--first", str(first))


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some processes, by name: shares of a core in %, memory in MiB (PSS)."""

    percent: dict[str, float]
    mib: dict[str, float]


def cost(pids: dict[str, list[int]], span_s: float) -> Cost:
    """Over `span_s` seconds from now."""
    windows = {name: Window(of) for name, of in pids.items()}
    time.sleep(span_s)
    percent = {name: 100 * window.share() for name, window in windows.items()}
    return Cost(percent, {name: memory(of).pss for name, of in pids.items()})


def steady(what: str, pids: dict[str, list[int]], start: Callable[[], Simulator], boxes: int) -> Steady:
    """Boxes that live on the processes `pids`, which have not seen any yet."""
    empty, boxes_ = cost(pids, SPAN_S), start()
    try:
        boxes_.until(boxes, "subscribed")
        time.sleep(CALM_S)
        began = boxes_.measured[-1]
        with_boxes, ended = cost(pids, SPAN_S), boxes_.measured[-1]
        per_s = (ended[1]["published"] - began[1]["published"]) / (ended[0] - began[0])
        return Steady(what, boxes, per_s, empty, with_boxes)
    finally:
        boxes_.end()


def mosquitto(folder: Path, made: Cluster) -> Mosquitto:
    """One Mosquitto with the cluster's certificate, and a password."""
    passwords = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, network.SIMULATED, network.PASSWORD], check=True)
    certificate = Path(made.ca_file).parent
    return Mosquitto(
        folder,
        f"certfile {certificate}/cert.pem",
        f"keyfile {certificate}/key.pem",
        "allow_anonymous false",
        f"password_file {passwords}",
    )


def mosquitto_storm(broker: Mosquitto, start: Callable[[], Simulator], boxes: int) -> Seen:
    """All boxes come back to the one broker."""
    seen, boxes_ = Seen("Mosquitto killed, started again", 1, boxes), start()
    try:
        boxes_.until(boxes, "subscribed")
        time.sleep(SETTLE_S)
        fault_s = time.monotonic()
        broker.stop()
        boxes_.until(0)
        broker.start()
        seen.heal_s = time.monotonic() - fault_s
        boxes_.until(boxes, "subscribed")
        seen.back = [(at_s - fault_s, counts["subscribed"]) for at_s, counts in boxes_.measured if at_s > fault_s]
        return seen
    finally:
        boxes_.end()


class Bench:
    """The fleet on the cluster, with a watcher and a commander at each node. In an event loop."""

    def __init__(self, made: Cluster, start: Callable[[int, int], Simulator], port: int, boxes: int) -> None:
        self._made, self._start_boxes = made, start
        self._executor = ThreadPoolExecutor(8)
        self._count = boxes
        self._living = [f"sim-{number:06d}" for number in range(boxes)]
        hosts = [node.host for node in made.nodes.nodes]
        self._watchers = [Watcher(network.broker(made, "watch", host, network.MQTT_PORT)) for host in hosts]
        home = [network.broker(made, "home", host, network.MQTT_PORT) for host in hosts]
        self._commanders = [Commander(one, self._living[REQUESTED:], self._executor) for one in home]
        self._requests = Requests(network.broker(made, "home", "127.0.0.1", port), self._living[:REQUESTED])

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """All of it lives, and each table has all boxes."""
        tasks = [asyncio.create_task(watcher.run()) for watcher in self._watchers]
        # Before the boxes: a cluster keeps no `status` for who comes later.
        while not all(watcher.connected for watcher in self._watchers):
            await asyncio.sleep(SAMPLE_S)
        self._boxes, self._requested = (
            self._start_boxes(self._count - REQUESTED, REQUESTED),
            self._start_boxes(REQUESTED, 0),
        )
        try:
            await asyncio.to_thread(self._boxes.until, self._count - REQUESTED, "subscribed")
            await asyncio.to_thread(self._requested.until, REQUESTED, "subscribed")
            await self._until_right([])
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            self._boxes.end()
            self._requested.end()

    async def _until_right(self, more: list[str]) -> None:
        async with asyncio.timeout(MOST_S):
            while any(watcher.wrong(self._living + more, [])[0] for watcher in self._watchers):
                await asyncio.sleep(SAMPLE_S)

    def _sample(self, at_s: float, dead: list[str]) -> Sample:
        subscribed = self._boxes.last["subscribed"] + self._requested.last["subscribed"]
        tables = [watcher.wrong(self._living, dead) if watcher.connected else None for watcher in self._watchers]
        return Sample(at_s, subscribed, tables)

    def _executed(self) -> tuple[int, int]:
        return self._boxes.last["executed"], self._requested.last["executed"]

    async def event(self, event: Event, number: int) -> Seen:
        """Let it happen."""
        seen = Seen(event.name, event.node, self._count)
        first = DYING_FIRST + number * DYING
        dying = self._start_boxes(DYING, first)
        dead = [f"sim-{first + one:06d}" for one in range(DYING)]
        for commander in self._commanders:
            commander.sent.clear()
            commander.sending = True
        self._requests.asking = True
        executed, requests = self._executed(), (self._requests.answered, self._requests.unanswered)
        tasks: list[asyncio.Task[None]] = []
        try:
            await asyncio.to_thread(dying.until, DYING, "subscribed")
            await self._until_right(dead)
            tasks = [asyncio.create_task(one.run()) for one in self._commanders]
            tasks.append(asyncio.create_task(self._requests.run()))
            await asyncio.sleep(WARM_UP_S)
            dying.process.send_signal(signal.SIGSTOP)
            fault_s = time.monotonic()
            failing = asyncio.create_task(asyncio.to_thread(event.fault, self._made, event.node))
            healing: asyncio.Task[None] | None = None
            while True:
                await asyncio.sleep(SAMPLE_S)
                at_s = time.monotonic() - fault_s
                seen.samples.append(self._sample(at_s, dead))
                if at_s >= event.lasts_s and failing.done() and healing is None:
                    failing.result()
                    healing = asyncio.create_task(asyncio.to_thread(event.heal, self._made, event.node))
                if healing and healing.done() and not seen.heal_s:
                    healing.result()
                    seen.heal_s = time.monotonic() - fault_s
                all_right = all(pair == (0, 0) for pair in seen.samples[-1].tables)
                if at_s > MOST_S or (seen.heal_s and at_s > seen.heal_s + AFTER_HEAL_S and all_right):
                    break
            for commander in self._commanders:
                commander.sending = False
            self._requests.asking = False
            await asyncio.sleep(QUIET_S)
            await tasks.pop()
        finally:
            for task in tasks:
                task.cancel()
            dying.process.kill()
        measured = zip(self._boxes.measured, self._requested.measured, strict=False)
        seen.back = [
            (one[0] - fault_s, one[1]["subscribed"] + two[1]["subscribed"]) for one, two in measured if one[0] > fault_s
        ]
        after = self._executed()
        seen.executed = after[0] - executed[0]
        seen.requests = (
            self._requests.answered - requests[0],
            self._requests.unanswered - requests[1],
            after[1] - executed[1],
        )
        commands = [command for commander in self._commanders for command in commander.sent.values()]
        seen.commands = [(command.at_s - fault_s, command.answers) for command in commands]
        return seen


def node_pids(made: Cluster) -> dict[str, list[int]]:
    """The processes of each node."""
    return {f"node {number}": family(made.process(number).pid) for number in network.NUMBERS}


async def events(bench: Bench, which: Sequence[Event], tell: Callable[[str], None]) -> list[Seen]:
    """One after the other."""
    seen = []
    async with bench.running():
        for number, event in enumerate(which):
            seen.append(await bench.event(event, number))
            tell(f"{event.name}: lost {seen[-1].lost()}, {asdict(seen[-1]) | {'samples': 0, 'back': 0, 'commands': 0}}")
    return seen
