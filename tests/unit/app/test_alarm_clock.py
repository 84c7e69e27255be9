"""Alarms at a box without its call: clocks, sound, store. Time is simulated."""

import asyncio
import contextlib
import json
import random
import sqlite3
import threading
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rig.simulated_time import SimulatedTimeLoop

from callbox.app.alarm_clock import AlarmClock, AlarmConfig, settled
from callbox.app.alarm_store import NAME, AlarmStore, read_only
from callbox.app.alarm_writer import MAX_DRIFT_S
from callbox.app.clocks import read_clocks
from callbox.control.alarm_requests import parse_request
from callbox.control.alarm_table import AlarmAction, AlarmKind
from callbox.control.alarms import MAX_ALARMS, MAX_LATE_S, Alarms
from callbox.control.clock_history import ClockReading
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.control.rate_limit import RateLimit
from callbox.control.remote_commands import Denied
from callbox.control.rings import Ring
from callbox_device.model.gestures import Held, Pressed, Released

MANY = RateLimit(10**9, 1.0)
START_S = datetime(2026, 11, 29, 10, tzinfo=UTC).timestamp()
BUTTON = GestureSettings()
K = AlarmKind


class Machine:
    """Clocks of a machine that can be rebooted; the true time goes with the loop's."""

    def __init__(self, *, is_set=True, folder=None):
        self.folder, self.is_set = folder, is_set
        self.step_s, self.boot, self.booted_s = 0.0, 1, -100.0
        self.on_step = lambda: None
        self.on_ring = lambda id_: None
        self.rounds = 0
        self.media = self.player = self
        self.rang: list[tuple[str, float]] = []
        """Alarms that began to ring, and when."""
        self.updates = 0
        self.rings: list[Ring] = []
        self.kept: list[Any] = []
        self.ring_result: Any = self.kept.append

    @property
    def rang_after_s(self):
        return [(id_, round(at_s - START_S, 2)) for id_, at_s in self.rang]

    @property
    def true_s(self):
        return START_S + asyncio.get_running_loop().time()

    def read(self):
        now_s = asyncio.get_running_loop().time()
        return ClockReading(START_S + now_s + self.step_s, now_s - self.booted_s, f"boot {self.boot}", self.is_set)

    def watch(self, on_step):
        self.on_step = on_step
        return self

    def close(self):
        self.on_step = lambda: None

    def step(self, seconds):
        self.step_s += seconds
        self.on_step()

    def reboot(self, *, is_set=True):
        self.boot += 1
        self.booted_s = asyncio.get_running_loop().time()
        self.is_set = is_set

    def play(self, sound):
        self.rounds += bool(sound)

    def drop_cues(self):
        pass

    def request_ring(self, ring):
        self.rings.append(ring)
        return self.ring_result

    def update(self):
        self.updates += 1
        for change in self.clock.alarms.changes:
            if change.action is AlarmAction.RING:
                self.rang.append((change.alarm.id, self.true_s))
                self.on_ring(change.alarm.id)

    @contextlib.asynccontextmanager
    async def running(self, bell=None, **config):
        fields = {"rate": MANY, "zone": "Europe/Berlin", **config}
        store = AlarmStore(self.folder)
        clock = AlarmClock(cast("Any", self), AlarmConfig(**fields), store, bell, self.read, self.watch)
        self.clock = clock
        tasks = [asyncio.create_task(work) for _, work in clock.tasks()]
        try:
            yield clock
        finally:
            clock.stop()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def add(clock, kind, **fields):
    answer = await clock.set_alarm(kind, fields)
    assert not isinstance(answer, Denied), answer
    return answer


def click(clock, settings_=BUTTON):
    taken = clock.on_gesture(Pressed(0.0), "main", settings_)
    clock.on_gesture(Released(0.1, 100), "main", settings_)
    return taken


