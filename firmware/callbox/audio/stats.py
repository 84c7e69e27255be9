"""Counters of the playout, and sound statistics of the last second."""

from dataclasses import dataclass

from callbox.rtvi.media import NetworkReport


@dataclass(frozen=True, slots=True)
class PlayoutCounters:
    """Counters since the play-out was made: packets, and ms of sound."""

    received: int = 0
    lost: int = 0
    """By sequence number; falls again when a packet comes after all."""
    late: int = 0
    """Came after their time had been played."""
    duplicates: int = 0
    reordered: int = 0
    malformed: int = 0
    """Were no Opus; concealed."""
    concealed_ms: float = 0.0
    """Made up by libopus, until it had faded."""
    recovered_ms: float = 0.0
    """From in-band FEC."""
    silence_ms: float = 0.0
    """Nothing was there and nothing was made up (any more), or the bot was silent (DTX)."""
    played_ms: float = 0.0
    """Of packets, at the length they had."""
    accelerated_ms: float = 0.0
    expanded_ms: float = 0.0
    dropped_ms: float = 0.0
    """Left out at once: the lag was hopeless, or there was a void anyway."""

    @property
    def sound_ms(self) -> float:
        """Of packets, from in-band FEC, and made up: all but silence."""
        return self.played_ms + self.recovered_ms + self.concealed_ms


@dataclass(frozen=True, slots=True)
class AudioSnapshot:
    """Counters and levels at one moment. Counts and times only grow while a call lasts."""

    mic_dbfs: float
    speaker_dbfs: float
    packets_received: int
    packets_lost: int
    sound_ms: float
    """`PlayoutCounters.sound_ms`."""
    concealed_ms: float
    jitter_ms: float
    lag_ms: float
    overruns: int
    underruns: int
    echo_delay_ms: float | None
    network: NetworkReport | None


@dataclass(frozen=True, slots=True)
class AudioStats:
    """Statistics of one second of a call."""

    mic_dbfs: float
    """Peak of what leaves by the microphone, dB below full scale."""
    speaker_dbfs: float
    """Peak of what the loudspeaker plays."""
    loss_in_percent: float
    """Packets of the bot that did not come."""
    loss_out_percent: float | None
    """Packets to the bot that it did not get, as it reports; None: it has not yet."""
    concealed_percent: float
    """Of what was played, how much was made up for what did not come in time."""
    jitter_ms: float
    """How late the bot's packets come, at the worst of forty."""
    lag_ms: float
    """From a packet's arrival to the loudspeaker's asking for it."""
    round_trip_ms: float | None
    copies: int
    """How often each packet to the bot is sent again, against loss."""
    overruns: int
    """Periods of the microphone lost since the box started."""
    underruns: int
    """How often the loudspeaker ran dry since the box started."""
    echo_delay_ms: float | None
    """From giving sound to the card until it is heard, as measured; None: without echo processing."""


def stats_between(before: AudioSnapshot, after: AudioSnapshot) -> AudioStats:
    """Statistics between two snapshots of one call."""
    lost = max(0, after.packets_lost - before.packets_lost)
    received = max(0, after.packets_received - before.packets_received)
    network = after.network
    return AudioStats(
        mic_dbfs=round(after.mic_dbfs, 1),
        speaker_dbfs=round(after.speaker_dbfs, 1),
        loss_in_percent=_percent(lost, received + lost),
        loss_out_percent=round(100 * network.lost_fraction, 1) if network else None,
        concealed_percent=_percent(after.concealed_ms - before.concealed_ms, after.sound_ms - before.sound_ms),
        jitter_ms=round(after.jitter_ms, 1),
        lag_ms=round(after.lag_ms, 1),
        round_trip_ms=round(network.round_trip_ms, 1) if network and network.round_trip_ms is not None else None,
        copies=network.copies if network else 0,
        overruns=after.overruns,
        underruns=after.underruns,
        echo_delay_ms=None if after.echo_delay_ms is None else round(after.echo_delay_ms, 1),
    )


def format_stats(now: AudioStats) -> str:
    """Statistics as one line for a terminal."""
    parts = [f"loss {now.loss_in_percent:g} % in"]
    if now.loss_out_percent is not None:
        parts.append(
            f"{now.loss_out_percent:g} % out" + (f" (each packet {now.copies + 1} times)" if now.copies else "")
        )
    parts += [f"made up {now.concealed_percent:g} %", f"jitter {now.jitter_ms:.0f} ms", f"lag {now.lag_ms:.0f} ms"]
    if now.round_trip_ms is not None:
        parts.append(f"round trip {now.round_trip_ms:.0f} ms")
    if now.overruns or now.underruns:
        parts.append(f"xruns {now.overruns} in, {now.underruns} out")
    return " · ".join(parts)


def _percent(part: float, whole: float) -> float:
    return round(100 * max(0.0, part) / whole, 1) if whole > 0 else 0.0
