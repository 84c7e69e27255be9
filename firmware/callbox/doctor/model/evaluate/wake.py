"""Findings about the wake word. Pure. A missing detector, or a model, is found by the check of the settings."""

from collections.abc import Mapping, Sequence

from callbox.audio.capture.model.false_detections import detections_at, propose_threshold
from callbox.doctor.model.findings import Finding, finding


def wake(lock_error: str | None) -> list[Finding]:
    """`lock_error`: reason why memory can't be locked; None: it can."""
    return [finding("WAKE-MEMORY", lock_error)] if lock_error else []


def room(peaks: Mapping[str, Sequence[float]], thresholds: Mapping[str, float], minutes: float) -> list[Finding]:
    """`peaks`: of each model's scores in `minutes` of a room in which no one says its word; `thresholds`: in use."""
    findings = []
    for model, found in peaks.items():
        count = detections_at(found, thresholds[model])
        if count:
            threshold = propose_threshold(found, thresholds[model])
            cure = "no threshold is high enough" if threshold is None else f"threshold: {threshold:g} would have none"
            times = "once" if count == 1 else f"{count} times"
            findings.append(finding("WAKE-FALSE", f"{model}: {times} in {minutes:.1f} min; {cure}"))
    return findings
