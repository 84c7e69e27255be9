"""What the levels and times of sound mean. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from callbox.doctor.model.findings import Finding, found

QUIET_DBFS = -75.0
"""A microphone with its gain up hears its own noise above this."""
NOISE_DBFS = -40.0
"""From here on a bot's voice detector takes noise for speech."""
DC_PERCENT = 2.0
CLIPPED_SAMPLES = 3
"""Of full scale; one or two can be a plug's click."""
LATE_MS = 250.0
"""Half of what people find tedious in a telephone's round trip; the network and the bot need the rest."""
ECHO_DB = -3.0
"""An echo return loss below this: louder in the microphone than it was played."""
DRIFT_PPM = 300.0
"""Two crystals differ by 100 at most; what resamples badly, by thousands."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Some seconds of a microphone in a room where nobody speaks."""

    peak_dbfs: float
    rms_dbfs: float
    noise_floor_dbfs: float
    """Of the quietest tenth of its periods."""
    clipped_samples: int
    dc_percent: float
    """The mean, of full scale."""
    overruns: int = 0


@dataclass(frozen=True, slots=True)
class Loop:
    """What was played and heard again."""

    chirps_played: int
    chirps_heard: int
    loop_ms: float | None = None
    """From handing a sample to the loudspeaker's driver to having it from the microphone's."""
    untold_ms: float | None = None
    """The part of it that neither driver tells: converters, air, a sound server."""
    echo_return_loss_db: float | None = None
    drift_ppm: float | None = None
    """How much faster the microphone's clock is than the loudspeaker's."""
    clipped_samples: int = 0
    overruns: int = 0
    underruns: int = 0
    lasted_s: float = 0.0


def microphone(heard: Heard) -> list[Finding]:
    """What is wrong with a microphone."""
    if heard.peak_dbfs <= -96:
        return [found("MIC-SILENT", "every sample is 0")]
    findings = []
    if heard.peak_dbfs < QUIET_DBFS:
        findings.append(found("MIC-QUIET", f"peak {heard.peak_dbfs:.0f} dBFS, at least {QUIET_DBFS:.0f} are right"))
    if heard.noise_floor_dbfs > NOISE_DBFS:
        floor = f"noise floor {heard.noise_floor_dbfs:.0f} dBFS, at most {NOISE_DBFS:.0f} are right"
        findings.append(found("MIC-NOISE", floor))
    if heard.clipped_samples >= CLIPPED_SAMPLES:
        findings.append(found("MIC-CLIPPING", f"{heard.clipped_samples} samples at full scale"))
    if abs(heard.dc_percent) > DC_PERCENT:
        offset = f"offset {heard.dc_percent:+.1f} % of full scale, at most {DC_PERCENT:g} % are right"
        findings.append(found("MIC-DC", offset))
    if heard.overruns:
        findings.append(found("XRUN-CAPTURE", f"overruns: {heard.overruns}; 0 are right"))
    return findings


def loop(told: Loop, *, headset: bool) -> list[Finding]:
    """What is wrong with the way through the air. `headset`: the microphone need not hear the loudspeaker."""
    findings = []
    if told.chirps_heard * 2 < told.chirps_played and not headset:
        findings.append(found("LOOP-NOT-HEARD", f"{told.chirps_heard} of {told.chirps_played} chirps were heard"))
    if told.loop_ms is not None and told.loop_ms > LATE_MS:
        findings.append(found("LOOP-LATE", f"{told.loop_ms:.0f} ms, at most {LATE_MS:.0f} are right"))
    if told.clipped_samples >= CLIPPED_SAMPLES:
        findings.append(found("LOOP-CLIPPING", f"{told.clipped_samples} samples at full scale"))
    if told.echo_return_loss_db is not None and told.echo_return_loss_db < ECHO_DB:
        loss = f"echo return loss {told.echo_return_loss_db:.0f} dB, at least {ECHO_DB:.0f} are right"
        findings.append(found("LOOP-ECHO", loss))
    if told.drift_ppm is not None and abs(told.drift_ppm) > DRIFT_PPM:
        drift = f"{told.drift_ppm:+.0f} ppm, at most {DRIFT_PPM:.0f} are right"
        findings.append(found("LOOP-DRIFT", drift))
    findings += xruns(told.overruns, told.underruns, told.lasted_s)
    return findings


def volume(control: str, share: float, *, is_on: bool) -> list[Finding]:
    """What it means that a card's volume stands so; `share`: of its steps."""
    if is_on and share > 0:
        return []
    return [found("SPEAKER-MUTED", f"{control} is {'at 0 %' if is_on else 'switched off'}")]


def xruns(overruns: int, underruns: int, lasted_s: float) -> list[Finding]:
    """What it means that so many happened."""
    return [
        found(code, f"{name} in {lasted_s:.1f} s: {count}; 0 are right")
        for code, count, name in (
            ("XRUN-CAPTURE", overruns, "overruns"),
            ("XRUN-PLAYBACK", underruns, "underruns"),
        )
        if count
    ]


def drift_ppm(played_frames: Sequence[int], heard_frames: Sequence[float]) -> float:
    """How much faster the clock that counts `heard_frames` is: the slope of a line through 2 chirps or more."""
    count = len(played_frames)
    mean_played, mean_heard = sum(played_frames) / count, sum(heard_frames) / count
    xs, ys = [frame - mean_played for frame in played_frames], [frame - mean_heard for frame in heard_frames]
    return (sum(x * y for x, y in zip(xs, ys, strict=True)) / sum(x * x for x in xs) - 1) * 1e6
