"""Tools of a whole box: what a bot's model may do with it, in real calls to the demo's bot, with a real Mosquitto."""

import asyncio
import itertools
import random
from dataclasses import replace

import pytest
from tests.integration.test_rings import CountedMicrophone
from tests.rig.appliance import at, running
from tests.rig.faulty_bot import FaultyBot, FaultyCall
from tests.rig.mosquitto import Listener, Mosquitto

from callbox.app.bot_tools import ToolConfig
from callbox.control.alarm_table import AlarmState
from callbox.control.lamps import message_pattern
from callbox.control.rings import RingEvent, RingOutcome, RingState
from callbox.control.tool_arguments import Argument, ArgumentType
from callbox.control.tools import SPECS, TOOL_RATE, Tool, published_tool
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker
from callbox.rtvi import TransportState

S = TransportState
ALL = {spec.setting: True for spec in SPECS}
STATE = Argument(ArgumentType.STRING, choices=("ON", "OFF"))
LIGHT = published_tool("kitchen_light", "Switch the light", "home/light/set", "{state}", {"state": STATE})


EVERYTHING = {"accepted": [*(spec.name for spec in SPECS), "kitchen_light", "format_disk"]}


class ToolCall(FaultyCall):
    """A call of a bot whose model uses the box's tools."""

    def __init__(self, accepts):
        super().__init__("good")
        self.accepts, self.is_offered = accepts, asyncio.Event()
        self.tools, self._numbers = [], itertools.count()
        self._results = {}

    def on_message(self, message):
        data = message.data if isinstance(message.data, dict) else {}
        if message.type == "client-message" and data.get("t") == "tools":
            self.tools = data["d"]["tools"]
            if self.accepts is not None:
                self.tell("server-response", {"t": "tools", "d": self.accepts}, message.id)
            self.is_offered.set()
        elif message.type == "llm-function-call-result":
            self._results[data["tool_call_id"]].set_result(data["result"])
        else:
            super().on_message(message)

    async def use(self, name, _id=None, **arguments):
        result = self.begin(name, _id or f"call-{next(self._numbers)}", arguments)
        async with asyncio.timeout(60):
            return await result

    def begin(self, name, id_, arguments):
        self._results[id_] = asyncio.get_running_loop().create_future()
        call = {"tool_call_id": id_, "function_name": name, "arguments": arguments}
        self.tell("llm-function-call-in-progress", call)
        return self._results[id_]


class ToolBot(FaultyBot):
    """`accepts`: the answer to the tools; None: none."""

    def __init__(self, accepts=EVERYTHING):
        super().__init__()
        self.accepts = accepts
        self.tool_calls: list[ToolCall] = []

    def new_call(self):
        self.tool_calls.append(ToolCall(self.accepts))
        return self.tool_calls[-1]

    async def called(self, rig):
        """The call of a press, when the box performs tools."""
        await rig.click()
        await rig.until(at(S.READY))
        call = self.tool_calls[-1]
        async with asyncio.timeout(60):
            await call.is_offered.wait()
            while self.accepts and not rig.box._tools._registered:
                await asyncio.sleep(0.01)
        return call


@pytest.fixture
async def bot():
    async with ToolBot() as server:
        yield server


async def test_a_bot_uses_what_is_allowed(bot):
    async with running(bot.url, tools=ToolConfig({**ALL, "health": False}), max_volume_percent=60) as rig:
        call = await bot.called(rig)
        assert [tool["name"] for tool in call.tools] == [spec.name for spec in SPECS if spec.setting != "health"]
        assert await call.use("set_volume", percent=80) == {"status": "ok", "percent": 60, "max_percent": 60}
        assert rig.box.status.volume_percent == 60
        assert await call.use("show_lamp", color="green", seconds=60) == {"status": "ok", "seconds": 60}
        assert rig.pattern == message_pattern("green")
        answer = await call.use("get_time")
        assert answer["status"] == "ok" or answer["code"] == "clock_not_set"
        assert await call.use("get_health") == {
            "status": "refused", "code": "not_allowed",
            "reason": "The owner of this box doesn't allow it: tools.health is false.",
        }  # fmt: skip
        assert (await call.use("choose_next_bot"))["reason"] == "This device has one bot."
        assert (await call.use("set_volume", percent={"a": [1]}))["code"] == "bad_argument"
        await rig.click()
        await rig.until(lambda status: status.session is None)
        assert rig.pattern != message_pattern("green")
        assert rig.box.client._session.channel.functions._handlers == {}


