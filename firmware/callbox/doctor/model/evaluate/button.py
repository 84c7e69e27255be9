"""Findings from the edges of a button. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from callbox.doctor.model.findings import Finding, finding
from callbox_device.interfaces import Edge

QUIET_MS = 50
"""A contact that has not changed for so long has settled: people do not press twice in that time."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Edges that belong together: the contact settles from one state into another, or back into the same."""

    closed_before: bool
    closed_after: bool
    edges: int
    bounce_ms: float
    """From its first edge to its last; 0 for a contact that doesn't bounce."""


def bursts(edges: Sequence[Edge], closed_at_start: bool) -> list[Burst]:
    """`edges`, in their order, put together."""
    groups: list[list[Edge]] = []
    for edge in edges:
        if groups and (edge.at_s - groups[-1][-1].at_s) * 1000 < QUIET_MS:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    measured = []
    before = closed_at_start
    for group in groups:
        after = group[-1].closed
        measured.append(Burst(before, after, len(group), (group[-1].at_s - group[0].at_s) * 1000))
        before = after
    return measured


def presses(measured: Sequence[Burst]) -> list[Burst]:
    """Those by which the contact closed."""
    return [burst for burst in measured if burst.closed_after and not burst.closed_before]


def at_rest(measured: Sequence[Burst], closed_at_start: bool, watched_s: float) -> list[Finding]:
    """Findings from the edges of a button in `watched_s`, without a request to press it."""
    if measured:
        count = sum(burst.edges for burst in measured)
        return [finding("BUTTON-NOISE", f"{count} edges in {watched_s:g} s without a press; 0 are right")]
    if closed_at_start:
        return [finding("BUTTON-STUCK", f"closed for {watched_s:g} s")]
    return []


def pressed(measured: Sequence[Burst], debounce_ms: float, waited_s: float) -> list[Finding]:
    """Findings from the edges of a button in `waited_s`, after a request to press it."""
    if not presses(measured):
        if measured:
            count = sum(burst.edges for burst in measured)
            return [finding("BUTTON-NOISE", f"{count} edges in {waited_s:g} s, and none that lasted {QUIET_MS} ms")]
        return [finding("BUTTON-NOT-PRESSED", f"no edge in {waited_s:g} s")]
    longest_ms = max(burst.bounce_ms for burst in measured)
    if longest_ms > debounce_ms:
        return [
            finding("BUTTON-BOUNCE", f"the longest bounce took {longest_ms:.1f} ms, debounce_ms is {debounce_ms:g}")
        ]
    return []
