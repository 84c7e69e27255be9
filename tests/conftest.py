"""Hypothesis' profile, the markers that fixtures imply, mock pins, the Pipecat server, and how to repeat a failure."""

import gc
import re
import signal
import sys

import pytest
from hypothesis import HealthCheck, settings
from tests.rig.pipecat import PipecatServer
from tests.rig.real_time import RealTimeLoop
from tests.rig.simulated_time import SimulatedTimeLoop
from tests.rig.starvation import Starvation

from callbox.transports.aiortc_patches import compat

# No wall time decides: on a busy machine an example takes as long as it takes.
settings.register_profile("callbox", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("callbox")

_MARKER_OF_FIXTURE = {"chromium": "chromium", "pipecat": "pipecat"}
NEEDS = {
    "homeassistant": "`make test-homeassistant`",
    "pi": "`make test-vpi`, or `pytest -m pi` on a wired Raspberry Pi",
    "vpi": "`make test-vpi`",
    "vpi_host": "`make test-vpi`",
}
"""Markers of tests that are skipped unless `-m` asks for them. With `-m` they fail without what they need."""


def pytest_sessionstart():
    """SIGTERM ends a run as Ctrl-C does: with its fixtures' teardown, which ends brokers, bots and virtual Pis."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection():
    """Modules and tests stay until the end, and are no garbage: not to look at them saves a quarter of the time."""
    gc.disable()


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    """Markers before tests are chosen by them; afterwards files that take minutes go to the front, so that no worker
    begins one while the others have nothing left.
    """
    _mark(config, items)
    yield
    long = {item.path for item in items if any(item.iter_markers("slow")) or any(item.iter_markers("soak"))}
    items.sort(key=lambda item: item.path not in long)


def _mark(config, items):
    for item in items:
        for fixture, marker in _MARKER_OF_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
        names = {marker.name for marker in item.iter_markers()}
        needs = [marker for marker in NEEDS if marker in names]
        if needs and not any(re.search(rf"\b{marker}\b", config.option.markexpr) for marker in needs):
            item.add_marker(pytest.mark.skip(reason=f"not here: {NEEDS[needs[0]]}"))


def pytest_asyncio_loop_factories(config, item):
    simulated = item.get_closest_marker("simulated_time")
    return {"simulated time": SimulatedTimeLoop} if simulated else {"real time": RealTimeLoop}


def pytest_terminal_summary(terminalreporter, config):
    """The command that repeats each failure, with its seed. Into a file the last lines say why, too: pytest leaves that out
    where a line is longer than a terminal.
    """
    if not sys.stdout.isatty():
        config.get_terminal_writer().fullwidth = 300
    failed = [*terminalreporter.stats.get("failed", ()), *terminalreporter.stats.get("error", ())]
    seed = config.getoption("randomly_seed", None)
    suffix = f" SEED={seed}" if isinstance(seed, int) else ""
    for node in dict.fromkeys(report.nodeid for report in failed):
        terminalreporter.write_line(f"repeat: make test-room ROOM='{node}'{suffix}")


@pytest.fixture(params=["fast path", "slow path"])
def rtp_way(request, monkeypatch):
    """The test runs twice: with packets past aiortc, and through it as with an aiortc that is not known."""
    if request.param == "fast path":
        assert compat.unsupported_reason() is None
    else:
        monkeypatch.setattr(compat, "unsupported_reason", lambda: "the test says so")
    return request.param


@pytest.fixture
def machine():
    """Tells speech that the machine had no time for from speech that the program has spoilt."""
    with Starvation() as starvation:
        yield starvation


@pytest.fixture
def pins():
    """gpiozero's own mock pins."""
    from gpiozero.pins.mock import MockFactory, MockPWMPin

    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.close()


@pytest.fixture(scope="session")
def pipecat():
    with PipecatServer() as server:
        yield server
