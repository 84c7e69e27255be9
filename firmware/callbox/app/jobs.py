"""Jobs that are asked for from afar and take longer than a command may: this program in another process.

One at a time, with a limit of time and size. A press ends it: the machine is the person's who stands before it.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from callbox.control.remote_commands import CommandResult, Denied, PendingResult, RemoteCommand, ResultData

log = logging.getLogger(__name__)

LIMIT_S = 120.0
"""The doctor's broker alone may take 45."""
LIMIT_BYTES = 64 * 1024
_PROGRAM = "import sys; sys.path[:] = {path!r}; from callbox.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class SubprocessJob:
    """A command of this program that prints one JSON object."""

    arguments: Callable[[bool], Sequence[str]]
    """The command line; whether it may ring at the bot's."""
    stdin: Callable[[], bytes] = bytes
    """What it is given to read, when it begins."""


class JobRunner:
    """Runner of the jobs that can be asked for. Event loop only."""

    def __init__(self, known: Mapping[RemoteCommand, SubprocessJob] | None = None) -> None:
        self._known = known or {}
        self._running: asyncio.Task[CommandResult] | None = None

    def begin(self, order: RemoteCommand, *, may_call: bool) -> Denied | PendingResult:
        """Begin; what is told in the end is what it printed, or why it didn't."""
        job = self._known.get(order)
        if job is None:
            return Denied("not_possible", f"This box knows no {order}.")
        if self._running and not self._running.done():
            return Denied("busy", "Something like that is being done already: wait for its answer.")
        running = self._running = asyncio.create_task(run_job(job, may_call=may_call), name=f"job {order}")
        return lambda tell: running.add_done_callback(lambda task: tell(_outcome(task)))

    def stop(self) -> None:
        """End what runs, at once."""
        if self._running:
            self._running.cancel()


def _outcome(task: "asyncio.Task[CommandResult]") -> CommandResult:
    if task.cancelled():
        return Denied("busy", "A call began, or the box ended: ask again.")
    if (error := task.exception()) is not None:
        log.warning("A job failed: %s", error)
        return Denied("failed", "It could not be done; the journal says more.")
    return task.result()


async def run_job(job: SubprocessJob, *, may_call: bool) -> CommandResult:
    """Result: what `job` printed, or why it didn't. Cancelled, it ends the process."""
    # Not by its name: the package's `callbox` isn't where `python -m` looks.
    command = (sys.executable, "-c", _PROGRAM.format(path=sys.path), *job.arguments(may_call))
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nowhere)
    try:
        async with asyncio.timeout(LIMIT_S):
            output, _ = await process.communicate(job.stdin())
    except TimeoutError:
        return Denied("failed", f"It came to no end within {LIMIT_S:g} s.")
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.shield(process.communicate())
    return _read(output, process.returncode)


def _read(output: bytes, code: int | None) -> ResultData | Denied:
    if len(output) > LIMIT_BYTES:
        return Denied("too_large", f"{len(output)} bytes; at most {LIMIT_BYTES} are sent.")
    try:
        result = json.loads(output)
    except ValueError:
        result = None
    return result if isinstance(result, dict) else Denied("failed", f"It output nothing, and ended with {code}.")
