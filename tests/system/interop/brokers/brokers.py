"""Brokers that people have, started on free ports: Debian's Mosquitto and RabbitMQ, aedes of npm, amqtt of PyPI.

What isn't installed is fetched once into ``callbox/brokers`` in the user's cache folder (`fetch`): of Debian's packages the
files alone, as ``dpkg -x`` unpacks them, entered by chroot. That needs root, mmdebstrap and npm.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.rig.ports import free_port, wait_until_open

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "callbox/brokers"
_PROGRAMS = "base-files,bash,coreutils,dash,ejabberd,findutils,grep,haproxy,hostname,libc-bin,login,mawk,mosquitto,procps,rabbitmq-server,sed,util-linux"
CLUSTER_HOSTS = "".join(f"10.79.0.{number} node-{number}\n" for number in (1, 2, 3))
"""Of nodes in network namespaces of their own."""
AEDES, AMQTT = "1.2.0", "0.12.1"
RESTART_S, STARTS = 10.0, 3
"""A node that ends while it starts is started again, as Debian's rabbitmq-server.service does (RestartSec=10)."""
START_S = 300.0
"""For RabbitMQ on a busy machine, in s."""


def fetch() -> None:
    """Fetch what is missing: some 400 MB on the disk. A second process waits until the first one has fetched."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _fetch()


def _fetch() -> None:
    for suite in ("bookworm", "trixie"):
        root = CACHE / suite
        if not all((root / "usr/sbin" / program).exists() for program in ("ejabberdctl", "haproxy", "rabbitmq-server")):
            shutil.rmtree(root, ignore_errors=True)
            partial = CACHE / f"{suite}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            packages = "--quiet", "--mode=root", "--variant=extract", f"--include={_PROGRAMS}"
            subprocess.run(["mmdebstrap", *packages, suite, partial], check=True)
            for name in ("bin", "sbin", "lib", "lib64"):
                if not (partial / name).exists():
                    (partial / name).symlink_to(f"usr/{name}")
            partial.rename(root)
        (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n{CLUSTER_HOSTS}")
    if not (folder := CACHE / f"aedes-{AEDES}").exists():
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, f"aedes@{AEDES}"], check=True
        )
    if not (folder := CACHE / f"amqtt-{AMQTT}").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin/pip", "install", "--quiet", f"amqtt=={AMQTT}"], check=True)


def erlang_environment(home: Path, epmd_port: int) -> dict[str, str]:
    """Environment of an Erlang node in a root: whose cookie is in `home`, and which names itself to its own epmd."""
    return {
        "HOME": str(home),
        "PATH": "/usr/sbin:/usr/bin",
        "LANG": "C.UTF-8",
        "ERL_CRASH_DUMP_BYTES": "0",
        "ERL_EPMD_PORT": str(epmd_port),
    }


def in_root(suite: str, work: Path, *command: str, namespace: str = "") -> list[str]:
    """`command` in the files of `suite`, with the host's processes, and with `work` at its own path.

    `namespace`: a network namespace; "": the host's network.
    """
    root = CACHE / suite
    (root / str(work).lstrip("/")).mkdir(parents=True, exist_ok=True)
    script = (
        'set -e; mount --rbind /proc "$1/proc"; mount --rbind /dev "$1/dev"; mount --bind "$0" "$1$0"; exec chroot "$@"'
    )
    entered = ["ip", "netns", "exec", namespace] if namespace else []
    return [*entered, "unshare", "--mount", "bash", "-c", script, str(work), str(root), *command]


class Process:
    """One broker in a process group of its own, killed at the end."""

    def __init__(
        self,
        command: Sequence[object],
        port: int,
        folder: Path,
        env: dict[str, str] | None = None,
        host: str = "127.0.0.1",
        starts: int = 1,
    ) -> None:
        self.port, self._host, self._starts = port, host, starts
        self._command, self._log, self._env = [str(part) for part in command], folder / "broker.log", env
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; return when its port is open."""
        self.launch()
        self.wait_started()

    def launch(self) -> None:
        """Start it, without waiting."""
        env = None if self._env is None else {**os.environ, **self._env}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=env, start_new_session=True)

    def wait_started(self) -> None:
        """Return when its port is open. Raises `TimeoutError`."""
        for left in reversed(range(self._starts)):
            try:
                wait_until_open(self.port, START_S, alive=self._is_alive, host=self._host)
            except TimeoutError:
                if self._is_alive() or not left:
                    raise
                time.sleep(RESTART_S)
                self.launch()
            else:
                return

    def _is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the process that was started; the broker may be a child of it."""
        assert self._process
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        assert self._process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def stop(self) -> None:
        """Kill it, as a power cut does."""
        if self._process:
            self.signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def mosquitto_options(port: int) -> str:
    """A configuration without access control."""
    return f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\n"


def _mosquitto(suite: str) -> Callable[[Path], Process]:
    def make(folder: Path) -> Process:
        port = free_port()
        (folder / "mosquitto.conf").write_text(mosquitto_options(port))
        return Process(in_root(suite, folder, "/usr/sbin/mosquitto", "-c", f"{folder}/mosquitto.conf"), port, folder)

    return make


_AEDES_PROGRAM = """
const { Aedes } = require('aedes')
Aedes.createBroker().then((broker) => require('net').createServer(broker.handle).listen(Number(process.argv[2]), '127.0.0.1'))
"""
_AMQTT_PROGRAM = """
import asyncio, sys
from amqtt.broker import Broker

async def main():
    listener = {"type": "tcp", "bind": f"127.0.0.1:{sys.argv[1]}"}
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    await Broker({"listeners": {"default": listener}, "plugins": plugins}).start()
    await asyncio.Event().wait()

