"""What of docs/mqtt.md holds on three nodes: of RabbitMQ by deploy/rabbitmq, and of ejabberd.

Measured with the product's MQTT client.
"""

import asyncio
import contextlib
import functools
import http.client
import importlib.util
import itertools
import json
import math
import queue
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.rig.ports import free_port
from tests.rig.prometheus import Exporter
from tests.rig.tls import make_certificate
from tests.system.cluster.ejabberd import Ejabberd
from tests.system.interop.brokers.brokers import START_S, Node, Process, RabbitMQ, in_root, local_nodes
from tests.system.interop.brokers.features import Client, Protocol

from callbox.fleet.broker_options import BrokerTarget
from callbox.fleet.monitor.model.shard import owner, slot
from callbox.fleet.monitor.watch import snapshot
from callbox.fleet.sim.context import simulated_info
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model import homeassistant
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker
from callbox.mqtt.request import request

DEPLOY = Path(__file__).parents[3] / "deploy/rabbitmq"
PASSWORDS = {"kitchen": "k1tchen", "attic": "att1c", "hall": "h4ll", "watch": "w4tch", "home": "h0me"}
BOXES = ("kitchen", "attic", "hall")
KHEPRI = ("enable_feature_flag", "--experimental", "khepri_db")
"""Of rabbitmqctl, once for a cluster; deploy/rabbitmq/README.md says why."""
WITHIN_S = 30.0
SILENCE_S = 4.0


