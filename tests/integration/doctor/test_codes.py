"""The table of codes: each is found by the doctor itself in a test with a fault, and each can be read."""

import ast
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from callbox.doctor.checks import NAMES
from callbox.doctor.model.codes import (
    CODES,
    alarms,
    announcements,
    board,
    machine,
    network,
    presets,
    sound,
    telephone,
    tools,
    wake,
)

HERE = Path(__file__).parent


def test_every_code_is_reached_by_a_test_with_a_fault():
    """`REACHED` of each module: the keys of its tables of faults, and what its other tests find by name."""
    modules = [import_module(f"tests.integration.doctor.{file.stem}") for file in sorted(HERE.glob("test_*.py"))]
    reached = {code for module in modules for code in getattr(module, "REACHED", ())}
    assert reached == set(CODES)


@pytest.mark.parametrize("file", sorted(HERE.glob("test_*.py")), ids=lambda file: file.stem)
def test_what_a_module_says_it_reaches_stands_in_one_of_its_tests(file):
    """A code in `REACHED` is a key of a table that a test walks, or is compared within a test."""
    tree = ast.parse(file.read_text())
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)]
    named = {leaf.value for test in tests for leaf in ast.walk(test) if isinstance(leaf, ast.Constant)}
    walked = {
        leaf.id
        for test in tests
        for mark in test.decorator_list
        for leaf in ast.walk(mark)
        if isinstance(leaf, ast.Name)
    }
    module = import_module(f"tests.integration.doctor.{file.stem}")
    in_tables = {
        code for table in walked if isinstance(getattr(module, table, None), dict) for code in getattr(module, table)
    }
    assert set(getattr(module, "REACHED", ())) <= named | in_tables


def test_no_code_stands_there_twice():
    parts = (
        machine.MACHINE,
        presets.PRESETS,
        board.BOARD,
        telephone.TELEPHONE,
        sound.SOUND,
        tools.TOOLS,
        alarms.ALARMS,
        announcements.ANNOUNCEMENTS,
        wake.WAKE,
        network.NETWORK,
    )
    rows = [code for part in parts for code in part]
    assert [name for name, count in Counter(code.name for code in rows).items() if count > 1] == []
    assert {code.check for code in rows} <= {*NAMES, "any"}


def test_every_code_can_be_read():
    for code in CODES.values():
        assert code.name == code.name.upper()
        assert code.cause.endswith(".")
        assert code.cure[0] == "`" or code.cure[0].isupper()
