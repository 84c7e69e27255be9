"""Runs the judging tests on each mutant, in a process of its own that is forked when all libraries are imported.

The changed module is imported from memory: nothing in the tree is written. The quickest tests run first, as the first
failure ends it.
"""

import math
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from multiprocessing import connection, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from hypothesis import Phase, is_hypothesis_test, settings
from tests.mutation.mutants import Mutant

ROOT = Path(__file__).parents[2]
OURS = ("callbox", "callbox_device", "tests")
ExitCode = pytest.ExitCode
MEMORY_BYTES = 4 << 30
"""A mutant's limit: some grow for ever."""
NOT_MET = 100
"""Exit code, beside pytest's: the mutant was never imported."""

# The same examples each time, none remembered in the tree, and nothing made small: it fails, that is enough.
settings.register_profile(
    "mutation", derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate]
)
PLUGINS = ("no:cacheprovider", "_hypothesis_pytestplugin", "pytest_asyncio.plugin", "pytest_timeout")
"""The ones that are needed: to look for all that are installed takes longer than most tests."""
ARGUMENTS = [
    *("-x", "-q", "--hypothesis-profile=mutation", f"--rootdir={ROOT}"),
    *(f"-p{name}" for name in PLUGINS),
    *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),  # that is what makes it fast
]


class Verdict(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    """A test failed, or none ended in time."""
    SURVIVED = "survived"
    NOT_IMPORTED = "can't be imported"
    """It says nothing of the tests, and counts as none."""


class BrokenTests(Exception):
    """The judging tests fail, or can't run, without any mutant."""


class Judge:
    """Judges with `tests`: paths from the project's root."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._tests = [str(ROOT / test) for test in tests]
        self._fork = get_context("fork")
        self._folder = tempfile.TemporaryDirectory(prefix="callbox-mutation-")
        self._limit_s = self._limit_cpu_s = 600.0

    def prepare(self) -> float:
        """Import what the tests import, and run them unchanged. Returns their processor time, seconds. `BrokenTests`."""
        os.chdir(ROOT)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        output = Path(self._folder.name, "unchanged")
        # What is imported in this process is there in each that is forked from it, except ours, which is to be changed.
        with _written_to(output):
            pytest.main([*ARGUMENTS, "--collect-only", *self._tests])
        for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
            if not name.startswith("tests.mutation") and name != "tests":
                del sys.modules[name]
        began_s, before_s = time.monotonic(), _children_cpu_s()
        process = self._start(None, output)
        process.join(self._limit_s)
        if process.exitcode != ExitCode.OK:
            process.kill()
            raise BrokenTests(f"the judging tests fail without any mutant:\n{output.read_text()}")
        took_s = _children_cpu_s() - before_s
        self._limit_s, self._limit_cpu_s = 5 + 10 * (time.monotonic() - began_s), 2 + 5 * took_s
        return took_s

    def judge(self, mutants: Sequence[Mutant], jobs: int) -> Iterator[tuple[Mutant, Verdict]]:
        """Each as it is judged, `jobs` at the same time."""
        todo = list(reversed(mutants))
        running: dict[int, tuple[BaseProcess, Mutant, float]] = {}
        while todo or running:
            while todo and len(running) < jobs:
                process = self._start(mutant := todo.pop(), Path(self._folder.name, str(len(todo))))
                running[process.sentinel] = process, mutant, time.monotonic() + self._limit_s
            soonest_s = min(limit_s for _, _, limit_s in running.values())
            connection.wait(list(running), max(0.0, soonest_s - time.monotonic()))
            for sentinel, (process, mutant, limit_s) in list(running.items()):
                if process.exitcode is None and time.monotonic() < limit_s:
                    continue
                verdict = _verdict(process.exitcode)
                if process.is_alive():
                    process.kill()
                process.join()
                del running[sentinel]
                yield mutant, verdict

    def close(self) -> None:
        """Remove what the tests printed."""
        self._folder.cleanup()

    def _start(self, mutant: Mutant | None, output: Path) -> BaseProcess:
        arguments = mutant, self._tests, output, math.ceil(self._limit_cpu_s)
        process = self._fork.Process(target=_test, args=arguments, daemon=True)
        process.start()
        return process


def _children_cpu_s() -> float:
    """Processor time of all processes that were started and have ended, seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _verdict(exit_code: int | None) -> Verdict:
    if exit_code == NOT_MET:
        raise BrokenTests("the judging tests never import the module; tests/mutation/rooms.py must name some that do")
    if exit_code == ExitCode.OK:
        return Verdict.SURVIVED
    # What fails before the first test begins, in a test file or in conftest.py.
    return Verdict.NOT_IMPORTED if exit_code in (ExitCode.INTERRUPTED, ExitCode.USAGE_ERROR) else Verdict.KILLED


# -- In the process that is forked -------------------------------------------------------------------------------------


def _test(mutant: Mutant | None, tests: Sequence[str], output: Path, limit_cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(
        resource.RLIMIT_CPU, (limit_cpu_s, limit_cpu_s)
    )  # some turn in circles; a busy machine counts not
    changed = mutant and _Changed(mutant)
    with _written_to(output):
        if changed:
            sys.meta_path.insert(0, changed)
        code = pytest.main([*ARGUMENTS, *tests], plugins=[_QuickestFirst()])
    os._exit(code if not changed or changed.is_imported else NOT_MET)  # whatever threads it has left


class _QuickestFirst:
    """Orders the tests: examples, properties, walks of a state machine."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: (is_hypothesis_test(getattr(item, "obj", None)), item.name == "runTest"))


class _Changed(SourceFileLoader):
    """Finds and loads the mutant in place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, mutant.path)
        self._source = mutant.source.encode()
        self.is_imported = False

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        return spec_from_loader(fullname, self) if fullname == self.name else None

    def get_data(self, path: str) -> bytes:
        self.is_imported = True
        return self._source

    def path_stats(self, path: str) -> Mapping[str, float]:
        raise OSError("what is kept in __pycache__ isn't the mutant's")


@contextmanager
def _written_to(path: Path) -> Iterator[None]:
    """What this process prints meanwhile goes to a file."""
    before = os.dup(1), os.dup(2)
    with path.open("wb") as file:
        _redirect(file.fileno(), file.fileno())
    try:
        yield
    finally:
        _redirect(*before)
        for number in before:
            os.close(number)


def _redirect(stdout: int, stderr: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
