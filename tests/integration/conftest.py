"""A broker of the file's own, and who listens to it in one test."""

import pytest
from tests.rig.mosquitto import Listener, Mosquitto


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with Mosquitto(tmp_path_factory.mktemp("broker")) as mosquitto:
        yield mosquitto


@pytest.fixture
def listener(broker):
    with Listener(broker.port) as listener:
        yield listener
