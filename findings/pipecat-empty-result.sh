#!/usr/bin/env bash
# Pipecat tells the model COMPLETED in place of a function's result 0, false, [] or {}, and doesn't let it answer
#
# Software: pipecat-ai 1.14.0, its LLM service and context aggregators
# Guess:    a function that the model calls may return any JSON ("result: Any"): the model is told it, and answers.
# Seen:     The aggregator asks whether the result is true. 0 unread messages, a door that is false (not open), an empty
#           list of alarms become the word COMPLETED in the context, and no inference follows: the bot is silent until
#           the person says something. A client's llm-function-call-result takes the same way.
# Output:   1: the model is told '1', and answers
#           0: the model is told 'COMPLETED', and is silent
#           false: the model is told 'COMPLETED', and is silent
#           []: the model is told 'COMPLETED', and is silent
#           {}: the model is told 'COMPLETED', and is silent
#           {"count": 0}: the model is told '{"count": 0}', and answers
# Callbox:  results of its tools are objects with a status, never empty; docs/client.md tells functions to do the same.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 docstring_parser==0.18.0 \
  httpx==0.28.1 loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 openai==3.57.0 pillow==13.0.0 pydantic==2.14.4 \
  sentencex==1.0.32 soxr==1.0.0 wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import json
import sys

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import (
    EndFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMRunFrame,
    LLMTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.services.llm_service import FunctionCallFromLLM, LLMService
from pipecat.turns.user_turn_strategies import ExternalUserTurnStrategies
from pipecat.workers.runner import WorkerRunner


class Model(LLMService):
    """Calls the function when the person asks; says something when it has the result."""

    answers = 0

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        if frame.context.get_messages()[-1]["role"] == "user":
            await self.run_function_calls([FunctionCallFromLLM("unread", "1", {}, frame.context)])
        else:
            self.answers += 1
            await self.push_frame(LLMTextFrame("so many"))
        await self.push_frame(LLMFullResponseEndFrame())


async def call(result):
    """What the model is told of `result`, and how often it answers."""

    async def unread(params):
        await params.result_callback(result)

    tools = [FunctionSchema("unread", "How many messages are unread", {}, [], handler=unread)]
    context = LLMContext([{"role": "user", "content": "Anything new?"}], tools=tools)
    # Without the default strategies, which need the model that finds the end of a turn.
    listening = LLMUserAggregatorParams(user_turn_strategies=ExternalUserTurnStrategies())
    pair, model = LLMContextAggregatorPair(context, user_params=listening), Model()
    worker = PipelineWorker(Pipeline([pair.user(), model, pair.assistant()]), enable_rtvi=False)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await worker.queue_frame(LLMRunFrame())
    await asyncio.sleep(2)
    await worker.queue_frame(EndFrame())
    await running
    told = next(message["content"] for message in context.get_messages() if message["role"] == "tool")
    return told, model.answers


changed = False
for result in (1, 0, False, [], {}, {"count": 0}):
    told, answers = asyncio.run(call(result))
    print(f"{json.dumps(result)}: the model is told {told!r}, and {'answers' if answers else 'is silent'}")
    changed |= (told, answers) != ((json.dumps(result), 1) if result else ("COMPLETED", 0))
if changed:
    sys.exit("changed: empty results were expected to become COMPLETED, without an answer")
PY
