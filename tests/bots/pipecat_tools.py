"""The bot of docs/examples/pipecat_tools.py with services that need no network: a scripted model, and a tone for a voice.
It has a function of its own, `get_time`, and its observer tells clients all of every function call.

What the model is told as typed words is its script: ``{"call": NAME, "arguments": {…}}`` calls that function, ``{"tools":
true}`` says which functions it has, anything else it repeats. What it says of a result is the result as JSON.
"""

import functools
import importlib.util
import json
from pathlib import Path
from typing import Any

import pipecat_session
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import (
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
)
from pipecat.processors.filters.identity_filter import IdentityFilter
from pipecat.processors.frame_processor import FrameDirection
from pipecat.processors.frameworks.rtvi.observer import RTVIFunctionCallReportLevel, RTVIObserverParams
from pipecat.runner.types import RunnerArguments
from pipecat.runner.utils import create_transport
from pipecat.services.llm_service import FunctionCallFromLLM, FunctionCallParams, LLMService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_transport import TransportParams

EXAMPLE = Path(__file__).parents[2] / "docs/examples/pipecat_tools.py"
RATE_HZ = 24_000


class ScriptedLLM(LLMService):
    """A model that does as its script says."""

    def __init__(self) -> None:
        super().__init__()
        self._calls = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        await self._answer(frame.context)
        await self.push_frame(LLMFullResponseEndFrame())

    async def _answer(self, context: Any) -> None:
        last: Any = context.get_messages()[-1]
        try:
            script = json.loads(last["content"])
        except ValueError:
            script = last["content"]
        if last["role"] == "tool":
            await self.push_frame(LLMTextFrame(f"Result: {json.dumps(script)}"))
        elif isinstance(script, dict) and "call" in script:
            self._calls += 1
            call = FunctionCallFromLLM(script["call"], f"call-{self._calls}", script.get("arguments", {}), context)
            await self.run_function_calls([call])
        elif isinstance(script, dict):
            tools = getattr(context.tools, "standard_tools", [])
            await self.push_frame(LLMTextFrame(json.dumps([tool.to_default_dict() for tool in tools])))
        else:
            await self.push_frame(LLMTextFrame(f"You said: {script}"))


class ToneTTS(TTSService):
    """A voice: half a second of a tone for each text."""

    async def run_tts(self, text: str, context_id: str) -> Any:
        sound = bytes(range(256)) * (RATE_HZ // 256)
        yield TTSAudioRawFrame(audio=sound, sample_rate=RATE_HZ, num_channels=1, context_id=context_id)


async def get_time(params: FunctionCallParams) -> None:
    """The bot's own function, of a name that a tool of the box has."""
    await params.result_callback({"time": "the server's"})


async def bot(runner_args: RunnerArguments) -> None:
    """Called by Pipecat's runner for each session."""
    spec = importlib.util.spec_from_file_location("example", EXAMPLE)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    own = FunctionSchema("get_time", "Get the time of the server", {}, [], handler=get_time)
    levels = {"*": RTVIFunctionCallReportLevel.FULL}
    example.LLMContext = functools.partial(example.LLMContext, tools=[own])
    example.PipelineWorker = functools.partial(
        example.PipelineWorker, rtvi_observer_params=RTVIObserverParams(function_call_report_level=levels)
    )
    params = {"webrtc": lambda: TransportParams(audio_in_enabled=True, audio_out_enabled=True)}
    transport = await create_transport(runner_args, params)
    await example.talk(transport, runner_args, IdentityFilter(), ScriptedLLM(), ToneTTS(sample_rate=RATE_HZ))


if __name__ == "__main__":
    pipecat_session.serve()
