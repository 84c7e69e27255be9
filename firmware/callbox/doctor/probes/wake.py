"""Probes of the wake word: can its memory be locked, and how often is it detected in a room in which no one says it."""

from callbox.app.compose.board import alsa_devices
from callbox.app.compose.wake import wake_config
from callbox.audio.capture.locked_ring import LockedRing
from callbox.audio.capture.model.false_detections import ScorePeaks
from callbox.audio.capture.wake_word import MicroWakeWordDetector
from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.evaluate import wake as evaluate
from callbox.doctor.model.findings import Report, Value
from callbox.doctor.probes.sound import Done, run_part
from callbox_device.model import pcm

ROOM_S, ROOM_QUICK_S = 300.0, 3.0


async def wake(context: Context) -> Report:
    """Words, and locked memory."""
    settings = context.require_settings().settings.wake
    if not settings.enabled:
        return Report({"enabled": False}, skipped="wake.enabled is false")
    lock_error = LockedRing().lock_error
    measured: dict[str, Value] = {"words": [word.model for word in settings.words], "memory_locked": lock_error is None}
    return Report(measured, tuple(evaluate.wake(lock_error)))


async def room(context: Context) -> Report:
    """Five minutes of the room: each word's detections, the highest score, and the threshold that is proposed."""
    loaded = context.require_settings()
    config = wake_config(loaded.settings)
    if not config.words:
        return Report({"enabled": False}, skipped="wake.enabled is false")
    detector = await in_thread(lambda: MicroWakeWordDetector(config.words))
    part, _ = alsa_devices(loaded.settings)
    wanted = round((ROOM_QUICK_S if context.quick else ROOM_S) * 1000 / pcm.PERIOD_MS)
    peaks = {word.model: ScorePeaks() for word in config.words}
    enough, count = Done(), 0

    def deliver(period: bytes, _: float) -> None:
        nonlocal count
        if count == wanted:
            enough.succeed()
            return
        count += 1
        detector.process(period)
        for model, score in detector.scores.items():
            peaks[model].add(score)

    context.tell(f"Listening to the room for {wanted * pcm.PERIOD_MS / 1000:.0f} s: speak, and don't say the name.")
    await run_part(part, lambda: part.start(deliver, enough.fail), enough, "MIC", context)
    found = {model: one.peaks for model, one in peaks.items()}
    minutes = count * pcm.PERIOD_MS / 60_000
    measured: dict[str, Value] = {"minutes": round(minutes, 2)}
    for model, threshold in detector.thresholds.items():
        measured[f"{model}_threshold"] = threshold
        measured[f"{model}_highest"] = round(max(found[model], default=0.0), 2)
    return Report(measured, tuple(evaluate.room(found, detector.thresholds, minutes)))
