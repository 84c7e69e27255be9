"""Findings about the wake word. Pure. A missing detector, or a model, is found by the check of the settings."""

from callbox.doctor.model.findings import Finding, finding


def wake(lock_error: str | None) -> list[Finding]:
    """`lock_error`: reason why memory can't be locked; None: it can."""
    return [finding("WAKE-MEMORY", lock_error)] if lock_error else []
