"""The alarm clock: sets, rings and ends alarms, timers and reminders, by the box alone. It has no way to a call.

What becomes of an alarm is decided by `callbox.control.alarms`; here are the clocks, the sound and the limits.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any, Protocol

from callbox.app.alarm_listing import entries, listing
from callbox.app.alarm_store import AlarmStore, zone_of
from callbox.app.alarm_writer import AlarmWriter
from callbox.app.clocks import read_clocks
from callbox.app.due import MAX_PAUSE_S, Due
from callbox.app.isolation import isolated
from callbox.app.press_or_hold import PressOrHold
from callbox.app.ringer import PAUSE_AFTER_CALL_S, Cadence, Ringer
from callbox.audio.media import BoardMedia
from callbox.audio.playout.cues import ALARM, Cue, periods
from callbox.control.alarm_overview import MAX_LISTED, overview
from callbox.control.alarm_requests import AlarmRequest, parse_request
from callbox.control.alarm_table import AlarmAction, AlarmEvent, AlarmKind
from callbox.control.alarms import MAX_ALARMS, Alarm, AlarmRules, Alarms, at_local_time, in_seconds
from callbox.control.clock_history import ClockHistory, ClockReading
from callbox.control.gesture_actions import CALLING, GestureSettings
from callbox.control.local_time import LocalTime
from callbox.control.rate_limit import RateLimit
from callbox.control.remote_commands import CommandResult, Denied, PendingResult, too_often
from callbox.control.rings import Ring
from callbox.system.clock_steps import ClockSteps
from callbox.system.time_zone import system_zone, system_zone_name
from callbox_device.interfaces import MAIN_BUTTON, Lamp
from callbox_device.model.gestures import Gesture, Pressed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlarmConfig:
    """Permission, limits and sounds of alarms."""

    allowed: bool = False
    """Whether others than the person's own bot may set, cancel and stop alarms: MQTT, the panel."""
    ring_s: float = 600.0
    """For how long one rings."""
    snooze_s: float = 540.0
    """How long after a press it rings again; 0: a press stops."""
    volume_percent: int = 80
    """Of the melody, beside the loudspeaker's volume; 0: none is played."""
    rate: RateLimit = field(default_factory=lambda: RateLimit(10, 6.0))
    """How many may be set or cancelled."""
    cadence: Cadence = field(default_factory=Cadence)
    """Of the bell."""
    zone: str | None = None
    """Name in the IANA database; None: that of the machine."""


class AlarmTarget(Protocol):
    """Target of alarms: `callbox.app.appliance.Appliance`."""

    media: BoardMedia
    """Sound of the board."""

    def request_ring(self, ring: Ring) -> Denied | PendingResult:
        """Ring, as `callbox.app.ringing.Ringing.request`."""

    def update(self) -> None:
        """Show the alarms, which have changed."""


class StepWatch(Protocol):
    """Watch for steps of the clock: `callbox.system.clock_steps.ClockSteps`."""

    def close(self) -> None:
        """Watch no more."""


