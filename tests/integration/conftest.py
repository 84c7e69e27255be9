"""A broker of the file's own, who listens to it in one test; bots of the test's own."""

import pytest
from tests.rig.faulty_bot import FaultyBot
from tests.rig.mosquitto import Listener, Mosquitto

from callbox.mqtt import blocking_client
from callbox.mqtt import request as mqtt_request


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    with Mosquitto(tmp_path_factory.mktemp("broker")) as mosquitto:
        yield mosquitto


@pytest.fixture
def listener(broker):
    with Listener(broker.port) as listener:
        yield listener


@pytest.fixture
def patient_commands(monkeypatch):
    """Commands wait for the box's answer: a busy machine is no box that doesn't answer."""
    monkeypatch.setattr(blocking_client, "RESPONSE_TIMEOUT_S", 60.0)
    monkeypatch.setattr(mqtt_request, "RESPONSE_TIMEOUT_S", 60.0)


@pytest.fixture
async def bot():
    async with FaultyBot() as server:
        yield server


@pytest.fixture
async def doctor():
    async with FaultyBot() as server:
        yield server


@pytest.fixture
async def kitchen():
    async with FaultyBot() as server:
        yield server