@pytest.fixture(autouse=True)
def writes_at_once(monkeypatch):
    """Writes at once: the simulated clock would run on while a thread writes."""

    async def at_once(work):
        assert threading.current_thread() is threading.main_thread()
        work()

    monkeypatch.setattr("callbox.app.write_queue.asyncio.to_thread", at_once)


@pytest.mark.simulated_time
async def test_a_timer_rings_and_a_press_stops_it():
    machine = Machine()
    async with machine.running() as clock:
        answer = await add(clock, K.TIMER, seconds=300, text="Tea")
        assert (answer["new"], answer["kept"], answer["text"]) == (True, False, "Tea")
        assert not click(clock)
        await asyncio.sleep(299.5)
        assert machine.rounds == 0
        await asyncio.sleep(7)
        assert machine.rounds == 3
        assert click(clock)
        assert (clock.entries(), clock.is_ringing) == ([], False)
        await asyncio.sleep(30)
        assert machine.rounds == 3
    assert machine.rang_after_s == [(answer["id"], 300.0)]


@pytest.mark.simulated_time
async def test_an_alarm_is_snoozed_by_a_press_and_stopped_by_a_hold():
    machine = Machine()
    async with machine.running(snooze_s=60) as clock:
        await add(clock, K.ALARM, id="wake", time="11:30")
        await asyncio.sleep(1801)
        assert click(clock)
        assert clock.entries()[0]["state"] == "snoozed"
        await asyncio.sleep(61)
        assert clock.is_ringing
        held = (Pressed(0.0), Held(1.0, 1000), Released(1.5, 1500))
        assert all(clock.on_gesture(gesture, "main", BUTTON) for gesture in held)
        assert clock.entries() == []
    assert [round(at_s - START_S) for _, at_s in machine.rang] == [1800, 1861]


@pytest.mark.simulated_time
async def test_which_buttons_end_it():
    machine = Machine()
    async with machine.running() as clock:
        await add(clock, K.TIMER, seconds=1)
        await asyncio.sleep(2)
        louder = GestureSettings(press=GestureAction.VOLUME_UP)
        assert not clock.on_gesture(Pressed(0.0), "red", louder)
        assert click(clock, louder)  # the main one does
        await add(clock, K.TIMER, seconds=1)
        await asyncio.sleep(2)
        assert clock.on_lifted()
        assert not clock.on_lifted()


@pytest.mark.simulated_time
async def test_what_rings_on_is_missed_until_the_next_press_which_does_what_it_does():
    machine = Machine()
    async with machine.running(ring_s=30) as clock:
        await add(clock, K.REMINDER, seconds=10, text="Pills")
        await asyncio.sleep(41)
        assert (clock.is_ringing, [entry.text for entry in clock.overview.missed]) == (False, ["Pills"])
        assert not click(clock)
        assert clock.overview.missed == ()


@pytest.mark.simulated_time
async def test_in_a_call_a_soft_tone_and_after_it_the_alarm():
    machine = Machine()
    async with machine.running() as clock:
        await add(clock, K.TIMER, seconds=10)
        clock.on_call(True)
        await asyncio.sleep(5000)
        assert (machine.rounds, clock.is_ringing) == (1, False)
        assert not click(clock)  # hangs up
        clock.on_call(False)
        assert clock.is_ringing
        await asyncio.sleep(1.9)
        assert machine.rounds == 1
        await asyncio.sleep(0.2)
        assert machine.rounds == 2
        clock.on_call(True)
        assert not clock.is_ringing
        assert machine.rounds == 3  # the soft tone again


@pytest.mark.simulated_time
async def test_a_step_of_the_clock_moves_alarms_and_not_timers():
    machine = Machine()
    async with machine.running() as clock:
        await add(clock, K.ALARM, id="wake", time="12:00")
        await add(clock, K.TIMER, id="tea", seconds=600)
        await asyncio.sleep(10)
        machine.step(3595)
        await asyncio.sleep(0.1)
        assert [id_ for id_, _ in machine.rang] == ["wake"]
        clock.hold()
        machine.step(-7200)
        await asyncio.sleep(1000)
        assert machine.rang_after_s[1:] == [("tea", 600.0)]


