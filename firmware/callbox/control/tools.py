"""Tools: functions of the box that the bot's model may call (RTVI function calls). Pure.

No tool opens the microphone, and none makes a call: muting goes towards closed only, a ring asks for a press.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from typing import Any

from callbox.control.alarm_requests import MAX_SECONDS, WEEKDAYS
from callbox.control.call_control import CallState
from callbox.control.lamps import MESSAGE_HUES
from callbox.control.rate_limit import RateLimit
from callbox.control.remote_commands import Denied
from callbox.control.tool_arguments import Argument, Arguments, ArgumentType, json_schema

MAX_LAMP_S = 60
MAX_TOOLS = 64
"""How many a bot is told of."""
TOOL_RATE = RateLimit(burst=12, period_s=2.0)
"""How many calls are performed; a model in a loop is refused."""


class Tool(StrEnum):
    """Tools of every box, by the names of their functions."""

    SET_VOLUME = "set_volume"
    MUTE_MICROPHONE = "mute_microphone"
    HANG_UP = "hang_up"
    SHOW_LAMP = "show_lamp"
    SET_TIMER = "set_timer"
    SET_ALARM = "set_alarm"
    SET_REMINDER = "set_reminder"
    LIST_ALARMS = "list_alarms"
    CANCEL_ALARM = "cancel_alarm"
    RING_LATER = "ring_later"
    GET_TIME = "get_time"
    GET_HEALTH = "get_health"
    CHOOSE_NEXT_BOT = "choose_next_bot"
    PUBLISH = "publish"
    """Those of `tools.publish`: each has a name, a description and arguments of its own."""


class Decision(Enum):
    """Decisions on a function call; of a refusal, the code and the sentence."""

    PERFORM = ("ok", "performed")
    NOT_ALLOWED = ("not_allowed", "The owner of this box doesn't allow it: tools.{setting} is false.")
    NO_CALL = ("no_call", "No call is on.")
    ENDING = ("ending", "The call is ending.")

    def denied(self, setting: str) -> Denied | None:
        """The refusal of a tool whose permission is `setting`; None: it is performed."""
        if self is Decision.PERFORM:
            return None
        code, text = self.value
        return Denied(code, text.format(setting=setting))


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One row of the tools."""

    tool: Tool
    setting: str
    """Permission: its name in `tools` of the settings."""
    about: str
    """For the bot's model."""
    arguments: Arguments = field(default_factory=dict)
    name: str = ""
    """Name of its function."""

    def schema(self) -> dict[str, Any]:
        """Description for a bot: name, description, parameters as JSON Schema."""
        return {"name": self.name, "description": self.about, "parameters": json_schema(self.arguments)}


def _spec(tool: Tool, setting: str, about: str, **arguments: Argument) -> ToolSpec:
    return ToolSpec(tool, setting, about, arguments, tool.value)


@dataclass(frozen=True, slots=True)
class PublishedTool:
    """A tool that publishes to the broker, as the owner of the box has described it."""

    spec: ToolSpec
    topic: str
    payload: str | None = None
    """Template of the payload: ``{name}`` stands for an argument; None: a JSON object of the arguments."""

    def payload_for(self, values: Mapping[str, Any]) -> str:
        """The payload for these arguments, which have been checked."""
        if self.payload is None:
            return json.dumps(values, ensure_ascii=False)
        return _PLACEHOLDER.sub(lambda found: _as_text(values.get(found[1], "")), self.payload)


def published_tool(name: str, about: str, topic: str, payload: str | None, arguments: Arguments) -> PublishedTool:
    """A tool that publishes, from the settings."""
    return PublishedTool(ToolSpec(Tool.PUBLISH, f"publish.{name}", about, arguments, name), topic, payload)


_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


_INTEGER, _NUMBER, _STRING = ArgumentType.INTEGER, ArgumentType.NUMBER, ArgumentType.STRING
REPEATS: Mapping[str, tuple[str, ...]] = {
    "once": (),
    "daily": WEEKDAYS,
    "workdays": WEEKDAYS[:5],
    "weekend": WEEKDAYS[5:],
    **{day: (day,) for day in WEEKDAYS},
}
"""Weekdays by the word of an argument."""
_TIME = Argument(_STRING, "Local time of this device, such as 07:00 or 2026-11-30T07:00")

