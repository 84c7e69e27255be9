"""Jobs that a box can do for a helper from afar, and for itself. As `callbox.app.compose`: it picks the parts."""

from collections.abc import Sequence
from pathlib import Path

from callbox.app.fleet_settings import FleetParts
from callbox.app.flight_recorder import FlightRecorder
from callbox.app.jobs import JobRunner, SubprocessJob, run_job
from callbox.app.rollout_store import RolloutStore
from callbox.config import load_all
from callbox.config.sources import FLEET, FOLDER, signed_version
from callbox.control.remote_commands import RemoteCommand

BUNDLE_KIB = 48
"""Of MQTT's answer; many a broker takes 64."""


def job_runner(config: Path, options: Sequence[str], recorder: FlightRecorder) -> JobRunner:
    """The doctor, who reads the settings anew from where the box has them, and the bundle."""
    places = _places(config, options)

    def doctor(may_call: bool) -> list[str]:
        from callbox.doctor.checks import remote_checks  # late: not needed at each start

        checks = ",".join(remote_checks(may_call=may_call))
        return ["doctor", "--json", "--quick", "--no-press", f"--only={checks}", *places]

    bundle = ["bundle", "--output=-", "--moments=-", f"--limit-kib={BUNDLE_KIB}", *places]
    return JobRunner(
        {
            RemoteCommand.DOCTOR: SubprocessJob(doctor),
            RemoteCommand.BUNDLE: SubprocessJob(lambda _: bundle, recorder.as_json),
        }
    )


def fleet_parts(config: Path, options: Sequence[str], store: RolloutStore) -> FleetParts:
    """Parts for settings of a fleet; the bot check is the doctor's."""
    check = ["doctor", "--json", "--quick", "--no-press", "--only=bot", *_places(config, options)]

    async def check_bot() -> bool:
        report = await run_job(SubprocessJob(lambda _: check), may_call=True)
        return isinstance(report, dict) and report.get("exit_code") in (0, 1)  # 1: warnings

    return FleetParts(
        store,
        lambda file: load_all(config, options, fetched=file),
        lambda: signed_version(config.parent / FOLDER / FLEET),
        check_bot,
    )


def _places(config: Path, options: Sequence[str]) -> list[str]:
    return ["--config", str(config), *(f"--set={option}" for option in options)]
