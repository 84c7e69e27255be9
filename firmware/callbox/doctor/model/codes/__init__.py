"""Every code that the doctor knows: the one source of its output, of `explain`, and of docs/doctor.md. Pure."""

from callbox.doctor.model.codes.alarms import ALARMS
from callbox.doctor.model.codes.announcements import ANNOUNCEMENTS
from callbox.doctor.model.codes.board import BOARD
from callbox.doctor.model.codes.code import Code, Severity
from callbox.doctor.model.codes.machine import MACHINE
from callbox.doctor.model.codes.network import NETWORK
from callbox.doctor.model.codes.presets import PRESETS
from callbox.doctor.model.codes.sound import SOUND
from callbox.doctor.model.codes.telephone import TELEPHONE
from callbox.doctor.model.codes.tools import TOOLS
from callbox.doctor.model.codes.wake import WAKE

__all__ = ["CODES", "Code", "Severity", "markdown"]

_PARTS = (MACHINE, PRESETS, BOARD, TELEPHONE, SOUND, TOOLS, ALARMS, WAKE, ANNOUNCEMENTS, NETWORK)
CODES: dict[str, Code] = {code.name: code for part in _PARTS for code in part}
"""By name, in the order of the checks."""


def markdown() -> str:
    """The table, one row for each code."""
    rows = [
        f"| `{code.name}` | `{code.check}` | {code.severity.value} | {_cell(code.cause)} | {_cell(code.cure)} |"
        for code in CODES.values()
    ]
    return "| Code | Check | | Cause | What to do |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
