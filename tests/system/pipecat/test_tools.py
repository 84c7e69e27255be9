"""Tools of a whole box, called by the model of the bot in docs/examples, in a real Pipecat pipeline."""

import asyncio
import json
import logging

import pytest
from tests.rig.appliance import at, running
from tests.rig.pipecat import PipecatServer

from callbox.app.bot_tools import ToolConfig
from callbox.control.tool_arguments import Argument, ArgumentType
from callbox.control.tools import SPECS, published_tool
from callbox.rtvi import FunctionCall, RTVIEvent, TransportState

pytestmark = pytest.mark.pipecat
ALL = {spec.setting: True for spec in SPECS}
LIGHT = published_tool(
    "kitchen_light", "Switch the light", "home/light/set", "{state}", {"state": Argument(ArgumentType.STRING)}
)


class Caller:
    """Types to the model of a box's session, and reads what it says."""

    def __init__(self, client):
        self._client = client
        self._texts: asyncio.Queue[str] = asyncio.Queue()
        self.calls: list[FunctionCall] = []
        client.on(RTVIEvent.LLMFunctionCallInProgress, self.calls.append)
        client.on(RTVIEvent.BotLlmText, lambda text: self._texts.put_nowait(text.text))

    async def ask(self, **script):
        self._client.send_text(json.dumps(script), audio_response=False)
        async with asyncio.timeout(60):
            while (text := await self._texts.get()).startswith("You said"):
                pass  # the greeting
        return json.loads(text.removeprefix("Result: "))

    async def call(self, name, **arguments):
        return await self.ask(call=name, arguments=arguments)


@pytest.fixture(scope="module")
def server():
    with PipecatServer(bot="pipecat_tools.py") as server:
        yield server


async def test_the_model_knows_the_tools_that_are_allowed_and_calls_them(server, caplog):
    caplog.set_level(logging.INFO)
    config = ToolConfig({**ALL, "next_bot": False}, (LIGHT,))
    async with running(server.start_url, tools=config) as rig:
        caller = Caller(rig.box.client)
        await rig.click()
        await rig.until(at(TransportState.READY))
        async with asyncio.timeout(60):
            while (known := await caller.ask(tools=True))[-1]["name"] != "kitchen_light":
                pass  # the box's tools aren't there yet
        assert "choose_next_bot" not in {tool["name"] for tool in known}
        light = {"type": "object", "properties": {"state": {"type": "string"}}, "required": ["state"]}
        assert known[-1] == {"name": "kitchen_light", "description": "Switch the light", "parameters": light}
        assert await caller.call("set_volume", percent=30) == {"status": "ok", "percent": 30, "max_percent": 100}
        assert rig.box.status.volume_percent == 30
        # The observer's message came too; one of the two was performed.
        assert [call.function_name for call in caller.calls] == ["set_volume"] * 2
        assert caplog.text.count("The bot called set_volume") == 1
        assert await caller.call("get_time") == {"time": "the server's"}
        assert "The bot called get_time" not in caplog.text
        refused = await caller.call("set_volume", percent="loud")
        assert (refused["code"], refused["reason"]) == (
            "bad_argument", "percent is 'loud'; it must be a whole number, at least 0, at most 100.",
        )  # fmt: skip
        tea = await caller.call("set_timer", seconds=600, text="tea")
        assert [entry["text"] for entry in rig.box.alarms.entries() if entry["id"] == tea["id"]] == ["tea"]
        assert (await caller.call("kitchen_light", state="ON"))["reason"] == "The broker can't be reached."
        assert (await caller.call("hang_up"))["status"] == "ok"
        await rig.until(lambda status: status.session is None)
