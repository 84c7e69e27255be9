"""Announcements: a sound, or words, that the box plays to whoever is near. What becomes of them, as a table. Pure.

An announcement opens no microphone and makes no call.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum

RESOLUTION_S = 0.001
"""A time that is nearer has come."""
MAX_WAITING = 8
"""Announcements that wait."""
MAX_TEXT_CHARS = 1000
MAX_SOUND_BYTES = 1 << 20
"""Of a sound that comes with the message."""


class Priority(StrEnum):
    """Priorities of announcements."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class AnnouncementState(StrEnum):
    """States of the box, as far as announcements go."""

    IDLE = "idle"
    PLAYING = "playing"
    """One of low or normal priority. No call is on, and nothing rings."""
    PLAYING_HIGH = "playing (high)"
    BUSY = "busy"
    """A call is on, being made or being ended, or it rings."""
    BUSY_PLAYING = "busy, playing (high)"


class AnnouncementEvent(Enum):
    """Events of announcements."""

    LOW = "low"
    """A new one of low priority was accepted; so the next two."""
    NORMAL = "normal"
    HIGH = "high"
    BUSY_BEGAN = "call or ring began"
    BUSY_ENDED = "call or ring ended"
    PLAYED = "played to its end"
    FAILED = "can't be played"
    EXPIRED = "its time has passed"
    """Of one that waits."""
    PRESS = "press"
    """A button that calls was pressed."""


class AnnouncementAction(Enum):
    """Actions on announcements."""

    PLAY = "is played"
    WAIT = "waits, behind those of its priority"
    REFUSE = "is refused: busy"
    BREAK_OFF = "is played; the one that was played waits, and begins anew"
    INTERRUPT = "the one that is played waits, and begins anew"
    NEXT = "the next one is played"
    NEXT_HIGH = "the next one of high priority is played"
    STOP = "stops it, and does nothing else; the next one is played"
    DROP = "expired"


class AnnouncementOutcome(StrEnum):
    """Ends of an announcement."""

    PLAYED = "played"
    STOPPED = "stopped"
    """By a press."""
    FAILED = "failed"
    EXPIRED = "expired"


_S, _E, _A = AnnouncementState, AnnouncementEvent, AnnouncementAction

