"""A real Pipecat bot that whistles from client-ready on, so that it can be measured when it is first heard.

PYTHONPATH=firmware:device .venv-pipecat/bin/python tests/bots/pipecat_whistle.py -t webrtc --port 7860
"""

from typing import Any

import pipecat_session
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.runner.types import RunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.transports.base_transport import TransportParams
from pipecat_echo import sentence, tone
from pipecat_speaker import RATE_HZ, speech

WHISTLE = speech(tone(2), sentence("a tone"))


async def bot(runner_args: RunnerArguments) -> None:
    """Called by Pipecat's runner for each session."""
    params = {"webrtc": lambda: TransportParams(audio_in_enabled=True, audio_out_enabled=True)}
    transport = await create_transport(runner_args, params)
    worker = PipelineWorker(
        Pipeline([transport.input(), transport.output()]),
        params=PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=24_000),
        idle_timeout_secs=None,
        cancel_on_idle_timeout=False,
    )

    @worker.rtvi.event_handler("on_client_ready")
    async def on_client_ready(*_: Any) -> None:
        await worker.queue_frames(WHISTLE)

    await pipecat_session.hold(transport, worker, runner_args)


if __name__ == "__main__":
    pipecat_session.serve()
