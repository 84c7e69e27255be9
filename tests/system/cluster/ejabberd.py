"""Three nodes of Debian 12's ejabberd 23.01 with MQTT (mod_mqtt), on one machine."""

import os
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.rig.ports import free_port
from tests.system.interop.brokers.brokers import CACHE, START_S, Node, Process, erlang_environment, in_root, local_nodes

SUITE = "bookworm"
HOST = "localhost"
"""ejabberd's: a user `kitchen` is kitchen@localhost."""
CONFIG = """\
hosts: ["{host}"]
loglevel: warning
certfiles: ["{folder}/cert.pem", "{folder}/key.pem"]
auth_method: [internal]
acl:
  boxes: {{user: [kitchen, attic, hall]}}
  home: {{user: home}}
  watch: {{user: watch}}
listen:
  - {{port: {port}, ip: "127.0.0.1", module: mod_mqtt, tls: true, backlog: 1000}}
modules:
  mod_mqtt:
    access_publish:
      "callbox/%u/#": [{{allow: boxes}}]
      "homeassistant/device/+/config": [{{allow: boxes}}]
      "callbox/+/request/+": [{{allow: home}}]
      "callbox/+/+/set": [{{allow: home}}]
      "homeassistant/status": [{{allow: home}}, {{allow: watch}}]
      "callbox-watch/+": [{{allow: watch}}]
"""


class Ejabberd:
    """Three nodes that share Mnesia, with these users. `folder`: with cert.pem and key.pem."""

    def __init__(self, folder: Path, passwords: dict[str, str]) -> None:
        self._folder, self._passwords, self._epmd_port = folder, passwords, free_port()
        self.nodes = local_nodes("node-1", "node-2", "node-3")
        self.processes: dict[str, Process] = {}
        cookie = folder / ".erlang.cookie"
        cookie.write_text("CALLBOXTESTS")
        cookie.chmod(0o400)
        for node in self.nodes:
            text = CONFIG.format(host=HOST, folder=folder, port=node.mqtt)
            (folder / f"{node.name}.yml").write_text(text)
            data = "-mnesia", "dir", f'"{folder}/{node.name}"'
            command = self._erl("-sname", node.name, *data, "-s", "ejabberd")
            self.processes[node.name] = Process(command, node.mqtt, folder, self._env(node))

    def _erl(self, *arguments: str) -> list[str]:
        here = "-kernel", "inet_dist_use_interface", "{127,0,0,1}"
        return in_root(SUITE, self._folder, "/usr/bin/erl", "-noinput", *here, *arguments)

    def _env(self, node: Node) -> dict[str, str]:
        return {
            **erlang_environment(self._folder, self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_LIBS": "/usr/lib/x86_64-linux-gnu",
            "EJABBERD_CONFIG_PATH": f"{self._folder}/{node.name}.yml",
            "EJABBERD_LOG_PATH": f"{self._folder}/{node.name}.log",
        }

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            epmd = next((CACHE / SUITE).glob("usr/lib/erlang/erts-*/bin/epmd"))
            arguments = f"/{epmd.relative_to(CACHE / SUITE)}", "-port", str(self._epmd_port), "-address", "127.0.0.1"
            command = in_root(SUITE, self._folder, *arguments)
            stack.enter_context(Process(command, self._epmd_port, self._folder))
            for process in self.processes.values():
                stack.enter_context(process)
            first, *others = self.nodes
            for node in others:
                self.control(node, "join_cluster", first.name)
            for name, password in self._passwords.items():
                self.control(first, "register", name, HOST, password)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def control(self, node: Node, *arguments: str) -> None:
        """``ejabberdctl``."""
        name = f"control-{os.urandom(4).hex()}@localhost"
        command = self._erl("-sname", name, "-hidden", "-s", "ejabberd_ctl", "-extra", node.name, *arguments)
        env = {**os.environ, **self._env(node)}
        subprocess.run(command, env=env, check=True, capture_output=True, timeout=START_S)
