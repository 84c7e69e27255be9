"""The alarm clock: sets, rings and ends alarms, timers and reminders, by the box alone. It has no way to a call.

What becomes of an alarm is decided by `callbox.control.alarms`; here are the clocks, the sound and the store.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Protocol

from callbox.app.alarm_store import AlarmStore, read_only, zone_of
from callbox.app.isolation import isolated
from callbox.app.ringer import Cadence, Ringer
from callbox.app.write_queue import WriteQueue
from callbox.audio.media import BoardMedia
from callbox.audio.playout.cues import ALARM, Cue, periods
from callbox.control.alarm_requests import AlarmRequest, entry_fields, parse_request
from callbox.control.alarms import (
    MAX_ALARMS,
    MAX_LISTED,
    Alarm,
    AlarmAction,
    AlarmEvent,
    AlarmKind,
    AlarmRules,
    Alarms,
    LocalTime,
    at_local_time,
    in_seconds,
)
from callbox.control.clock_history import BootTime, ClockHistory, ClockReading
from callbox.control.gesture_actions import CALLING, MAIN_BUTTON, GestureSettings
from callbox.control.quiet_hours import clock_is_set
from callbox.control.rate_limit import RateLimit
from callbox.control.remote_commands import CommandResult, Denied, PendingResult, too_often
from callbox.control.rings import Ring
from callbox.system import time_sync
from callbox.system.clock import boot_id, boot_time_s
from callbox.system.clock_steps import ClockSteps
from callbox.system.time_zone import system_zone, system_zone_name
from callbox_device.interfaces import Lamp
from callbox_device.model.gestures import Gesture, Held, Pressed, Released, Stuck

log = logging.getLogger(__name__)

PAUSE_AFTER_CALL_S = 2.0
"""From the end of a call to the first sound of an alarm that waited."""
MAX_PAUSE_S = 30.0
"""How long the clocks are not read, while an alarm is awaited: whether the clock is set may have changed."""
READING_PERIOD_S = 300.0
"""How often the clocks' reading is kept, while something rings by elapsed time: how much of it a power cut takes from a
box without RTC and network."""
MAX_DRIFT_S = 0.5
"""A wall clock that has moved more against the boot time since the reading that is kept: that is kept anew."""


def read_clocks() -> ClockReading:
    """The clocks of this machine."""
    unix_s = time.time()
    year, synchronised = datetime.fromtimestamp(unix_s, UTC).year, time_sync.is_synchronised()
    is_set = clock_is_set(year, synchronised, has_rtc=time_sync.has_rtc())
    return ClockReading(unix_s, boot_time_s(), boot_id(), is_set)


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
    """Event loop only; make it in the running loop. `bell`: of the board; None: there is none.

    `set_alarm`, `cancel`, `listing` and `entries` are what bots and commands call. `read`: the
    clocks; `watch_steps` calls its argument when the wall clock was stepped.
    """

    def __init__(
        self,
        target: AlarmTarget,
        config: AlarmConfig | None = None,
        store: AlarmStore | None = None,
        bell: Lamp | None = None,
        read: Callable[[], ClockReading] = read_clocks,
        watch_steps: Callable[[Callable[[], None]], StepWatch] = ClockSteps,
    ) -> None:
        self._target, self._read, self._watch_steps = target, read, watch_steps
        self._store = store or AlarmStore(None)
        self._writes = WriteQueue()
        self._ringer = Ringer(lambda: target.media.player, ALARM, bell)
        self._changed = asyncio.Event()
        self._pressing: set[str] = set()
        """Buttons that are down, and snooze or stop when it is known which."""
        self._pause_s = 0.0
        self._is_over = False
        self._config = config or AlarmConfig()
        self._rate = self._config.rate
        self.alarms, self._earlier = self._store.read()
        """What is to ring, rings and was missed."""
        self._kept_reading: ClockReading | None = None
        self._is_kept = False
        self._has_zone = True
        self._rules = AlarmRules()
        self.use(self._config)
        self.overview = self.alarms.overview(self._clock())
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
        self._changed.set()

    @property
    def is_allowed(self) -> bool:
        """Whether MQTT and the panel may set, cancel and stop alarms."""
        return self._config.allowed

    @property
    def is_ringing(self) -> bool:
        """Whether one rings."""
        return self.alarms.is_ringing

    def _clock(self) -> ClockHistory:
        clock = ClockHistory(self._read(), self._earlier)
        if clock.is_set and not ClockHistory(replace(clock.now, is_set=False), self._earlier).is_set:
            self._earlier = clock.kept({reading.boot_id for reading in self._earlier})
        return clock

    # -- what bots and commands call -------------------------------------------------------------

    def request(self, request: AlarmRequest) -> Denied | PendingResult:
        """Set an alarm, timer or reminder, or say why not. What is waited for is that it is kept, on the disk.

        Then it is told `id`, `new` (False: an alarm of this id is set to the same already) and `kept` (False: the disk
        did not take it, and a restart will lose it). One without an id is given one; one with the id of another takes
        its place.
        """
        clock = self._clock()
        alarm = self._alarm(request, clock)
        if isinstance(alarm, Denied):
            return alarm
        known = self.alarms.pending.get(alarm.id)
        if known and known.is_same(alarm):
            return self._keep({"id": alarm.id, "new": False})
        if known is None and len(self.alarms.pending) >= MAX_ALARMS:
            return Denied("busy", f"{MAX_ALARMS} alarms are set already: cancel one first.")
        if denied := self._take_token():
            return denied
        log.info("Set: %s %s", alarm.kind, alarm.id)
        self._become(self.alarms.added(alarm), clock)
        return self._keep({"id": alarm.id, "new": True})

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
        return self._keep({"cancelled": cancelled[:MAX_LISTED], "count": len(cancelled)})

    def entries(self) -> list[dict[str, Any]]:
        """All that are set, the next first, as JSON has them; `left_s`: seconds until they ring."""
        return _entries(self.alarms, self._clock())

    def listing(self) -> dict[str, Any]:
        """`alarms`: the next ones, at most `MAX_LISTED`; `total`; `clock_set`, `time_zone` (None: unknown)."""
        return _listing(self.alarms, self._clock(), self._rules.zone if self._has_zone else None)

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

    def _take_token(self) -> Denied | None:
        now_s = self._read().boot_s
        if denied := too_often(self._rate, now_s, "alarm"):
            return denied
        self._rate = self._rate.taken(now_s)
        return None

    # -- buttons and calls -----------------------------------------------------------------------

    def on_gesture(self, gesture: Gesture, button: str, settings: GestureSettings) -> bool:
        """Snooze or stop by a gesture of `button`. True: that is what it did, and it does nothing else."""
        pressing = self._pressing
        is_ours = button == MAIN_BUTTON or settings.press in CALLING
        match gesture:
            case Pressed() if self.is_ringing and is_ours:
                pressing.add(button)
                return True
            case Pressed() if self.alarms.missed:
                self._on(AlarmEvent.PRESS)
            case Held() if button in pressing:
                pressing.discard(button)
                self._on(AlarmEvent.HOLD)
                return True
            case Released() | Stuck() if button in pressing:
                pressing.discard(button)
                if isinstance(gesture, Released):
                    self._on(AlarmEvent.PRESS)
                return True
            case _:
                return button in pressing
        return False

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
        clock = self._clock()
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
        self._changed.set()
        if is_other:
            self._save(clock)
            self.overview = alarms.overview(clock)
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

    def _save(self, clock: ClockHistory) -> None:
        alarms = self.alarms
        boots = {alarm.due.boot_id for alarm in alarms.pending.values() if isinstance(alarm.due, BootTime)}
        if is_reading_old := bool(boots) and self._is_reading_old(clock.now):
            self._kept_reading = clock.now
        readings = clock.kept(boots)

        def write() -> None:
            self._is_kept = self._store.save(alarms, readings, always=is_reading_old)

        self._writes.put(write)

    def _is_reading_old(self, now: ClockReading) -> bool:
        kept = self._kept_reading
        if kept is None or now.boot_s - kept.boot_s >= READING_PERIOD_S:
            return True
        step_s = (now.unix_s - kept.unix_s) - (now.boot_s - kept.boot_s)
        return abs(step_s) > MAX_DRIFT_S

    def _keep(self, result: dict[str, Any]) -> PendingResult:
        """What is told `result` when all that was saved before is on the disk."""
        return lambda tell: self._writes.put(lambda: None, lambda: tell({**result, "kept": self._is_kept}))

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
        return [("alarms", self._run()), ("alarm store", self._writes.run(self._store.close))]

    async def _run(self) -> None:
        """Ring what is due, until cancelled."""
        steps = self._watch_steps(self._changed.set)
        try:
            while True:
                self._changed.clear()
                pause_s = self._ring_due()
                try:
                    async with asyncio.timeout(pause_s):
                        await self._changed.wait()
                except TimeoutError:
                    pass
        finally:
            steps.close()

    def _ring_due(self) -> float | None:
        """Ring what is due. Returns how long nothing is; None: until something changes."""
        if system_zone_name() != self._zone_name:
            self.use(self._config)
        clock = self._clock()
        alarms = self.alarms.in_this_boot(clock).at(clock, self._rules)
        if alarms.changes or alarms.pending is not self.alarms.pending:
            self._pause_s = 0.0
            self._become(alarms, clock)
            self._changed.clear()
        elif clock.is_set != self.overview.clock_is_set:
            self.overview = replace(self.alarms, changes=()).overview(clock)
            self._target.update()
        wait_s = self.alarms.wait_s(clock, self._rules)
        if wait_s is None:
            return None if clock.is_set else MAX_PAUSE_S
        is_elapsing = any(isinstance(alarm.due, BootTime) for alarm in self.alarms.pending.values())
        if is_elapsing and self._is_reading_old(clock.now):
            self._save(clock)
        return min(wait_s, MAX_PAUSE_S)


async def settled(result: Denied | PendingResult) -> Denied | dict[str, Any]:
    """Result of what `AlarmClock.request` or `cancel` began, when it is on the disk."""
    if isinstance(result, Denied):
        return result
    future: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
    result(lambda answer: None if future.done() else future.set_result(answer))
    answer = await future
    return answer if isinstance(answer, Denied) else dict(answer or {})


def kept_listing(folder: Path) -> dict[str, Any]:
    """`AlarmClock.listing` of what another process keeps in `folder`. Raises `sqlite3.Error`: it can't be read."""
    alarms, readings = read_only(folder)
    return _listing(alarms, ClockHistory(read_clocks(), readings), system_zone())


def _entries(alarms: Alarms, clock: ClockHistory) -> list[dict[str, Any]]:
    return [{**entry_fields(entry), "left_s": round(entry.left_s, 1)} for entry in alarms.entries(clock)]


def _listing(alarms: Alarms, clock: ClockHistory, zone: tzinfo | None) -> dict[str, Any]:
    entries = _entries(alarms, clock)
    return {
        "alarms": entries[:MAX_LISTED],
        "total": len(entries),
        "clock_set": clock.is_set,
        "local_time": datetime.fromtimestamp(clock.unix_s, zone or UTC).isoformat("T", "seconds"),
        "time_zone": zone and getattr(zone, "key", "UTC"),
    }
