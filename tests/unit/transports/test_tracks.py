"""Sound as aiortc's encoder sends it."""

import asyncio
import math
import struct
from typing import cast

import av
import numpy as np
import pytest
from aiortc.codecs.opus import OpusDecoder, OpusEncoder
from aiortc.jitterbuffer import JitterFrame

from callbox.rtvi.media import Media
from callbox.transports.tracks import RATE_HZ, CapturedTrack

PERIOD, AMPLITUDE = 960, 10_000


class ToneMedia:
    """A microphone that hears 440 Hz."""

    def __init__(self):
        self.at = 0

    async def read(self):
        phases = (2 * math.pi * 440 * (self.at + index) / RATE_HZ for index in range(PERIOD))
        self.at += PERIOD
        return struct.pack(f"<{PERIOD}h", *(round(AMPLITUDE * math.sin(phase)) for phase in phases))


def test_a_tone_is_sent_as_loud_as_it_was_captured():
    async def frames(count):
        track = CapturedTrack(cast("Media", ToneMedia()), on_defect=lambda _: None)
        return [await track.recv() for _ in range(count)]

    encoder, decoder, received = OpusEncoder(), OpusDecoder(), []
    for number, frame in enumerate(asyncio.run(frames(30))):
        for packet in encoder.encode(frame)[0]:
            decoded = decoder.decode(JitterFrame(data=packet, timestamp=number * PERIOD))
            received += [each.to_ndarray()[0] for each in decoded if isinstance(each, av.AudioFrame)]
    sound = np.concatenate(received)[10 * PERIOD :].astype(float)
    assert math.sqrt(2 * (sound**2).mean()) == pytest.approx(AMPLITUDE, rel=0.05)
