"""Results that a check hands back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from callbox.doctor.model.codes import CODES, Code, Severity

Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]
"""What JSON can say."""


class Outcome(Enum):
    """Ends of a check. The order is that of badness."""

    PASS = "pass"  # noqa: S105 - a result, not a password
    SKIPPED = "skipped"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """A code that was found, and where."""

    code: Code
    detail: str
    """What was measured, with its limit; or the words of whoever refused."""


@dataclass(frozen=True, slots=True)
class Report:
    """Measurements of one check, and its findings."""

    measured: Mapping[str, Value] = field(default_factory=dict)
    """By name, with the unit in it (`loop_ms`)."""
    findings: tuple[Finding, ...] = ()
    skipped: str | None = None
    """Why nothing was measured."""


@dataclass(frozen=True, slots=True)
class Result:
    """A report with its check's name and time."""

    check: str
    report: Report
    took_ms: float

    @property
    def outcome(self) -> Outcome:
        """The worst of what was found."""
        severities = {finding.code.severity for finding in self.report.findings}
        for severity, outcome in (
            (Severity.FAILURE, Outcome.FAILURE),
            (Severity.WARNING, Outcome.WARNING),
            (Severity.SKIPPED, Outcome.SKIPPED),
        ):
            if severity in severities:
                return outcome
        return Outcome.SKIPPED if self.report.skipped is not None else Outcome.PASS


class CannotMeasure(Exception):
    """Reason why a check can go no further. Carries its report: what was found, and what was measured until then."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def finding(code: str, detail: str = "") -> Finding:
    """A finding by its code's name, which must be in the table."""
    return Finding(CODES[code], detail)


def worst(results: Sequence[Result]) -> Outcome:
    """Of all; `PASS` of none. A check that was skipped is no fault of the box."""
    outcomes = {result.outcome for result in results}
    return next((outcome for outcome in (Outcome.FAILURE, Outcome.WARNING) if outcome in outcomes), Outcome.PASS)


def exit_code(outcome: Outcome) -> int:
    """0: all is well, 1: warnings, 2: failures."""
    return {Outcome.FAILURE: 2, Outcome.WARNING: 1}.get(outcome, 0)
