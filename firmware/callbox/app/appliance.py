"""The running box: events in, effects performed, one TaskGroup.

    finger → gestures → controller → RTVIClient → transport
    client, gate, board → Status → lamps, report, journal, systemd

Vital tasks (button, lamp) end the process when they end; the report is supervised.
"""

import asyncio
import logging
import uuid
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any

from callbox.app import button_task
from callbox.app.hard_mute import HardMute
from callbox.app.jobs import JobRunner
from callbox.app.lamp_task import LampTask
from callbox.app.observers import ClientObserver, ConnectionConfig, Observer, Reconfiguration
from callbox.app.standby import Standby
from callbox.app.supervisor import Supervisor
from callbox.audio.media import AudioConfig, BoardMedia, MediaCallbacks
from callbox.audio.stats import health
from callbox.control.call_control import CallAction, CallEvent, CallState, transition
from callbox.control.faults import (
    Fault,
    Problem,
    clears_on_session,
    problem_from_error,
    problem_from_parts,
    problem_from_stuck_button,
)
from callbox.control.lamps import IDENTIFY, microphone_lamp, status_lamp
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
from callbox.control.status import Speech, Status
from callbox.rtvi import DeviceKind, RTVIClient, RTVIError, RTVIEvent, TransportState
from callbox.system.systemd import Notifier
from callbox_device.interfaces import Board
from callbox_device.model.gestures import DoublePressed, Gesture, Gestures, Pressed, Released, Stuck

log = logging.getLogger(__name__)

HEALTH_PERIOD_S = 1.0
IDENTIFY_S = 10.0