@pytest.mark.simulated_time
async def test_without_the_time_a_timer_works_and_an_alarm_is_refused_until_the_clock_is_set():
    machine = Machine(is_set=False)
    async with machine.running() as clock:
        machine.step_s = -START_S
        refused = await clock.set_alarm(K.ALARM, {"time": "07:00"})
        assert isinstance(refused, Denied)
        assert (refused.code, "isn't set" in refused.text) == ("clock_not_set", True)
        await add(clock, K.TIMER, id="tea", seconds=60)
        assert (clock.overview.clock_is_set, clock.entries()[0]["due"]) == (False, None)
        await asyncio.sleep(61)
        assert [id_ for id_, _ in machine.rang] == ["tea"]
        clock.hold()
        updates, machine.is_set, machine.step_s = machine.updates, True, 0.0
        await asyncio.sleep(31)
        assert (clock.overview.clock_is_set, machine.updates) == (True, updates + 1)
        await add(clock, K.ALARM, time="07:00")
        assert clock.listing()["clock_set"]


@pytest.mark.simulated_time
async def test_a_box_that_lost_the_time_rings_by_elapsed_time(tmp_path):
    machine = Machine(folder=tmp_path)
    async with machine.running() as clock:
        await add(clock, K.ALARM, id="wake", time="12:00")
        await add(clock, K.TIMER, id="tea", seconds=1800)
        await asyncio.sleep(301)  # the clocks' reading is kept
    await asyncio.sleep(120)  # off
    machine.step_s = -START_S  # 1970
    machine.reboot(is_set=False)
    async with machine.running() as clock:
        assert not clock.listing()["clock_set"]
        await asyncio.sleep(4000)
    # As late as it was off, and what ran since the clocks were kept: never early, never lost.
    late_s = {id_: at_s - START_S - due_s for (id_, at_s), due_s in zip(machine.rang, (1800, 3600), strict=True)}
    assert late_s == {"tea": pytest.approx(121, abs=1), "wake": pytest.approx(121, abs=1)}


@pytest.mark.simulated_time
async def test_what_came_while_it_was_off_rings_or_is_missed(tmp_path):
    machine = Machine(folder=tmp_path)
    async with machine.running() as clock:
        await add(clock, K.TIMER, id="tea", seconds=60)
        await add(clock, K.TIMER, id="old", seconds=1)
        await add(clock, K.ALARM, id="daily", time="11:01", weekdays=["sun", "mon"])
    await asyncio.sleep(MAX_LATE_S + 30)
    machine.reboot()
    async with machine.running() as clock:
        await asyncio.sleep(0.1)
        assert sorted(id_ for id_, _ in machine.rang) == ["daily", "tea"]
        assert [entry.id for entry in clock.overview.missed] == ["old"]
        clock.hold()
        assert [entry["due"] for entry in clock.entries()] == ["2026-11-30T10:01:00Z"]
    again, _ = read_only(tmp_path)
    assert (list(again.pending), again.missed) == (["daily"], ())


@pytest.mark.simulated_time
async def test_the_bell_and_the_end():
    levels = []

    class Bell:
        def set(self, level):
            levels.append(level)

    machine = Machine()
    async with machine.running(Bell()) as clock:
        await add(clock, K.TIMER, seconds=1)
        await asyncio.sleep(3)
        assert levels == [1.0, 0.0]
        await asyncio.sleep(3.5)
        clock.stop()
        rounds = machine.rounds
        await asyncio.sleep(20)
        assert (levels[-1], machine.rounds) == (0.0, rounds)


