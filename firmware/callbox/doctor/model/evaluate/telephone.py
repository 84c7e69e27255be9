"""Findings about hook switch, rotary dial and volume knob, from the edges of one movement of each. Pure.

Edges are those of the raw contacts: closed is closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from callbox.doctor.model.evaluate.button import Burst
from callbox.doctor.model.findings import Finding, finding
from callbox_device.interfaces import Edge
from callbox_device.model.debounce import Debouncer
from callbox_device.model.quadrature import QuadratureDecoder
from callbox_device.model.rotary_dial import DEBOUNCE_MS

PULSES_PER_S = (8.0, 12.0)
"""What is read for certain: docs/settings.md, `board.rotary_dial`."""
BREAK_RATIO = (0.5, 0.7)
"""Of a pulse's length; nominally 0.6."""
_ABOUT = 0.3
"""So far from a whole number of edges in each detent a count may be: a detent too many or too few."""


def changes(bursts: Sequence[Burst]) -> int:
    """Number of times that the contact has changed for good."""
    return sum(burst.closed_after != burst.closed_before for burst in bursts)


def hook_switch(
    bursts: Sequence[Burst], closed_at_start: bool, off_hook_when: str, debounce_ms: float, waited_s: float
) -> list[Finding]:
    """Findings about a handset that was on the hook, and was to be lifted and put down within `waited_s`."""
    if not changes(bursts):
        return [finding("HOOK-NOT-LIFTED", f"the contact stayed {_level(closed_at_start)} for {waited_s:g} s")]
    lifted = _level(not closed_at_start)
    found = []
    if lifted != off_hook_when:
        text = f"{_level(closed_at_start)} on the hook, {lifted} when lifted; off_hook_when is {off_hook_when}"
        found.append(finding("HOOK-REVERSED", f"{text}: set it to {lifted}"))
    longest_ms = max(burst.bounce_ms for burst in bursts)
    if longest_ms > debounce_ms:
        text = f"the longest bounce took {longest_ms:.1f} ms, debounce_ms is {debounce_ms:g}"
        found.append(finding("HOOK-BOUNCE", text))
    return found


def _level(closed: bool) -> str:
    return "closed" if closed else "open"


@dataclass(frozen=True, slots=True)
class DialReading:
    """One digit of a rotary dial."""

    pulses: int
    pulses_per_s: float | None
    """None: of a single pulse it isn't known."""
    break_ratio: float | None


def read_dial(pulse_edges: Sequence[Edge]) -> DialReading:
    """`pulse_edges`: of the pulse contact, which was closed at rest."""
    contact = Debouncer(DEBOUNCE_MS, True)
    stable = [change for edge in pulse_edges for change in contact.change(edge.closed, edge.at_s)]
    stable += contact.tick(float("inf"))
    breaks_s = [change.since_s for change in stable if not change.value]
    makes_s = [change.since_s for change in stable if change.value]
    widths_s = [make_s - break_s for break_s, make_s in zip(breaks_s, makes_s, strict=False)]
    if len(breaks_s) < 2:
        return DialReading(len(widths_s), None, None)
    period_s = (breaks_s[-1] - breaks_s[0]) / (len(breaks_s) - 1)
    return DialReading(len(widths_s), 1 / period_s, sum(widths_s) / len(widths_s) / period_s)


def rotary_dial(
    reading: DialReading, digit: str, waited_s: float, *, closed_at_start: bool, off_normal_edges: int | None
) -> list[Finding]:
    """Findings about the digit that was to be dialled. `closed_at_start`: the pulse contact; `off_normal_edges`: None
    if that contact isn't wired.
    """
    if not closed_at_start:
        return [finding("DIAL-OPEN", "the pulse contact is open at rest")]
    if not reading.pulses:
        moved = "; the off-normal contact moved" if off_normal_edges else ""
        return [finding("DIAL-NOT-DIALLED", f"no pulse in {waited_s:g} s{moved}")]
    found = []
    if reading.pulses != (int(digit) or 10):
        found.append(finding("DIAL-WRONG-DIGIT", f"{digit} was to be dialled, {reading.pulses} pulses were read"))
    if off_normal_edges == 0:
        found.append(finding("DIAL-OFF-NORMAL", f"{reading.pulses} pulses, and the off-normal contact never changed"))
    for value, (least, most), unit in (
        (reading.pulses_per_s, PULSES_PER_S, "pulses/s"),
        (reading.break_ratio, BREAK_RATIO, "of a pulse is break"),
    ):
        if value is not None and not least <= value <= most:
            found.append(finding("DIAL-SPEED", f"{value:.2g} {unit}; {least:g} to {most:g} are right"))
    return found


@dataclass(frozen=True, slots=True)
class KnobReading:
    """A turn of a rotary encoder."""

    edges: int
    """Clockwise, if A closes before B; negative: counter-clockwise."""
    rejected: int
    """Edges that no encoder makes: one before was lost."""


def read_knob(a_edges: Sequence[Edge], b_edges: Sequence[Edge], closed_at_start: tuple[bool, bool]) -> KnobReading:
    """`closed_at_start`: contacts A and B before the first edge."""
    decoder = QuadratureDecoder(1)
    decoder.start(*closed_at_start)
    edges = sorted([(edge.at_s, 0, edge) for edge in a_edges] + [(edge.at_s, 1, edge) for edge in b_edges], key=_order)
    turned = [event for _, is_b, edge in edges for event in (decoder.b if is_b else decoder.a)(edge)]
    return KnobReading(sum(1 if event.steps > 0 else -1 for event in turned), decoder.rejected)


def _order(entry: tuple[float, int, Edge]) -> float:
    return entry[0]


def volume_knob(
    reading: KnobReading,
    moved: tuple[bool, bool],
    detents: int,
    edges_per_detent: int,
    waited_s: float,
    *,
    is_reversed: bool,
) -> list[Finding]:
    """Findings about a knob that was to be turned clockwise by `detents`. `moved`: whether contacts A and B changed."""
    if moved == (False, False):
        return [finding("KNOB-NOT-TURNED", f"no edge in {waited_s:g} s")]
    if not all(moved):
        name, still = ("A", "b_pin") if moved[0] else ("B", "a_pin")
        return [finding("KNOB-ONE-CONTACT", f"only contact {name} moved: look at board.volume_knob.{still}")]
    found = []
    if reading.edges and (reading.edges < 0) != is_reversed:
        text = f"reversed is {str(is_reversed).lower()}: set it to {str(not is_reversed).lower()}"
        found.append(finding("KNOB-REVERSED", f"turned clockwise it makes softer; {text}"))
    measured = abs(reading.edges) / detents
    fitting = next((number for number in (1, 2, 4) if abs(measured - number) <= _ABOUT * number), None)
    if fitting is not None and fitting != edges_per_detent:
        text = f"{detents} detents made {abs(reading.edges)} edges; edges_per_detent is {edges_per_detent}"
        found.append(finding("KNOB-DETENTS", f"{text}: set it to {fitting}"))
    return found