class Appliance:
    """One box. Make it in the running loop, then `run` it once."""

    def __init__(
        self,
        board: Board,
        connection: ConnectionConfig,
        gestures: Gestures,
        observers: Sequence[Observer] = (),
        *,
        audio: AudioConfig | None = None,
        notifier: Notifier | None = None,
        jobs: JobRunner | None = None,
    ) -> None:
        self.board = board
        self._jobs = jobs or JobRunner()
        self._call_state = CallState.IDLE
        self._calls: set[asyncio.Task[None]] = set()
        self._waiting: asyncio.Task[None] | None = None
        self._install(connection, audio)
        self._identifying: asyncio.TimerHandle | None = None
        self._stop = asyncio.Event()
        self.restart_ordered = False
        """Whether it was `Remote.RESTART` that ended `run`."""
        self._board_problem = problem_from_parts(board.faults)
        self._button_problem: Problem | None = None
        self._settings_problem: Problem | None = None
        self.status = Status(problem=self._standing_problem, volume_percent=board.speaker.volume_percent)
        self._hard_mute = HardMute(board, self.media, self._update)
        self._gestures = gestures
        self.observers = list(observers)
        self._attach()
        self._notifier = notifier or Notifier()
        self._lamp = LampTask(board.status_lamp) if board.status_lamp else None
        self._draining: asyncio.Task[None] | None = None
        self._stopping = False
        self._fresh: dict[str, Any] = {}
        self._said = ""
        self._next: Reconfiguration | None = None
        self._crew = Supervisor()
        self._session_is_on = asyncio.Event()

    def _install(self, connection: ConnectionConfig, audio: AudioConfig | None) -> None:
        self._allow_remote_connect = connection.allow_remote_connect
        watcher = MediaCallbacks(self._on_mic_live, self._on_device_fault, self._on_device_working)
        self.media = BoardMedia(self.board.microphone, self.board.speaker, watcher, audio)
        self.client = RTVIClient(
            connection.transport,
            self.media,
            params=connection.params,
            deadlines=connection.deadlines,
            keep_alive=connection.keep_alive,
        )
        self._hot = connection.hot
        self._standby = Standby(connection.preparation, self.media, self._stand_by if connection.hot else None)
        self._listen()

    def _attach(self) -> None:
        for observer in self.observers:
            observer.attach(self.execute)
            if isinstance(observer, ClientObserver):
                observer.listen(self.client)

    # -- life ------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then hang up, close the PCMs, darken the lamps, say goodbye."""
        self._stop = stop
        for fault in self.board.faults:
            log.warning("%s", fault.error)
        log.info("Sound: %s", self.media.chosen.reason)
        try:
            async with self._crew:
                for name, work in self._work():
                    self._crew.start(name, work)
                self._crew.report_by(self.observers)
                self._start_standby()
                self._tell()
                self._notifier.ready()
                await stop.wait()
                self._notifier.stopping()
                await self._hang_up()
        finally:
            await self._hang_up()
            self._close_board()

    def _work(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        work: list[tuple[str, Coroutine[Any, Any, None]]] = []
        if self.board.mute_switch:  # first: it decides what a press that was kept may open
            work.append(("mute switch", self._hard_mute.run()))
        if self.board.button:
            work.append(("button", button_task.watch(self.board.button, self._gestures, self.on_gesture)))
        if self._lamp:
            work.append(("status lamp", self._lamp.run()))
        work.append(("sound health", self._tell_health()))
        if self._notifier.watchdog_s:
            work.append(("watchdog", self._feed_watchdog(self._notifier.watchdog_s / 3)))
        return work

    def _start_standby(self) -> None:
        if self._waiting:
            self._waiting.cancel()
        self._waiting = self._crew.start("standby", self._standby.run())
        self._standby.rest(True)

    def _stand_by(self) -> "asyncio.Task[None] | None":
        before = set(self._calls)
        self._dispatch(CallEvent.STANDBY_DUE)
        return next(iter(self._calls - before), None)

    async def _hang_up(self) -> None:
        self._stopping = True
        self._jobs.stop()
        await self.client.disconnect()
        for call in list(self._calls):
            await asyncio.wait([call])

    def _close_board(self) -> None:
        for part in (self.board.button, self.board.mute_switch, self.board.status_lamp, self.board.microphone_lamp):
            if part is not None:
                try:
                    part.close()
                except Exception:
                    log.exception("Closing a part failed")

    async def _feed_watchdog(self, period_s: float) -> None:
        while True:
            self._notifier.alive()
            await asyncio.sleep(period_s)

    async def _tell_health(self) -> None:
        while True:
            await self._session_is_on.wait()  # between two calls nothing wakes
            media, before = self.media, self.media.reading()
            while self.status.session is not None and media is self.media:
                await asyncio.sleep(HEALTH_PERIOD_S)
                now = media.reading()
                if self.status.session is not None:
                    for observer in self.observers:
                        observer.on_audio_stats(health(before, now))
                before = now

    # -- other settings --------------------------------------------------------------------------

    def reconfigure(self, parts: Reconfiguration) -> None:
        """Work with `parts` as soon as no call is on, which may be now. Takes the place of parts that still wait.

        Only while `run` runs.
        """
        self._next = parts
        self._exchange_at_rest()

    def set_settings_problem(self, problem: Problem | None) -> None:
        """What is wrong with the settings that the box was given last; None: nothing."""
        # The error of the last call stands until the next one.
        shown = self.status.problem in (None, self._standing_problem)
        self._settings_problem = problem
        if shown:
            self._update(problem=self._standing_problem)

    @property
    def is_idle(self) -> bool:
        """Whether no call is on, being made or being ended; a session may stand by."""
        return self._call_state is CallState.IDLE and not self._calls and (self._is_down or self.client.stands_by)

    @property
    def _is_down(self) -> bool:
        return self.client.state in (TransportState.DISCONNECTED, TransportState.ERROR)

    @property
    def _standing_problem(self) -> Problem | None:
        return self._board_problem or self._button_problem or self._settings_problem

    def _exchange_at_rest(self) -> None:
        parts = self._next
        if parts is None or not self.is_idle or self._stopping:
            return
        if not self._is_down:
            self._call(self.client.disconnect())  # the session that stands by; then this is asked again
            return
        self._next = None
        loud = self.board.speaker.volume_percent if parts.volume_percent is None else parts.volume_percent
        parts.speaker.volume_percent = loud
        self.board = replace(self.board, microphone=parts.microphone, speaker=parts.speaker, faults=parts.faults)
        self._board_problem = problem_from_parts(parts.faults)
        leaving = [observer for observer in self.observers if observer not in parts.observers]
        self.observers = list(parts.observers)
        muted = self.media.soft_mute
        self._install(parts.connection, parts.audio)
        self._hard_mute.use(self.media)
        self._attach()
        self._start_standby()
        self.client.enable_mic(not muted)
        self._update(transport=self.client.state, problem=self._standing_problem)
        self._tell()  # to new observers too
        self._crew.start("exchange", self._crew.report_instead(leaving, self.observers))

    # -- the line --------------------------------------------------------------------------------

    def on_gesture(self, gesture: Gesture) -> None:
        """A finger did something."""
        for observer in self.observers:
            observer.on_gesture(gesture)
        if isinstance(gesture, Pressed):
            self._dispatch(CallEvent.PRESSED)
        elif isinstance(gesture, DoublePressed):
            self._dispatch(CallEvent.DOUBLE_PRESSED)
        elif isinstance(gesture, Stuck):
            self._button_problem = problem_from_stuck_button(gesture.held_ms)
            log.warning("%s", self._button_problem.text)
            self._update(problem=self._button_problem)  # in place of a call's error too: there will be no next call
        elif isinstance(gesture, Released) and self._button_problem:
            shown, self._button_problem = self.status.problem == self._button_problem, None
            if shown:
                self._update(problem=self._standing_problem)

    def restore(self, volume_percent: int | None, *, mute: bool, hard_mute: bool = False) -> None:
        """Restore volume (None: as it is), soft mute and hard mute by command."""
        if volume_percent is not None:
            self.board.speaker.volume_percent = volume_percent
        self.client.enable_mic(not mute)
        self._hard_mute.command(hard_mute)

    def execute(self, order: Command) -> Denied | PendingResult | None:
        """Carry out an order from outside, or say why not. As `callbox.control.remote_commands.CommandHandler`."""
        situation = CommandContext(
            self._allow_remote_connect,
            self.media.hard_mute,
            self._notifier.is_there,
            not self.is_idle,
            self._hard_mute.by_switch,
        )
        refused = authorize(order, situation)
        log.info("Ordered from outside: %s%s", order, f"; refused: {refused.text}" if refused else "")
        if refused:
            return refused
        match order:
            case RemoteCommand.CONNECT:
                self._dispatch(CallEvent.CALL_ORDERED)
            case RemoteCommand.DISCONNECT:
                self._dispatch(CallEvent.HANG_UP_ORDERED)
            case RemoteCommand.MUTE | RemoteCommand.UNMUTE:
                self.client.enable_mic(order is RemoteCommand.UNMUTE)
                self._update()
            case RemoteCommand.IDENTIFY:
                if self._identifying:
                    self._identifying.cancel()
                self._identifying = asyncio.get_running_loop().call_later(IDENTIFY_S, self._identified)
                self._show()
            case RemoteCommand.RESTART:
                self.restart_ordered = True
                self._stop.set()
            case RemoteCommand.DOCTOR | RemoteCommand.BUNDLE:
                return self._jobs.begin(order, may_call=self._allow_remote_connect)
            case SetHardMute(mute):
                self._hard_mute.command(mute)
            case SetVolume(percent):
                self.board.speaker.volume_percent = percent
                self._update()
        return None

    def _identified(self) -> None:
        self._identifying = None
        self._show()

    def _dispatch(self, event: CallEvent) -> None:
        if self._stopping:
            return
        decision = transition(self._call_state, event)
        log.debug("%s: %s -> %s", event.value, self._call_state.value, decision.to.value)
        self._call_state = decision.to
        match decision.action:
            case CallAction.CONNECT:
                # Shown together with the call's first state: until then the last call's error stands.
                self._jobs.stop()  # the machine is the person's now
                self._fresh = {"session": uuid.uuid4().hex[:8], "bot_left": False}
                self._standby.called()
                if not self._is_down:  # what stands by, or is being made for that, becomes a call without a new state
                    self._tell_fresh()
                self._call(self._connect())
            case CallAction.STAND_BY:
                self._call(self._connect(stand_by=True))
            case CallAction.DISCONNECT:
                self._call(self.client.disconnect())
            case None:
                if event is CallEvent.ENDED:
                    self._update()  # the line is on the hook again
                    self._standby.rest(self.is_idle and self._is_down)
                # Not here: this is told by the very client that would be exchanged.
                asyncio.get_running_loop().call_soon(self._exchange_at_rest)

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="call")
        self._calls.add(task)
        task.add_done_callback(self._call_ended)

    def _call_ended(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        self._exchange_at_rest()
        self._standby.rest(self.is_idle and self._is_down)

    async def _connect(self, *, stand_by: bool = False) -> None:
        try:
            await (self.client.stand_by() if stand_by else self.client.connect())
        except RTVIError as error:
            log.debug("connect() ended: %s", error)  # the state tells the rest
            if self.client.state not in (TransportState.ERROR, TransportState.DISCONNECTING):
                self._ended()

    # -- what the client and the gate tell -------------------------------------------------------------

    def _listen(self) -> None:
        on = self.client.on
        on(RTVIEvent.TransportStateChanged, self._on_state)
        on(RTVIEvent.UserStartedSpeaking, lambda: self._update(speech=Speech.USER))
        on(RTVIEvent.UserStoppedSpeaking, lambda: self._update(speech=Speech.THINKING))
        on(RTVIEvent.BotStartedSpeaking, lambda: self._update(speech=Speech.BOT))
        on(RTVIEvent.BotStoppedSpeaking, self._on_bot_stopped)
        on(RTVIEvent.BotDisconnected, lambda _: self._update(bot_left=True))
        on(RTVIEvent.BotInterrupted, lambda: self._update(speech=Speech.USER))

    def _on_bot_stopped(self) -> None:
        # The bot has sent its last word; the person hears it when the card has played it.
        if self._draining:
            self._draining.cancel()
        self._draining = asyncio.create_task(self._drain(self.media.player.unplayed_ms), name="drain")

    async def _drain(self, unplayed_ms: float) -> None:
        await asyncio.sleep(unplayed_ms / 1000)
        if self.status.speech is Speech.BOT:
            self._update(speech=Speech.NOBODY)

    def _on_state(self, state: TransportState) -> None:
        match state:
            case TransportState.READY:
                self._update(transport=state)
                self._dispatch(CallEvent.BOT_READY)
            case TransportState.ERROR:
                problem = problem_from_error(self.client.error) if self.client.error else None
                self._update(transport=state, problem=problem, session=None, speech=Speech.NOBODY)
                self._dispatch(CallEvent.ENDED)
            case TransportState.DISCONNECTED:
                self._ended()
            case TransportState.DISCONNECTING:
                self._tell_fresh(transport=state)
                self._dispatch(CallEvent.ENDING)
            case TransportState.CONNECTED if self.client.stands_by and clears_on_session(self.status.problem):
                self._update(transport=state, problem=self._standing_problem)
            case _:
                self._tell_fresh(transport=state)

    def _tell_fresh(self, **changes: Any) -> None:
        fresh, self._fresh = self._fresh, {}
        if fresh:
            fresh["problem"] = self._standing_problem
        self._update(**changes, **fresh)

    def _ended(self) -> None:
        self._update(transport=self.client.state, session=None, speech=Speech.NOBODY)
        self._dispatch(CallEvent.ENDED)

    def _on_mic_live(self, live: bool) -> None:
        # First the lamp: if it can't be lit, this raises and the gate stays closed.
        if self.board.microphone_lamp:
            self.board.microphone_lamp.set(microphone_lamp(open_=live))
        self._update(mic_live=live)

    def _on_device_fault(self, error: RTVIError) -> None:
        log.warning("%s", error)
        self._update(problem=problem_from_error(error))

    def _on_device_working(self, kind: DeviceKind) -> None:
        healed = Fault.NO_MICROPHONE if kind is DeviceKind.MIC else Fault.NO_SPEAKER
        if self._board_problem and self._board_problem.fault is healed:
            self._board_problem = None
        if self.status.problem and self.status.problem.fault is healed:
            log.info("The %s works again", kind.role)
            self._update(problem=self._standing_problem)

    # -- what is shown -----------------------------------------------------------------------------

    def _update(self, **changes: Any) -> None:
        loud, waits = self.board.speaker.volume_percent, self._hot and self._call_state is CallState.IDLE
        status = replace(
            self.status,
            mute=not self.client.is_mic_enabled,
            soft_mute=self.media.soft_mute,
            hard_mute=self.media.hard_mute,
            hard_mute_by_command=self._hard_mute.by_command,
            volume_percent=loud,
            standing_by=waits,
            **changes,
        )
        if status != self.status:
            self.status = status
            (self._session_is_on.clear if status.session is None else self._session_is_on.set)()
            self._tell()

    def _tell(self) -> None:
        if self.status.sentence != self._said:
            self._said = self.status.sentence
            log.info("%s", self._said)
            self._notifier.status(self._said)
        self._show()
        for observer in self.observers:
            observer.on_status(self.status)

    def _show(self) -> None:
        if self._lamp:
            self._lamp.show(IDENTIFY if self._identifying else status_lamp(self.status))
