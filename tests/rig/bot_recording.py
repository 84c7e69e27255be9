"""Reads what `tests/bots/pipecat_jitter_buffer.py` wrote down."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RECORD = struct.Struct("<dII")  # of pipecat_jitter_buffer, which can't be imported here


@dataclass(frozen=True)
class BotRecording:
    """What a bot heard of a call."""

    delays_ms: list[float]
    """Of each frame, in the order in which they came: since its packet was first given to the network."""
    lost: float
    """Share of the packets between the first and the last heard that were not."""
    again: int
    """Frames that came a second time."""
    sound: bytes
    """s16le mono 16 kHz, all frames one after the other."""

    def percentile(self, percent: float) -> float:
        """Of the delays."""
        return sorted(self.delays_ms)[min(len(self.delays_ms) - 1, int(len(self.delays_ms) * percent / 100))]


def read_recording(record: Path, sent_s: Mapping[int, float]) -> BotRecording:
    """`sent_s`: when the packet of each RTP timestamp was sent, in that order."""
    data, place = record.read_bytes(), 0
    times: list[tuple[float, int]] = []
    sound = bytearray()
    while place + RECORD.size <= len(data):
        received_s, timestamp, size = RECORD.unpack_from(data, place)
        place += RECORD.size
        sound += data[place : place + size]
        place += size
        if timestamp in sent_s:
            times.append((received_s, timestamp))
    sent = list(sent_s)
    distinct = {timestamp for _, timestamp in times}
    first, last = sent.index(times[0][1]), sent.index(times[-1][1])
    return BotRecording(
        [(received_s - sent_s[timestamp]) * 1000 for received_s, timestamp in times],
        1 - len(distinct) / (last - first + 1),
        len(times) - len(distinct),
        bytes(sound),
    )
