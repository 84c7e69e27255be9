"""A network and a sound card in simulated time: what is sent, what comes and when, what the card is given.

Deterministic for a seed, and as fast as the computer: an hour takes seconds. Times are the card's own, in ms.
"""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from callbox.audio.opus import OpusEncoder
from callbox.audio.playout.rtp_playout import RtpPlayout
from callbox.audio.stats import PlayoutCounters
from callbox_device.model import pcm
from callbox_device.wav import read_wav

SPEECH = Path(__file__).parents[2] / "firmware/callbox/assets/speech.wav"
FIRST_SEQUENCE_NUMBER = 65_500
FIRST_TIMESTAMP = 2**32 - 48_000
"""Both wrap within the first second."""
TRANSIT_MS = 5.0


@cache
def speech() -> bytes:
    """The demo's sentence, whole periods."""
    sound = read_wav(SPEECH)
    return sound[: len(sound) // pcm.PERIOD_BYTES * pcm.PERIOD_BYTES]


@cache
def speech_packets(loss_percent: int = 0) -> tuple[bytes, ...]:
    """It as 20 ms packets, with in-band FEC for `loss_percent`."""
    encoder = OpusEncoder()
    encoder.expect_loss(loss_percent)
    sound = speech()
    return tuple(encoder.encode(sound[at : at + pcm.PERIOD_BYTES]) for at in range(0, len(sound), pcm.PERIOD_BYTES))


@dataclass(frozen=True)
class Network:
    """What happens to packets on the way."""

    loss: float = 0.0
    """Of packets, each for itself."""
    lost: frozenset[int] = frozenset()
    """These too, by their place."""
    burst_every: int = 0
    """One burst of `burst_packets` in so many packets, on average; 0: none."""
    burst_packets: int = 5
    jitter_ms: tuple[float, float] | None = None
    """Each packet is delayed by so much, evenly spread, so that they overtake each other."""
    duplicated: float = 0.0
    """Of packets; the second comes up to 40 ms after the first."""
    outage_ms: tuple[float, float] | None = None
    """From, to: nothing comes."""
    outage_delays: bool = False
    """What was sent in the outage comes all at once at its end; else it is lost."""
    seed: int = 1


@dataclass
class Outcome:
    """What came of it."""

    played: bytearray = field(default_factory=bytearray)
    lags: list[tuple[float, float]] = field(default_factory=list)
    """(ms, lag in ms) after each fill."""
    off_target_ms: list[float] = field(default_factory=list)
    """Lag less target, after each fill."""
    counters: PlayoutCounters = field(default_factory=PlayoutCounters)
    lost: int = 0
    """How many packets the network lost."""

    def lag_ms(self, start_ms: float, end_ms: float) -> float:
        """The mean in that time."""
        there = [lag for at, lag in self.lags if start_ms <= at < end_ms]
        return sum(there) / len(there)


def run(
    packets: Sequence[bytes],
    network: Network,
    *,
    duration_ms: float,
    drift_ppm: float = 0.0,
    phase_ms: float = 0.0,
    packet_ms: float = pcm.PERIOD_MS,
    late_fill_ms: float = 0.0,
    playout: RtpPlayout | None = None,
    keep_sound: bool = True,
    on_fill: Callable[[float, RtpPlayout, bytes], None] | None = None,
) -> Outcome:
    """Send `packets`, again and again, for `duration_ms`; the card asks every 10 ms.

    `drift_ppm`: how much faster the sender's clock is than the card's. `phase_ms`: of the packets against the card.
    `late_fill_ms`: the loudspeaker's thread asks so much late, at most.
    """
    playout = playout or RtpPlayout()
    chance = random.Random(network.seed)
    outcome = Outcome()
    on_the_way: list[tuple[float, int]] = []
    sent = 0
    burst = 0
    distance_ms = packet_ms / (1 + drift_ppm / 1e6)
    period = 0
    while (now_ms := period * pcm.PLAYBACK_PERIOD_MS) < duration_ms:
        while (at_ms := phase_ms + sent * distance_ms) <= now_ms:
            if not burst and network.burst_every and chance.random() < 1 / network.burst_every:
                burst = network.burst_packets
            is_lost = burst > 0 or chance.random() < network.loss or sent in network.lost
            burst = max(0, burst - 1)
            came_ms = at_ms + TRANSIT_MS + (chance.uniform(*network.jitter_ms) if network.jitter_ms else 0.0)
            if network.outage_ms and network.outage_ms[0] <= came_ms < network.outage_ms[1]:
                is_lost = is_lost or not network.outage_delays
                came_ms = network.outage_ms[1]
            if is_lost:
                outcome.lost += 1
            else:
                heapq.heappush(on_the_way, (came_ms, sent))
                if chance.random() < network.duplicated:
                    heapq.heappush(on_the_way, (came_ms + chance.uniform(0, 40), sent))
            sent += 1
        requested_ms = now_ms + (chance.uniform(0, late_fill_ms) if late_fill_ms else 0.0)
        while on_the_way and on_the_way[0][0] <= requested_ms:
            came_ms, place = heapq.heappop(on_the_way)
            playout.write_rtp(
                1,
                (FIRST_SEQUENCE_NUMBER + place) & 0xFFFF,
                (FIRST_TIMESTAMP + round(place * packet_ms * 48)) & 0xFFFF_FFFF,
                packets[place % len(packets)],
                came_ms / 1000,
            )
        sound = playout.fill(requested_ms / 1000)
        assert len(sound) == pcm.PLAYBACK_PERIOD_BYTES
        if keep_sound:
            outcome.played += sound
        lag_ms = playout.lag_ms
        outcome.lags.append((now_ms, lag_ms))
        outcome.off_target_ms.append(lag_ms - playout.target_ms)
        if on_fill:
            on_fill(now_ms, playout, sound)
        period += 1
    outcome.counters = playout.counters
    return outcome
