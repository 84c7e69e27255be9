"""Tools of the bot: tells a bot that is ready which functions the box has, and performs those that its model calls.

What is decided is in `callbox.control.tools`; how a bot takes part says docs/tools.md, and `callbox.pipecat` does it.
"""

import asyncio
import functools
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from callbox import __version__
from callbox.app.alarm_clock import AlarmClock, settled
from callbox.app.bot_selection import BotSelection
from callbox.app.status_reporter import StatusReporter
from callbox.control.alarm_table import AlarmKind
from callbox.control.call_control import CallEvent, CallState
from callbox.control.deferred_hang_up import DeferredHangUp
from callbox.control.remote_commands import Denied
from callbox.control.status import Speech, Status
from callbox.control.tool_arguments import check
from callbox.control.tools import MAX_TOOLS, REPEATS, SPECS, TABLE, TOOL_RATE, PublishedTool, Tool, ToolSpec
from callbox.rtvi import FunctionCall, MessageTooLargeError, RTVIClient, RTVIError, RTVIEvent
from callbox.system.host_metrics import HostMetricsSampler
from callbox.text import one_line

log = logging.getLogger(__name__)

MESSAGE_TYPE = "tools"
"""Of the RTVI client-message that tells the bot of the tools, and of the server's answer."""
DEFAULT_LAMP_S = 10
Result = Mapping[str, Any]
Outcome = Result | Denied


@dataclass(frozen=True, slots=True)
class ToolConfig:
    """Permissions of the tools."""

    permissions: Mapping[str, bool] = field(default_factory=dict)
    """By their names in `tools` of the settings; one that is missing is not given."""
    published: tuple[PublishedTool, ...] = ()
    """Messages to the broker that the bot may send."""

    @property
    def specs(self) -> dict[str, ToolSpec]:
        """All tools by their names; one of `published` takes the place of another of its name."""
        return {spec.name: spec for spec in (*SPECS, *(tool.spec for tool in self.published))}

    @property
    def offered(self) -> list[ToolSpec]:
        """The tools that a bot is told of."""
        return [spec for spec in self.specs.values() if self.allows(spec)][:MAX_TOOLS]

    def allows(self, spec: ToolSpec) -> bool:
        """Whether the bot may call it."""
        return spec.tool is Tool.PUBLISH or self.permissions.get(spec.setting, False)


class ToolTarget(Protocol):
    """Target of the tools: `callbox.app.appliance.Appliance`."""

    status: Status
    """As it was updated last."""
    bots: BotSelection
    """The bots of the settings."""
    alarms: AlarmClock
    """Timers, alarms and reminders."""

    @property
    def call_state(self) -> CallState:
        """State of the call."""

    def dispatch(self, event: CallEvent) -> None:
        """Something happened to the call."""

    def set_volume(self, percent: int) -> None:
        """Set the loudspeaker's volume."""

    def set_soft_mute(self, mute: bool) -> None:
        """Send silence in place of the microphone, or no more."""