async def test_a_session_that_stands_by_is_offered_nothing_and_performs_nothing(bot):
    async with running(bot.url, hot=True, tools=ToolConfig(ALL)) as rig:
        await rig.until(at(S.CONNECTED))
        call = bot.tool_calls[-1]
        early = call.begin("set_volume", "early", {"percent": 5})
        assert await bot.called(rig) is call
        assert (await call.use("get_health"))["volume_percent"] != 5
        assert not early.done()


async def test_the_same_id_is_the_same_call(bot):
    async with running(bot.url, tools=ToolConfig(ALL)) as rig:
        call = await bot.called(rig)
        await call.use("set_volume", "id-1", percent=40)
        again = call.begin("set_volume", "id-1", {"percent": 50})
        assert (await call.use("get_health"))["volume_percent"] == 40
        assert not again.done()


async def test_the_bot_mutes_until_the_end_of_the_call_and_a_person_who_mutes_stays_muted(bot):
    async with running(bot.url, tools=ToolConfig(ALL)) as rig:
        for by_person in (False, True):
            call = await bot.called(rig)
            assert await call.use("mute_microphone") == {"status": "ok", "muted": True}
            await rig.until(lambda status: status.soft_mute)
            if by_person:
                rig.box.set_soft_mute(True)
            await rig.click()
            await rig.until(lambda status: status.session is None)
            assert rig.box.status.soft_mute is by_person
            await rig.until_idle()


async def test_the_call_ends_after_the_last_word(bot):
    async with running(bot.url, tools=ToolConfig(ALL)) as rig:
        call = await bot.called(rig)
        call.tell("bot-started-speaking")
        await rig.until(lambda status: status.speech == "bot")
        assert (await call.use("hang_up"))["status"] == "ok"
        call.tell("bot-stopped-speaking")
        statuses = rig.watcher.statuses
        await rig.until(lambda status: status.session is None)
        ended = [status.speech for status in statuses if status.transport is S.READY]
        assert ended[-1] == "none"


async def test_no_tool_opens_the_microphone(bot):
    """As often as a button was pressed, whatever the bot calls, in every order and after the call has ended."""
    values = {"percent": 50, "seconds": 1, "time": "07:00", "text": "x", "reason": "x", "id": "x", "repeat": "daily"}
    config = ToolConfig(ALL, (LIGHT,))
    async with running(bot.url, tools=config, microphone=CountedMicrophone()) as rig:
        for presses in (1, 2):
            call = await bot.called(rig)
            specs = [spec for spec in config.offered if spec.tool is not Tool.HANG_UP]
            for spec in random.sample(specs, len(specs)):
                arguments = {name: values.get(name, "x") for name in spec.arguments if name != "color"}
                rig.box._tools._rate = TOOL_RATE
                assert (await call.use(spec.name, **arguments))["status"] in ("ok", "refused")
                assert not rig.box.status.hard_mute
            assert rig.box.status.soft_mute
            assert (await call.use("hang_up"))["status"] == "ok"
            call.tell("bot-started-speaking")
            call.tell("bot-stopped-speaking")
            await rig.until(lambda status: status.session is None)
            rig.box.alarms.cancel(None)
            for ring in rig.box.status.rings.pending:
                rig.box._ringing._on(RingEvent.HOLD, ring)
            await rig.until_idle()
            assert rig.box.board.microphone.opened == presses


async def test_what_the_owner_lists_goes_to_the_broker(bot, tmp_path):
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        mqtt = MqttObserver(Broker("127.0.0.1", broker.port), Topics("callbox", "kitchen"))
        async with running(bot.url, observers=[mqtt], tools=ToolConfig({}, (LIGHT,))) as rig:
            call = await bot.called(rig)
            assert [tool["name"] for tool in call.tools] == ["kitchen_light"]
            assert (await call.use("kitchen_light", state="MAYBE"))["code"] == "bad_argument"
            async with asyncio.timeout(60):
                while await call.use("kitchen_light", state="ON") != {"status": "ok"}:
                    await asyncio.sleep(0.1)  # the broker isn't connected yet
                while not listener.of("home/light/set"):
                    await asyncio.sleep(0.01)
            assert listener.of("home/light/set") == [b"ON"]


