"""A Pipecat bot that speaks the words of an announcement, with a tone for a voice, as docs/announcements.md has it."""

from typing import Any

from pipecat.frames.frames import EndFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.runner.types import RunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner
from pipecat_tools import RATE_HZ, ToneTTS


async def bot(runner_args: RunnerArguments) -> None:
    """Called by Pipecat's runner for each session."""
    params = {"webrtc": lambda: TransportParams(audio_in_enabled=True, audio_out_enabled=True)}
    transport = await create_transport(runner_args, params)
    worker = PipelineWorker(Pipeline([transport.input(), ToneTTS(sample_rate=RATE_HZ), transport.output()]))
    announcement = (runner_args.body or {}).get("announcement")

    @worker.rtvi.event_handler("on_client_ready")
    async def speak(_: Any) -> None:
        if announcement:
            await worker.queue_frames([TTSSpeakFrame(announcement["text"]), EndFrame()])

    @transport.event_handler("on_client_disconnected")
    async def end(*_: Any) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=runner_args.handle_sigint)
    await runner.add_workers(worker)
    await runner.run()


if __name__ == "__main__":
    from pipecat.runner.run import main

    main()
