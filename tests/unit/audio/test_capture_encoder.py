"""In-band FEC as the encoder of a call turns it on: by any loss, at the complexity of each board."""

from pathlib import Path

import pytest

from callbox.audio.capture.encoder import CaptureEncoder
from callbox.audio.capture.mic_gate import MicGate
from callbox.audio.opus import OpusEncoder, has_fec
from callbox_device.model import pcm
from callbox_device.simulated.sound import SimulatedMicrophone
from callbox_device.wav import read_wav

SPEECH = read_wav(Path(__file__).parents[3] / "firmware/callbox/assets/speech.wav")
PERIODS = [SPEECH[at : at + pcm.PERIOD_BYTES] for at in range(0, len(SPEECH) - pcm.PERIOD_BYTES, pcm.PERIOD_BYTES)]


@pytest.mark.parametrize("complexity", [5, 6, 7, 9])
@pytest.mark.parametrize(
    ("loss", "share"), [(0.0, (0, 0)), (0.003, (0.5, 1)), (0.01, (0.5, 1)), (0.05, (0.5, 1)), (0.2, (0.5, 1))]
)
async def test_any_loss_turns_fec_on(complexity, loss, share):
    gate = MicGate(SimulatedMicrophone(), lambda _: None, lambda _: None)
    encoder = CaptureEncoder(gate, OpusEncoder(bitrate_bps=32_000, complexity=complexity))
    encoder.expect_loss(loss)
    protected = sum(has_fec(encoder._encoded(period)[0]) for period in PERIODS) / len(PERIODS)
    assert share[0] <= protected <= share[1]