class BotTools:
    """Tools that the bot's model calls. Event loop only. `listen` to a client before anything else."""

    def __init__(self, target: ToolTarget, reporter: StatusReporter, config: ToolConfig) -> None:
        self._target, self._reporter = target, reporter
        self._host_metrics = HostMetricsSampler()
        self._client: RTVIClient | None = None
        self._offer: asyncio.Task[None] | None = None
        self._registered: set[str] = set()
        self._rate = TOOL_RATE
        self._hang_up: DeferredHangUp | None = None
        self._hang_up_timer: asyncio.TimerHandle | None = None
        self._is_answering = False
        self._has_muted = False
        self._perform: Mapping[Tool, Callable[[dict[str, Any]], Outcome | Awaitable[Outcome]]] = {
            Tool.SET_VOLUME: self._set_volume,
            Tool.MUTE_MICROPHONE: self._mute,
            Tool.HANG_UP: self._begin_hang_up,
            Tool.SHOW_LAMP: self._show_lamp,
            Tool.SET_TIMER: functools.partial(self._set_alarm, AlarmKind.TIMER),
            Tool.SET_ALARM: functools.partial(self._set_alarm, AlarmKind.ALARM),
            Tool.SET_REMINDER: functools.partial(self._set_alarm, AlarmKind.REMINDER),
            Tool.RING_LATER: self._ring_later,
            Tool.LIST_ALARMS: lambda _: self._target.alarms.listing(),
            Tool.CANCEL_ALARM: lambda arguments: settled(self._target.alarms.cancel(arguments["id"])),
            Tool.GET_TIME: self._time,
            Tool.GET_HEALTH: self._health,
            Tool.CHOOSE_NEXT_BOT: self._choose_next_bot,
        }
        self.use(config)

    def use(self, config: ToolConfig) -> None:
        """Apply `config` from the next session on."""
        self._config = config

    def listen(self, client: RTVIClient) -> None:
        """Tell the bots of `client` from now on."""
        self._client = client
        client.on(RTVIEvent.BotReady, self._on_bot_ready)
        client.on(RTVIEvent.BotLlmStarted, lambda: self._set_answering(True))
        client.on(RTVIEvent.BotLlmStopped, lambda: self._set_answering(False))

    # -- a session -------------------------------------------------------------------------------

    def _on_bot_ready(self, _: object) -> None:
        if self._offer:
            self._offer.cancel()
            self._offer = None
        if self._client and (offered := self._config.offered):
            self._offer = asyncio.create_task(self._tell(self._client, offered), name="tools")

    async def _tell(self, client: RTVIClient, offered: list[ToolSpec]) -> None:
        try:
            answer = await client.send_client_request(MESSAGE_TYPE, {"tools": [spec.schema() for spec in offered]})
        except MessageTooLargeError as error:
            log.warning("The bot is not told of the tools, there is too much in tools.publish: %s", error)
            return
        except RTVIError as error:  # most bots know nothing of tools
            log.debug("The bot takes no tools: %s", error)
            return
        accepted = answer.get("accepted") if isinstance(answer, dict) else None
        specs = self._config.specs
        names = accepted if isinstance(accepted, list) else []
        for name in names:
            # Also one that is not allowed: its call is refused with the reason.
            if isinstance(name, str) and (spec := specs.get(name)):
                self._registered.add(name)
                client.register_function_call_handler(name, functools.partial(self.call, spec))
        log.info("The bot may call %s", ", ".join(sorted(self._registered)) or "no tool")

    def on_session_ended(self) -> None:
        """Forget the session: what was registered for it, a hang-up that waits, a mute by the bot."""
        if self._offer:
            self._offer.cancel()
            self._offer = None
        for name in self._registered:
            if self._client:
                self._client.unregister_function_call_handler(name)
        self._registered.clear()
        self._rate = TOOL_RATE
        self._is_answering = False
        self._end_hang_up()
        if self._has_muted and self._client:  # the microphone is closed, and the next press opens it
            self._client.enable_mic(True)
        self._has_muted = False

    def on_soft_mute(self) -> None:
        """Note that mute was ordered or ended by a command or a gesture: that stays."""
        self._has_muted = False

    # -- a function call -------------------------------------------------------------------------

    async def call(self, spec: ToolSpec, call: FunctionCall) -> Result:
        """Perform a function call, or refuse it; returns its result, which is never empty."""
        result = self._begin(spec, call)
        if inspect.isawaitable(result):
            result = await result
        if isinstance(result, Denied):
            log.info("The bot called %s; refused: %s", spec.name, result.text)
            return {"status": "refused", "code": result.code, "reason": result.text}
        log.info("The bot called %s", spec.name)
        return {"status": "ok", **result}

    def _begin(self, spec: ToolSpec, call: FunctionCall) -> Outcome | Awaitable[Outcome]:
        decision = TABLE[spec.tool, self._config.allows(spec), self._target.call_state]
        if denied := decision.denied(spec.setting):
            return denied
        now_s = asyncio.get_running_loop().time()
        if wait_s := self._rate.wait_s(now_s):
            return Denied("too_often", f"Too many calls: the next one is performed in {wait_s:.0f} s.")
        arguments = check(spec.arguments, call.arguments)
        if isinstance(arguments, Denied):
            return arguments
        self._rate = self._rate.taken(now_s)
        if spec.tool is Tool.PUBLISH:
            return self._publish(spec, arguments)
        return self._perform[spec.tool](arguments)

    def _set_volume(self, arguments: dict[str, Any]) -> Result:
        self._target.set_volume(arguments["percent"])
        status = self._target.status
        return {"percent": status.volume_percent, "max_percent": status.max_volume_percent}

    def _mute(self, _: dict[str, Any]) -> Result:
        if not self._target.status.soft_mute:
            self._target.set_soft_mute(True)
            self._has_muted = True
        return {"muted": True}

    def _show_lamp(self, arguments: dict[str, Any]) -> Outcome:
        seconds = arguments.get("seconds", DEFAULT_LAMP_S)
        if not self._reporter.show_message(arguments.get("color", "white"), seconds):
            return Denied("not_possible", "This device has no status lamp.")
        return {"seconds": seconds}

    async def _set_alarm(self, kind: AlarmKind, arguments: dict[str, Any]) -> Outcome:
        weekdays = REPEATS[arguments.pop("repeat", "once")]
        fields = {**arguments, "weekdays": list(weekdays)} if weekdays else arguments
        return await self._target.alarms.set_alarm(kind, fields)

    async def _ring_later(self, arguments: dict[str, Any]) -> Outcome:
        fields = {**arguments, "text": arguments["reason"], "bot": self._target.status.session_bot}
        del fields["reason"]
        return await self._target.alarms.set_alarm(AlarmKind.RING, fields)

    def _time(self, _: dict[str, Any]) -> Outcome:
        listing = self._target.alarms.listing()
        if not listing["clock_set"]:
            return Denied("clock_not_set", "The clock of this device isn't set yet.")
        now = datetime.fromisoformat(listing["local_time"])
        return {"time": listing["local_time"], "weekday": now.strftime("%A"), "time_zone": listing["time_zone"]}

    def _health(self, _: dict[str, Any]) -> Result:
        status, host = self._target.status, self._host_metrics.look()
        problem = {"code": status.problem.code, "text": one_line(status.problem.text)} if status.problem else None
        return {
            "problem": problem,
            "temperature_c": host.temperature_c,
            "throttled": host.throttled,
            "wifi_dbm": host.wifi_dbm,
            "volume_percent": status.volume_percent,
            "version": __version__,
        }

    def _choose_next_bot(self, _: dict[str, Any]) -> Outcome:
        if len(self._target.status.bots) < 2:
            return Denied("not_possible", "This device has one bot.")
        self._target.bots.choose_next()
        return {"next_bot": self._target.status.bot}

    def _publish(self, spec: ToolSpec, arguments: dict[str, Any]) -> Outcome:
        tool = next(tool for tool in self._config.published if tool.spec == spec)
        if not self._reporter.publish(tool.topic, tool.payload_for(arguments).encode()):
            return Denied("not_possible", "The broker can't be reached.")
        return {}

    # -- hanging up ------------------------------------------------------------------------------

    def _begin_hang_up(self, _: dict[str, Any]) -> Result:
        if self._hang_up is None:
            self._hang_up = DeferredHangUp(asyncio.get_running_loop().time())
            self._update_hang_up()
        return {"note": "The call ends when you have said your last sentence."}

    def on_status(self) -> None:
        """Note a changed status."""
        self._update_hang_up()

    def _set_answering(self, answering: bool) -> None:
        self._is_answering = answering
        self._update_hang_up()

    def _update_hang_up(self) -> None:
        if self._hang_up is None:
            return
        loop = asyncio.get_running_loop()
        speaking = self._target.status.speech is Speech.BOT
        self._hang_up = self._hang_up.on(loop.time(), speaking=speaking, answering=self._is_answering)
        if self._hang_up_timer:
            self._hang_up_timer.cancel()
        self._hang_up_timer = loop.call_at(self._hang_up.due_s, self._on_hang_up)

    def _on_hang_up(self) -> None:
        self._end_hang_up()
        log.info("The bot hangs up")
        self._target.dispatch(CallEvent.HANG_UP_ORDERED)

    def _end_hang_up(self) -> None:
        self._hang_up = None
        if self._hang_up_timer:
            self._hang_up_timer.cancel()
            self._hang_up_timer = None
