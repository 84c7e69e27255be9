"""A whole Pipecat bot whose model may use what the calling Callbox has: volume, lamp, hang-up, what its owner allows.

    pip install "pipecat-ai[webrtc,runner,openai]==1.14.*" .     # in a clone of this repository
    OPENAI_API_KEY=… python docs/examples/pipecat_tools.py -t webrtc --host 0.0.0.0

Then let a box call http://THIS-MACHINE:7860/start.
"""

import os
from typing import Any

from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import LLMRunFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair, LLMUserAggregatorParams
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.runner.types import RunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.transports.base_transport import BaseTransport, TransportParams
from pipecat.workers.runner import WorkerRunner

from callbox.pipecat import use_box_tools

PROMPT = "You speak from a small telephone. Answer in one or two short sentences. Use its tools when they help."


def make_services() -> tuple[FrameProcessor, FrameProcessor, FrameProcessor]:
    """What understands, answers and speaks."""
    from pipecat.services.openai.llm import OpenAILLMService
    from pipecat.services.openai.stt import OpenAISTTService
    from pipecat.services.openai.tts import OpenAITTSService

    key = os.environ["OPENAI_API_KEY"]
    return OpenAISTTService(api_key=key), OpenAILLMService(api_key=key), OpenAITTSService(api_key=key)


async def talk(transport: BaseTransport, runner_args: RunnerArguments, *services: FrameProcessor) -> None:
    """Talk until the caller hangs up."""
    stt, llm, tts = services or make_services()
    context = LLMContext([{"role": "system", "content": PROMPT}])
    listening = LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    pair = LLMContextAggregatorPair(context, user_params=listening)
    steps = [transport.input(), stt, pair.user(), llm, tts, transport.output(), pair.assistant()]
    worker = PipelineWorker(Pipeline(steps))
    use_box_tools(worker, context)  # this is all

    @worker.rtvi.event_handler("on_client_ready")
    async def greet(_: Any) -> None:
        await worker.queue_frame(LLMRunFrame())

    @transport.event_handler("on_client_disconnected")
    async def end(*_: Any) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=runner_args.handle_sigint)
    await runner.add_workers(worker)
    await runner.run()


async def bot(runner_args: RunnerArguments) -> None:
    """Called by Pipecat's runner for each session."""
    params = {"webrtc": lambda: TransportParams(audio_in_enabled=True, audio_out_enabled=True)}
    await talk(await create_transport(runner_args, params), runner_args)


if __name__ == "__main__":
    from pipecat.runner.run import main

    main()
