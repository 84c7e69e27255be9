"""From the loudspeaker into the microphone: chirps are played, found again, and timed."""

import asyncio
import functools

from callbox.app.compose.board import alsa_devices
from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.evaluate import sound as evaluate
from callbox.doctor.model.findings import CannotMeasure, Report, Value
from callbox.doctor.model.recording import TimedRecording, measure_loop, program_of
from callbox.doctor.probes import gpio
from callbox.doctor.probes.sound import Done, close, fault
from callbox_device.alsa import devices
from callbox_device.interfaces import BoardError
from callbox_device.model import pcm

CHIRPS, CHIRPS_QUICK = 10, 3


async def loop(context: Context) -> Report:
    """Play and listen at once for as long as the chirps take."""
    settings = context.require_parts()
    microphone, speaker = alsa_devices(settings)
    chirps = CHIRPS_QUICK if context.quick else CHIRPS
    program = program_of(chirps)
    clock = asyncio.get_running_loop()
    played, recorded, enough = TimedRecording(), TimedRecording(), Done()

    def deliver(period: bytes, captured_s: float) -> None:
        if len(recorded.sound) < len(program):
            recorded.add(period, clock.time(), captured_s)
        elif len(played.sound) >= len(program):
            enough.succeed()

    def fill(playback_s: float) -> bytes:
        at = len(played.sound)
        piece = program[at : at + pcm.PLAYBACK_PERIOD_BYTES] or bytes(pcm.PLAYBACK_PERIOD_BYTES)
        if at < len(program):
            played.add(piece, clock.time(), playback_s)
        return piece

    blamed: devices.AlsaMicrophone | devices.AlsaSpeaker = microphone

    def break_off(part: devices.AlsaMicrophone | devices.AlsaSpeaker, error: BoardError) -> None:
        nonlocal blamed
        if not enough.future.done():
            blamed = part
        enough.fail(error)

    try:
        with gpio.amplifier_on(context):
            try:
                await asyncio.wrap_future(microphone.start(deliver, functools.partial(break_off, microphone)))
                blamed = speaker
                await asyncio.wrap_future(speaker.start(fill, functools.partial(break_off, speaker)))
                context.tell(f"Chirps are played for {len(program) / pcm.BYTES_PER_FRAME / pcm.RATE_HZ:.0f} s.")
                await enough.future
            finally:
                enough.future.cancel()
                await close(microphone, speaker)
    except BoardError as error:
        prefix = "MIC" if blamed is microphone else "SPEAKER"
        raise CannotMeasure(Report({"device": blamed.device}, (fault(error, prefix, context),))) from None
    result = await in_thread(lambda: measure_loop(played, recorded, chirps, microphone.overruns, speaker.underruns))
    return Report(_measured(result), tuple(evaluate.loop(result, headset=settings.sound.echo == "off")))


def _measured(result: evaluate.LoopResult) -> dict[str, Value]:
    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 1)

    return {
        "chirps": result.chirps_played,
        "heard": result.chirps_found,
        "loop_ms": rounded(result.loop_ms),
        "untold_ms": rounded(result.untold_ms),
        "echo_return_loss_db": rounded(result.echo_return_loss_db),
        "drift_ppm": rounded(result.drift_ppm),
        "clipped_samples": result.clipped_samples,
        "overruns": result.overruns,
        "underruns": result.underruns,
        "lasted_s": rounded(result.lasted_s),
    }
