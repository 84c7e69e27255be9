"""The process between the two ends of a `Link`: ``python tests/rig/forwarder.py TUN TUN PLAN``.

It inherits the TUN devices as open files, says "forwarding", and at SIGTERM its counts, as JSON.
"""

import contextlib
import heapq
import itertools
import json
import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.rig.network_impairment import NetworkImpairment, Outage, PacketImpairment, impairments, is_rtp_in_ipv4


@dataclass
class DirectionStats:
    """What the forwarder did to one direction's packets of sound."""

    sound: int = 0
    lost: list[int] = field(default_factory=list)
    """Their numbers, from 0 on, by impairment; those in an outage are in `in_outage`."""
    in_outage: int = 0
    doubled: int = 0
    overtaken: int = 0
    """How often a packet was let go after a later one."""


class Forwarder:
    """The process between the ends: reads two TUN devices, holds packets until their time."""

    def __init__(self, tuns: Sequence[int], networks: Sequence[NetworkImpairment], seed: int) -> None:
        self._tuns, self._networks = tuns, networks
        self._impairments = [impairments(network, f"{seed}/{side}") for side, network in enumerate(networks)]
        self._free_s = [0.0, 0.0]
        self._last_s = [0.0, 0.0]
        self._waiting: list[tuple[float, int, int, int, bytes]] = []
        self._order = itertools.count()
        self._began_s: float | None = None
        self._newest = [-1, -1]
        self.stats = [DirectionStats(), DirectionStats()]
        self.stopped = False

    def run(self) -> None:
        while not self.stopped:
            wait_s = max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else 0.5
            readable, _, _ = select.select(self._tuns, [], [], min(wait_s, 0.5))
            for tun in readable:
                with contextlib.suppress(BlockingIOError):
                    while True:
                        self._take(self._tuns.index(tun), os.read(tun, 2048), time.monotonic())
            now_s = time.monotonic()
            while self._waiting and self._waiting[0][0] <= now_s:
                self._let_go(*heapq.heappop(self._waiting)[2:])

    def _take(self, side: int, packet: bytes, now_s: float) -> None:
        if packet[0] >> 4 != 4:
            return
        network, stats, number, impairment = self._networks[side], self.stats[side], -1, PacketImpairment((0.0,))
        if is_rtp_in_ipv4(packet):
            self._began_s = now_s if self._began_s is None else self._began_s
            number, impairment = stats.sound, next(self._impairments[side])
            stats.sound += 1
        outage = self._outage(network, now_s)
        if outage and not outage.delayed:
            stats.in_outage += number >= 0
            return
        if number >= 0 and not impairment.extra_ms:
            stats.lost.append(number)
        stats.doubled += len(impairment.extra_ms) == 2
        for extra_ms in impairment.extra_ms:
            until_s = now_s + (network.delay_ms + extra_ms) / 1000
            if outage and self._began_s is not None:
                until_s = max(until_s, self._began_s + outage.begin_s + outage.duration_s)
            if network.rate_kbps:
                until_s = self._free_s[side] = max(until_s, self._free_s[side]) + len(packet) / network.rate_kbps / 125
            if not network.reorder:
                until_s = self._last_s[side] = max(until_s, self._last_s[side])
            heapq.heappush(self._waiting, (until_s, next(self._order), side, number, packet))

    def _outage(self, network: NetworkImpairment, now_s: float) -> Outage | None:
        if self._began_s is None:
            return None
        at_s = now_s - self._began_s
        return next((one for one in network.outages if one.begin_s <= at_s < one.begin_s + one.duration_s), None)

    def _let_go(self, side: int, number: int, packet: bytes) -> None:
        if number >= 0:
            self.stats[side].overtaken += number < self._newest[side]
            self._newest[side] = max(number, self._newest[side])
        with contextlib.suppress(BlockingIOError, OSError):  # a full queue, or an end that has gone: lost, as anywhere
            os.write(self._tuns[1 - side], packet)


def main() -> None:
    near, far, plan = sys.argv[1:]
    networks, seed = pickle.loads(bytes.fromhex(plan))
    forwarder = Forwarder((int(near), int(far)), networks, seed)
    signal.signal(signal.SIGTERM, lambda *_: setattr(forwarder, "stopped", True))
    print("forwarding", flush=True)
    forwarder.run()
    print(json.dumps([asdict(stats) for stats in forwarder.stats]))


if __name__ == "__main__":
    main()
