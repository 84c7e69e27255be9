"""The box that the doctor is called to."""

import pytest
from tests.integration.doctor.visits import Place


@pytest.fixture
async def place(tmp_path):
    place = Place(tmp_path)
    async with place.running:
        yield place
