"""The problems that an appliance knows: those that stand until they are mended, and the last one that it showed."""

import logging
from collections.abc import Sequence
from typing import Protocol

from callbox.control.faults import Fault, Problem, problem_from_error, problem_from_parts, problem_from_stuck_part
from callbox.control.status import Status
from callbox.rtvi import DeviceKind, RTVIError
from callbox_device.interfaces import Part, PartFault

log = logging.getLogger(__name__)

_PARTS = {DeviceKind.MIC: (Part.MICROPHONE, Fault.NO_MICROPHONE), DeviceKind.SPEAKER: (Part.SPEAKER, Fault.NO_SPEAKER)}


class ProblemTarget(Protocol):
    """Status that shows a problem: `callbox.app.appliance.Appliance`."""

    @property
    def status(self) -> Status:
        """Status as it was reported last."""

    def update(self, *, problem: Problem | None) -> None:
        """Show `problem`; None: none."""


class Problems:
    """Problems of board, buttons, devices and settings, shown by `target`. Event loop only.

    `faults`: of the parts that the board lacks.
    """

    def __init__(self, target: ProblemTarget, faults: Sequence[PartFault]) -> None:
        self._target = target
        self.last: Problem | None = None
        """What was shown last, for who asks for it again."""
        self._versions: dict[str, Problem | None] = {"settings": None, "rollout": None, "upgrade": None}
        """Of what the box works with, the first that is to be shown first."""
        self._stuck: dict[str, Problem] = {}
        self.use(faults)

    def use(self, faults: Sequence[PartFault]) -> None:
        """Note that these parts are missing or broken now; it is shown with the next status."""
        self.faults = tuple(faults)
        self._board = problem_from_parts(faults)

    @property
    def standing(self) -> Problem | None:
        """Problem to show while no call has another; None: there is none."""
        others = (*self._stuck.values(), *self._versions.values())
        return self._board or next(filter(None, others), None)

    @property
    def to_repeat(self) -> Problem | None:
        """Problem that is told to who asks for it again; None: nothing was wrong yet."""
        return self._target.status.problem or self.last

    def set_settings(self, problem: Problem | None) -> None:
        """Set the problem of the settings that were read last; None: nothing is wrong with them."""
        self._set("settings", problem)

    def set_rollout(self, problem: Problem | None) -> None:
        """Set the problem of a fleet's settings that are not in force; None: there is none."""
        self._set("rollout", problem)

    def set_upgrade(self, problem: Problem | None) -> None:
        """Set the problem of a package that was given up; None: there is none."""
        self._set("upgrade", problem)

    def _set(self, what: str, problem: Problem | None) -> None:
        is_standing = self._reports_standing
        self._versions[what] = problem
        if is_standing:
            self._target.update(problem=self.standing)

    @property
    def _reports_standing(self) -> bool:
        """Whether no error of a call is shown: that stands until the next call."""
        return self._target.status.problem in (None, self.standing)

    def set_stuck(self, part: str, held_ms: float) -> None:
        """Show, until `clear_stuck`, that `part`, a button or a key, has been down for `held_ms`."""
        problem = self._stuck[part] = problem_from_stuck_part(part, held_ms)
        log.warning("%s", problem.text)
        self._target.update(problem=problem)  # in place of a call's error too: there will be no next call

    def clear_stuck(self, part: str) -> None:
        """Note that `part` is down no more."""
        if ended := self._stuck.pop(part, None):
            self._end(ended)

    def device_failed(self, error: RTVIError) -> None:
        """Show that microphone or loudspeaker failed in a call."""
        log.warning("%s", error)
        self._target.update(problem=problem_from_error(error))

    def device_works(self, kind: DeviceKind) -> None:
        """Note that it works, or works again."""
        part, mended = _PARTS[kind]
        self.use([fault for fault in self.faults if fault.part is not part])
        if self._target.status.problem and self._target.status.problem.fault is mended:
            log.info("The %s works again", kind.role)
            self._target.update(problem=self.standing)

    def status_lamp_works(self) -> None:
        """Note that the status lamp, which may have been missing, is there."""
        others = tuple(fault for fault in self.faults if fault.part is not Part.STATUS_LAMP)
        if others != self.faults:
            log.info("The status lamp works again")
            mended = self._board
            self.use(others)
            if mended:
                self._end(mended)

    def _end(self, ended: Problem) -> None:
        if self._target.status.problem == ended:
            self._target.update(problem=self.standing)
