"""The mutants of a small module, and what is told of a few real ones."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray", reason="`make mutate` installs Cosmic Ray")

from tests.mutation.mutants import Place, mutants
from tests.mutation.rooms import ROOMS

ROOT = Path(__file__).parents[2]
SOURCE = '''
from enum import Enum


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


_C = Colour
TABLE: dict[int | str, Colour] = {
    "rose": _C.RED,  # mostly
    "sky": _C.BLUE,
}


class Box:
    """A box."""

    def colour(self, flower: str | None = None, *, at_most: int = 2) -> Colour:
        """Its colour."""
        self.asked = at_most <= 3
        return TABLE[flower]
'''
IN_TABLE = {
    ('"rose": _C.RED,', ""),
    ('"sky": _C.BLUE,', ""),
    ('"rose": _C.RED,', '"rose": _C.BLUE,'),
    ('"sky": _C.BLUE,', '"sky": _C.RED,'),
}
IN_COLOUR = {
    (f"def colour(self, flower: str | None = None, *, at_most: int = {number}) -> Colour:") for number in (1, 3)
}


def test_every_fault_once_and_none_in_what_is_not_run():
    places = [mutant.place for mutant in mutants("box", "box.py", SOURCE)]
    assert len(set(places)) == len(places)
    assert {(place.line, place.becomes) for place in places if not place.definition} == IN_TABLE
    assert {place.becomes for place in places if place.definition == "Box.colour"} == IN_COLOUR | {
        "self.asked = at_most < 3",
        "self.asked = at_most > 3",
        "self.asked = at_most <= 2",
        "self.asked = at_most <= 4",
        "pass",
    }
    assert {place.definition for place in places} == {"", "Box.colour"}


def test_what_does_not_compile_is_no_mutant():
    made = [mutant.source for mutant in mutants("m", "m.py", "def f(x):\n    if found := x():\n        return found\n")]
    assert made
    for source in made:
        compile(source, "m.py", "exec")


def test_a_place_stays_the_same_when_lines_move():
    moved = [mutant.place for mutant in mutants("box", "box.py", "\n\nimport os\n" + SOURCE)]
    assert moved == [mutant.place for mutant in mutants("box", "box.py", SOURCE)]
    assert Place("Box.colour", "return TABLE[flower]", "pass") in moved


def test_each_mutant_differs_from_the_module_in_one_place():
    for mutant in mutants("box", "box.py", SOURCE):
        before, after = SOURCE.splitlines(), mutant.source.splitlines()
        assert mutant.source != SOURCE
        assert len(set(before) - set(after)) <= 1


@pytest.mark.parametrize("room", ROOMS)
def test_the_judging_tests_of_each_room_are_there(room):
    for test in ROOMS[room].tests:
        assert (ROOT / test).is_file()


@pytest.mark.slow
def test_the_command_kills_what_the_tests_notice_and_leaves_the_tree_alone():
    module = ROOT / "firmware" / Path(*ROOMS["outbox"].modules[0].split(".")).with_suffix(".py")
    before = module.read_bytes()
    command = [sys.executable, "-m", "tests.mutation", "outbox", "--jobs", "1", "--only", "IN_FLIGHT = "]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 of 2 mutants killed, 100.0%" in done.stdout
    assert module.read_bytes() == before
