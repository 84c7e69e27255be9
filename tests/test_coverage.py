"""The table of `make coverage`, and when it fails."""

from pathlib import Path

import pytest
from tests import coverage
from tests.coverage import Measured, is_pure, missing, module_name, pure_modules, read, table

WHOLE = Measured("callbox.rtvi.protocol.lifecycle", 60, (), 4, ())
HALF = Measured("callbox.rtvi.client", 40, (7, 8), 6, ((9, 12), (7, 8)))


def test_a_row_for_each_package_and_the_total():
    head, *rows = (line.split() for line in table([HALF, WHOLE, Measured("callbox_device.wav", 10, (), 0, ())]))
    assert head[0] == "package"
    assert rows == [
        ["callbox.rtvi", "100", "2", "10", "2", "96.4%"],
        ["callbox_device", "10", "0", "0", "0", "100.0%"],
        ["total", "110", "2", "10", "2", "96.7%"],
    ]


def test_a_pure_module_that_is_not_run_whole_is_reported_with_its_lines_and_branches():
    assert list(missing([WHOLE, HALF], ["callbox.rtvi.protocol"])) == []
    assert list(missing([WHOLE, HALF], ["callbox.rtvi"])) == ["callbox.rtvi.client: never run: 7, 8, 9→12"]
    [gone] = missing([WHOLE], ["callbox.rtvi", "callbox.gone"])
    assert gone.startswith("callbox.gone: was not measured")


@pytest.mark.parametrize(
    ("pure", "name", "is_in"),
    [
        ("callbox.control", "callbox.control", True),
        ("callbox.control", "callbox.control.call_control", True),
        ("callbox.control", "callbox.control_panel", False),
        ("callbox.**.model", "callbox.audio.capture.model.pre_roll", True),
        ("callbox.**.model", "callbox.mqtt.model", True),
        ("callbox.**.model", "callbox.mqtt.modelling", False),
        ("callbox.*.model", "callbox.audio.capture.model", False),
    ],
)
def test_pure_modules_are_named_as_for_import_linter(pure, name, is_in):
    assert is_pure(name, [pure]) is is_in


def test_the_contract_is_there():
    assert pure_modules((coverage.ROOT / "pyproject.toml").read_text())


def test_what_coverage_py_writes():
    summary = {"num_statements": 3, "num_branches": 2}
    found = {"summary": summary, "missing_lines": [4], "missing_branches": [[3, -1]]}
    report = {"meta": {"branch_coverage": True}, "files": {"device/callbox_device/wav.py": found}}
    assert read(report) == [Measured("callbox_device.wav", 3, (4,), 2, ((3, -1),))]
    with pytest.raises(ValueError, match="branch = true"):
        read({"meta": {"branch_coverage": False}, "files": {}})


def test_the_name_of_a_module():
    assert module_name(str(Path("firmware/callbox/rtvi/__init__.py"))) == "callbox.rtvi"
    assert module_name("firmware/callbox/rtvi/client.py") == "callbox.rtvi.client"