class AlarmClock:
    """Alarms, timers and reminders of the box. Event loop only; make it in the running loop. `bell`: of the board;
    None: there is none.

    `set_alarm`, `cancel`, `listing` and `entries` are what bots and commands call. `read`: the
    clocks; `watch_steps` calls its argument when the wall clock was stepped.
    """

    def __init__(
        self,
        target: AlarmTarget,
        config: AlarmConfig,
        store: AlarmStore | None,
        bell: Lamp | None = None,
        read: Callable[[], ClockReading] = read_clocks,
        watch_steps: Callable[[Callable[[], None]], StepWatch] = ClockSteps,
    ) -> None:
        self._target, self._watch_steps = target, watch_steps
        self._writer = AlarmWriter(store or AlarmStore(None), read)
        self._ringer = Ringer(lambda: target.media.player, ALARM, bell)
        self._due = Due()
        self._buttons = PressOrHold(lambda: self._on(AlarmEvent.PRESS), lambda: self._on(AlarmEvent.HOLD))
        self._pause_s = 0.0
        self._is_over = False
        self._config, self._rate = config, config.rate
        self.alarms = self._writer.kept
        """What is to ring, rings and was missed."""
        self._has_zone = True
        self._rules = AlarmRules()
        self.use(self._config)
        self.overview = overview(self.alarms, self._writer.clock())
        """As it is shown and published."""

    def use(self, config: AlarmConfig) -> None:
        """Apply `config` from now on."""
        if config.rate != self._config.rate:
            self._rate = config.rate
        self._config, self._zone_name = config, system_zone_name()
        zone = zone_of(config.zone) if config.zone else system_zone()
        self._has_zone = zone is not None
        if zone is None:
            log.warning("The time zone is unknown: alarms ring by UTC")
        self._rules = AlarmRules(zone or UTC, config.ring_s, config.snooze_s)
        self.alarms = self.alarms.in_zone(self._rules.zone)
        self._due.change()

    @property
    def is_allowed(self) -> bool:
        """Whether MQTT and the panel may set, cancel and stop alarms."""
        return self._config.allowed

    @property
    def is_ringing(self) -> bool:
        """Whether one rings."""
        return self.alarms.is_ringing

    # -- what bots and commands call -------------------------------------------------------------

    def request(self, request: AlarmRequest) -> Denied | PendingResult:
        """Set an alarm, timer or reminder, or say why not. What is waited for is that it is kept, on the disk.

        Then it is told `id`, `new` (False: an alarm of this id is set to the same already) and `kept` (False: the disk
        did not take it, and a restart will lose it). One without an id is given one; one with the id of another takes
        its place.
        """
        clock = self._writer.clock()
        alarm = self._alarm(request, clock)
        if isinstance(alarm, Denied):
            return alarm
        known = self.alarms.pending.get(alarm.id)
        if known and known.is_same(alarm):
            return self._writer.when_kept({"id": alarm.id, "new": False})
        if known is None and len(self.alarms.pending) >= MAX_ALARMS:
            return Denied("busy", f"{MAX_ALARMS} alarms are set already: cancel one first.")
        if denied := too_often(self._rate, clock.now.boot_s, "alarm"):
            return denied
        self._rate = self._rate.taken(clock.now.boot_s)
        log.info("Set: %s %s", alarm.kind, alarm.id)
        self._become(self.alarms.added(alarm), clock)
        return self._writer.when_kept({"id": alarm.id, "new": True})

    async def set_alarm(self, kind: AlarmKind, fields: Mapping[str, Any]) -> Denied | dict[str, Any]:
        """Set an alarm as JSON `fields` say: `time` (local: 07:00, or 2026-11-30T07:00, or with an offset) with
        `weekdays` ("mon" …) and `time_zone`, or `seconds`; `text`, `id`. Returns when it is on the disk: as it is
        listed, and `new` and `kept` as of `request`.
        """
        request = parse_request(kind, fields)
        if isinstance(request, str):
            return Denied("bad_argument", request)
        answer = await settled(self.request(request))
        if isinstance(answer, Denied):
            return answer
        listed = next((entry for entry in self.entries() if entry["id"] == answer["id"]), {})
        return {**listed, **answer}

    def cancel(self, alarm_id: str | None) -> Denied | PendingResult:
        """Cancel the alarm `alarm_id`, also one that rings; None: all. Told then: `cancelled`, a list of ids."""
        if alarm_id is not None and alarm_id not in self.alarms.pending:
            return Denied("not_found", f"There is no alarm {alarm_id}.")
        cancelled = list(self.alarms.pending) if alarm_id is None else [alarm_id]
        self._on(AlarmEvent.CANCEL, alarm_id)
        return self._writer.when_kept({"cancelled": cancelled[:MAX_LISTED], "count": len(cancelled)})

    def entries(self) -> list[dict[str, Any]]:
        """All that are set, the next first, as JSON has them; `left_s`: seconds until they ring."""
        return entries(self.alarms, self._writer.clock())

    def listing(self) -> dict[str, Any]:
        """`alarms`: the next ones, at most `MAX_LISTED`; `total`; `clock_set`, `time_zone` (None: unknown)."""
        return listing(self.alarms, self._writer.clock(), self._rules.zone if self._has_zone else None)

    def press(self) -> bool:
        """Snooze what rings. False: nothing does."""
        return self._end(AlarmEvent.PRESS)

    def hold(self) -> bool:
        """Stop what rings. False: nothing does."""
        return self._end(AlarmEvent.HOLD)

    def _alarm(self, request: AlarmRequest, clock: ClockHistory) -> Alarm | Denied:
        id_ = request.id or uuid.uuid4().hex[:12]
        if request.seconds is not None:
            return replace(in_seconds(id_, request.kind, request.seconds, clock, request.text), bot=request.bot)
        if not clock.is_set:
            text = "The clock of this box isn't set, so it doesn't know the time: say in how many seconds."
            return Denied("clock_not_set", text)
        zone: tzinfo | None = None
        if request.time_zone and (zone := zone_of(request.time_zone)) is None:
            return Denied("bad_argument", f"There is no time zone {request.time_zone}: one is Europe/Berlin.")
        if request.at is None:
            raise ValueError(request)
        local = LocalTime(request.at, request.day, request.weekdays, zone)
        alarm = at_local_time(id_, request.kind, local, clock, self._rules.zone, request.text)
        return replace(alarm, bot=request.bot) if alarm else Denied("too_late", "That time has passed.")

    # -- buttons and calls -----------------------------------------------------------------------

    def on_gesture(self, gesture: Gesture, button: str, settings: GestureSettings) -> bool:
        """Snooze or stop by a gesture of `button`. True: that is what it did, and it does nothing else."""
        is_ours = button == MAIN_BUTTON or settings.press in CALLING
        match gesture:
            case Pressed() if self.is_ringing and is_ours:
                self._buttons.take(button)
            case Pressed() if self.alarms.missed:
                self._on(AlarmEvent.PRESS)
        return self._buttons.on_gesture(gesture, button)

    def on_lifted(self) -> bool:
        """Stop what rings: the handset was lifted. True: one rang."""
        return self._end(AlarmEvent.HOLD)

    def on_call(self, in_call: bool) -> None:
        """Note whether a call is on, being made or being ended. The status is made after this."""
        if in_call != self.alarms.in_call:
            self._on(AlarmEvent.CALL_BEGAN if in_call else AlarmEvent.CALL_ENDED, tell=False)

    # -- what becomes of it ----------------------------------------------------------------------

    def _end(self, event: AlarmEvent) -> bool:
        was_ringing = self.is_ringing
        self._on(event)
        return was_ringing

    def _on(self, event: AlarmEvent, id_: str | None = None, *, tell: bool = True) -> None:
        clock = self._writer.clock()
        self._pause_s = PAUSE_AFTER_CALL_S if event is AlarmEvent.CALL_ENDED else 0.0
        self._become(self.alarms.on(event, clock, self._rules, id_), clock, tell=tell)

    def _become(self, alarms: Alarms, clock: ClockHistory, *, tell: bool = True) -> None:
        is_other = alarms.changes or alarms.pending is not self.alarms.pending
        self.alarms = alarms
        for change in alarms.changes:
            log.info("%s %s: %s", change.alarm.kind, change.alarm.id, change.action)
        for change in alarms.changes:
            if change.action is AlarmAction.RING and change.alarm.kind is AlarmKind.RING:
                self._ring_for(change.alarm)
        self._sound()
        if any(change.action is AlarmAction.WAIT for change in alarms.changes):
            isolated(self._target.media.player.play, periods(Cue.CALL_WAITING, self._config.volume_percent))
        self._due.change()
        if is_other:
            self._writer.save(alarms, clock)
            self.overview = overview(alarms, clock)
            if tell:
                self._target.update()

    def _ring_for(self, alarm: Alarm) -> None:
        """Ring so that a person may talk. It is over when the ring is kept: until then a power cut repeats it."""
        result = self._target.request_ring(Ring(alarm.id, alarm.text, alarm.bot or None))
        if isinstance(result, Denied):
            log.warning("The ring %s is missed: %s", alarm.id, result.text)
            asyncio.get_running_loop().call_soon(self._on, AlarmEvent.TIMEOUT, alarm.id)
        else:
            result(lambda _: self._on(AlarmEvent.HOLD, alarm.id))

    # -- sound -----------------------------------------------------------------------------------

    def stop(self) -> None:
        """Be silent from now on: the box ends. What rings is kept, and rings again at the next start."""
        self._is_over = True
        self._sound()

    def _sound(self) -> None:
        if self.is_ringing and not self._is_over:
            self._ringer.start(lambda: self._config.volume_percent, self._config.cadence, self._pause_s)
        else:
            self._ringer.stop()

    # -- life ------------------------------------------------------------------------------------

    def tasks(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        """Name and work of what runs beside."""
        return [("alarms", self._run()), ("alarm store", self._writer.run())]

    async def _run(self) -> None:
        """Ring what is due, until cancelled."""
        steps = self._watch_steps(self._due.change)
        try:
            await self._due.run(self._ring_due)
        finally:
            steps.close()

    def _ring_due(self) -> float | None:
        """Ring what is due. Returns how long nothing is; None: until something changes."""
        if system_zone_name() != self._zone_name:
            self.use(self._config)
        clock = self._writer.clock()
        alarms = self.alarms.in_this_boot(clock).at(clock, self._rules)
        if alarms.changes or alarms.pending is not self.alarms.pending:
            self._pause_s = 0.0
            self._become(alarms, clock)
        elif clock.is_set != self.overview.clock_is_set:
            self.overview = overview(replace(self.alarms, changes=()), clock)
            self._target.update()
        wait_s = self.alarms.wait_s(clock, self._rules)
        if wait_s is None:
            return None if clock.is_set else MAX_PAUSE_S
        self._writer.save_reading(self.alarms, clock)
        return wait_s


async def settled(result: Denied | PendingResult) -> Denied | dict[str, Any]:
    """Result of what `AlarmClock.request` or `cancel` began, when it is on the disk."""
    if isinstance(result, Denied):
        return result
    future: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
    result(lambda answer: None if future.done() else future.set_result(answer))
    answer = await future
    return answer if isinstance(answer, Denied) else dict(answer or {})
