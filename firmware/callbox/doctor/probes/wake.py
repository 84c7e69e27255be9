"""Probe of the wake word: can its memory be locked. No microphone is opened."""

from callbox.audio.capture.locked_ring import LockedRing
from callbox.doctor.context import Context
from callbox.doctor.model.evaluate import wake as evaluate
from callbox.doctor.model.findings import Report, Value


async def wake(context: Context) -> Report:
    """Words, and locked memory."""
    settings = context.require_settings().settings.wake
    if not settings.enabled:
        return Report({"enabled": False}, skipped="wake.enabled is false")
    lock_error = LockedRing().lock_error
    measured: dict[str, Value] = {"words": [word.model for word in settings.words], "memory_locked": lock_error is None}
    return Report(measured, tuple(evaluate.wake(lock_error)))
