"""The running appliance: events in, effects performed, one TaskGroup.

    button → gestures → call control → RTVIClient → transport
    client, gate, board → Status → lamps, observers, journal, systemd

Tasks of button and lamp are vital: their end ends the process. Observers are supervised.
"""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callbox.app.alarm_clock import AlarmClock
from callbox.app.alarm_store import AlarmStore
from callbox.app.announcing import Announcer
from callbox.app.appliance_config import ApplianceConfig
from callbox.app.audio_stats_task import AudioStatsTask
from callbox.app.bot_selection import BotSelection
from callbox.app.bot_tools import BotTools
from callbox.app.button_control import ButtonConfig, ButtonControl
from callbox.app.call import CallControl
from callbox.app.chimes import Chimes
from callbox.app.connection_config import ConnectionConfig
from callbox.app.contacts import run_contacts
from callbox.app.hard_mute import HardMute
from callbox.app.interruption import BotInterruption
from callbox.app.isolation import isolated
from callbox.app.jobs import JobRunner
from callbox.app.observers import Observer
from callbox.app.problems import Problems
from callbox.app.push_to_talk import PushToTalk, TalkContact
from callbox.app.quiet_hours import QuietHoursTask
from callbox.app.reconfigure import Reconfiguration, Reconfigurer
from callbox.app.remote import RemoteControl
from callbox.app.ring_store import RingStore
from callbox.app.ringing import Ringing
from callbox.app.speaker_volume import SpeakerVolume
from callbox.app.standby import Standby
from callbox.app.status_reporter import StatusReporter
from callbox.app.supervisor import Supervisor
from callbox.app.telephone import Telephone
from callbox.app.turns import TurnTracker
from callbox.app.wake_word import WakeWordListener
from callbox.audio.capture.model.gate_states import MicUse
from callbox.audio.media import AudioConfig, BoardMedia, MediaCallbacks
from callbox.audio.playout.cues import Cue
from callbox.control.call_control import CallEvent, CallState
from callbox.control.call_limits import Limit
from callbox.control.gesture_actions import button_words
from callbox.control.lamps import microphone_lamp, voice_level
from callbox.control.quiet_hours import QuietHours
from callbox.control.remote_commands import CommandContext, Denied, PendingResult
from callbox.control.rings import Ring
from callbox.control.status import Speech, Status
from callbox.control.telephone import volume_step
from callbox.control.turns import Turn
from callbox.rtvi import RTVIClient, RTVIError, TransportState
from callbox.system.supervise import supervise
from callbox.system.systemd import Notifier
from callbox_device.interfaces import MAIN_BUTTON, Board
from callbox_device.model.gestures import Gesture, Pressed, Released, Stuck

log = logging.getLogger(__name__)

STOP_CHIMES_S = 0.5
"""How long the end of `run` waits for a loudspeaker that plays a chime."""