@pytest.mark.simulated_time
async def test_refusals_say_why():
    machine = Machine()
    async with machine.running(rate=RateLimit(2, 60.0)) as clock:

        async def code(kind=K.ALARM, **fields):
            answer = await clock.set_alarm(kind, fields)
            return answer.code if isinstance(answer, Denied) else None

        assert await code(time="soon") == "bad_argument"
        assert await code(time="07:00", time_zone="Europe/Atlantis") == "bad_argument"
        assert await code(time="2026-11-29T07:00") == "too_late"
        assert [await code(time="07:00") for _ in range(3)] == [None, None, "too_often"]
        missing = clock.cancel("none")
        assert isinstance(missing, Denied)
        assert missing.code == "not_found"


@pytest.mark.simulated_time
async def test_the_same_again_is_the_same_and_another_takes_its_place():
    machine = Machine()
    async with machine.running() as clock:
        assert (await add(clock, K.TIMER, id="tea", seconds=60))["new"]
        await asyncio.sleep(10)
        assert not (await add(clock, K.TIMER, id="tea", seconds=60))["new"]
        assert clock.entries()[0]["left_s"] == 50
        assert (await add(clock, K.TIMER, id="tea", seconds=90))["new"]
        assert [entry["left_s"] for entry in clock.entries()] == [90]
        await add(clock, K.TIMER, id="eggs", seconds=5)
        assert await settled(clock.cancel(None)) == {"cancelled": ["tea", "eggs"], "count": 2, "kept": False}
        await asyncio.sleep(200)
    assert machine.rang == []


@pytest.mark.simulated_time
async def test_alarms_are_bounded():
    machine = Machine()
    async with machine.running() as clock:
        for number in range(MAX_ALARMS):
            request = parse_request(K.TIMER, {"seconds": 5000, "id": str(number)})
            assert not isinstance(request, str)
            assert not isinstance(clock.request(request), Denied)
        full = await clock.set_alarm(K.TIMER, {"seconds": 5})
        assert isinstance(full, Denied)
        assert full.code == "busy"


@pytest.mark.simulated_time
async def test_other_settings():
    machine = Machine()
    async with machine.running() as clock:
        await add(clock, K.ALARM, id="wake", time="11:30")
        clock.use(AlarmConfig(allowed=True, zone="Europe/London"))
        assert (clock.is_allowed, clock.entries()[0]["due"]) == (True, "2026-11-29T11:30:00Z")
        assert clock.listing()["local_time"] == "2026-11-29T10:00:00+00:00"


def test_the_clocks_of_this_machine():
    first, second = read_clocks(), read_clocks()
    assert first.boot_id == second.boot_id
    assert 0 < first.boot_s <= second.boot_s


async def test_each_save_is_on_the_disk_and_what_is_there_is_not_written_again(tmp_path):
    machine = Machine(folder=tmp_path)
    async with machine.running() as clock:
        assert (await add(clock, K.TIMER, seconds=60))["kept"]
        database = cast("Any", clock._writer._store)._database
        assert database.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA
        before = database.total_changes
        clock._writer.save(clock.alarms, clock._writer.clock())
        await settled(clock._writer.when_kept({}))
        assert database.total_changes == before


def test_a_file_that_is_no_database_is_as_good_as_none(tmp_path, caplog):
    (tmp_path / NAME).write_bytes(b"no database at all, but long enough to be read as one" * 40)
    store = AlarmStore(tmp_path)
    assert store.read() == (Alarms(), ())
    assert not store.save(Alarms(), ())
    assert "Alarms can't be kept over a restart" in caplog.text


FIELDS: dict[str, Any] = {
    "kind": "alarm",
    "text": "",
    "due": [1.0],
    "seconds": 0.0,
    "after_s": 0.0,
    "state": "scheduled",
}
LOCAL: dict[str, Any] = {"at": "06:30:00", "day": None, "weekdays": [], "zone": None}


