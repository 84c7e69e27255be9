"""Microphone and loudspeaker, each alone."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

from callbox.app.compose.board import alsa_devices
from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.evaluate import sound as evaluate
from callbox.doctor.model.findings import CannotMeasure, Finding, Report, Value, finding
from callbox.doctor.model.levels import measure
from callbox.doctor.probes import service
from callbox.system.event_loop import call_in_loop
from callbox.text import one_line
from callbox_device.alsa import devices, open_pcm
from callbox_device.interfaces import BoardError, PartBusy, PartMissing
from callbox_device.model import pcm

LISTEN_S, LISTEN_QUICK_S = 3.0, 0.8
SETTLE_S = 0.2
"""Left out of what is judged: a card's first periods are clicks and zeros."""
PLAY_S = 0.3


async def microphone(context: Context) -> Report:
    """Listen for some seconds; to a silent channel's card once more, on its loudest one."""
    settings = context.require_parts()
    channel = settings.microphone.channel
    part, _ = alsa_devices(settings)
    result = await _listen(part, LISTEN_QUICK_S if context.quick else LISTEN_S, context)
    measured: dict[str, Value] = {
        "device": part.device,
        "peak_dbfs": round(result.peak_dbfs, 1),
        "rms_dbfs": round(result.rms_dbfs, 1),
        "noise_floor_dbfs": round(result.noise_floor_dbfs, 1),
        "clipped_samples": result.clipped_samples,
        "dc_percent": round(result.dc_percent, 2),
        "overruns": result.overruns,
    }
    findings = evaluate.microphone(result)
    if channel is not None and evaluate.is_quiet(result):
        every = devices.AlsaMicrophone(part.device)
        best = await _listen(every, LISTEN_QUICK_S, context)
        findings = evaluate.wrong_channel(result, channel, best, every.channel) or findings
    return Report(measured, tuple(findings))


async def _listen(part: devices.AlsaMicrophone, listen_s: float, context: Context) -> evaluate.MicLevels:
    wanted = round((SETTLE_S + listen_s) * 1000 / pcm.PERIOD_MS)
    enough, periods = Done(), list[bytes]()

    def deliver(period: bytes, _: float) -> None:
        if len(periods) < wanted:
            periods.append(period)
        else:
            enough.succeed()

    await run_part(part, lambda: part.start(deliver, enough.fail), enough, "MIC", context)
    return measure(periods[round(SETTLE_S * 1000 / pcm.PERIOD_MS) :], part.overruns)


async def speaker(context: Context) -> Report:
    """Play silence."""
    _, part = alsa_devices(context.require_parts())
    enough = Done()
    wanted = round(PLAY_S * 1000 / pcm.PLAYBACK_PERIOD_MS)
    delays_ms: list[float] = []

    def fill(_: float) -> bytes:
        delays_ms.append(part.delay_ms)
        if len(delays_ms) > wanted:
            enough.succeed()
        return bytes(pcm.PLAYBACK_PERIOD_BYTES)

    await run_part(part, lambda: part.start(fill, enough.fail), enough, "SPEAKER", context)
    # The last ones: the card is full by then.
    measured: dict[str, Value] = {"device": part.device, "buffer_ms": round(max(delays_ms[-5:]), 1)}
    measured["underruns"] = part.underruns
    findings = evaluate.xruns(0, part.underruns, PLAY_S)
    if mixer := await in_thread(part.mixer_state):
        measured |= {"control": mixer.control, "volume_percent": round(100 * mixer.share), "on": mixer.is_on}
        findings += evaluate.volume(mixer.control, mixer.share, is_on=mixer.is_on)
    return Report(measured, tuple(findings))


class Done:
    """The end of a measurement, told from a sound card's thread."""

    def __init__(self) -> None:
        self.future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._settle_in_loop = call_in_loop(self._settle)

    def succeed(self) -> None:
        """Any thread; as often as it likes."""
        self._settle_in_loop(None)

    def fail(self, error: BoardError) -> None:
        """Any thread."""
        self._settle_in_loop(error)

    def _settle(self, error: BoardError | None) -> None:
        if not self.future.done():
            if error is None:
                self.future.set_result(None)
            else:
                self.future.set_exception(error)


async def run_part(
    part: devices.AlsaMicrophone | devices.AlsaSpeaker,
    start: "Callable[[], Future[None]]",
    enough: Done,
    prefix: str,
    context: Context,
) -> None:
    """Run a PCM until `enough`. Raises `CannotMeasure` with the finding of a card that fails; `prefix` as `fault`."""
    try:
        await asyncio.wrap_future(start())
        await enough.future
    except BoardError as error:
        raise CannotMeasure(Report({"device": part.device}, (fault(error, prefix, context),))) from None
    finally:
        enough.future.cancel()
        await close(part)


async def close(*parts: devices.AlsaMicrophone | devices.AlsaSpeaker) -> None:
    """Close PCMs, also when we are being cancelled."""
    await asyncio.shield(asyncio.gather(*(asyncio.wrap_future(part.stop()) for part in parts)))


def fault(error: BoardError, prefix: str, context: Context) -> Finding:
    """Finding about a PCM that can't be had. `prefix`: MIC or SPEAKER."""
    detail = one_line(error)
    if error.sound_server:
        return finding("SOUND-SERVER-DOWN" if error.sound_server == "down" else "SOUND-SERVER-HANGS", detail)
    if isinstance(error, PartBusy):
        pid = service.running(context.root)
        return finding(f"{prefix}-IN-USE", f"held by process {pid}") if pid else finding(f"{prefix}-BUSY", detail)
    if isinstance(error, PartMissing):
        if not open_pcm.is_installed():
            return finding("SOUND-NO-LIBRARY")
        return finding("SOUND-NO-PERMISSION" if "permission" in detail else f"{prefix}-MISSING", detail)
    return finding(f"{prefix}-FAILED", detail)
