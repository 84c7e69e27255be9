"""The process between the two ends of a `Link`: ``python tests/rig/forwarder.py TUN TUN PLAN``.

It inherits the TUN devices as open files, says "forwarding", and at SIGTERM what it has seen, as JSON.
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
    sys.path[:0] = [str(Path(__file__).parents[2] / folder) for folder in ("", "firmware", "device")]

from callbox.probe.model.network_impairment import (
    NetworkImpairment,
    Outage,
    PacketImpairment,
    is_rtp,
    packet_impairments,
)


def is_sound(packet: bytes) -> bool:
    """Whether an IPv4 packet carries RTP."""
    header = (packet[0] & 15) * 4
    if packet[0] >> 4 != 4 or packet[9] != 17 or len(packet) < header + 10:
        return False
    return is_rtp(packet[header + 8 :])


@dataclass
class Seen:
    """What the forwarder did to one direction's packets of sound."""

    sound: int = 0
    lost: list[int] = field(default_factory=list)
    """Their numbers, from 0 on, by settings; those in an outage are in `in_outage`."""
    in_outage: int = 0
    doubled: int = 0
    overtaken: int = 0
    """How often a packet was let go after a later one."""


class Forwarder:
    """The process between the ends: reads two TUN devices, holds packets until their time."""

    def __init__(self, tuns: Sequence[int], settings_by_side: Sequence[NetworkImpairment], seed: int) -> None:
        self._tuns, self._settings = tuns, settings_by_side
        self._impairments = [
            packet_impairments(settings, f"{seed}/{side}") for side, settings in enumerate(settings_by_side)
        ]
        self._free_s = [0.0, 0.0]
        self._last_s = [0.0, 0.0]
        self._waiting: list[tuple[float, int, int, int, bytes]] = []
        self._order = itertools.count()
        self._began_s: float | None = None
        self._newest = [-1, -1]
        self.seen = [Seen(), Seen()]
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
        settings, seen, number, impairment = self._settings[side], self.seen[side], -1, PacketImpairment((0.0,))
        if is_sound(packet):
            self._began_s = now_s if self._began_s is None else self._began_s
            number, impairment = seen.sound, next(self._impairments[side])
            seen.sound += 1
        outage = self._outage(settings, now_s)
        if outage and not outage.delayed:
            seen.in_outage += number >= 0
            return
        if number >= 0 and not impairment.extra_ms:
            seen.lost.append(number)
        seen.doubled += len(impairment.extra_ms) == 2
        for extra_ms in impairment.extra_ms:
            until_s = now_s + (settings.delay_ms + extra_ms) / 1000
            if outage and self._began_s is not None:
                until_s = max(until_s, self._began_s + outage.begin_s + outage.duration_s)
            if settings.rate_kbps:
                until_s = self._free_s[side] = max(until_s, self._free_s[side]) + len(packet) / settings.rate_kbps / 125
            if not settings.reorder:
                until_s = self._last_s[side] = max(until_s, self._last_s[side])
            heapq.heappush(self._waiting, (until_s, next(self._order), side, number, packet))

    def _outage(self, settings: NetworkImpairment, now_s: float) -> Outage | None:
        if self._began_s is None:
            return None
        at_s = now_s - self._began_s
        return next((one for one in settings.outages if one.begin_s <= at_s < one.begin_s + one.duration_s), None)

    def _let_go(self, side: int, number: int, packet: bytes) -> None:
        if number >= 0:
            self.seen[side].overtaken += number < self._newest[side]
            self._newest[side] = max(number, self._newest[side])
        with contextlib.suppress(BlockingIOError, OSError):  # a full queue, or an end that has gone: lost, as anywhere
            os.write(self._tuns[1 - side], packet)


def main() -> None:
    near, far, plan = sys.argv[1:]
    settings_by_side, seed = pickle.loads(bytes.fromhex(plan))
    forwarder = Forwarder((int(near), int(far)), settings_by_side, seed)
    signal.signal(signal.SIGTERM, lambda *_: setattr(forwarder, "stopped", True))
    print("forwarding", flush=True)
    forwarder.run()
    print(json.dumps([asdict(seen) for seen in forwarder.seen]))


if __name__ == "__main__":
    main()
