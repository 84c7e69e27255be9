"""What the bots here have in common: a session from its beginning to the caller's leaving, and the program around it."""

from typing import Any

from pipecat.pipeline.worker import PipelineWorker
from pipecat.runner.types import RunnerArguments
from pipecat.transports.base_transport import BaseTransport
from pipecat.workers.runner import WorkerRunner

from callbox.transports.aiortc_patches.loopback import allow_loopback


async def hold(transport: BaseTransport, worker: PipelineWorker, runner_args: RunnerArguments) -> None:
    """Run `worker` until it ends or the caller leaves."""

    @transport.event_handler("on_client_disconnected")
    async def on_client_disconnected(*_: Any) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=runner_args.handle_sigint)
    await runner.add_workers(worker)
    await runner.run()


def serve() -> None:
    """Pipecat's runner, with the `bot` of the script that was started."""
    from pipecat.runner.run import main

    allow_loopback()
    main()
