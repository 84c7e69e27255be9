"""What many tests share: the server that is slow to start."""

import pytest
from tests.rig.pipecat import PipecatServer


@pytest.fixture(scope="session")
def pipecat():
    with PipecatServer() as server:
        yield server