asyncio.run(main())
"""


def _aedes(folder: Path) -> Process:
    port = free_port()
    (folder / "broker.cjs").write_text(_AEDES_PROGRAM)
    env = {"NODE_PATH": str(CACHE / f"aedes-{AEDES}/node_modules")}
    return Process(["node", folder / "broker.cjs", port], port, folder, env)


def _amqtt(folder: Path) -> Process:
    port = free_port()
    (folder / "broker.py").write_text(_AMQTT_PROGRAM)
    return Process([CACHE / f"amqtt-{AMQTT}/bin/python", folder / "broker.py", port], port, folder)


@dataclass(frozen=True, slots=True)
class Node:
    """One node of RabbitMQ: its name, its ports, and where MQTT is served."""

    name: str
    mqtt: int
    distribution: int
    host: str = "127.0.0.1"
    namespace: str = ""
    """A network namespace of its own; "": the host's network."""


def local_nodes(*names: str) -> list[Node]:
    """Nodes on this machine's loopback device."""
    return [Node(f"{name}@localhost", free_port(), free_port()) for name in names]


class RabbitMQ:
    """Nodes of RabbitMQ on one machine, with epmds of their own. `config`: lines of rabbitmq.conf for each node."""

    def __init__(
        self,
        suite: str,
        folder: Path,
        nodes: Sequence[Node],
        config: Callable[[Node], str],
        plugins: str = "[rabbitmq_mqtt].\n",
    ) -> None:
        self._suite, self._folder = suite, folder
        self._epmd_port = free_port()
        self._home = next((CACHE / suite).glob("usr/lib/rabbitmq/lib/rabbitmq_server-*"))
        self.nodes = list(nodes)
        self.processes: dict[str, Process] = {}
        cookie = folder / ".erlang.cookie"
        cookie.write_text("CALLBOXTESTS")
        cookie.chmod(0o400)
        (folder / "plugins").write_text(plugins)
        (folder / "log").mkdir()
        for node in self.nodes:
            (folder / f"{node.name}.conf").write_text(config(node))
            server = f"/{self._home.relative_to(CACHE / suite)}/sbin/rabbitmq-server"
            command = in_root(suite, folder, server, namespace=node.namespace)
            self.processes[node.name] = Process(command, node.mqtt, folder, self._env(node), node.host, STARTS)

    def _env(self, node: Node) -> dict[str, str]:
        return {
            **erlang_environment(self._folder, self._epmd_port),
            **({} if node.namespace else {"ERL_EPMD_ADDRESS": "127.0.0.1"}),
            "RABBITMQ_HOME": f"/{self._home.relative_to(CACHE / self._suite)}",
            "RABBITMQ_NODENAME": node.name,
            "RABBITMQ_DIST_PORT": str(node.distribution),
            "RABBITMQ_MNESIA_BASE": f"{self._folder}/data",
            "RABBITMQ_LOG_BASE": f"{self._folder}/log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{self._folder}/plugins",
            "RABBITMQ_CONFIG_FILE": f"{self._folder}/{node.name}.conf",
            # One thread for each kind of work: nodes share the machine with their clients.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +SDcpu 1:1 +SDio 1 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    @property
    def port(self) -> int:
        """Of the first node."""
        return self.nodes[0].mqtt

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            epmd = next((CACHE / self._suite).glob("usr/lib/erlang/erts-*/bin/epmd"))
            inside = f"/{epmd.relative_to(CACHE / self._suite)}"
            for namespace, host in {node.namespace: node.host for node in self.nodes}.items():
                arguments = inside, "-port", str(self._epmd_port), *(() if namespace else ("-address", host))
                command = in_root(self._suite, self._folder, *arguments, namespace=namespace)
                stack.enter_context(Process(command, self._epmd_port, self._folder, host=host))
            for process in self.processes.values():
                process.launch()
                stack.callback(process.stop)
            for process in self.processes.values():
                process.wait_started()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def control(self, node: Node, *arguments: str) -> str:
        """What ``rabbitmqctl`` prints."""
        command = in_root(
            self._suite,
            self._folder,
            f"/{self._home.relative_to(CACHE / self._suite)}/sbin/rabbitmqctl",
            "-q",
            *arguments,
            namespace=node.namespace,
        )
        return subprocess.run(
            command, env={**os.environ, **self._env(node)}, check=True, capture_output=True, text=True, timeout=START_S
        ).stdout


def _rabbitmq(suite: str) -> Callable[[Path], RabbitMQ]:
    def config(node: Node) -> str:
        return f"listeners.tcp = none\nmqtt.listeners.tcp.1 = 127.0.0.1:{node.mqtt}\nmqtt.allow_anonymous = true\n" + (
            "anonymous_login_user = guest\nanonymous_login_pass = guest\n" if suite == "trixie" else ""
        )

    return lambda folder: RabbitMQ(suite, folder, local_nodes("one"), config)


BROKERS: dict[str, Callable[[Path], AbstractContextManager[Process] | RabbitMQ]] = {
    "Mosquitto 2.0.11 (bookworm)": _mosquitto("bookworm"),
    "Mosquitto 2.0.21 (trixie)": _mosquitto("trixie"),
    "RabbitMQ 3.10.8 (bookworm)": _rabbitmq("bookworm"),
    "RabbitMQ 4.0.5 (trixie)": _rabbitmq("trixie"),
    f"aedes {AEDES}": _aedes,
    f"amqtt {AMQTT}": _amqtt,
}
"""By name and version: what makes one in a folder."""


@contextlib.contextmanager
def running(name: str, folder: Path) -> Iterator[int]:
    """The port of the broker `name`, while it runs."""
    with BROKERS[name](folder) as broker:
        yield broker.port
