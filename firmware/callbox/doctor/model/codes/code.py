"""Code of a finding of the doctor, and what to say about it. Pure."""

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """Severity of a finding."""

    FAILURE = "failure"
    """Something that people would miss doesn't work."""
    WARNING = "warning"
    """It works, and not as well as it should."""
    SKIPPED = "skipped"
    """Nothing could be measured, and nothing speaks against the box."""


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table. `name` is stable: scripts may look for it."""

    name: str
    check: str
    """The check that finds it; ``any``: the doctor itself."""
    severity: Severity
    cause: str
    cure: str
    """One thing to do."""
