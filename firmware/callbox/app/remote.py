"""Remote control by MQTT or from a panel: carries out commands, or denies them."""

import logging
from typing import Protocol

from callbox.app.alarm_clock import AlarmClock
from callbox.app.announcing import Announcer
from callbox.app.bot_selection import BotSelection
from callbox.app.hard_mute import HardMute
from callbox.app.jobs import JobRunner
from callbox.app.ringing import Ringing
from callbox.control.call_control import CallEvent
from callbox.control.call_limits import Limit
from callbox.control.remote_commands import (
    Announce,
    CancelAlarm,
    ChooseBot,
    Command,
    CommandContext,
    Denied,
    EndCall,
    PendingResult,
    RemoteCommand,
    RequestRing,
    SetAlarm,
    SetHardMute,
    SetVolume,
    SilenceAlarm,
    WarnOfEnd,
    authorize,
)

log = logging.getLogger(__name__)


class CommandTarget(Protocol):
    """Target of commands: `callbox.app.appliance.Appliance`."""

    bots: BotSelection
    """The bots of the settings."""

    @property
    def context(self) -> CommandContext:
        """Context that decides whether a command is allowed."""

    def dispatch(self, event: CallEvent) -> None:
        """Something happened to the call."""

    def call(self, bot: str | None = None) -> str | None:
        """Call `bot`, without choosing it for later calls; None: the chosen one. A sentence: there is no such bot.

        In a call with another one than `bot` that one ends first. Otherwise nothing happens in a call.
        """

    def set_soft_mute(self, mute: bool) -> None:
        """Send silence in place of the microphone, or no more."""

    def set_volume(self, percent: int) -> None:
        """Set the loudspeaker's volume."""

    def warn_of_end(self, limit: Limit | None) -> None:
        """Show and play that `limit` is about to end the call; None: not any more."""

    def end_call(self, limit: Limit) -> None:
        """End the call because of `limit`."""

    def identify(self) -> None:
        """Show which box this is."""

    def restart(self) -> None:
        """End, to be started again."""


class RemoteControl:
    """Executor of remote commands. Event loop only."""

    def __init__(
        self,
        target: CommandTarget,
        jobs: JobRunner,
        hard_mute: HardMute,
        ringing: Ringing,
        alarms: AlarmClock,
        announcer: Announcer,
    ) -> None:
        self._target = target
        self._jobs = jobs
        self._hard_mute = hard_mute
        self._ringing, self._alarms, self._announcer = ringing, alarms, announcer

    def execute(self, command: Command) -> Denied | PendingResult | None:
        """Carry out `command`, or say why not. As `callbox.control.remote_commands.CommandHandler`."""
        target, context = self._target, self._target.context
        denied = authorize(command, context)
        if not isinstance(command, WarnOfEnd | EndCall):
            what = _brief(command)
            log.info("Ordered from outside: %s%s", what, f"; refused: {denied.text}" if denied else "")
        if denied:
            return denied
        match command:
            case RemoteCommand.CONNECT:
                target.call()
            case RemoteCommand.DISCONNECT:
                target.dispatch(CallEvent.HANG_UP_ORDERED)
            case RemoteCommand.MUTE | RemoteCommand.UNMUTE:
                target.set_soft_mute(command is RemoteCommand.MUTE)
            case RemoteCommand.IDENTIFY:
                target.identify()
            case RemoteCommand.RESTART:
                target.restart()
            case RemoteCommand.DOCTOR | RemoteCommand.BUNDLE:
                return self._jobs.begin(command, may_call=context.allow_remote_connect)
            case RemoteCommand.ALARMS:
                return lambda tell: tell(self._alarms.listing())
            case SilenceAlarm(snooze):
                if not (self._alarms.press() if snooze else self._alarms.hold()):
                    return Denied("not_possible", "No alarm rings.")
            case SetAlarm(request):
                return self._alarms.request(request)
            case CancelAlarm(alarm_id):
                return self._alarms.cancel(alarm_id)
            case RequestRing(ring):
                return self._ringing.request(ring)
            case Announce(announcement):
                return self._announcer.request(announcement)
            case SetHardMute(mute):
                self._hard_mute.command(mute)
            case ChooseBot(name):
                wrong = target.bots.choose(name)
                return Denied("bad_argument", wrong) if wrong else None
            case SetVolume(percent):
                target.set_volume(percent)
            case WarnOfEnd(limit):
                target.warn_of_end(limit)
            case EndCall(limit):
                target.end_call(limit)
        return None


def _brief(command: Command) -> object:
    """`command` for the log: without what a person may have written."""
    match command:
        case RequestRing(ring):
            return f"ring {ring.id}"
        case SetAlarm(request):
            return f"{request.kind} {request.id}"
        case Announce(announcement):
            return f"announcement {announcement.id}"
        case _:
            return command
