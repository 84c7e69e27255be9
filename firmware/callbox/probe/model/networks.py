"""Bad networks of the sound benchmarks, and the time at which one lets a packet go. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from callbox.probe.model.network_impairment import NetworkImpairment, Outage, PacketImpairment, packet_impairments

DELAY_MS = 5.0
OUTAGE_AT_S = 8.0
"""After the first packet of sound."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network by name."""

    label: str
    impairment: NetworkImpairment
    """Of each direction."""


def networks(outage_at_s: float = OUTAGE_AT_S) -> Mapping[str, Network]:
    """The nine networks by their names on the command line."""

    def one(label: str, **settings: object) -> Network:
        return Network(label, NetworkImpairment(delay_ms=DELAY_MS, **settings))  # type: ignore[arg-type]

    return {
        "clean": one("no loss"),
        "loss-1": one("1 % loss", loss=0.01),
        "loss-3": one("3 % loss", loss=0.03),
        "loss-5": one("5 % loss", loss=0.05),
        "loss-10": one("10 % loss", loss=0.10),
        "burst": one("5 % loss, in bursts of 5", loss=0.05, burst=5),
        "jitter": one("jitter 20 to 80 ms, reordered", jitter_ms=(20, 80)),
        "outage-lost": one("outage of 2 s, lost", outages=(Outage(outage_at_s, 2),)),
        "outage-held": one("outage of 2 s, held", outages=(Outage(outage_at_s, 2, delayed=True),)),
    }


class ImpairedDirection:
    """One direction of a bad network. Loss and jitter of the nth packet of sound are the same for the same `seed`."""

    def __init__(self, impairment: NetworkImpairment, seed: str) -> None:
        self._impairment = impairment
        self._packets = packet_impairments(impairment, seed)
        self.lost = 0

    def release_times(self, now_s: float, *, is_sound: bool, since_first_sound_s: float | None) -> list[float]:
        """Times at which the copies of a packet that is sent at `now_s` arrive; none: it is lost. `since_first_sound_s`
        None: there was no sound in either direction yet, and so no outage.
        """
        packet = next(self._packets) if is_sound else PacketImpairment((0.0,))
        until_s = now_s
        for outage in self._impairment.outages:
            if since_first_sound_s is None or not 0 <= since_first_sound_s - outage.begin_s < outage.duration_s:
                continue
            if not outage.delayed:
                self.lost += is_sound
                return []
            until_s = now_s + outage.begin_s + outage.duration_s - since_first_sound_s
        self.lost += not packet.extra_ms
        arrive_s = [now_s + (self._impairment.delay_ms + extra_ms) / 1000 for extra_ms in packet.extra_ms]
        return [max(until_s, each) for each in arrive_s]
