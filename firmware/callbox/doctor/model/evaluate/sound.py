"""Findings from the levels and times of sound. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from callbox.doctor.model.findings import Finding, finding

QUIET_DBFS = -75.0
"""A microphone with its gain up hears its own noise above this."""
SILENT_DBFS = -96.0
"""Of samples that are all 0."""
CHANNEL_DB = 20.0
"""So much louder another channel is than one without a microphone; two microphones of an array differ by less."""
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
class MicLevels:
    """Some seconds of a microphone in a quiet room."""

    peak_dbfs: float
    rms_dbfs: float
    noise_floor_dbfs: float
    """Of the quietest tenth of its periods."""
    clipped_samples: int
    dc_percent: float
    """The mean, of full scale."""
    overruns: int = 0


@dataclass(frozen=True, slots=True)
class LoopResult:
    """Result of sound that was played and heard again."""

    chirps_played: int
    chirps_found: int
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


def is_quiet(levels: MicLevels) -> bool:
    """Whether this is less than a microphone's own noise."""
    return levels.peak_dbfs < QUIET_DBFS


def wrong_channel(levels: MicLevels, channel: int, best: MicLevels, best_channel: int | None) -> list[Finding]:
    """Findings about a card's channel that is quiet; `best`: the loudest one of the card."""
    if best_channel in (channel, None) or is_quiet(best) or best.peak_dbfs - levels.peak_dbfs < CHANNEL_DB:
        return []
    carries = f"peak {levels.peak_dbfs:.0f} dBFS" if levels.peak_dbfs > SILENT_DBFS else "every sample is 0"
    louder = f"channel {best_channel} has a peak of {best.peak_dbfs:.0f} dBFS"
    return [finding("MIC-CHANNEL", f"channel {channel}: {carries}; {louder}")]


def microphone(levels: MicLevels) -> list[Finding]:
    """Findings about a microphone."""
    if levels.peak_dbfs <= SILENT_DBFS:
        return [finding("MIC-SILENT", "every sample is 0")]
    findings = []
    if is_quiet(levels):
        findings.append(finding("MIC-QUIET", f"peak {levels.peak_dbfs:.0f} dBFS, at least {QUIET_DBFS:.0f} are right"))
    if levels.noise_floor_dbfs > NOISE_DBFS:
        floor = f"noise floor {levels.noise_floor_dbfs:.0f} dBFS, at most {NOISE_DBFS:.0f} are right"
        findings.append(finding("MIC-NOISE", floor))
    if levels.clipped_samples >= CLIPPED_SAMPLES:
        findings.append(finding("MIC-CLIPPING", f"{levels.clipped_samples} samples at full scale"))
    if abs(levels.dc_percent) > DC_PERCENT:
        offset = f"offset {levels.dc_percent:+.1f} % of full scale, at most {DC_PERCENT:g} % are right"
        findings.append(finding("MIC-DC", offset))
    if levels.overruns:
        findings.append(finding("XRUN-CAPTURE", f"overruns: {levels.overruns}; 0 are right"))
    return findings


def loop(result: LoopResult, *, headset: bool) -> list[Finding]:
    """Findings about the way through the air. `headset`: the microphone need not hear the loudspeaker."""
    findings = []
    if result.chirps_found * 2 < result.chirps_played and not headset:
        findings.append(finding("LOOP-NOT-HEARD", f"{result.chirps_found} of {result.chirps_played} chirps were heard"))
    if result.loop_ms is not None and result.loop_ms > LATE_MS:
        findings.append(finding("LOOP-LATE", f"{result.loop_ms:.0f} ms, at most {LATE_MS:.0f} are right"))
    if result.clipped_samples >= CLIPPED_SAMPLES:
        findings.append(finding("LOOP-CLIPPING", f"{result.clipped_samples} samples at full scale"))
    if result.echo_return_loss_db is not None and result.echo_return_loss_db < ECHO_DB:
        loss = f"echo return loss {result.echo_return_loss_db:.0f} dB, at least {ECHO_DB:.0f} are right"
        findings.append(finding("LOOP-ECHO", loss))
    if result.drift_ppm is not None and abs(result.drift_ppm) > DRIFT_PPM:
        drift = f"{result.drift_ppm:+.0f} ppm, at most {DRIFT_PPM:.0f} are right"
        findings.append(finding("LOOP-DRIFT", drift))
    findings += xruns(result.overruns, result.underruns, result.lasted_s)
    return findings


def volume(control: str, share: float, *, is_on: bool) -> list[Finding]:
    """Findings from a card's volume; `share`: of its steps."""
    if is_on and share > 0:
        return []
    return [finding("SPEAKER-MUTED", f"{control} is {'at 0 %' if is_on else 'switched off'}")]


def xruns(overruns: int, underruns: int, lasted_s: float) -> list[Finding]:
    """Findings from overruns and underruns."""
    return [
        finding(code, f"{name} in {lasted_s:.1f} s: {count}; 0 are right")
        for code, count, name in (
            ("XRUN-CAPTURE", overruns, "overruns"),
            ("XRUN-PLAYBACK", underruns, "underruns"),
        )
        if count
    ]


def drift_ppm(played_frames: Sequence[int], recorded_frames: Sequence[float]) -> float:
    """Deviation of the clock that counts `recorded_frames`, in ppm: the slope of a line through 2 chirps or more."""
    count = len(played_frames)
    mean_played, mean_recorded = sum(played_frames) / count, sum(recorded_frames) / count
    xs, ys = [frame - mean_played for frame in played_frames], [frame - mean_recorded for frame in recorded_frames]
    return (sum(x * y for x, y in zip(xs, ys, strict=True)) / sum(x * x for x in xs) - 1) * 1e6