TABLE: dict[tuple[AnnouncementState, AnnouncementEvent], AnnouncementAction | None] = {
    # Low: at once or not at all.
    (_S.IDLE, _E.LOW): _A.PLAY,
    (_S.PLAYING, _E.LOW): _A.REFUSE,
    (_S.PLAYING_HIGH, _E.LOW): _A.REFUSE,
    (_S.BUSY, _E.LOW): _A.REFUSE,
    (_S.BUSY_PLAYING, _E.LOW): _A.REFUSE,
    # Normal: never into a call or a ring.
    (_S.IDLE, _E.NORMAL): _A.PLAY,
    (_S.PLAYING, _E.NORMAL): _A.WAIT,
    (_S.PLAYING_HIGH, _E.NORMAL): _A.WAIT,
    (_S.BUSY, _E.NORMAL): _A.WAIT,
    (_S.BUSY_PLAYING, _E.NORMAL): _A.WAIT,
    # High: at once, unless another of high priority is played. In a call the bot is softer meanwhile.
    (_S.IDLE, _E.HIGH): _A.PLAY,
    (_S.PLAYING, _E.HIGH): _A.BREAK_OFF,
    (_S.PLAYING_HIGH, _E.HIGH): _A.WAIT,
    (_S.BUSY, _E.HIGH): _A.PLAY,
    (_S.BUSY_PLAYING, _E.HIGH): _A.WAIT,
    (_S.IDLE, _E.BUSY_BEGAN): None,
    (_S.PLAYING, _E.BUSY_BEGAN): _A.INTERRUPT,
    (_S.PLAYING_HIGH, _E.BUSY_BEGAN): None,  # it is played on
    (_S.BUSY, _E.BUSY_BEGAN): None,  # a ring that was answered, or one after a call
    (_S.BUSY_PLAYING, _E.BUSY_BEGAN): None,
    (_S.IDLE, _E.BUSY_ENDED): None,
    (_S.PLAYING, _E.BUSY_ENDED): None,
    (_S.PLAYING_HIGH, _E.BUSY_ENDED): None,
    (_S.BUSY, _E.BUSY_ENDED): _A.NEXT,
    (_S.BUSY_PLAYING, _E.BUSY_ENDED): None,  # it is played on
    (_S.IDLE, _E.PLAYED): None,
    (_S.PLAYING, _E.PLAYED): _A.NEXT,
    (_S.PLAYING_HIGH, _E.PLAYED): _A.NEXT,
    (_S.BUSY, _E.PLAYED): None,
    (_S.BUSY_PLAYING, _E.PLAYED): _A.NEXT_HIGH,
    (_S.IDLE, _E.FAILED): None,
    (_S.PLAYING, _E.FAILED): _A.NEXT,
    (_S.PLAYING_HIGH, _E.FAILED): _A.NEXT,
    (_S.BUSY, _E.FAILED): None,
    (_S.BUSY_PLAYING, _E.FAILED): _A.NEXT_HIGH,
    # What is played is played to its end.
    (_S.IDLE, _E.EXPIRED): None,
    (_S.PLAYING, _E.EXPIRED): _A.DROP,
    (_S.PLAYING_HIGH, _E.EXPIRED): _A.DROP,
    (_S.BUSY, _E.EXPIRED): _A.DROP,
    (_S.BUSY_PLAYING, _E.EXPIRED): _A.DROP,
    (_S.IDLE, _E.PRESS): None,
    (_S.PLAYING, _E.PRESS): _A.STOP,
    (_S.PLAYING_HIGH, _E.PRESS): _A.STOP,
    # It answers, hangs up or talks, as ever.
    (_S.BUSY, _E.PRESS): None,
    (_S.BUSY_PLAYING, _E.PRESS): None,
}
"""What each event does in each state; None: nothing, but that a call or ring which began or ended is noted."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words that are spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class SoundUrl:
    """A sound file that is fetched."""

    url: str


@dataclass(frozen=True, slots=True)
class SoundBytes:
    """A sound file that came with the message."""

    data: bytes = field(repr=False)


Source = Words | SoundUrl | SoundBytes


@dataclass(frozen=True, slots=True)
class Announcement:
    """A sound, or words."""

    id: str
    """Of whoever asks: the same id again is the same announcement. Empty: the box gives it one."""
    source: Source
    priority: Priority = Priority.NORMAL
    volume_percent: int | None = None
    """0 to 100 of its amplitude; None: as the settings say."""
    until: float | None = None
    """UNIX time in s after which it isn't begun any more; None: no such time."""


@dataclass(frozen=True, slots=True)
class EndedAnnouncement:
    """An announcement that has ended, and how."""

    id: str
    outcome: AnnouncementOutcome
    reason: str = ""
    """Why it failed or expired, one line."""