def definitions() -> ModuleType:
    """deploy/rabbitmq/definitions.py."""
    spec = importlib.util.spec_from_file_location("definitions", DEPLOY / "definitions.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def for_3_10(text: str) -> str:
    """deploy/rabbitmq/rabbitmq.conf for Debian 12's RabbitMQ 3.10, as deploy/rabbitmq/README.md says."""
    text = text.replace("anonymous_login_user = none", "mqtt.allow_anonymous = false")
    return text.replace("mqtt.max_packet_size_authenticated", "#mqtt.max_packet_size_authenticated")


@contextlib.contextmanager
def cluster(
    nodes: Sequence[Node] = (),
    more: Callable[[dict[str, Any]], dict[str, Any]] = lambda made: made,
    suite: str = "trixie",
) -> Iterator["Cluster"]:
    """Three nodes, started by deploy/rabbitmq with other ports and names.

    `nodes`: where; (): on the loopback device. `more`: changes the definitions. `suite`: Debian's release.
    """
    nodes = nodes or local_nodes("node-1", "node-2", "node-3")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        make_certificate(folder)
        (folder / "definitions.json").write_text(json.dumps(more(definitions().definitions(PASSWORDS))))

        def config(node: Node) -> str:
            text = (DEPLOY / "rabbitmq.conf").read_text().replace("/etc/rabbitmq/callbox", name)
            text = text.replace("ssl.default = 8883", f"ssl.default = {node.host}:{node.mqtt}")
            for number, peer in enumerate(nodes, 1):
                text = text.replace(f"rabbit@node-{number}", peer.name)
            return text if suite == "trixie" else for_3_10(text)

        plugins = (DEPLOY / "enabled_plugins").read_text()
        with RabbitMQ(suite, folder, nodes, config, plugins) as rabbitmq:
            if suite == "trixie":
                rabbitmq.control(nodes[0], *KHEPRI)
            yield Cluster(rabbitmq, folder, "5" if suite == "trixie" else "3.1.1")


@contextlib.contextmanager
def ejabberd() -> Iterator["Cluster"]:
    """Three nodes of ejabberd."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        make_certificate(Path(name))
        with Ejabberd(Path(name), PASSWORDS) as nodes:
            yield Cluster(nodes, Path(name))


@contextlib.contextmanager
def balancer(nodes: Sequence[Node], folder: Path, first: int | None = None) -> Iterator[Process]:
    """HAProxy by deploy/rabbitmq, in front of `nodes`. `first`: number of the node that takes all as long as it is there."""
    port = free_port()
    text = (DEPLOY / "haproxy.cfg").read_text().replace("bind :8883", f"bind 127.0.0.1:{port}")
    for number, node in enumerate(nodes, 1):
        backup = " backup" if first not in (None, number) else ""
        text = text.replace(f" node-{number}:8883", f" {node.host}:{node.mqtt}{backup}")
    (folder / "haproxy.cfg").write_text(text)
    command = in_root("trixie", folder, "/usr/sbin/haproxy", "-db", "-f", f"{folder}/haproxy.cfg")
    with Process(command, port, folder) as haproxy:
        yield haproxy


CLUSTERS: dict[str, Callable[[], AbstractContextManager["Cluster"]]] = {
    "RabbitMQ 4.0.5, MQTT 5": cluster,
    "RabbitMQ 3.10.8, MQTT 3.1.1": functools.partial(cluster, suite="bookworm"),
    "ejabberd 23.01, MQTT 5": ejabberd,
}
"""By broker and protocol."""


class Box:
    """A box's MQTT client at one node."""

    def __init__(self, name: str, broker: Broker) -> None:
        self.topics = Topics("callbox", name)
        info = simulated_info(1) | {"name": name}
        self.observer = MqttObserver(broker, self.topics, info, homeassistant.discovery(self.topics, info, name))
        self.executed: list[Any] = []
        self.observer.attach(self._execute)

    def _execute(self, order: Any) -> None:
        self.executed.append(order)


class Cluster:
    """The nodes, and clients of them by number."""

    def __init__(self, nodes: RabbitMQ | Ejabberd, folder: Path, protocol: Protocol = "5") -> None:
        self.nodes, self.ca_file = nodes, str(folder / "cert.pem")
        self.protocol: Protocol = protocol

    def broker(self, number: int, user: str) -> Broker:
        """Address and login for the product's clients, over TLS."""
        port = self.nodes.nodes[number - 1].mqtt
        return Broker("127.0.0.1", port, user, PASSWORDS[user], tls=True, ca_file=self.ca_file, protocol=self.protocol)

    def client(self, number: int, user: str, name: str = "", **options: Any) -> Client:
        """A paho client."""
        login = (user, options.pop("password", PASSWORDS[user]))
        return Client(
            self.nodes.nodes[number - 1].mqtt, self.protocol, name, login=login, ca_file=self.ca_file, **options
        )

    def exporter(self, number: int, *options: str, port: int | None = None) -> Exporter:
        """`callbox watch --metrics` at node `number`, or at `port`."""
        password = Path(self.ca_file).with_name("watch")
        password.write_text(PASSWORDS["watch"])
        login = "--ca-file", self.ca_file, "--username", "watch", "--password-file", str(password)
        place = port or self.nodes.nodes[number - 1].mqtt
        return Exporter(place, "--protocol", self.protocol, *login, *options)

    def process(self, number: int) -> Any:
        """The node's process."""
        return self.nodes.processes[self.nodes.nodes[number - 1].name]

    @contextlib.asynccontextmanager
    async def box(self, name: str, number: int) -> AsyncIterator[Box]:
        """A box that runs at node `number`."""
        box = Box(name, self.broker(number, name))
        task = asyncio.create_task(box.observer.run())
        try:
            yield box
        finally:
            task.cancel()
            await asyncio.wait([task])


async def shows(exporter: Exporter, series: str, within_s: float = WITHIN_S) -> bool:
    """Whether what Prometheus is told has this series with 1, within `within_s` seconds."""
    end_s = time.monotonic() + within_s
    while time.monotonic() < end_s:
        if (await asyncio.to_thread(scraped, exporter)).get(series) == 1:
            return True
        await asyncio.sleep(0.5)
    return False


def scraped(exporter: Exporter) -> dict[str, float]:
    """What it tells; nothing, if it is dead or busy."""
    try:
        return exporter.scrape()
    except (OSError, http.client.HTTPException):
        return {}


async def received(client: Client, topic: str, payload: bytes | None, within_s: float = WITHIN_S) -> bool:
    """Whether a message on `topic` comes, with `payload` (None: any)."""

    def wait() -> bool:
        end_s = time.monotonic() + within_s
        while message := client.next(max(0.0, end_s - time.monotonic())):
            if message.topic == topic and payload in (None, message.payload):
                return True
        return False

    return await asyncio.to_thread(wait)


def yes(answer: object) -> str:
    """ "yes" or "no"."""
    return "yes" if answer else "no"


async def measure(cluster_: Cluster, tell: Callable[[str, str], None]) -> None:
    """Measure each promise, and `tell` its name and the answer."""

    def listening(number: int) -> Client:
        client = cluster_.client(number, "home")
        client.subscribe("callbox/#")
        client.subscribe("homeassistant/#")
        return client

    with contextlib.ExitStack() as stack:
        one, two, three = (stack.enter_context(listening(number)) for number in (1, 2, 3))
        async with cluster_.box("kitchen", 1) as kitchen, cluster_.box("attic", 2) as attic:
            tell(
                "a box's topics reach who is subscribed, on its node",
                yes(await received(one, "callbox/kitchen/status", b"online")),
            )
            tell("... and on another node", yes(await received(three, "callbox/kitchen/status", b"online")))
            await received(three, "callbox/attic/status", b"online")
            for where, number in (("its node", 1), ("another node", 3)):
                with cluster_.client(number, "watch") as late:
                    late.subscribe("callbox/kitchen/status")
                    got = await received(late, "callbox/kitchen/status", b"online", SILENCE_S)
                    tell(f"retained `status`, subscribed later on {where} without wildcards", yes(got))
                for option in ("", " --ask"):
                    target = BrokerTarget(cluster_.broker(number, "watch"), "callbox", ask=bool(option))
                    rows = (await snapshot(target)).rows
                    tell(
                        f"`callbox watch --once{option}` on {where} shows the box",
                        yes(any(row.box == "kitchen" for row in rows)),
                    )
            answer = await asyncio.to_thread(
                request, cluster_.broker(3, "home"), kitchen.topics, "mute", {"mute": True}
            )
            tell(
                "a command from another node is executed once and answered",
                yes((answer or {}).get("status") == "ok" and len(kitchen.executed) == 1),
            )
            with contextlib.ExitStack() as watching:
                exporters = [watching.enter_context(cluster_.exporter(number)) for number in (1, 2, 3)]
                connected = [await shows(one, "callbox_broker_connected", START_S) for one in exporters]
                with cluster_.client(2, "home") as home:
                    home.publish("homeassistant/status", "online")
                found = await received(three, "homeassistant/device/callbox_kitchen/config", None)
                tell("Home Assistant, started on another node, is told every box anew", yes(found))
                exported = [await shows(one, 'callbox_presence{box="kitchen",presence="online"}') for one in exporters]
                tell(
                    "... and `callbox watch --metrics` on each node then tells the box", yes(all(connected + exported))
                )
            with cluster_.client(3, "kitchen") as stranger:
                with contextlib.suppress(ConnectionError, RuntimeError, ValueError):
                    stranger.publish("callbox/attic/doctor", "x")
                tell(
                    "a box can't write below another's id",
                    yes(not await received(two, "callbox/attic/doctor", b"x", SILENCE_S)),
                )
            try:
                with cluster_.client(1, "kitchen", password="wrong"):
                    tell("a wrong password is refused", "no")
            except (ConnectionError, queue.Empty):
                tell("a wrong password is refused", "yes")
            kitchen.observer._client.socket().close()
            tell(
                "last will of a lost connection, on another node",
                yes(await received(three, "callbox/kitchen/status", b"offline")),
            )
            tell("... and the box is online again", yes(await received(three, "callbox/kitchen/status", b"online")))
            assert attic
        with cluster_.client(1, "hall", "callbox-twin") as first, cluster_.client(2, "hall", "callbox-twin"):
            taken = False
            with contextlib.suppress(queue.Empty):
                taken = bool(await asyncio.to_thread(first.ended.get, timeout=10))
            tell("a client is taken over by one with its id on another node", yes(taken))
        async with cluster_.box("attic", 2) as attic:
            await received(three, "callbox/attic/status", b"online")
            will = ("callbox/kitchen/status", "offline", "9d2f41aa")
            cluster_.client(1, "kitchen", "callbox-kitchen", will=will)
            cluster_.process(1).signal(signal.SIGKILL)
            offline = await received(three, "callbox/kitchen/status", b"offline", 15)
            tell("last will of the clients of a node that is killed", yes(offline))
            answer = await asyncio.to_thread(request, cluster_.broker(3, "home"), attic.topics, "mute", {"mute": True})
            tell("boxes on the other nodes take commands meanwhile", yes((answer or {}).get("status") == "ok"))
            async with cluster_.box("kitchen", 2):
                tell(
                    "a box of that node is online by another node",
                    yes(await received(three, "callbox/kitchen/status", b"online")),
                )
            cluster_.process(1).stop()
            await asyncio.to_thread(cluster_.process(1).start)
            async with cluster_.box("hall", 1) as hall:
                tell(
                    "the node, started again, takes boxes", yes(await received(three, "callbox/hall/status", b"online"))
                )
                answer = await asyncio.to_thread(
                    request, cluster_.broker(3, "home"), hall.topics, "mute", {"mute": True}
                )
                tell("... and they take commands from another node", yes((answer or {}).get("status") == "ok"))


# -- exporters that divide the boxes ---------------------------------------------------------------------------

NOT_ONCE_S = 30.0
"""For so long a box may be told by no exporter, or by two, after one of them or a node has died."""
CALM_S, MOST_S = 30.0, 150.0


def exporter_names() -> list[str]:
    """Names of three exporters of which each holds one of `BOXES`, in their order."""
    for names in itertools.permutations([f"watch-{number}" for number in range(10)], len(BOXES)):
        if [owner(slot(box), names) for box in BOXES] == list(names):
            return list(names)
    raise AssertionError("no such names")


def published_by(exporter: Exporter) -> set[str]:
    """Boxes that it tells as online."""
    samples = scraped(exporter)
    return {box for box in BOXES if samples.get(f'callbox_presence{{box="{box}",presence="online"}}') == 1}


def is_all_published(exporters: Sequence[Exporter]) -> bool:
    """Whether of each box `health` is told, too."""
    series = {name for one in exporters for name in scraped(one)}
    return all(f'callbox_uptime_seconds{{box="{box}"}}' in series for box in BOXES)


async def longest_not_once_s(exporters: Sequence[Exporter]) -> float:
    """For how long one of `BOXES` was told by none of them, or by two, until each was told once for `CALM_S`.

    inf: not within `MOST_S`.
    """
    began_s = wrong_since_s = time.monotonic()
    right_since_s: float | None = None
    longest_s = 0.0
    while (now_s := time.monotonic()) < began_s + MOST_S:
        found = await asyncio.gather(*(asyncio.to_thread(published_by, one) for one in exporters))
        if Counter(box for one in found for box in one) == Counter(BOXES):
            if right_since_s is None:
                right_since_s, longest_s = now_s, max(longest_s, now_s - wrong_since_s)
            elif now_s > right_since_s + CALM_S:
                return longest_s
        elif right_since_s is not None:
            right_since_s, wrong_since_s = None, now_s
        await asyncio.sleep(0.5)
    return math.inf


async def measure_exporters(cluster_: Cluster, tell: Callable[[str, str], None]) -> None:
    """As `measure`, with three exporters at three nodes; the third by a balancer that knows the other nodes too."""
    folder = Path(cluster_.ca_file).parent
    async with cluster_.box("kitchen", 1), cluster_.box("attic", 2), cluster_.box("hall", 2):
        with contextlib.ExitStack() as stack:
            haproxy = stack.enter_context(balancer(cluster_.nodes.nodes, folder, first=3))
            made = [
                cluster_.exporter(number, "--shard", name, "--ask", port=haproxy.port if number == 3 else None)
                for number, name in enumerate(exporter_names(), 1)
            ]
            exporters = [stack.enter_context(one) for one in made]
            tell(
                "exporters that divide the boxes, each at its node, tell each box once",
                yes(await longest_not_once_s(exporters) < math.inf),
            )
            exporters[0].process.kill()
            killed_s = await longest_not_once_s(exporters[1:])
            print(f"  an exporter killed: {killed_s:.1f} s")
            tell(f"... one is killed: within {NOT_ONCE_S:g} s the others tell its boxes", yes(killed_s <= NOT_ONCE_S))
            tell(
                "... and all that they report (`--ask`)", yes(await asyncio.to_thread(is_all_published, exporters[1:]))
            )
            cluster_.process(3).stop()
            died_s = await longest_not_once_s(exporters[1:])
            print(f"  the node of an exporter killed: {died_s:.1f} s")
            tell(
                f"... the node of one is killed: no box is told by none or by two for longer than {NOT_ONCE_S:g} s",
                yes(died_s <= NOT_ONCE_S),
            )
