"""Imports without a module that a library takes if it is there."""

import importlib
import sys

import pytest

from callbox.system.imports import import_without

LIBRARY = """
try:
    import {helper}
except ImportError:
    {helper} = None
"""


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library that takes a helper if it is there, and the helper."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "helper_of_test_imports.py").write_text("")
    (tmp_path / "library_of_test_imports.py").write_text(LIBRARY.format(helper="helper_of_test_imports"))
    importlib.invalidate_caches()
    names = "library_of_test_imports", "helper_of_test_imports"
    yield names
    for name in names:
        sys.modules.pop(name, None)


def test_the_library_does_without_and_others_do_not(library):
    name, absent = library
    import_without(name, absent)
    assert getattr(sys.modules[name], absent) is None
    assert importlib.import_module(absent).__name__ == absent


def test_what_is_imported_already_stays(library):
    name, absent = library
    helper = importlib.import_module(absent)
    import_without(name, absent)
    assert getattr(sys.modules[name], absent) is helper
    assert sys.modules[absent] is helper


def test_an_import_that_fails_leaves_nothing(library):
    _, absent = library
    with pytest.raises(ModuleNotFoundError):
        import_without("no_such_library_of_test_imports", absent)
    assert absent not in sys.modules
