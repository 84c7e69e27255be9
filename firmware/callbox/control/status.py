"""The one `Status` that lamps, MQTT, the journal and systemd all show. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

from callbox.control.alarm_overview import AlarmOverview
from callbox.control.announcements import Announcements
from callbox.control.bot_choice import ONLY_BOT
from callbox.control.call_limits import Limit
from callbox.control.faults import Problem
from callbox.control.rings import Rings
from callbox.control.rollout import RolloutState
from callbox.rtvi.protocol.lifecycle import TransportState


class Activity(StrEnum):
    """Activity of the box, in a person's words."""

    IDLE = "idle"
    CONNECTING = "connecting"
    LISTENING = "listening"
    WAITING = "waiting"
    """In a call; the bot doesn't listen for a while (RTVI user-mute)."""
    THINKING = "thinking"
    SPEAKING = "speaking"
    ERROR = "error"


class Speech(StrEnum):
    """Turn inside a session, as the bot's messages tell it."""

    NONE = "none"
    USER = "user"
    THINKING = "thinking"
    """The user has stopped speaking, the bot has not begun."""
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Status:
    """Status of one box at one moment, with everything that is shown of it."""

    transport: TransportState = TransportState.DISCONNECTED
    speech: Speech = Speech.NONE
    user_muted: bool = False
    """Whether the bot says that it doesn't listen for a while (RTVI user-mute)."""
    mic_live: bool = False
    """Whether the microphone's PCM is open, told by the gate itself."""
    wake_word: bool = False
    """Whether it is open for the wake word detector alone: nothing leaves."""
    mute: bool = False
    """Whether the bot receives silence in place of the microphone, by soft or hard mute."""
    soft_mute: bool = False
    """Whether a command asks for silence; the PCM stays open."""
    hard_mute: bool = False
    """Whether the PCM is kept closed, by the mute switch or a command."""
    hard_mute_by_command: bool = False
    """Whether a command asks for that, whatever the switch."""
    push_to_talk: bool = False
    """Whether a button talks (push-to-talk)."""
    talk_released: bool = False
    """Whether the bot receives silence because that button is not pressed; the PCM stays open."""
    volume_percent: int | None = None
    """Of the loudspeaker; None: as its card was left."""
    wanted_volume_percent: int | None = None
    """What was asked for: the volume after quiet hours."""
    max_volume_percent: int = 100
    """The loudest that may be set at this moment."""
    quiet_hours: bool = False
    """Whether quiet hours apply at this moment."""
    problem: Problem | None = None
    """What is wrong at this moment: the last failed call until the next press, or a missing part."""
    bot: str = ONLY_BOT
    """Name of the chosen bot."""
    bots: tuple[str, ...] = (ONLY_BOT,)
    """Names of all bots, in the order of the settings."""
    session_bot: str | None = None
    """Name of the bot that the session is with; None: there is no session."""
    session_server: str | None = None
    """URL, without secrets, that answered the session's start request or offer; None: none has."""
    session: str | None = None
    """Random id of the session, from the press that opened it to its end."""
    standing_by: bool = False
    """Hot standby, and no call: `transport` is that of a session which waits for a press, or is being made for that."""
    bot_left: bool = False
    """Whether it was the bot that ended the session."""
    ends_soon: Limit | None = None
    """The limit that is about to end the call."""
    ended_by: Limit | None = None
    """The limit that ended the last call, until the next one."""
    rings: Rings = field(default_factory=Rings)
    """What rings, waits and was missed."""
    announcements: Announcements = field(default_factory=Announcements)
    """What is announced and waits."""
    alarms: AlarmOverview = field(default_factory=AlarmOverview)
    """Alarms, timers and reminders."""
    settings_version: int = 0
    """Of the fleet's settings in force; 0: there are none."""
    rollout: RolloutState | None = None
    """Of the fleet's settings that the box fetches; None: it fetches none."""
    upgrade: RolloutState | None = None
    """Of the last upgrade of the package; None: it was not on trial."""

    @property
    def bot_ready(self) -> bool:
        """Whether the bot has said that it listens."""
        return self.transport is TransportState.READY

    @property
    def activity(self) -> Activity:
        """Activity of the box."""
        if self.standing_by:
            return Activity.ERROR if self.problem else Activity.IDLE
        match self.transport:
            case TransportState.ERROR:
                return Activity.ERROR
            case TransportState.DISCONNECTED | TransportState.DISCONNECTING:
                return Activity.IDLE
            case TransportState.READY:
                if self.speech is Speech.BOT:
                    return Activity.SPEAKING
                if self.speech is Speech.THINKING:
                    return Activity.THINKING
                return Activity.WAITING if self.user_muted else Activity.LISTENING
            case _:
                return Activity.CONNECTING

    @property
    def sentence(self) -> str:
        """One line for the journal and for systemd's ``STATUS=``."""
        microphone = "open" if self.mic_live else "closed"
        if self.wake_word:
            microphone = "open for the wake word, nothing leaves"
        line = f"{self.transport}, {self.activity}, microphone {microphone}"
        return f"{line}; {self.problem.text}" if self.problem else line
