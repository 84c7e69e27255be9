"""Three nodes of deploy/rabbitmq in network namespaces of their own, behind HAProxy. Needs root.

Each has a device to its clients and one to the other nodes, which can be cut.
"""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.system.cluster.promises import PASSWORDS, Cluster, balancer, cluster
from tests.system.interop.brokers.brokers import Node

from benchmarks.cost.processes import family
from callbox.mqtt.paho_client import Broker

NUMBERS = (1, 2, 3)
SIMULATED = "simulated"
"""User of all simulated boxes: may write and read everything."""
PASSWORD = "s1mulated"
MQTT_PORT, NODES_PORT = 8883, 25672
_BRIDGES = {"cbm": "10.78.0", "cbd": "10.79.0"}
"""To the clients, and between the nodes: the addresses of `CLUSTER_HOSTS`."""


def ip(command: str, *, check: bool = True) -> None:
    """``ip command``."""
    subprocess.run(["ip", *command.split()], check=check, stderr=None if check else subprocess.DEVNULL)


@contextlib.contextmanager
def namespaces() -> Iterator[list[Node]]:
    """The network of three nodes."""
    try:
        _remove()
        for bridge in _BRIDGES:
            ip(f"link add {bridge} type bridge")
            ip(f"link set {bridge} up")
        ip("addr add 10.78.0.254/24 dev cbm")
        for number in NUMBERS:
            ip(f"netns add callbox-node-{number}")
            ip(f"-n callbox-node-{number} link set lo up")
            for bridge, net in _BRIDGES.items():
                inside = f"{bridge}{number}i"
                ip(f"link add {bridge}{number} type veth peer name {inside} netns callbox-node-{number}")
                ip(f"link set {bridge}{number} master {bridge} up")
                ip(f"-n callbox-node-{number} addr add {net}.{number}/24 dev {inside}")
                ip(f"-n callbox-node-{number} link set {inside} up")
        yield [
            Node(f"rabbit@node-{number}", MQTT_PORT, NODES_PORT, f"10.78.0.{number}", f"callbox-node-{number}")
            for number in NUMBERS
        ]
    finally:
        _remove()


def _remove() -> None:
    for number in NUMBERS:
        ip(f"netns delete callbox-node-{number}", check=False)
    for bridge in _BRIDGES:
        ip(f"link delete {bridge}", check=False)


def cut(number: int) -> None:
    """Cut a node from the other nodes; its clients keep it."""
    ip(f"link set cbd{number} down")


def mend(number: int) -> None:
    """The opposite of `cut`."""
    ip(f"link set cbd{number} up")


def _with_simulated(definitions: dict[str, Any]) -> dict[str, Any]:
    from tests.system.cluster.promises import definitions as program

    more = program().definitions({SIMULATED: PASSWORD})
    more["topic_permissions"][0].update(write=".*", read=".*")
    return definitions | {key: definitions[key] + more[key] for key in ("users", "permissions", "topic_permissions")}


@contextlib.contextmanager
def running(folder: Path) -> Iterator[tuple[Cluster, int, list[int]]]:
    """The cluster, and the port and processes of its load balancer."""
    with namespaces() as nodes, cluster(nodes, _with_simulated) as made, balancer(nodes, folder) as haproxy:
        yield made, haproxy.port, family(haproxy.pid)


def broker(made: Cluster, user: str, host: str, port: int) -> Broker:
    """For the product's clients. Of the nodes' certificate the name isn't checked: it is 127.0.0.1's."""
    password = PASSWORDS.get(user, PASSWORD)
    insecure = host != "127.0.0.1"
    return Broker(host, port, user, password, tls=True, ca_file=made.ca_file, insecure=insecure, protocol="5")
