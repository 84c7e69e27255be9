"""Carries out commands from outside, by MQTT or from a panel, or denies them."""

import logging
from typing import Protocol

from callbox.app.hard_mute import HardMute
from callbox.app.jobs import JobRunner
from callbox.control.call_control import CallEvent
from callbox.control.remote_commands import (
    Command,
    CommandContext,
    Denied,
    PendingResult,
    RemoteCommand,
    SetHardMute,
    SetVolume,
    authorize,
)

log = logging.getLogger(__name__)


class CommandTarget(Protocol):
    """What commands act upon: `callbox.app.appliance.Appliance`."""

    @property
    def context(self) -> CommandContext:
        """What decides whether a command is allowed."""

    def dispatch(self, event: CallEvent) -> None:
        """Something happened to the call."""

    def set_soft_mute(self, mute: bool) -> None:
        """Send silence in place of the microphone, or no more."""

    def set_volume(self, percent: int) -> None:
        """Set the loudspeaker's volume."""

    def identify(self) -> None:
        """Show which box this is."""

    def restart(self) -> None:
        """End, to be started again."""


class RemoteControl:
    """Event loop only."""

    def __init__(self, target: CommandTarget, jobs: JobRunner, hard_mute: HardMute) -> None:
        self._target = target
        self._jobs = jobs
        self._hard_mute = hard_mute

    def execute(self, command: Command) -> Denied | PendingResult | None:
        """Carry out `command`, or say why not. As `callbox.control.remote_commands.CommandHandler`."""
        target, context = self._target, self._target.context
        denied = authorize(command, context)
        log.info("Ordered from outside: %s%s", command, f"; refused: {denied.text}" if denied else "")
        if denied:
            return denied
        match command:
            case RemoteCommand.CONNECT:
                target.dispatch(CallEvent.CALL_ORDERED)
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
            case SetHardMute(mute):
                self._hard_mute.command(mute)
            case SetVolume(percent):
                target.set_volume(percent)
        return None
