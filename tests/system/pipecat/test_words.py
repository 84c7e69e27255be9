"""Words of an announcement, spoken by a real Pipecat bot to a whole box that is joined without a microphone."""

from dataclasses import replace

import numpy as np
import pytest
from tests.integration.test_announcements import CONFIG, ended, start
from tests.integration.test_rings import CountedMicrophone
from tests.rig.appliance import running
from tests.rig.pipecat import PipecatServer

from callbox.control.announcements import AnnouncementOutcome

pytestmark = pytest.mark.pipecat


async def test_a_pipecat_bot_speaks_the_words():
    microphone = CountedMicrophone()
    with PipecatServer(bot="pipecat_words.py") as server:
        async with running(server.start_url, announce=replace(CONFIG, by_bot=True), microphone=microphone) as rig:
            start(rig, text="Lunch is ready", id="lunch")
            await rig.until(ended(AnnouncementOutcome.PLAYED))
            played = np.frombuffer(bytes(rig.speaker.played), "<i2").astype(int)
            assert np.abs(played).max() > 1000, server.log
            assert microphone.opened == 0
