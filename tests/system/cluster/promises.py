"""What of docs/mqtt.md holds on three nodes of RabbitMQ that run by deploy/rabbitmq: measured with the product's MQTT client."""

import asyncio
import contextlib
import importlib.util
import json
import queue
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.rig.tls import make_certificate
from tests.system.interop.brokers.brokers import Node, RabbitMQ
from tests.system.interop.brokers.features import Client

from callbox.fleet.broker_options import BrokerTarget
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


@contextlib.contextmanager
def cluster() -> Iterator["Cluster"]:
    """Three nodes, started by deploy/rabbitmq with other ports and names."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        make_certificate(folder)
        (folder / "definitions.json").write_text(json.dumps(definitions().definitions(PASSWORDS)))

        def config(node: Node) -> str:
            text = (DEPLOY / "rabbitmq.conf").read_text().replace("/etc/rabbitmq/callbox", name)
            text = text.replace("ssl.default = 8883", f"ssl.default = 127.0.0.1:{node.mqtt}")
            for number in (1, 2, 3):
                text = text.replace(f"rabbit@node-{number}", f"node-{number}@localhost")
            return text

        plugins = (DEPLOY / "enabled_plugins").read_text()
        with RabbitMQ("trixie", folder, ["node-1", "node-2", "node-3"], config, plugins) as nodes:
            yield Cluster(nodes, folder)


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

    def __init__(self, nodes: RabbitMQ, folder: Path) -> None:
        self.nodes, self.ca_file = nodes, str(folder / "cert.pem")

    def broker(self, number: int, user: str) -> Broker:
        """Address and login for the product's clients; MQTT 5 over TLS."""
        port = self.nodes.nodes[number - 1].mqtt
        return Broker("127.0.0.1", port, user, PASSWORDS[user], tls=True, ca_file=self.ca_file, protocol="5")

    def client(self, number: int, user: str, name: str = "", **options: Any) -> Client:
        """A paho client."""
        login = (user, options.pop("password", PASSWORDS[user]))
        return Client(self.nodes.nodes[number - 1].mqtt, "5", name, login=login, ca_file=self.ca_file, **options)

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
                rows = await snapshot(BrokerTarget(cluster_.broker(number, "watch"), "callbox"))
                tell(
                    f"`callbox watch --once` on {where} shows the box",
                    yes(any(row.box == "kitchen" for row in rows)),
                )
            answer = await asyncio.to_thread(
                request, cluster_.broker(3, "home"), kitchen.topics, "mute", {"mute": True}
            )
            tell(
                "a command from another node is executed once and answered",
                yes((answer or {}).get("status") == "ok" and len(kitchen.executed) == 1),
            )
            with cluster_.client(2, "home") as home:
                home.publish("homeassistant/status", "online")
                found = await received(three, "homeassistant/device/callbox_kitchen/config", None)
                tell("Home Assistant, started on another node, is told every box anew", yes(found))
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
