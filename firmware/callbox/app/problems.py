"""The problems that an appliance knows: those that stand until they are mended, and the last one that it showed."""

from callbox.control.faults import Fault, Problem, problem_from_stuck_part


class Problems:
    """Problems of board, buttons and settings. None: nothing is wrong there."""

    def __init__(self, board: Problem | None) -> None:
        self.board = board
        """Of a part that is missing or broken."""
        self.settings: Problem | None = None
        """Of the settings that were read last."""
        self.last: Problem | None = None
        """What was shown last, for who asks for it again."""
        self._stuck: dict[str, Problem] = {}

    @property
    def standing(self) -> Problem | None:
        """Problem to show while no call has another; None: there is none."""
        return self.board or next(iter(self._stuck.values()), None) or self.settings

    def part_stuck(self, part: str, held_ms: float) -> Problem:
        """Note that `part`, a button or a key, has been down for `held_ms`; returns the problem."""
        problem = self._stuck[part] = problem_from_stuck_part(part, held_ms)
        return problem

    def part_released(self, part: str) -> Problem | None:
        """Note that `part` came up; returns the problem that this ends; None: it was not stuck."""
        return self._stuck.pop(part, None)

    def part_works(self, fault: Fault) -> None:
        """Note that the part whose lack is `fault` works."""
        if self.board and self.board.fault is fault:
            self.board = None
