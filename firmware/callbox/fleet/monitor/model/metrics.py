"""Metrics of a row for Prometheus: one table, from which come the samples and the list in docs/fleet.md. Pure.

What a box that is not there did last is not told: a temperature that stands still would be a lie. Words that a box may
invent are never labels, so that one box can't make series without end: what is not in our own tables is `other`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from callbox.control.faults import Fault
from callbox.fleet.monitor.model.box_state import Presence
from callbox.fleet.monitor.model.render import BoxRow
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox.system.host_metrics import THROTTLING

OTHER = "other"
_CODES = {fault.code for fault in Fault}
_FLAGS = set(THROTTLING.values())

Sample = tuple[Sequence[str], float]
"""The values of a metric's labels without `box`, and the number."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One row."""

    name: str
    about: str
    of: Callable[[BoxRow], Iterable[Sample]]
    labels: tuple[str, ...] = ()
    """Beside `box`."""
    counter: bool = False
    """Whether it only rises while the box runs."""


def families(rows: Sequence[BoxRow]) -> Iterator[tuple[Metric, list[Sample]]]:
    """Each metric with its samples; the first label of a sample is the box."""
    for metric in METRICS:
        yield metric, [([row.box, *labels], number) for row in rows for labels, number in metric.of(row)]


def _info(row: BoxRow) -> Iterator[Sample]:
    yield (row.name or "", row.version or ""), 1


def _presence(row: BoxRow) -> Iterator[Sample]:
    return (((presence.value,), float(row.status == presence)) for presence in Presence)


def _state(row: BoxRow) -> Iterator[Sample]:
    if row.transport is not None:
        yield from (((state.value,), float(row.transport == state.value)) for state in TransportState)


def _flag(value: bool | None) -> Iterator[Sample]:
    if value is not None:
        yield (), float(value)


def _alerts(row: BoxRow) -> Iterator[Sample]:
    codes = {code if (code := alert["code"]) in _CODES else OTHER for alert in row.alerts}
    return (((code,), 1) for code in sorted(filter(None, codes)))


def _throttled(row: BoxRow) -> Iterator[Sample]:
    if row.status == Presence.ONLINE:
        words = {word if word in _FLAGS else OTHER for word in row.health.get("throttled", ())}
        yield from (((word,), 1) for word in sorted(words))


def _health(key: str, row: BoxRow, *, unit: float = 1) -> Iterator[Sample]:
    number = row.health.get(key)
    if number is not None and row.status == Presence.ONLINE:
        yield (), number * unit


def _number(name: str, about: str, key: str, unit: float = 1, *, counter: bool = False) -> Metric:
    return Metric(name, about, partial(_health, key, unit=unit), counter=counter)


_MS, _PERCENT, _MB = 1e-3, 1e-2, 1e6

METRICS = (
    Metric("callbox_box_info", "always 1; who the box is", _info, ("name", "version")),
    Metric("callbox_presence", "1 for what the box is, 0 for what it is not", _presence, ("presence",)),
    Metric("callbox_state", "1 for the one of RTVI's ten states that the box is in", _state, ("state",)),
    Metric("callbox_mic_live", "1: the microphone is captured", lambda row: _flag(row.mic_live)),
    Metric("callbox_mute", "1: silence is sent in place of the microphone", lambda row: _flag(row.mute)),
    Metric("callbox_alert", "1 as long as the alert stands; then the series ends", _alerts, ("code",)),
    Metric("callbox_throttled", "1 for each word of the firmware, against low voltage and heat", _throttled, ("what",)),
    _number("callbox_uptime_seconds", "since the box started", "uptime_s"),
    _number("callbox_sessions_total", "calls since the box started", "sessions", counter=True),
    _number("callbox_sessions_failed_total", "of them, how many failed", "failed", counter=True),
    _number("callbox_connect_seconds", "the last answered press, until the bot was ready", "last_connect_ms", _MS),
    _number("callbox_loss_in_ratio", "of the bot's packets, in the last second of a call", "loss_in_percent", _PERCENT),
    _number("callbox_jitter_seconds", "in the last second of a call", "jitter_ms", _MS),
    _number("callbox_round_trip_seconds", "in the last second of a call", "round_trip_ms", _MS),
    _number("callbox_overruns_total", "periods of the microphone lost", "overruns", counter=True),
    _number("callbox_underruns_total", "times the loudspeaker ran dry", "underruns", counter=True),
    _number("callbox_cpu_ratio", "of one core, by the box", "cpu_percent", _PERCENT),
    _number("callbox_memory_bytes", "resident", "memory_mb", _MB),
    _number("callbox_temperature_celsius", "of the processor", "temperature_c"),
    _number("callbox_wifi_dbm", "signal of the first wireless interface", "wifi_dbm"),
)  # fmt: skip


def markdown() -> str:
    """The list for docs/fleet.md."""
    heads = ["| Metric | Labels beside `box` | Is |", "|---|---|---|"]
    return "\n".join(
        [*heads, *(f"| `{m.name}` | {', '.join(f'`{one}`' for one in m.labels)} | {m.about} |" for m in METRICS), ""]
    )
