"""Impairment of the nth packet of sound by a bad network: pure, and the same for the same seed.

It goes by number, not by time, so that a run repeats its pattern however the machine's scheduler feels.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outage:
    """A time in which nothing passes, whatever it is: STUN and HTTP too."""

    begin_s: float
    """After the first packet of sound of either direction."""
    duration_s: float
    delayed: bool = False
    """What comes meanwhile is held and let go at the end, as by a Wi-Fi radio that tries again; else it is lost."""


@dataclass(frozen=True)
class NetworkImpairment:
    """One direction. Loss, jitter and duplicates meet packets of sound only; delay, rate and outages meet all."""

    loss: float = 0.0
    """Share of the packets, 0 to 1."""
    burst: int = 1
    """So many are lost in a row; the share stays the same."""
    delay_ms: float = 0.0
    jitter_ms: tuple[float, float] = (0.0, 0.0)
    """On top of `delay_ms`, evenly spread between the two, each packet its own."""
    reorder: bool = True
    """Whether jitter may let a packet overtake another."""
    duplicate: float = 0.0
    """Share of the packets that arrive twice, each with its own jitter."""
    rate_kbps: float = 0.0
    """0: without limit. Else packets queue up for it, without end."""
    outages: tuple[Outage, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class PacketImpairment:
    """Of one packet of sound."""

    extra_ms: tuple[float, ...]
    """Jitter of each copy that arrives; empty: lost."""


def packet_impairments(settings: NetworkImpairment, seed: str) -> Iterator[PacketImpairment]:
    """The impairment of each packet, without end. Draws the same numbers for each: one setting leaves the rest."""
    chance = random.Random(seed)
    still_to_lose = 0
    starts = burst_starts(settings.loss, settings.burst)
    while True:
        loses, doubles = chance.random(), chance.random()
        extra_ms = tuple(chance.uniform(*settings.jitter_ms) for _ in range(2))
        if still_to_lose == 0 and loses < starts:
            still_to_lose = settings.burst
        if still_to_lose:
            still_to_lose -= 1
            yield PacketImpairment(())
        else:
            yield PacketImpairment(extra_ms if doubles < settings.duplicate else extra_ms[:1])


def burst_starts(loss: float, burst: int) -> float:
    """Probability that a burst begins at a packet outside of one, so that `loss` of all are lost.

    Of a period of 1/p - 1 packets that arrive (on average) and `burst` that don't, the latter are `loss`.
    """
    if loss >= 1:
        return 1.0
    return loss / (loss + burst * (1 - loss)) if loss else 0.0


def is_rtp(datagram: bytes) -> bool:
    """First byte 128 to 191, and not RTCP (RFC 7983, 7; RFC 5761, 4)."""
    return 128 <= datagram[0] <= 191 and not 64 <= datagram[1] & 127 <= 95