@dataclass(frozen=True, slots=True)
class Announcements:
    """The announcements of a box. Immutable: each event makes the next."""

    waiting: tuple[Announcement, ...] = ()
    """In the order in which they are played."""
    playing: Announcement | None = None
    is_busy: bool = False
    """Whether a call is on, or it rings."""
    ended: EndedAnnouncement | None = None
    """The one that ended last."""

    @property
    def state(self) -> AnnouncementState:
        """State of the box."""
        if self.playing is None:
            return AnnouncementState.BUSY if self.is_busy else AnnouncementState.IDLE
        if self.is_busy:
            return AnnouncementState.BUSY_PLAYING
        is_high = self.playing.priority is Priority.HIGH
        return AnnouncementState.PLAYING_HIGH if is_high else AnnouncementState.PLAYING

    def on(
        self, event: AnnouncementEvent, about: Announcement | None = None, reason: str = ""
    ) -> "tuple[Announcements, AnnouncementAction | None]":
        """The announcements after `event`, and what it did.

        `about`: the new one, of the event's priority, or the one that has expired; None: the one that is played.
        `reason`: why it failed or expired.
        """
        action = TABLE[self.state, event]
        is_busy = {AnnouncementEvent.BUSY_BEGAN: True, AnnouncementEvent.BUSY_ENDED: False}.get(event, self.is_busy)
        now, about = replace(self, is_busy=is_busy), about or self.playing
        if action in (AnnouncementAction.NEXT, AnnouncementAction.NEXT_HIGH, AnnouncementAction.STOP):
            if self.playing:
                now = replace(now, playing=None, ended=EndedAnnouncement(self.playing.id, _OUTCOMES[event], reason))
            return _with_next(now), action
        if about is None:
            return now, action
        match action:
            case AnnouncementAction.PLAY:
                now = replace(now, playing=about)
            case AnnouncementAction.WAIT:
                now = replace(now, waiting=_ordered((*self.waiting, about)))
            case AnnouncementAction.BREAK_OFF:
                now = replace(now, playing=about, waiting=_with_first(self.playing, self.waiting))
            case AnnouncementAction.INTERRUPT:
                now = replace(now, playing=None, waiting=_with_first(self.playing, self.waiting))
            case AnnouncementAction.DROP:
                others = tuple(other for other in self.waiting if other.id != about.id)
                now = replace(
                    now, waiting=others, ended=EndedAnnouncement(about.id, AnnouncementOutcome.EXPIRED, reason)
                )
        return now, action


_OUTCOMES = {
    AnnouncementEvent.PLAYED: AnnouncementOutcome.PLAYED,
    AnnouncementEvent.FAILED: AnnouncementOutcome.FAILED,
    AnnouncementEvent.PRESS: AnnouncementOutcome.STOPPED,
}
NEW: Mapping[Priority, AnnouncementEvent] = {
    Priority.LOW: AnnouncementEvent.LOW,
    Priority.NORMAL: AnnouncementEvent.NORMAL,
    Priority.HIGH: AnnouncementEvent.HIGH,
}
"""The event of a new one of each priority."""


def _ordered(waiting: tuple[Announcement, ...]) -> tuple[Announcement, ...]:
    """Those of high priority first; else as they came."""
    return tuple(sorted(waiting, key=lambda one: one.priority is not Priority.HIGH))


def _with_first(first: Announcement | None, waiting: tuple[Announcement, ...]) -> tuple[Announcement, ...]:
    """`first` before all others of its priority."""
    return _ordered((first, *waiting)) if first else waiting


def _with_next(now: Announcements) -> Announcements:
    first = now.waiting[0] if now.waiting else None
    if first is None or (now.is_busy and first.priority is not Priority.HIGH):
        return now
    return replace(now, playing=first, waiting=now.waiting[1:])


def expiry(
    announcements: Announcements, now: float, waited_s: Mapping[str, float], wait_s: float
) -> "tuple[Announcement | None, float | None]":
    """One that waits and whose time has passed, if there is one; else in how many s that of the next one will have,
    None: never.

    `now`: UNIX time. `waited_s`: for how long each has waited, by its id; `wait_s`: for how long one may.
    """
    left = {
        one.id: min(wait_s - waited_s.get(one.id, 0.0), wait_s if one.until is None else one.until - now)
        for one in announcements.waiting
    }
    for one in announcements.waiting:
        if left[one.id] <= RESOLUTION_S:
            return one, None
    return None, min(left.values(), default=None)


def markdown() -> str:
    """The table, a row for each event, as in docs/announcements.md."""
    head = "| | " + " | ".join(state.value for state in AnnouncementState) + " |\n"
    return head + "|---" * (len(AnnouncementState) + 1) + "|\n" + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for event in AnnouncementEvent:
        actions = [TABLE[state, event] for state in AnnouncementState]
        yield f"| **{event.value}** | {' | '.join(action.value if action else '–' for action in actions)} |"
