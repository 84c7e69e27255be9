"""A real Pipecat bot hears us without delay on a Wi-Fi that loses packets. The benchmark `sound_remote_jitter_buffer` has the rest."""

import asyncio
import statistics

import pytest
from tests.rig.bot_recording import read_recording
from tests.rig.lossy_udp import LossyUdp
from tests.rig.pipecat import PipecatServer
from tests.rig.speaking_media import OpusSpeechMedia

from callbox.probe.model.network_impairment import NetworkImpairment
from callbox.rtvi import APIRequest, RTVIClient
from callbox.transports.aiortc_patches import compat
from callbox.transports.rtp.redundancy import Redundancy
from callbox.transports.small_webrtc import SmallWebRTCTransport, rtp_session

pytestmark = pytest.mark.pipecat


@pytest.fixture(scope="module")
def server():
    with PipecatServer(bot="pipecat_jitter_buffer.py") as server:
        yield server


async def call(server, path, impairment, duration_s):
    """Delays of the first second, in which nothing is lost, and all that was heard."""
    assert compat.unsupported_reason() is None  # copies are sent on the fast path only
    media = OpusSpeechMedia()
    request = {"transport": "webrtc", "body": {"record": str(path)}}
    client = RTVIClient(SmallWebRTCTransport, media, params=APIRequest(server.start_url, request_data=request))
    with LossyUdp(impairment, seed=4) as radio:
        radio.fair = True
        await client.connect()
        await asyncio.sleep(1)
        radio.fair = False
        await asyncio.sleep(duration_s)
        await client.disconnect()
    assert radio.lost > 0
    return read_recording(path, radio.first_sent_s)


def grown_ms(recording):
    """By how much the bot hears us later at the end than at the beginning."""
    return statistics.median(recording.delays_ms[-50:]) - statistics.median(recording.delays_ms[:40])


async def test_at_3_percent_the_delay_stays(server, tmp_path, machine):
    found = await call(server, tmp_path / "recording", NetworkImpairment(loss=0.03), 10)
    with machine.judging():
        assert grown_ms(found) < 60  # a bot that is stuck is 200 ms late
        assert statistics.median(found.delays_ms) < statistics.median(found.delays_ms[:40]) + 60
        assert found.lost < 0.06  # without copies a seventh


class FirstWithout(Redundancy):
    """As if the first seconds had shown nothing: copies come only after a report of loss."""

    def __init__(self, now_s):
        super().__init__(now_s)
        self._copies = 0


async def test_a_bot_that_is_stuck_is_woken(server, tmp_path, monkeypatch, machine):
    monkeypatch.setattr(rtp_session, "Redundancy", FirstWithout)
    found = await call(server, tmp_path / "recording", NetworkImpairment(loss=0.05), 10)
    with machine.judging():
        assert max(found.delays_ms) > statistics.median(found.delays_ms[:40]) + 150  # it was
        assert grown_ms(found) < 60