class Appliance:
    """Buttons, lamps and sound of one board, and the client of its bots. Make it in the running loop, then `run` it
    once.

    `buttons`: of the board's button, `MAIN_BUTTON`, and of further ones by their names on the board. `ring_store`,
    `alarm_store`: where rings and alarms are kept over a restart; None: nowhere. Event loop only. Fulfils
    `callbox.app.remote.CommandTarget`, `callbox.app.reconfigure.Reconfigurable`, `callbox.app.bot_selection.BotTarget`,
    `callbox.app.call.CallTarget`, `callbox.app.telephone.TelephoneTarget`,
    `callbox.app.button_control.GestureTarget`, `callbox.app.ringing.RingTarget`, `callbox.app.alarm_clock.AlarmTarget`,
    `callbox.app.announcing.AnnouncementTarget`, `callbox.app.wake_word.WakeTarget` and
    `callbox.app.fleet_settings.FleetTarget`.
    """

    def __init__(
        self,
        board: Board,
        config: ApplianceConfig,
        buttons: Mapping[str, ButtonConfig],
        observers: Sequence[Observer] = (),
        *,
        jobs: JobRunner | None = None,
        ring_store: RingStore | None = None,
        alarm_store: AlarmStore | None = None,
    ) -> None:
        self.board = board
        self._telephone = Telephone(board, config.telephone, self)
        self._volume = SpeakerVolume(board.speaker, config.max_volume_percent)
        self._buttons = {name: ButtonControl(name, button, self) for name, button in buttons.items()}
        self._talk = PushToTalk(enabled=any(button.settings.is_push_to_talk for button in buttons.values()))
        self._interruption = BotInterruption()
        self._jobs = jobs or JobRunner()
        self._standby_task: asyncio.Task[None] | None = None
        self._turns = TurnTracker(self._on_turn)
        self._reporter = StatusReporter(observers, Notifier(), board.status_lamp, self._voice_level)
        self.media: BoardMedia
        """Sound of the board, of the client in use."""
        self.client: RTVIClient
        self.bots = BotSelection(config.connection, self)
        """The bots of the settings, and which of them is called."""
        self.problems = Problems(self, board.faults)
        """Shows what is wrong with board, buttons, devices and settings."""
        self._call = CallControl(self, self.bots, self.problems)
        self._tools = BotTools(self, self._reporter, config.tools)
        self._is_running = False
        self._make_client(config.audio)
        self._audio_stats = AudioStatsTask(self.media, self._reporter.report_audio_stats)
        self._stop = asyncio.Event()
        self.restart_ordered = False
        """Whether it was `RemoteCommand.RESTART` that ended `run`."""
        self._ringing = Ringing(self, config.ring, ring_store, board.bell)
        self._announcer = Announcer(self, config.announce)
        self.alarms = AlarmClock(self, config.alarm, alarm_store, board.bell)
        """Alarms, timers and reminders."""
        self._wake = WakeWordListener(
            self, config.wake, self.media, self.problems.device_failed, lambda: self.observers
        )
        self.status = Status(
            problem=self.problems.standing,
            volume_percent=self._volume.percent,
            wanted_volume_percent=self._volume.wanted_percent,
            max_volume_percent=self._volume.max_percent,
            bot=self.bots.chosen,
            bots=self.bots.names,
            rings=self._ringing.rings,
            alarms=self.alarms.overview,
        )
        self._hard_mute = HardMute(board, self.media, self.update)
        self._chimes = Chimes(self.media, config.chimes)
        self._quiet_hours = QuietHoursTask(config.quiet_hours, self._on_quiet_hours)
        self.remote = RemoteControl(self, self._jobs, self._hard_mute, self._ringing, self.alarms, self._announcer)
        """Carries out commands of observers."""
        self._reconfigurer = Reconfigurer(self)
        self._supervisor = Supervisor()
        self._session_is_on = asyncio.Event()
        self._reporter.attach(self.remote.execute, self.client)

    @property
    def observers(self) -> list[Observer]:
        """Observers of what happens."""
        return self._reporter.observers

    def _make_client(self, audio: AudioConfig) -> None:
        connection = self.bots.connection
        callbacks = MediaCallbacks(self._on_mic_live, self.problems.device_failed, self.problems.device_works)
        self.media = BoardMedia(
            self.board.microphone, self.board.speaker, callbacks, audio, push_to_talk=self._talk.enabled
        )
        self._talk.use(self.media)
        self.client = RTVIClient(
            connection.transport,
            self.media,
            params=connection.params,
            deadlines=connection.deadlines,
            keep_alive=connection.keep_alive,
        )
        self._make_standby(connection)
        self._call.use(self.client)
        self._interruption.use(self.client, self.media)
        self._turns.listen(self.client, self.media)
        self._tools.listen(self.client)

    def _make_standby(self, connection: ConnectionConfig) -> None:
        self._allow_remote_connect, self._hot = connection.allow_remote_connect, connection.hot
        stand_by = self._call.stand_by if connection.hot else None
        self._standby = Standby(connection.preparation, self.media, stand_by, self._call.renew_standby)

    # -- life ------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then hang up, close the PCMs, darken the lamps, end the observers."""
        self._stop = stop
        for text in dict.fromkeys(str(fault.error) for fault in self.board.faults):  # of several parts it may be one
            log.warning("%s", text)
        log.info("Sound: %s", self.media.processor_selection.reason)
        notifier = self._reporter.notifier
        try:
            async with self._supervisor:
                for name, work in self._tasks():
                    self._supervisor.start(name, work)
                self._supervisor.start_observers(self.observers)
                self._is_running = True
                self._start_standby()
                self._reporter.report_status(self.status)
                isolated(notifier.ready)
                await stop.wait()
                isolated(notifier.stopping)
                await self._hang_up()
        finally:
            await self._hang_up()
            self._close_board()

    def _tasks(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        tasks: list[tuple[str, Coroutine[Any, Any, None]]] = []
        if self.board.mute_switch:  # first: it decides what a press that was kept may open
            tasks.append(("mute switch", self._hard_mute.run()))
        for control in self._buttons.values():
            if button := self.board.all_buttons.get(control.name):
                on_gesture = functools.partial(self.on_gesture, button=control.name)
                gestures = control.gestures
                is_talk = control.settings.is_push_to_talk
                contact = TalkContact(control.name, button, self._talk) if is_talk else button
                contacts = [(contact, gestures.edge)]
                tasks.append((f"button {control.name}", run_contacts(contacts, gestures, gestures.start, on_gesture)))
        tasks += self._telephone.tasks()
        tasks += self._ringing.tasks()
        tasks += self._announcer.tasks()
        tasks += self.alarms.tasks()
        tasks += self._reporter.tasks()
        tasks.append(("quiet hours", self._quiet_hours.run()))
        tasks.append(("wake word", supervise("wake word", self._wake.run)))
        tasks.append(("audio stats", self._audio_stats.run(self._session_is_on)))
        tasks.append(("turns", self._turns.run(self._session_is_on)))
        return tasks

    def _start_standby(self) -> None:
        self._stop_standby()
        self._standby_task = self._supervisor.start("standby", self._standby.run())
        self._standby.set_idle(True)

    def _stop_standby(self) -> None:
        if self._standby_task:
            self._standby_task.cancel()
            self._standby_task = None

    async def _hang_up(self) -> None:
        if self._call.is_closed:
            return
        self._jobs.stop()
        self._ringing.stop()
        self._announcer.stop()
        self.alarms.stop()
        await self._call.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_CHIMES_S):
                await self.media.player.stop()

    def _close_board(self) -> None:
        for part in self.board.controls_and_lamps:
            isolated(part.close)

    # -- reconfiguration -------------------------------------------------------------------------

    def reconfigure(self, parts: Reconfiguration) -> None:
        """Work with `parts` as soon as no call is on, which may be now. Takes the place of parts that still wait.

        Only while `run` runs.
        """
        self._reconfigurer.request(parts)

    @property
    def is_reconfiguring(self) -> bool:
        """Whether parts wait for the end of a call."""
        return self._reconfigurer.is_pending

    @property
    def is_idle(self) -> bool:
        """Whether no call is on, being made or being ended, nor the end of `run`; a session may stand by."""
        return self._call.is_idle

    @property
    def is_down(self) -> bool:
        """Whether there is no session, not even one that stands by."""
        return self._call.is_down

    def end_standby(self) -> None:
        """End the session that stands by."""
        self._call.end_standby()

    def replace_parts(self, parts: Reconfiguration) -> None:
        """Work with `parts` from now on. Only while no call is on and no session stands by."""
        config = parts.config
        volume = self._volume.wanted_percent if parts.volume_percent is None else parts.volume_percent
        self._volume.use(parts.speaker, volume, config.max_volume_percent)
        self.board = replace(self.board, microphone=parts.microphone, speaker=parts.speaker, faults=parts.faults)
        self.problems.use(parts.faults)
        self._reporter.observers = list(parts.observers)
        muted = self.media.soft_mute
        self.bots.replace(config.connection)
        closing = asyncio.create_task(self.media.close_now(), name="close devices")
        self._make_client(config.audio)
        self.media.player.opens_after = closing  # a card without a mixing plugin is open once only
        self._hard_mute.use(self.media)
        self._audio_stats.use(self.media)
        self._chimes.use(self.media, config.chimes)
        self.use_quiet_hours(config.quiet_hours)
        self._telephone.use(config.telephone)
        self._ringing.use(config.ring)
        self._announcer.use(config.announce)
        self.alarms.use(config.alarm)
        self._tools.use(config.tools)
        self._wake.use(config.wake, self.media)
        self._reporter.attach(self.remote.execute, self.client)
        if parts.info is not None:
            self._reporter.report_info(parts.info)
        self._start_standby()
        self.client.enable_mic(not muted)
        self.update(transport=self.client.state, problem=self.problems.standing)
        self._reporter.report_status(self.status)  # to new observers too
        self._supervisor.start("observers", self._supervisor.replace_observers(self.observers))

    # -- bots ------------------------------------------------------------------------------------

    @property
    def wants_other_bot(self) -> bool:
        """Whether another bot is wanted than the client would call, or nothing is prepared for it."""
        return self.bots.wants_other or (self._is_running and self._standby_task is None)

    def use_wanted_bot(self) -> None:
        """Let the client call that one, and prepare for it while no call is on. Only while there is no session."""
        connection = self.bots.use_wanted()
        self.client.use_connection(connection.transport, connection.params, connection.deadlines, connection.keep_alive)
        self._stop_standby()
        self._make_standby(connection)
        self.update()  # whether a session stands by is the bot's setting
        if self._is_running and self.is_idle:
            self._start_standby()

    def call(self, bot: str | None = None, ring: Mapping[str, Any] | None = None) -> str | None:
        """As `callbox.app.remote.CommandTarget.call`; the bot is given `ring`, if a ring was answered."""
        return None if self._call.is_closed else self.bots.call(bot, ring)

    def on_wake_word(self, bot: str | None) -> str | None:
        """As `callbox.app.wake_word.WakeTarget.on_wake_word`."""
        return None if bot is None and self.answer_ring() else self.call(bot)

    def on_stop_word(self) -> None:
        """As `callbox.app.wake_word.WakeTarget.on_stop_word`."""
        self.dispatch(CallEvent.HANG_UP_ORDERED)

    def on_bot_wanted(self) -> None:
        """Show a bot that may be chosen or wanted anew, and prepare for it if no call is on."""
        self.update()
        self._reconfigurer.apply_if_idle()

    # -- button and commands ---------------------------------------------------------------------

    def repeat_problem(self) -> None:
        """Tell the last problem again: on the lamp, by beeps and its spoken cause. Nothing was wrong: nothing."""
        problem = self.problems.to_repeat
        if problem:
            log.info("The last problem, again: %s", problem.text)
            self._reporter.repeat(problem)
            isolated(self._chimes.repeat, problem)

    def on_gesture(self, gesture: Gesture, button: str = MAIN_BUTTON) -> None:
        """Carry out a gesture of `button`."""
        self._reporter.report_gesture(gesture, button)
        if isinstance(gesture, Pressed):
            self._chimes.interrupt()
        control, before_calls = self._buttons[button], (self.alarms, self._ringing, self._announcer)
        if not any(part.on_gesture(gesture, button, control.settings) for part in before_calls):
            control.on_gesture(gesture)
        part = button_words(button)
        if isinstance(gesture, Stuck):
            self.problems.set_stuck(part, gesture.held_ms)
        elif isinstance(gesture, Released):
            self.problems.clear_stuck(part)

    def answer_ring(self) -> bool:
        """As `callbox.app.telephone.TelephoneTarget.answer_ring`."""
        return self.alarms.on_lifted() or self._ringing.on_lifted()

    @property
    def call_state(self) -> CallState:
        """State of the call."""
        return self._call.state

    def toggle_soft_mute(self) -> None:
        """As `callbox.app.button_control.GestureTarget.toggle_soft_mute`."""
        self.set_soft_mute(not self.media.soft_mute)

    def start_talking(self, pressed_s: float) -> None:
        """As `callbox.app.button_control.GestureTarget.start_talking`."""
        self._talk.press(pressed_s)
        self.update()

    def stop_talking(self, released_s: float) -> None:
        """As `callbox.app.button_control.GestureTarget.stop_talking`."""
        self._talk.release(released_s)
        self.update()

    def interrupt_bot(self) -> None:
        """Play no more of what the bot says now, and tell it: an RTVI client-message ``interrupt``."""
        if self.status.transport is TransportState.READY and self.status.speech is Speech.BOT:
            self._interruption.begin()

    def warn_of_end(self, limit: Limit | None) -> None:
        """Show and play that `limit` is about to end the call; None: not any more."""
        self.update(ends_soon=limit)

    def end_call(self, limit: Limit) -> None:
        """End the call because of `limit`."""
        self.update(ended_by=limit)
        self.dispatch(CallEvent.HANG_UP_ORDERED)

    def restore(
        self, volume_percent: int | None, *, mute: bool, hard_mute: bool = False, bot: str | None = None
    ) -> None:
        """Restore volume (None: as it is), soft mute, hard mute by command, and the chosen bot, if it is still there.

        None: the first one.
        """
        if bot is not None:
            self.bots.choose(bot)
        if volume_percent is not None:
            self._volume.set(volume_percent)
        self.client.enable_mic(not mute)
        self._hard_mute.command(hard_mute)

    @property
    def context(self) -> CommandContext:
        """Context that decides whether a command is allowed."""
        return CommandContext(
            self._allow_remote_connect,
            self.media.hard_mute,
            self._reporter.notifier.is_there,
            not self.is_idle,
            self._hard_mute.by_switch,
            self._ringing.is_allowed,
            self._announcer.is_allowed,
            self.alarms.is_allowed,
        )

    def request_ring(self, ring: Ring) -> Denied | PendingResult:
        """As `callbox.app.alarm_clock.AlarmTarget.request_ring`."""
        return self._ringing.request(ring)

    def set_soft_mute(self, mute: bool) -> None:
        """Send silence in place of the microphone, or no more."""
        self._tools.on_soft_mute()
        self.client.enable_mic(not mute)
        self.update()

    def set_volume(self, percent: int) -> None:
        """Set the loudspeaker's volume, 0 to 100; more than its limit is that limit, which the status tells."""
        self._volume.set(percent)
        self.update()

    def change_volume(self, percent: int) -> None:
        """As `callbox.app.telephone.TelephoneTarget.change_volume`."""
        step = volume_step(self._volume.percent, percent, self._volume.max_percent)
        if step.at_limit:
            self.cue(Cue.VOLUME_LIMIT)
        else:
            self.set_volume(step.percent)

    def send_dtmf(self, digit: str) -> str | None:
        """As `callbox.app.telephone.TelephoneTarget.send_dtmf`."""
        try:
            self.client.send_dtmf(digit)
        except RTVIError as error:
            return str(error)
        return None

    def cue(self, cue: Cue) -> None:
        """As `callbox.app.telephone.TelephoneTarget.cue`."""
        isolated(self.media.player.cue, cue, after_session=True)

    def use_quiet_hours(self, hours: QuietHours | None) -> None:
        """Apply `hours` from now on; None: there are none."""
        self._quiet_hours.use(hours)

    def _on_quiet_hours(self, hours: QuietHours | None) -> None:
        self._volume.limit(hours.max_volume_percent if hours else None)
        self._chimes.set_quiet(hours is not None and not hours.chimes)
        self._reporter.dim_lamp(hours.lamp_brightness_percent / 100 if hours else 1.0)
        self._ringing.set_quiet(hours is not None)
        self._announcer.set_quiet(hours is not None)
        self.update(quiet_hours=hours is not None)

    def identify(self) -> None:
        """Show with the status lamp which box this is."""
        self._reporter.identify()

    def restart(self) -> None:
        """End `run`, to be started again."""
        self.restart_ordered = True
        self._stop.set()

    # -- call control ----------------------------------------------------------------------------

    def dispatch(self, event: CallEvent) -> None:
        """`event` happened: move the call's state, and carry out what follows."""
        self._call.dispatch(event)

    def on_call(self) -> None:
        """As `callbox.app.call.CallTarget.on_call`."""
        self._jobs.stop()  # the machine is the person's now
        self.bots.on_call()
        self._standby.on_call()
        self._wake.on_call()

    def on_session_ended(self) -> None:
        """As `callbox.app.call.CallTarget.on_session_ended`."""
        self._turns.reset()
        self._interruption.end()
        self._tools.on_session_ended()

    def on_settled(self) -> None:
        """As `callbox.app.call.CallTarget.on_settled`."""
        self._reconfigurer.apply_if_idle()
        self._standby.set_idle(self.is_idle and self.is_down)
        self._wake.refresh()

    # -- events of gate and devices ----------------------------------------------------------------

    def _on_turn(self, turn: Turn) -> None:
        self.update(speech=turn.speech, user_muted=turn.user_muted)

    def _voice_level(self) -> float:
        return voice_level(self.media.player.bot_period[1])

    def resend_lamp(self) -> bool:
        """Send the status lamp what it shows, as it may have been plugged in just now; its fault is over then.

        Returns whether it is there, or none is wanted.
        """
        lamp = self._reporter.lamp_task
        if lamp is None:
            return True
        if not lamp.resend():
            return False
        self.problems.status_lamp_works()
        self.board = replace(self.board, faults=self.problems.faults)
        return True

    def _on_mic_live(self, use: MicUse) -> None:
        # First the lamp: if it can't be lit, this raises and the gate stays closed.
        try:
            if self.board.microphone_lamp:
                self.board.microphone_lamp.set(microphone_lamp(use))
        except Exception:
            self.update(mic_live=False, wake_word=False)
            raise
        self.update(mic_live=bool(use), wake_word=use is MicUse.WAKE_WORD)

    def update(self, **changes: Any) -> None:
        """Change these fields of the status, and what the parts say of theirs; show and report it if it is another."""
        in_call = self._call.state is not CallState.IDLE
        self.alarms.on_call(in_call)
        self._ringing.hold_sound(self.alarms.is_ringing)
        self._ringing.on_call(in_call)
        self._announcer.on_busy(self._ringing.rings.is_on or self.alarms.is_ringing)
        status = replace(
            self.status,
            mute=not self.client.is_mic_enabled,
            soft_mute=self.media.soft_mute,
            hard_mute=self.media.hard_mute,
            hard_mute_by_command=self._hard_mute.by_command,
            push_to_talk=self._talk.enabled,
            talk_released=self._talk.is_released,
            volume_percent=self._volume.percent,
            wanted_volume_percent=self._volume.wanted_percent,
            max_volume_percent=self._volume.max_percent,
            standing_by=self._hot and self._call.state is CallState.IDLE,
            bot=self.bots.chosen,
            bots=self.bots.names,
            rings=self._ringing.rings,
            announcements=self._announcer.announcements,
            alarms=self.alarms.overview,
            **changes,
        )
        self.problems.last = status.problem or self.problems.last
        isolated(self._telephone.show, self._call.state, muted=status.mute)
        self._wake.set_conditions(muted=not self.media.mic_enabled, quiet=status.quiet_hours)
        if status != self.status:
            before, self.status = self.status, status
            if not self._call.is_closed:
                isolated(self._chimes.on_status, before, status)
            (self._session_is_on.clear if status.session is None else self._session_is_on.set)()
            self._reporter.report_status(status)
            self._tools.on_status()
