"""A Pipecat bot for any server from 0.0.95 to 1.14: says back what it heard. RTVI as that version brings it."""

from typing import Any

from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.frameworks import rtvi as rtvi_module
from pipecat.runner.utils import create_transport
from pipecat.transports.base_transport import TransportParams
from pipecat_speaker import RATE_HZ, EchoSpeaker


async def bot(runner_args: Any) -> None:
    """Called by Pipecat's runner for each session."""
    params = {"webrtc": lambda: TransportParams(audio_in_enabled=True, audio_out_enabled=True)}
    transport = await create_transport(runner_args, params)
    parts: list[Any] = [transport.input(), EchoSpeaker(), transport.output()]
    observers: list[Any] = []
    settings = PipelineParams(audio_in_sample_rate=RATE_HZ, audio_out_sample_rate=24_000)
    task = PipelineTask(Pipeline(parts), params=settings, cancel_on_idle_timeout=False)
    if getattr(task, "rtvi", None) is None:  # before 0.0.102 a bot adds RTVI itself
        rtvi = rtvi_module.RTVIProcessor(config=rtvi_module.RTVIConfig(config=[]))
        observers.append(rtvi_module.RTVIObserver(rtvi))
        parts.insert(1, rtvi)
        task = PipelineTask(Pipeline(parts), params=settings, observers=observers, cancel_on_idle_timeout=False)

        @rtvi.event_handler("on_client_ready")
        async def on_client_ready(rtvi: Any) -> None:
            await rtvi.set_bot_ready()

    @transport.event_handler("on_client_disconnected")
    async def on_client_disconnected(transport: Any, client: Any) -> None:
        await task.cancel()

    await PipelineRunner(handle_sigint=False).run(task)


if __name__ == "__main__":
    from pipecat.runner.run import main

    main()
