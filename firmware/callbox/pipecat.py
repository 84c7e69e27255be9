"""Tools of a Callbox for a Pipecat bot: one line lets the bot's model set the volume, hang up, and so on.

    from callbox.pipecat import use_box_tools

    use_box_tools(worker, context)

The box tells which tools it has when the bot is ready; a call of one goes to the box as an RTVI function call, and its
result comes back into the context. Runs in the bot's process: it imports nothing of the box, and may be copied there as
this one file. Pipecat 1.14.
"""

# Pipecat is in the environment of bots only.
# pyright: reportMissingImports=false

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
    from pipecat.pipeline.worker import PipelineWorker
    from pipecat.processors.aggregators.llm_context import LLMContext
    from pipecat.services.llm_service import FunctionCallParams

log = logging.getLogger(__name__)

MESSAGE_TYPE = "tools"
"""Of the RTVI client-message by which a box tells its tools."""
MAX_TOOLS = 64
MAX_DESCRIPTION_CHARS = 1000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def use_box_tools(worker: "PipelineWorker", context: "LLMContext") -> None:
    """Let the model that works with `context` call the tools of the box that calls this bot.

    `worker`: the bot's pipeline, with RTVI, which Pipecat has by default. Tools of the same name that the context has
    already stay the bot's own. A caller without tools, such as a page, changes nothing.
    """
    from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
    from pipecat.frames.frames import LLMSetToolsFrame

    boxes: set[str] = set()

    @worker.rtvi.event_handler("on_client_message")  # type: ignore[untyped-decorator]
    async def on_client_message(rtvi: Any, message: Any) -> None:
        if message.type != MESSAGE_TYPE:
            return
        # NOT_GIVEN, if there are none.
        own = [tool for tool in getattr(context.tools, "standard_tools", []) if tool.name not in boxes]
        found = box_tools(message.data, {tool.name for tool in own})
        boxes.clear()
        boxes.update(tool.name for tool in found)
        log.info("Tools of the box: %s", ", ".join(sorted(boxes)) or "none")
        # First: a box performs what it knows to be accepted, and no other function of the bot's.
        await rtvi.send_server_response(message, {"accepted": sorted(boxes)})
        tools = ToolsSchema([*own, *found], getattr(context.tools, "custom_tools", None))
        await worker.queue_frame(LLMSetToolsFrame(tools=tools))


def box_tools(data: Any, taken: set[str]) -> "list[FunctionSchema]":
    """The tools in a box's message, without those whose names are `taken`. The message is untrusted: what of it is no
    tool is left out.
    """
    from pipecat.adapters.llm.schemas.function_schema import FunctionSchema

    listed = data.get("tools") if isinstance(data, Mapping) else None
    found: dict[str, FunctionSchema] = {}
    for tool in listed if isinstance(listed, list) else []:
        match tool:
            case {
                "name": str(name),
                "description": str(about),
                "parameters": {"properties": dict(properties), "required": list(required)},
            } if _NAME.fullmatch(name) and name not in taken and len(found) < MAX_TOOLS:
                needed = [key for key in required if key in properties]
                found[name] = FunctionSchema(
                    name=name,
                    description=about[:MAX_DESCRIPTION_CHARS],
                    properties=properties,
                    required=needed,
                    handler=call_box,
                )
    return list(found.values())


async def call_box(params: "FunctionCallParams") -> None:
    """Handler of a function that the box performs: tells the box, and returns.

    The result is the box's ``llm-function-call-result``, which Pipecat's RTVIProcessor puts into the context as it does
    any client's.
    """
    from pipecat.processors.frameworks.rtvi.models import (
        LLMFunctionCallInProgressMessage,
        LLMFunctionCallInProgressMessageData,
    )

    # RTVIObserver tells it too, but without name and arguments, unless the bot's author has told it to. The box knows
    # the id, and performs one of the two.
    data = LLMFunctionCallInProgressMessageData(
        tool_call_id=params.tool_call_id, function_name=params.function_name, arguments=dict(params.arguments)
    )
    await params.pipeline_worker.rtvi.push_transport_message(LLMFunctionCallInProgressMessage(data=data))
