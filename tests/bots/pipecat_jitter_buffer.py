"""A real Pipecat bot that only listens: it writes down each frame of sound that its input transport hands out.

    PYTHONPATH=firmware:device .venv-pipecat/bin/python tests/bots/pipecat_jitter_buffer.py -t webrtc --port 7860

The start request's body says where to: ``{"record": "/tmp/heard"}``. A record is `RECORD`, and then the sound.
"""

import struct
import time
from pathlib import Path
from typing import Any

import pipecat_session
from pipecat.frames.frames import Frame, InputAudioRawFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.runner.types import RunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.transports.base_transport import TransportParams

RATE_HZ = 16_000
RECORD = struct.Struct("<dII")
"""When it was handed out (`time.monotonic`), the RTP timestamp of its packet, how many bytes of s16le follow."""


class FlightRecorder(FrameProcessor):
    """Stands directly behind the input transport."""

    def __init__(self, path: str, connection: Any) -> None:
        super().__init__()
        self._file = Path(path).open("wb", buffering=0)  # noqa: SIM115
        self._receiver = connection.pc.getReceivers()[0]

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            # aiortc counts a frame's pts from the first packet that it decoded.
            origin = self._receiver._RTCRtpReceiver__timestamp_mapper._origin
            timestamp = (origin + frame.pts) & 0xFFFFFFFF
            self._file.write(RECORD.pack(time.monotonic(), timestamp, len(frame.audio)) + frame.audio)
        else:
            await self.push_frame(frame, direction)


async def bot(runner_args: RunnerArguments) -> None:
    """Called by Pipecat's runner for each session."""
    params = {"webrtc": lambda: TransportParams(audio_in_enabled=True, audio_out_enabled=True)}
    transport = await create_transport(runner_args, params)
    recorder = FlightRecorder(runner_args.body["record"], runner_args.webrtc_connection)
    worker = PipelineWorker(
        Pipeline([transport.input(), recorder, transport.output()]),
        params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=24_000),
        idle_timeout_secs=None,
        cancel_on_idle_timeout=False,
    )

    await pipecat_session.hold(transport, worker, runner_args)


if __name__ == "__main__":
    pipecat_session.serve()
