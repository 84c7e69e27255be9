"""The table of what isn't simulated of a board is the one in the README of the hardware tests."""

from pathlib import Path

from tests.system.hardware.board_limits import table

README = Path(__file__).parents[2] / "system/hardware/README.md"


def test_the_readme_has_the_table():
    assert table() in README.read_text(), "python -m tests.system.hardware.board_limits"