@pytest.mark.parametrize(
    "change",
    [
        {"kind": 1},
        {"text": ["x"]},
        {"due": "1"},
        {"due": []},
        {"due": [True]},
        {"due": [1e300]},
        {"due": ["b00t", 1.0]},
        {"seconds": "x"},
        {"after_s": None},
        {"state": "none"},
        {"bot": 1},
        {"local": LOCAL | {"at": "25:00"}},
        {"local": LOCAL | {"day": "0001-01-01"}},
        {"local": LOCAL | {"weekdays": [7]}},
        {"local": LOCAL | {"zone": 1}},
        {"local": [[[]]] * 20},
    ],
)
def test_a_row_that_is_not_ours_is_left_out(tmp_path, caplog, change):
    deep = "[" * 100_000
    AlarmStore(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as database:
        insert = "INSERT INTO alarms (id, fields) VALUES (?, ?)"
        rows = [("x", FIELDS | change), ("\x1b", FIELDS), ("right", FIELDS)]
        database.executemany(insert, [(id_, json.dumps(fields)) for id_, fields in rows] + [("deep", deep)])
        database.execute("INSERT INTO clocks (unix_s, boot_s, boot_id, is_set) VALUES ('x', 1, 'b', 1)")
    with contextlib.closing(AlarmStore(tmp_path)) as store:
        alarms, readings = store.read()
        assert (list(alarms.pending), readings) == (["right"], ())
    assert caplog.text.count("can't be read") == 4


# -- rings that a bot asked for -----------------------------------------------------------------


@pytest.mark.simulated_time
async def test_a_ring_for_later_is_over_when_it_is_kept(tmp_path):
    machine = Machine(folder=tmp_path)
    async with machine.running() as clock:
        answer = await add(clock, K.RING, seconds=300, text="The cake", bot="kitchen")
        await asyncio.sleep(301)
        assert machine.rings == [Ring(answer["id"], "The cake", "kitchen")]
        assert (machine.rounds, clock.is_ringing) == (0, False)
    # A power cut before the ring was kept: it is asked for again, and is the same.
    async with machine.running() as clock:
        await asyncio.sleep(1)
        assert machine.rings == [Ring(answer["id"], "The cake", "kitchen")] * 2
        machine.kept[-1]({"id": answer["id"], "new": False})
        assert not clock.alarms.pending
    async with machine.running() as clock:
        await asyncio.sleep(1)
        assert len(machine.rings) == 2
        assert not clock.alarms.missed


@pytest.mark.simulated_time
async def test_a_ring_for_later_that_is_refused_is_missed():
    machine = Machine()
    machine.ring_result = Denied("quiet_hours", "It is quiet.")
    async with machine.running() as clock:
        await add(clock, K.RING, seconds=300, text="The cake")
        await asyncio.sleep(301)
        assert machine.rings[0].bot is None
        assert [alarm.text for alarm in clock.alarms.missed] == ["The cake"]


@pytest.mark.simulated_time
async def test_a_ring_for_later_waits_for_the_end_of_the_call():
    machine = Machine()
    async with machine.running() as clock:
        await add(clock, K.RING, seconds=300)
        clock.on_call(True)
        await asyncio.sleep(301)
        assert not machine.rings
        clock.on_call(False)
        await asyncio.sleep(0)
        assert len(machine.rings) == 1


class Chaos:
    """Alarms under kills, reboots and steps of the clock; a person stops each one a while after it has begun to ring."""

    def __init__(self, chance, folder, count):
        self.chance, self.machine, self.count = chance, Machine(folder=folder), count
        self.due: dict[str, tuple[AlarmKind, float]] = {}
        """True time of a timer, wall clock's time of a reminder."""
        self.stopped: set[str] = set()
        self.changed_s = 0.0
        """When it was started last, or its clock stepped."""
        self.errors_s: list[float] = []
        """How late each one began to ring."""
        self.faults: list[str] = []

    async def run(self):
        machine, chance = self.machine, self.chance
        while len(self.stopped) < self.count:
            self.changed_s = machine.true_s
            async with machine.running(ring_s=7200) as clock:
                await self._live(clock, chance.uniform(1, 900))
                clock._writer._writes._writes = asyncio.Queue()  # killed: what waits for the disk doesn't get there
            if chance.random() < 0.5:
                await asyncio.sleep(chance.uniform(1, 300))
                machine.reboot()

    async def _live(self, clock, seconds):
        machine, chance, end_s = self.machine, self.chance, self.machine.true_s + seconds
        await asyncio.sleep(0.1)  # a clock that was stepped while nothing ran can't be told from a longer outage
        while machine.true_s < end_s and len(self.stopped) < self.count:
            step = chance.random()
            if step < 0.6 and len(self.due) < self.count:
                await self._add(clock, str(len(self.due)), float(chance.randint(1, 3000)))
            elif step < 0.65:
                # A smaller step is drift, which isn't kept at once: a reboot brings it into each timer.
                machine.step(chance.choice((-1, 1)) * chance.uniform(MAX_DRIFT_S, 200))
                self.changed_s = machine.true_s
            elif step < 0.75 and clock.is_ringing:
                ringing = {entry["id"] for entry in clock.entries() if entry["state"] == "ringing"}
                clock.hold()
                await asyncio.sleep(0.1)  # on the disk
                self.stopped |= ringing
            await asyncio.sleep(chance.uniform(0, 10))

    async def _add(self, clock, id_, after_s):
        machine = self.machine
        if self.chance.random() < 0.5:
            self.due[id_] = K.TIMER, machine.true_s + after_s
            await add(clock, K.TIMER, id=id_, seconds=after_s)
        else:
            wall_s = round(machine.true_s + machine.step_s + after_s)
            self.due[id_] = K.REMINDER, wall_s
            await add(clock, K.REMINDER, id=id_, time=datetime.fromtimestamp(wall_s, UTC).isoformat())

    def on_ring(self, id_):
        """Note how the moment at which it begins to ring is wrong, if it is."""
        machine = self.machine
        kind, due_s = self.due[id_]
        now_s = machine.true_s + (0 if kind is K.TIMER else machine.step_s)
        late_s = now_s - due_s
        if id_ in self.stopped:
            self.faults.append(f"{kind} {id_} rings again")
        if late_s < -0.01:
            self.faults.append(f"{kind} {id_} rings {-late_s} s too early")
        if machine.true_s - self.changed_s > 1e-3:  # else it was due while the box was off, or by the step
            self.errors_s.append(late_s)
            if late_s > 1:
                self.faults.append(f"{kind} {id_} rings {late_s} s too late")


def chaos(chance, folder, count):
    """How late they began to ring, in s: each rang, none after it was stopped."""

    async def live():
        whole = Chaos(chance, folder, count)
        whole.machine.on_ring = whole.on_ring
        await whole.run()
        assert whole.faults == []
        return whole.errors_s

    with asyncio.Runner(loop_factory=SimulatedTimeLoop) as runner:
        return runner.run(live())


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_none_is_lost_none_rings_twice_and_each_at_its_time(tmp_path_factory, without_sync, seed):
    errors_s = chaos(random.Random(seed), tmp_path_factory.mktemp("alarms"), 50)
    assert len(errors_s) > 10


@pytest.mark.slow
def test_a_thousand_of_them(tmp_path, without_sync):
    errors_s = sorted(chaos(random.Random(21), tmp_path, 1000))
    print(f"{len(errors_s)} began by themselves, p99 {errors_s[-len(errors_s) // 100] * 1000:.1f} ms late")


@pytest.fixture
def without_sync(monkeypatch):
    """No disk is waited for: a kill within the process takes nothing that is written."""
    init = AlarmStore.__init__

    def fast(store, folder):
        init(store, folder)
        cast("Any", store)._database.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(AlarmStore, "__init__", fast)
