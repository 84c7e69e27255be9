"""The call: its state, what the client is ordered to do, and what the client's states tell of it."""

import asyncio
import logging
import uuid
from collections.abc import Coroutine
from typing import Any, Protocol

from callbox.app.bot_selection import BotSelection
from callbox.app.problems import Problems
from callbox.control.call_control import CallAction, CallEvent, CallState, transition
from callbox.control.faults import clears_on_session, problem_from_error
from callbox.control.status import Status
from callbox.control.turns import Turn
from callbox.rtvi import BotReady, RTVIClient, RTVIError, RTVIEvent, TransportState
from callbox.rtvi.http_client import redact_url

log = logging.getLogger(__name__)

HANG_UP_S = 2.0
"""How long `CallControl.close` waits for the last call's end: a card or a server that hangs is left behind."""


class CallTarget(Protocol):
    """Owner of the call: `callbox.app.appliance.Appliance`."""

    @property
    def status(self) -> Status:
        """The status as it was updated last."""

    def update(self, **changes: Any) -> None:
        """Change these fields of the status."""

    def on_call(self) -> None:
        """Prepare for a call that is about to be made."""

    def on_session_ended(self) -> None:
        """Note that the session has ended, or that none came about; the status tells it after this returns."""

    def on_settled(self) -> None:
        """Do what waits for the end of a call, if `CallControl.is_idle`."""

    def use_wanted_bot(self) -> None:
        """Let the client call the bot that is wanted. Only while there is no session."""


