"""Roll-out of a new version, of settings or of the package, to one box: on trial until the box has proved healthy with
it, else back. Pure.

Imported at each start before the button works: nothing heavy here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Generic, TypeVar

V = TypeVar("V")
"""What versions are: numbers of settings, texts of packages."""

MAX_STARTS = 5
"""Starts of the program in one trial; power cuts count as well as crashes."""


class RolloutState(StrEnum):
    """States of a box, as far as its version goes."""

    ACCEPTED = "accepted"
    """The version in force has proved healthy, or there is none yet."""
    TRIAL = "trial"
    """The version in force still has to."""
    ROLLED_BACK = "rolled back"
    """The last version did not; the one before it is in force."""


class RolloutEvent(Enum):
    """Events of a roll-out."""

    NEW_VERSION = "new version"
    """One above all that this box ever had was verified, and all settings are right with it."""
    STARTED = "program started"
    STARTED_TOO_OFTEN = "started too often"
    """In this trial, `MAX_STARTS` times."""
    PROVED_HEALTHY = "proved healthy"
    """The box was healthy for as long as is asked for, without a break."""
    EXPIRED = "time is up"
    """It was not, in all the time that it is given."""
    UNUSABLE = "unusable"
    """The program can't start with this version."""
    BROKEN_OFF = "broken off"
    """Of a package: its installation ended before the version was there, by a power cut for example."""


class RolloutAction(Enum):
    """Actions of a roll-out."""

    TRY = "in force, on trial; the last version that proved healthy is kept"
    COUNT = "one start more is counted"
    ACCEPT = "accepted; the version before is dropped"
    GO_BACK = "the version before is in force again; this one is refused from now on, and an alert raised"
    KEEP = "the version before stays; this one may come again"


_S, _E, _A = RolloutState, RolloutEvent, RolloutAction

TABLE: Mapping[tuple[RolloutState, RolloutEvent], RolloutAction | None] = {
    **{(state, _E.NEW_VERSION): _A.TRY for state in RolloutState},
    (_S.TRIAL, _E.STARTED): _A.COUNT,
    (_S.TRIAL, _E.STARTED_TOO_OFTEN): _A.GO_BACK,
    (_S.TRIAL, _E.PROVED_HEALTHY): _A.ACCEPT,
    (_S.TRIAL, _E.EXPIRED): _A.GO_BACK,
    (_S.TRIAL, _E.UNUSABLE): _A.GO_BACK,
    (_S.TRIAL, _E.BROKEN_OFF): _A.KEEP,
    # Without a trial there is nothing to go back to: what is wrong then is told as ever.
    **{
        (state, event): None
        for state in (_S.ACCEPTED, _S.ROLLED_BACK)
        for event in RolloutEvent
        if event is not _E.NEW_VERSION
    },
}
"""Every pair of state and event."""


@dataclass(frozen=True, slots=True)
class Rollout(Generic[V]):
    """State of the roll-out on one box. Versions that are None: there is none."""

    state: RolloutState = RolloutState.ACCEPTED
    version: V | None = None
    """In force."""
    previous: V | None = None
    """In a trial: the last version that proved healthy."""
    highest: V | None = None
    """The last one that was in force or on trial. Of settings it and all below are refused; of packages it alone, if
    the box went back from it."""
    starts: int = 0
    """Of the program, in this trial."""
    known: tuple[str, ...] = ()
    """Codes of what was wrong when the last trial began: not the fault of its version, nor of a package that comes
    before the way back from that.
    """
    reason: str = ""
    """Why the last version was not kept; empty: it was."""

    def on(
        self, event: RolloutEvent, version: V | None = None, known: Collection[str] = (), reason: str = ""
    ) -> tuple["Rollout[V]", RolloutAction | None]:
        """The roll-out after `event`, and what was done. `version`, `known`: of NEW_VERSION; `reason`: a sentence for
        GO_BACK.
        """
        if event is RolloutEvent.STARTED and self.state is RolloutState.TRIAL and self.starts + 1 >= MAX_STARTS:
            event = RolloutEvent.STARTED_TOO_OFTEN
            reason = f"the box started {MAX_STARTS} times before it proved healthy"
        action = TABLE[self.state, event]
        match action:
            case RolloutAction.TRY:
                before = self.previous if self.state is RolloutState.TRIAL else self.version
                return Rollout(RolloutState.TRIAL, version, before, version, known=tuple(sorted(known))), action
            case RolloutAction.COUNT:
                return replace(self, starts=self.starts + 1), action
            case RolloutAction.ACCEPT:
                return Rollout(RolloutState.ACCEPTED, self.version, highest=self.highest), action
            case RolloutAction.GO_BACK:
                state = RolloutState.ROLLED_BACK
                return Rollout(state, self.previous, highest=self.highest, known=self.known, reason=reason), action
            case RolloutAction.KEEP:
                return Rollout(RolloutState.ACCEPTED, self.previous, highest=self.previous), action
        return self, None


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings of a box's own health at one moment."""

    problem: str | None
    """Code of what is wrong; None: nothing."""
    broker: bool | None
    """Whether there is a connection with the broker; None: there is no broker in the settings."""
    bot: bool | None
    """Whether the bot check has passed since the version is in force; None: none is made."""
    in_force: bool = True
    """Whether the settings are in force; they wait for the end of a call."""

    def missing(self, known: Collection[str]) -> str | None:
        """Reason, in words, why the box is not healthy; None: it is. `known`: codes that don't count."""
        if not self.in_force:
            return "a call that is on delays it"
        if self.problem is not None and self.problem not in known:
            return f"the box reports {self.problem}"
        if self.broker is False:
            return "there is no connection with the broker"
        return "the bot check fails" if self.bot is False else None


@dataclass(frozen=True, slots=True)
class HealthTimer:
    """Timer of a box's health in a trial. Times in s, of one monotonic clock."""

    healthy_for_s: float
    give_up_after_s: float
    began_s: float
    healthy_since_s: float | None = None

    def at(self, now_s: float, *, healthy: bool) -> tuple["HealthTimer", RolloutEvent | None]:
        """The timer after a reading at `now_s`, and the event that it makes."""
        since = (now_s if self.healthy_since_s is None else self.healthy_since_s) if healthy else None
        timer = replace(self, healthy_since_s=since)
        if since is not None and now_s - since >= self.healthy_for_s:
            return timer, RolloutEvent.PROVED_HEALTHY
        if now_s - self.began_s >= self.give_up_after_s and since is None:
            return timer, RolloutEvent.EXPIRED
        return timer, None


def markdown() -> str:
    """The table for docs/fleet.md."""
    events = list(RolloutEvent)
    lines = ["| | " + " | ".join(event.value for event in events) + " |", "|---" * (len(events) + 1) + "|"]
    for state in RolloutState:
        actions = [TABLE[state, event] for event in events]
        cells = [action.value if action else "–" for action in actions]
        lines.append(f"| **{state.value}** | " + " | ".join(cells) + " |")
    return "\n".join(lines)
