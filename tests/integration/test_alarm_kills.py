"""Alarms of a real process, a real disk, SIGKILL and a stepped wall clock: each rings within 1 s, none twice, none is lost."""

import asyncio
import contextlib
import itertools
import random
import sys

import pytest
from tests.rig.alarm_process import UNIX_LESS_BOOT_S

from callbox.app.alarm_store import AlarmStore
from callbox.control.alarm_table import AlarmKind

COUNT = 1000
KILLS = 40
STEPS_S = (0.0, 4.0, -3.0, 9.0, 2.0, -6.0, 0.0)
"""What the wall clock is put forward by, one after the other, again and again."""
STEP_EACH = 30
"""After so many rings it is stepped."""
WITHIN_S = 1.0


class Life:
    """What one process told, from its start to its end; boot times."""

    def __init__(self):
        self.ready_s = float("inf")
        self.steps = []
        self.late = []
        """From when until when the machine had no time for it."""
        self.rang = {}

    def __repr__(self):
        return f"ready at {self.ready_s}, steps {self.steps}, late {self.late}"

    def error_s(self, id_, kind, due_s):
        """How much later than due it rang; one that was due before this process was ready: than it was ready."""
        rang_s = self.rang[id_]
        first_s = self._first_due_s(kind, due_s)
        if first_s > rang_s:
            return rang_s - first_s
        return max(0.0, rang_s - self._when_it_had_time_s(max(first_s, min(self.ready_s, rang_s))))

    def _when_it_had_time_s(self, at_s):
        """`at_s`, or when it had time after that."""
        for began_s, until_s in self.late:
            at_s = until_s if began_s <= at_s < until_s else at_s
        return at_s

    def _first_due_s(self, kind, due_s):
        if kind == AlarmKind.TIMER:
            return due_s
        spans = [(0.0, self.steps[0][1]), *self.steps[1:], (float("inf"), 0.0)]
        moments = []
        for (began_s, step_s), (until_s, _) in itertools.pairwise(spans):
            reached_s = max(due_s - UNIX_LESS_BOOT_S - step_s, began_s)
            if reached_s < until_s:
                moments.append(reached_s)
        return min(moments, default=float("inf"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_a_thousand_with_kills_and_steps_of_the_clock(tmp_path):
    chance = random.Random(21)
    steps = itertools.cycle(STEPS_S)
    due: dict[str, tuple[str, float]] = {}
    stopped: set[str] = set()
    errors: list[tuple[float, str]] = []
    kills = rings = 0
    left = COUNT
    while left:
        life = Life()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.rig.alarm_process", str(tmp_path), str(COUNT)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout
        stops_left = chance.randint(0, 2 * COUNT // KILLS) if kills < KILLS else COUNT
        async for line in process.stdout:
            word, *fields = line.decode().split()
            match word:
                case "set":
                    due[fields[0]] = fields[1], float(fields[2])
                case "stepped":
                    life.steps.append((float(fields[0]), float(fields[1])))
                case "late":
                    life.late.append((float(fields[0]), float(fields[1])))
                case "ready":
                    life.ready_s = float(fields[0])
                case "ring":
                    id_, now_s = fields[0], float(fields[1])
                    assert id_ not in stopped, "it rang again after its end was on the disk"
                    assert id_ not in life.rang, "it rang twice"
                    life.rang[id_] = now_s
                    rings += 1
                    if rings % STEP_EACH == 0:
                        (tmp_path / "step.new").write_text(str(next(steps)))
                        (tmp_path / "step.new").rename(tmp_path / "step")
                case "stopped":
                    stopped.add(fields[0])
                    stops_left -= 1
                case "left":
                    left = int(fields[0])
            if (stops_left < 0 and life.ready_s < float("inf")) or not left:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()  # what it still writes to the pipe was before
        await process.wait()
        kills += 1
        with contextlib.closing(AlarmStore(tmp_path)) as store:  # rolls back what was being written
            stopped |= life.rang.keys() - store.read()[0].pending.keys()  # killed before it could say so
        if life.steps:
            details = [(id_, f"{id_} {due[id_]} rang at {rang_s}: {life}") for id_, rang_s in life.rang.items()]
            errors += [(life.error_s(id_, *due[id_]), text) for id_, text in details]
    assert stopped == set(due)
    assert len(due) == COUNT
    errors.sort()
    [(early_s, early), (p99_s, _), (latest_s, latest)] = errors[0], errors[-1 - len(errors) // 100], errors[-1]
    print(
        f"{kills} kills, {rings // STEP_EACH} steps, {rings} rings: {early_s:.3f} to {latest_s:.3f} s, p99 {p99_s:.3f} s"
    )
    assert early_s > -0.1, early
    assert latest_s < WITHIN_S, latest
