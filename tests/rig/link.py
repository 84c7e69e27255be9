"""A bad network between two processes, the same each time: two network namespaces, a TUN device in each, and a
forwarding process between them that loses, delays, reorders and doubles packets as a seeded `NetworkImpairment` says.

tc's netem would do, but many kernels come without it, and it takes a seed only since Linux 6.6: this one is always
there where TUN and namespaces are (Linux, root), and decides by packet number.
"""

import contextlib
import fcntl
import itertools
import json
import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from tests.rig import forwarder
from tests.rig.forwarder import Seen

from callbox.probe.model.network_impairment import NetworkImpairment

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
NEAR, FAR = "10.77.0.1", "10.77.0.2"
"""The addresses of the two ends."""
_numbers = itertools.count()


class LinkUnavailable(Exception):
    """This machine can't have one; the message says why."""


class Link:
    """``with Link() as link``: `link.start(side, command)` runs a process at one end; `change` the weather as you like.

    Raises `LinkUnavailable`. Sides are 0 (`NEAR`) and 1 (`FAR`).
    """

    def __enter__(self) -> Self:
        if reason := unavailable():
            raise LinkUnavailable(reason)
        self._forwarder: subprocess.Popen[bytes] | None = None
        self._tuns: list[int] = []
        self._started: list[subprocess.Popen[Any]] = []
        _sweep()
        mark = f"{os.getpid()}x{next(_numbers)}"
        self._namespaces = [f"callbox-{mark}-{side}" for side in (0, 1)]
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            for side, (address, peer) in enumerate(((NEAR, FAR), (FAR, NEAR))):
                self._make(side, f"cb{mark}{side}"[-15:], address, peer)
            self.change()
            undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make(self, side: int, device: str, address: str, peer: str) -> None:
        namespace = self._namespaces[side]
        tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        self._tuns.append(tun)
        fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
        for command in (
            f"netns add {namespace}",
            f"link set {device} netns {namespace}",
            f"-n {namespace} link set lo up",
            f"-n {namespace} link set {device} addrgenmode none",  # no IPv6: one path only
            f"-n {namespace} addr add {address} peer {peer} dev {device}",
            f"-n {namespace} link set {device} mtu 1400 txqueuelen 5000 up",
        ):
            subprocess.run(["ip", *command.split()], check=True)

    def change(
        self, forth: NetworkImpairment | None = None, back: NetworkImpairment | None = None, seed: int = 0
    ) -> list[Seen]:
        """Another weather from side 0 to 1 (`forth`) and from 1 to 0 (`back`); counting begins anew.

        Returns what was seen of the one before.
        """
        seen = self._stop_forwarder()
        plan = pickle.dumps(((forth or NetworkImpairment(), back or NetworkImpairment()), seed)).hex()
        command = [sys.executable, forwarder.__file__, *map(str, self._tuns), plan]
        self._forwarder = subprocess.Popen(command, pass_fds=self._tuns, stdout=subprocess.PIPE)
        assert self._forwarder.stdout
        self._forwarder.stdout.readline()  # it forwards from here on
        return seen

    def start(self, side: int, command: Sequence[str], **options: Any) -> "subprocess.Popen[Any]":
        """A process at that end, with `subprocess.Popen`'s options; killed with the link, if it still runs."""
        process = subprocess.Popen(["ip", "netns", "exec", self._namespaces[side], *command], **options)
        self._started.append(process)
        return process

    def close(self) -> None:
        """As if it had never been."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()
        self._stop_forwarder()
        for tun in self._tuns:
            os.close(tun)
        for namespace in self._namespaces:
            subprocess.run(["ip", "netns", "delete", namespace], stderr=subprocess.DEVNULL, check=False)

    def _stop_forwarder(self) -> list[Seen]:
        if not self._forwarder:
            return []
        self._forwarder.send_signal(signal.SIGTERM)
        output, _ = self._forwarder.communicate()
        self._forwarder = None
        return [Seen(**direction) for direction in json.loads(output.splitlines()[-1])]


def _sweep() -> None:
    """Remove what a killed process left behind."""
    for namespace in Path("/run/netns").glob("callbox-*x*"):
        if not Path("/proc", namespace.name.removeprefix("callbox-").split("x")[0]).exists():
            subprocess.run(["ip", "netns", "delete", namespace.name], stderr=subprocess.DEVNULL, check=False)


def unavailable() -> str:
    """Why this machine can't have a link; empty if it can."""
    if not sys.platform.startswith("linux"):
        return "network namespaces are Linux's"
    if os.geteuid() != 0:
        return "making network namespaces and TUN devices needs root"
    if not Path("/dev/net/tun").exists():
        return "there is no /dev/net/tun (modprobe tun; in a container: --device /dev/net/tun --cap-add NET_ADMIN)"
    try:
        probe = subprocess.run(["ip", "netns", "add", "callbox-probe"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "`ip` is missing (Debian's package iproute2)"
    subprocess.run(["ip", "netns", "delete", "callbox-probe"], capture_output=True, check=False)
    return probe.stderr.strip()