SPECS: tuple[ToolSpec, ...] = (
    _spec(
        Tool.SET_VOLUME,
        "volume",
        "Set the volume of this device's loudspeaker.",
        percent=Argument(_INTEGER, "0 is silent, 100 the loudest", minimum=0, maximum=100),
    ),
    _spec(
        Tool.MUTE_MICROPHONE,
        "mute",
        "Switch this device's microphone off for the rest of the call. Only the person can switch it on again.",
    ),
    _spec(
        Tool.HANG_UP,
        "hang_up",
        "End the call. It ends when your last sentence after this was heard, so say one.",
    ),
    _spec(
        Tool.SHOW_LAMP,
        "lamp",
        "Blink the lamp of this device in a colour, as a sign for the person.",
        color=Argument(_STRING, "Colour, if the lamp has colours", tuple(MESSAGE_HUES), required=False),
        seconds=Argument(_INTEGER, "For how long; 10 if left out", minimum=1, maximum=MAX_LAMP_S, required=False),
    ),
    _spec(
        Tool.SET_TIMER,
        "timers",
        "Set a timer on this device. It rings there by itself, also when this call is over.",
        seconds=Argument(_NUMBER, "In how many seconds", minimum=1, maximum=MAX_SECONDS),
        text=Argument(_STRING, "What it is for", required=False),
    ),
    _spec(
        Tool.SET_ALARM,
        "timers",
        "Set an alarm on this device. It rings there by itself, also when this call is over.",
        time=_TIME,
        repeat=Argument(_STRING, "Days on which it repeats; once if left out", tuple(REPEATS), required=False),
        text=Argument(_STRING, "What it is for", required=False),
    ),
    _spec(
        Tool.SET_REMINDER,
        "timers",
        "Set a reminder on this device, at a time or in so many seconds. It rings there by itself, with its text.",
        text=Argument(_STRING, "What the person wants to be reminded of"),
        time=replace(_TIME, required=False),
        seconds=Argument(_NUMBER, "In how many seconds", minimum=1, maximum=MAX_SECONDS, required=False),
    ),
    _spec(Tool.LIST_ALARMS, "timers", "List the timers, alarms and reminders of this device, the next one first."),
    _spec(
        Tool.CANCEL_ALARM,
        "timers",
        "Cancel a timer, alarm or reminder of this device.",
        id=Argument(_STRING, "Its id, as it was set or is listed"),
    ),
    _spec(
        Tool.RING_LATER,
        "ring_later",
        "Ring this device later, at a time or in so many seconds, so that the person can talk to you by one press.",
        reason=Argument(_STRING, "Why it rings; you are told it when the person answers"),
        time=replace(_TIME, required=False),
        seconds=Argument(_NUMBER, "In how many seconds", minimum=1, maximum=MAX_SECONDS, required=False),
    ),
    _spec(Tool.GET_TIME, "time", "Get the date and the time of day where this device is."),
    _spec(
        Tool.GET_HEALTH,
        "health",
        "Get what is wrong with this device, its temperature, signal strength and volume.",
    ),
    _spec(
        Tool.CHOOSE_NEXT_BOT,
        "next_bot",
        "Choose the next bot of this device for the next call. This call goes on.",
    ),
)
"""Tools of every box; those of `Tool.PUBLISH` are in its settings."""

_PERFORMED_WHILE_DIALLING = {Tool.MUTE_MICROPHONE, Tool.HANG_UP}
"""Towards closed: as soon as there is a call."""


def _decision(tool: Tool, state: CallState, *, allowed: bool) -> Decision:
    if not allowed:
        return Decision.NOT_ALLOWED
    match state:
        case CallState.TALKING:
            return Decision.PERFORM
        case CallState.DIALLING if tool in _PERFORMED_WHILE_DIALLING:
            return Decision.PERFORM
        case CallState.HANGING_UP | CallState.REDIALLING:
            return Decision.ENDING
        case _:  # a session that stands by is no call
            return Decision.NO_CALL


TABLE: Mapping[tuple[Tool, bool, CallState], Decision] = {
    (tool, allowed, state): _decision(tool, state, allowed=allowed)
    for tool in Tool
    for allowed in (False, True)
    for state in CallState
}
"""What becomes of a function call, by tool, permission and the call's state."""


def markdown() -> str:
    """The tools, a row for each, as in docs/tools.md."""
    head = "| Function | Permission | Arguments | What it does, as the model is told |\n|---|---|---|---|\n"
    return head + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for spec in SPECS:
        arguments = ", ".join(
            f"`{name}`" if argument.required else f"`{name}` (optional)" for name, argument in spec.arguments.items()
        )
        yield f"| `{spec.name}` | `tools.{spec.setting}` | {arguments or '–'} | {spec.about} |"


def decisions_markdown() -> str:
    """The table of decisions, a row for each tool, as in docs/tools.md."""
    head = "| Allowed, and the call is | " + " | ".join(state.value for state in CallState) + " |\n"
    return head + "|---" * (len(CallState) + 1) + "|\n" + "".join(f"{row}\n" for row in _decision_rows())


def _decision_rows() -> Iterator[str]:
    for tool in Tool:
        decisions = " | ".join(TABLE[tool, True, state].value[0] for state in CallState)
        name = "those of `tools.publish`" if tool is Tool.PUBLISH else f"`{tool.value}`"
        yield f"| {name} | {decisions} |"