async def test_timers_alarms_and_reminders(bot):
    async with running(bot.url, tools=ToolConfig(ALL)) as rig:
        call = await bot.called(rig)
        eggs = await call.use("set_timer", seconds=600, text="eggs")
        assert (eggs["status"], eggs["kind"], eggs["text"], eggs["new"]) == ("ok", "timer", "eggs", True)
        [listed] = (await call.use("list_alarms"))["alarms"]
        assert (listed["id"], listed["state"]) == (eggs["id"], "scheduled")
        assert 500 < listed["left_s"] <= 600
        alarm = await call.use("set_alarm", time="07:00", repeat="workdays")
        if rig.box.alarms.overview.clock_is_set:
            assert alarm["weekdays"] == ["mon", "tue", "wed", "thu", "fri"]
        else:
            assert alarm["code"] == "clock_not_set"
        assert (await call.use("set_reminder", text="tea"))["code"] == "bad_argument"
        assert (await call.use("set_reminder", text="tea", seconds=900))["kind"] == "reminder"
        assert (await call.use("cancel_alarm", id=eggs["id"]))["cancelled"] == [eggs["id"]]
        assert (await call.use("cancel_alarm", id=eggs["id"]))["code"] == "not_found"
        assert eggs["id"] not in rig.box.alarms.alarms.pending


async def test_the_bot_rings_later_and_knows_why_when_it_is_answered(bot):
    async with running(bot.url, tools=ToolConfig(ALL)) as rig:
        call = await bot.called(rig)
        later = await call.use("ring_later", reason="The cake is done", seconds=1)
        assert (later["status"], later["kind"]) == ("ok", "ring")
        await rig.until(lambda _: rig.box.alarms.alarms.pending[later["id"]].state is AlarmState.WAITING)
        await rig.click()
        status = await rig.until(lambda status: status.rings.state is RingState.RINGING)
        assert status.rings.current.reason == "The cake is done"
        assert status.rings.current.bot == rig.box.status.bot
        await rig.until_idle()
        assert not rig.microphone.is_open
        await rig.click()
        status = await rig.until(at(S.READY))
        assert status.rings.ended.outcome is RingOutcome.ANSWERED
        assert not rig.box.alarms.alarms.pending


async def test_a_model_in_a_loop_is_refused(bot):
    async with running(bot.url, tools=ToolConfig(ALL)) as rig:
        call = await bot.called(rig)
        rig.box._tools._rate = replace(TOOL_RATE, period_s=3600.0)  # a busy machine takes its time
        results = await asyncio.gather(*(call.use("get_health") for _ in range(TOOL_RATE.burst + 1)))
        assert [result["status"] for result in results] == ["ok"] * TOOL_RATE.burst + ["refused"]
        assert results[-1]["code"] == "too_often"


@pytest.mark.parametrize("accepts", [None, {"accepted": "all"}, {"accepted": [7, "format_disk"]}, []])
async def test_nothing_is_performed_for_a_bot_that_accepts_nothing(accepts):
    async with ToolBot(accepts) as bot, running(bot.url, tools=ToolConfig(ALL)) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        call = bot.tool_calls[-1]
        async with asyncio.timeout(60):
            await call.is_offered.wait()
        call.begin("set_volume", "id-1", {"percent": 5})
        await rig.box.client.send_client_request("echo", 1)
        assert rig.box.status.volume_percent != 5


async def test_permissions_change_while_the_box_runs(bot):
    async with running(bot.url) as rig:
        rig.box.reconfigure(rig.reconfiguration(tools=ToolConfig({"time": True})))
        call = await bot.called(rig)
        assert [tool["name"] for tool in call.tools] == ["get_time"]
        assert (await call.use("hang_up"))["code"] == "not_allowed"


async def test_a_box_whose_owner_allows_nothing_tells_nothing(bot):
    async with running(bot.url) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        await rig.box.client.send_client_request("echo", 1)
        assert not bot.tool_calls[-1].is_offered.is_set()
