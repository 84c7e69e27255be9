"""Jobs that a box can do for a helper from afar. As `callbox.app.compose`: it picks the parts."""

from collections.abc import Sequence
from pathlib import Path

from callbox.app.flight_recorder import FlightRecorder
from callbox.app.jobs import JobRunner, SubprocessJob
from callbox.control.remote_commands import RemoteCommand

BUNDLE_KIB = 48
"""Of MQTT's answer; many a broker takes 64."""


def job_runner(config: Path, options: Sequence[str], recorder: FlightRecorder) -> JobRunner:
    """The doctor, who reads the settings anew from where the box has them, and the bundle."""
    places = ["--config", str(config), *(f"--set={option}" for option in options)]

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
