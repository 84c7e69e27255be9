"""Remote commands, and the reasons for which they are denied. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callbox.control.alarm_requests import AlarmRequest
from callbox.control.announcements import Announcement
from callbox.control.call_limits import Limit
from callbox.control.rate_limit import RateLimit
from callbox.control.rings import Ring


class RemoteCommand(StrEnum):
    """An order from outside. The words are those of the topics."""

    CONNECT = "connect"
    """Call the bot, as a press does when idle. Opens the microphone, so it is off by default."""
    DISCONNECT = "disconnect"
    """Hang up. Always allowed: it closes the microphone."""
    MUTE = "mute"
    UNMUTE = "unmute"
    IDENTIFY = "identify"
    """Show with the status lamp which box this is."""
    RESTART = "restart"
    """End, so that systemd starts the box afresh."""
    DOCTOR = "doctor"
    """Examine what can be examined beside a box that waits for its button."""
    ALARMS = "alarms"
    """List the alarms, timers and reminders."""
    BUNDLE = "bundle"
    """Put together what somebody needs who helps, without secrets."""


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Set the loudspeaker's volume, 0 to 100."""

    percent: int


@dataclass(frozen=True, slots=True)
class ChooseBot:
    """Call this bot from now on; a call that is on goes on with its own."""

    name: str


@dataclass(frozen=True, slots=True)
class SetHardMute:
    """Keep the microphone's PCM closed, or allow it to be opened again."""

    mute: bool


@dataclass(frozen=True, slots=True)
class WarnOfEnd:
    """Warn that the call will end soon, by `limit`; None: it won't. From the box itself only."""

    limit: Limit | None


@dataclass(frozen=True, slots=True)
class EndCall:
    """End the call because of `limit`. From the box itself only."""

    limit: Limit


@dataclass(frozen=True, slots=True)
class RequestRing:
    """Ring: ask a person to talk."""

    ring: Ring


@dataclass(frozen=True, slots=True)
class Announce:
    """Play a sound, or words."""

    announcement: Announcement


@dataclass(frozen=True, slots=True)
class SetAlarm:
    """Set an alarm, a timer or a reminder."""

    request: AlarmRequest


@dataclass(frozen=True, slots=True)
class CancelAlarm:
    """Cancel the alarm, timer or reminder of this id; None: all."""

    alarm_id: str | None


@dataclass(frozen=True, slots=True)
class SilenceAlarm:
    """Silence the alarms that ring: snooze them, as a press does, or stop them, as a hold does."""

    snooze: bool


Command = (
    RemoteCommand
    | SetVolume
    | ChooseBot
    | SetHardMute
    | WarnOfEnd
    | EndCall
    | RequestRing
    | Announce
    | SetAlarm
    | CancelAlarm
    | SilenceAlarm
)


@dataclass(frozen=True, slots=True)
class Denied:
    """Reason why a command is not carried out."""

    code: str
    text: str


def too_often(limit: RateLimit, now_s: float, section: str) -> Denied | None:
    """Reason why an order that `limit` counts is not carried out at `now_s`; None: it may be. `section`: of the
    settings, which has the limit.
    """
    wait_s = limit.wait_s(now_s)
    if not wait_s:
        return None
    text = f"{section}.burst ({limit.burst}) has been used up: the next one is accepted in {wait_s:.0f} s."
    return Denied("too_often", text)


ResultData = Mapping[str, Any]
"""What an order brings to light, as JSON has it."""
CommandResult = Denied | ResultData | None
"""What became of an order; None: it is carried out, and there is no more to say."""
PendingResult = Callable[[Callable[[CommandResult], None]], None]
"""What is begun, and takes its time: give it who shall be told what became of it."""
CommandHandler = Callable[[Command], Denied | PendingResult | None]
"""Carries out an order, begins to, or says why not. Event loop only."""


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Context of the decision."""

    allow_remote_connect: bool
    hard_mute: bool
    """Whether the microphone's PCM is kept closed."""
    is_supervised: bool
    """Whether somebody starts the box again when it ends."""
    in_call: bool = False
    """Whether a call is on, being made or being ended."""
    mute_switch: bool = False
    """Whether the mute switch of the box is on; no command overrides it."""
    allow_ring: bool = False
    """Whether rings are accepted."""
    allow_announce: bool = False
    """Whether announcements are."""
    allow_alarm: bool = False
    """Whether alarms are set, cancelled, snoozed and stopped from outside."""


def authorize(order: Command, situation: CommandContext) -> Denied | None:
    """Reason why `order` must not be carried out; None: it may."""
    if situation.mute_switch and (
        order in (RemoteCommand.CONNECT, RemoteCommand.UNMUTE) or order == SetHardMute(False)
    ):
        return Denied("muted", "The mute switch of the box is on: the microphone can be switched on at the box only.")
    if situation.hard_mute and order in (RemoteCommand.CONNECT, RemoteCommand.UNMUTE):
        return Denied("muted", "The microphone is switched off by hard_mute: switch that off first.")
    if order == SetHardMute(False) and situation.in_call and not situation.allow_remote_connect:
        text = "It would open the microphone, and mqtt.allow_remote_connect is false: hang up first."
        return Denied("not_allowed", text)
    if order is RemoteCommand.CONNECT and not situation.allow_remote_connect:
        return Denied("not_allowed", "mqtt.allow_remote_connect is false: only the button opens the microphone.")
    if isinstance(order, RequestRing) and not situation.allow_ring:
        return Denied("not_allowed", "ring.allow_ring is false.")
    if isinstance(order, Announce) and not situation.allow_announce:
        return Denied("not_allowed", "announce.allow_announce is false.")
    if isinstance(order, SetAlarm | CancelAlarm | SilenceAlarm) and not situation.allow_alarm:
        return Denied("not_allowed", "alarm.allow_alarm is false.")
    if order is RemoteCommand.RESTART and not situation.is_supervised:
        return Denied("not_possible", "Nobody would start the box again: it doesn't run as a service.")
    if order in (RemoteCommand.DOCTOR, RemoteCommand.BUNDLE) and situation.in_call:
        return Denied("busy", "A call is on, which nothing shall disturb: ask again when it has ended.")
    return None