class CallControl:
    """The call of one box, and the tasks that connect and disconnect `client`. Event loop only.

    `use` a client before anything else.
    """

    client: RTVIClient

    def __init__(self, target: CallTarget, bots: BotSelection, problems: Problems) -> None:
        self._target, self._bots, self._problems = target, bots, problems
        self.state = CallState.IDLE
        self.is_closed = False
        """Whether `close` was called: no call is made any more."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed = False
        self._new_session: dict[str, Any] = {}

    def use(self, client: RTVIClient) -> None:
        """Make calls with `client` from now on. Only while there is no session."""
        self.client = client
        client.on(RTVIEvent.TransportStateChanged, self._on_state)
        client.on(RTVIEvent.BotReady, self._on_bot_ready)
        client.on(RTVIEvent.BotDisconnected, lambda _: self._target.update(bot_left=True))

    @property
    def is_idle(self) -> bool:
        """Whether no call is on, being made or being ended, and `close` wasn't called; a session may stand by."""
        is_free = self.state is CallState.IDLE and not self._tasks and not self.is_closed
        return is_free and (self.is_down or self.client.stands_by)

    @property
    def is_down(self) -> bool:
        """Whether there is no session, not even one that stands by."""
        return self.client.state in (TransportState.DISCONNECTED, TransportState.ERROR)

    def dispatch(self, event: CallEvent) -> None:
        """`event` happened: move the call's state, and carry out what follows."""
        if self.is_closed:
            return
        decision = transition(self.state, event)
        log.debug("%s: %s -> %s", event.value, self.state.value, decision.to.value)
        self.state = decision.to
        match decision.action:
            case CallAction.CONNECT:
                # Shown together with the call's first state: until then the last call's error stands.
                self._new_session = {
                    "session": uuid.uuid4().hex[:8],
                    "session_bot": self._bots.wanted,
                    "bot_left": False,
                    "ended_by": None,
                }
                self._target.on_call()
                if not self.is_down:  # what stands by, or is being made for that, becomes a call without a new state
                    self._update_session()
                self._start(self._connect())
            case CallAction.STAND_BY:
                self._start(self._connect(stand_by=True))
            case CallAction.DISCONNECT:
                self._start(self.client.disconnect())
            case None:
                if event is CallEvent.ENDED:
                    self._bots.on_call_ended()
                    self._target.update()
                # Not here: this is called by the very client that would be replaced.
                asyncio.get_running_loop().call_soon(self._target.on_settled)

    def stand_by(self) -> "asyncio.Task[None] | None":
        """Begin to make a session that stands by; None: a call is on. As `callbox.app.standby.StandBy`."""
        before = set(self._tasks)
        self.dispatch(CallEvent.STANDBY_DUE)
        return next(iter(self._tasks - before), None)

    def renew_standby(self) -> None:
        """End the session that stands by, if it still does; another one follows."""
        if self.is_idle and self.client.stands_by:
            self.end_standby()

    def end_standby(self) -> None:
        """End the session that stands by."""
        self.dispatch(CallEvent.ENDING)  # a call that is ordered before the client says so is made after that
        self._start(self.client.disconnect())

    async def close(self) -> None:
        """End the call, and make no other. Returns after `HANG_UP_S` at the latest."""
        self.is_closed = True
        ending = asyncio.create_task(self.client.disconnect(), name="hang up")
        _, late = await asyncio.wait({ending, *self._tasks}, timeout=HANG_UP_S)
        for task in late:
            log.warning("Hanging up took more than %g s; abandoned", HANG_UP_S)
            task.cancel()
        if ending not in late and not ending.cancelled() and (error := ending.exception()):
            log.error("A defect of Callbox: hanging up failed", exc_info=error)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="call")
        self._tasks.add(task)
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("A defect of Callbox: a call failed", exc_info=error)
        if not self._tasks and self.is_down and self.state is not CallState.IDLE:
            self._on_ended()  # whatever failed on the way
        self._target.on_settled()

    async def _connect(self, *, stand_by: bool = False) -> None:
        if self._bots.wants_other and self.is_down:  # not before: the client's own callback may have ordered this
            self._target.use_wanted_bot()
        try:
            await (self.client.stand_by() if stand_by else self.client.connect())
        except RTVIError as error:
            level = logging.WARNING if self.client.state is TransportState.ERROR else logging.DEBUG
            log.log(level, "%s", error)  # the state tells the rest
            if self.client.state not in (TransportState.ERROR, TransportState.DISCONNECTING):
                self._on_ended()

    def _on_state(self, state: TransportState) -> None:
        match state:
            case TransportState.READY:
                server = redact_url(self.client.endpoint) if self.client.endpoint else None
                self._target.update(transport=state, session_server=server)
                self.dispatch(CallEvent.BOT_READY)
            case TransportState.ERROR:
                problem = problem_from_error(self.client.error) if self.client.error else None
                self._failed = self._target.status.session is not None
                self._on_ended(problem=problem)
            case TransportState.DISCONNECTED:
                self._on_ended()
            case TransportState.DISCONNECTING:
                self._update_session(transport=state)
                self.dispatch(CallEvent.ENDING)
            case TransportState.CONNECTED if self._clears_problem:
                self._target.update(transport=state, problem=self._problems.standing)
            case _:
                self._update_session(transport=state)

    @property
    def _clears_problem(self) -> bool:
        """Whether a session that stands by is the end of the problem. What ended a call stays until the next press."""
        return self.client.stands_by and not self._failed and clears_on_session(self._target.status.problem)

    def _update_session(self, **changes: Any) -> None:
        new_session, self._new_session = self._new_session, {}
        if new_session:
            self._failed = False
            new_session["problem"] = self._problems.standing
        self._target.update(**changes, **new_session)

    def _on_ended(self, **changes: Any) -> None:
        self._target.on_session_ended()
        turn = Turn()
        self._target.update(
            transport=self.client.state,
            session=None,
            session_bot=None,
            session_server=None,
            speech=turn.speech,
            user_muted=turn.user_muted,
            ends_soon=None,
            **changes,
        )
        self.dispatch(CallEvent.ENDED)

    @staticmethod
    def _on_bot_ready(bot: BotReady) -> None:
        for text in bot.limits:
            log.warning("%s", text)
