"""Rings at a box without its call: what opens the microphone is `call`, and only a press leads there."""

import asyncio
import contextlib
import json
import random
import sqlite3
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from callbox.app.clocks import Clocks
from callbox.app.ring_store import MAX_IDS, NAME, RingStore
from callbox.app.ringing import RingConfig, Ringing
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.control.rate_limit import RateLimit
from callbox.control.remote_commands import Denied
from callbox.control.rings import EndedRing, Ring, RingOutcome, Rings, RingState
from callbox_device.model.gestures import Held, Pressed, Released

MANY = RateLimit(10**9, 1.0)
BUTTON = GestureSettings()


class Player:
    def __init__(self):
        self.rounds = 0

    def play(self, sound):
        self.rounds += bool(sound)

    def drop_cues(self):
        pass


class Target:
    def __init__(self):
        self.media, self.bots = SimpleNamespace(player=Player()), self
        self.calls, self.prepared, self.talked = [], [], 0

    def call(self, bot=None, ring=None):
        self.calls.append((bot, ring["id"]))

    def prepare(self, bot, ring):
        self.prepared.append(ring and ring["id"])

    def unknown(self, name):
        return None if name == "kitchen" else f"There is no bot {name}."

    def start_talking(self, pressed_s):
        self.talked += 1

    def update(self):
        pass


class Lamp:
    def __init__(self):
        self.levels = []

    def set(self, level):
        self.levels.append((asyncio.get_running_loop().time(), level))


class Box:
    """Its clock goes with the loop's; `offset_s` sets it."""

    def __init__(self, folder=None, bell=None, **config):
        self.offset_s = 1_000_000.0
        self.target = Target()
        clocks = Clocks(lambda: self.unix_s, lambda: asyncio.get_running_loop().time())
        self.config = RingConfig(**{"allowed": True, "rate": MANY, **config})
        self.ringing = Ringing(cast("Any", self.target), self.config, RingStore(folder), bell, clocks)
        self.answers = []

    @property
    def unix_s(self):
        return self.offset_s + asyncio.get_running_loop().time()

    def ring(self, id_="door", **fields):
        result = self.ringing.request(Ring(id_, **fields))
        if not isinstance(result, Denied):
            result(self.answers.append)
        return result

    def gesture(self, gesture, settings=BUTTON):
        return self.ringing.on_gesture(gesture, "main", settings)

    def click(self):
        taken = self.gesture(Pressed(0.0))
        self.gesture(Released(0.1, 100))
        return taken

    @property
    def state(self):
        return self.ringing.rings.state

    @contextlib.asynccontextmanager
    async def running(self):
        tasks = [asyncio.create_task(work) for _, work in self.ringing.tasks()]
        try:
            yield self
        finally:
            self.ringing.stop()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def written(self):
        """Until all that waits for the disk is there."""
        done = asyncio.Event()
        self.ringing._writes.put(lambda: None, done.set)
        await done.wait()


def kept(folder):
    """What the store of this folder holds."""
    with contextlib.closing(RingStore(folder)) as store:
        return store.read()


async def test_a_press_answers_when_it_is_released_and_a_hold_declines():
    async with Box().running() as box:
        box.ring(bot="kitchen")
        assert box.gesture(Pressed(0.0))
        assert not box.target.calls
        assert box.gesture(Released(0.1, 100))
        assert box.target.calls == [("kitchen", "door")]
        box.ringing.on_call(False)
        box.ring("lunch")
        assert all(map(box.gesture, (Pressed(0.0), Held(1.0, 1000))))
        assert box.gesture(Released(1.5, 1500))
        assert box.ringing.rings.ended == EndedRing(Ring("lunch"), RingOutcome.DECLINED)
        assert len(box.target.calls) == 1


async def test_buttons_that_do_not_call_do_what_they_do():
    async with Box().running() as box:
        box.ring()
        assert not box.gesture(Pressed(0.0), GestureSettings(press=GestureAction.VOLUME_UP))
        assert (box.state, box.target.calls) == (RingState.RINGING, [])


async def test_a_button_that_talks_answers_at_once():
    async with Box().running() as box:
        box.ring()
        talk = GestureSettings(press=GestureAction.PUSH_TO_TALK)
        assert box.gesture(Pressed(0.0), talk)
        assert (box.target.calls, box.target.talked) == ([(None, "door")], 1)
        assert not box.gesture(Released(0.4, 400), talk)


async def test_lifting_the_handset_answers():
    async with Box().running() as box:
        assert not box.ringing.on_lifted()
        box.ring()
        assert box.ringing.on_lifted()
        assert box.target.calls == [(None, "door")]


async def test_the_same_id_rings_once():
    async with Box().running() as box:
        box.ring()
        box.ring()
        await box.written()
        assert box.answers == [{"id": "door", "new": True}, {"id": "door", "new": False}]
        box.click()
        box.ringing.on_call(False)
        box.ring()
        await box.written()
        assert (box.state, len(box.target.calls)) == (RingState.IDLE, 1)


async def test_a_ring_without_an_id_gets_one():
    async with Box().running() as box:
        box.ring("")
        box.ring("")
        await box.written()
        assert len({answer["id"] for answer in box.answers}) == 2


async def test_refusals_say_why():
    box = Box(rate=RateLimit(2, 60.0))
    assert box.ring("a", bot="nurse") == Denied("bad_argument", "There is no bot nurse.")
    assert box.ring("b", until=box.unix_s - 1) == Denied("too_late", "until has passed.")
    box.ring("c")
    box.ring("d")
    late = box.ring("e")
    assert isinstance(late, Denied)
    assert (late.code, late.text) == (
        "too_often",
        "ring.burst (2) has been used up: the next one is accepted in 60 s.",
    )
    quiet = Box(in_quiet_hours="refuse")
    quiet.ringing.set_quiet(True)
    refused = quiet.ring("f")
    assert isinstance(refused, Denied)
    assert refused.code == "quiet_hours"
    box.ringing.stop()


@pytest.mark.simulated_time
async def test_it_rings_for_its_time_with_melody_and_bell_and_is_missed(simulated_threads):
    bell = Lamp()
    async with Box(bell=bell, ring_s=10.0).running() as box:
        box.ring()
        await asyncio.sleep(10.5)
        assert (box.state, box.target.media.player.rounds) == (RingState.MISSED, 4)
        assert bell.levels == [(0, 1.0), (1, 0.0), (5, 1.0), (6, 0.0), (10, 1.0), (10, 0.0)][: len(bell.levels)]
        assert bell.levels[-1][1] == 0.0
        assert not box.click()
        assert box.state is RingState.IDLE


@pytest.mark.simulated_time
async def test_in_quiet_hours_the_lamp_alone_tells(simulated_threads):
    bell = Lamp()
    async with Box(bell=bell).running() as box:
        box.ringing.set_quiet(True)
        box.ring()
        await asyncio.sleep(10)
        assert (box.state, box.target.media.player.rounds, bell.levels) == (RingState.RINGING, 0, [])
        box.ringing.set_quiet(False)
        await asyncio.sleep(1)
        assert box.target.media.player.rounds == 1


@pytest.mark.simulated_time
async def test_a_ring_waits_for_the_end_of_the_call(simulated_threads):
    async with Box().running() as box:
        box.ringing.on_call(True)
        box.ring()
        assert (box.state, box.target.media.player.rounds) == (RingState.WAITING, 1)  # the call waiting tone
        await asyncio.sleep(1000)
        box.ringing.on_call(False)
        await asyncio.sleep(1.9)
        assert box.target.media.player.rounds == 1
        await asyncio.sleep(0.2)
        assert (box.state, box.target.media.player.rounds) == (RingState.RINGING, 2)
        assert box.target.prepared == ["door"]


@pytest.mark.simulated_time
async def test_a_clock_that_is_set_counts(simulated_threads):
    async with Box().running() as box:
        box.ringing.on_call(True)
        box.ring(until=box.unix_s + 3600)
        await asyncio.sleep(1)
        box.offset_s += 3601
        await asyncio.sleep(31)
        box.ringing.on_call(False)
        assert box.state is RingState.MISSED


async def test_rings_survive_a_restart(tmp_path):
    async with Box(tmp_path).running() as box:
        box.ringing.on_call(True)
        for id_ in ("door", "lunch", "bath"):
            box.ring(id_, request_data={"n": 1}, until=box.unix_s + 1000)
        await box.written()
    async with Box(tmp_path).running() as again:
        assert [ring.id for ring in again.ringing.rings.pending] == ["door", "lunch", "bath"]
        assert again.ringing.rings.pending[0].request_data == {"n": 1}
        assert again.state == "ringing"
        again.offset_s += 2000
        again.ringing._due.change()
        while again.state != "missed":
            await asyncio.sleep(0)
        await again.written()
    async with Box(tmp_path).running() as third:
        assert (third.state, len(third.ringing.rings.missed)) == (RingState.MISSED, 3)
        third.ring()
        third.click()
        await third.written()
        assert third.answers == [{"id": "door", "new": False}]
    assert kept(tmp_path)[0] == Rings()


async def test_each_write_is_on_the_disk(tmp_path):
    store = RingStore(tmp_path)
    assert database(store).execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    store.close()


def database(store: Any) -> Any:
    return store._database


def test_ids_are_bounded_and_what_waits_is_kept(tmp_path):
    store = RingStore(tmp_path)
    database(store).execute("PRAGMA synchronous=OFF")  # a thousand writes
    store.add(Ring("first"))
    for number in range(MAX_IDS + 10):
        ring = Ring(str(number))
        store.add(ring)
        store.end(ring, RingOutcome.DECLINED)
    rings, known = store.read()
    assert ([ring.id for ring in rings.pending], known[0]) == (["first"], "first")
    assert MAX_IDS <= len(known) <= MAX_IDS + 2
    store.close()


def test_a_file_that_is_no_database_is_as_good_as_none(tmp_path, caplog):
    (tmp_path / NAME).write_bytes(b"no database at all, but long enough to be read as one" * 40)
    store = RingStore(tmp_path)
    store.add(Ring("door"))
    assert store.read() == (Rings(), [])
    assert "Rings can't be kept over a restart" in caplog.text


FIELDS: dict[str, Any] = {"reason": "", "bot": None, "request_data": {}, "until": None, "sound": "tone"}


@pytest.mark.parametrize(
    "change",
    [
        {"reason": 1},
        {"bot": []},
        {"request_data": []},
        {"until": "x"},
        {"until": 1e300},
        {"until": True},
        {"sound": "x"},
    ],
)
def test_a_row_that_is_not_ours_is_left_out(tmp_path, caplog, change):
    RingStore(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as database:
        rows = [("x", json.dumps(FIELDS | change)), ("\x1b", json.dumps(FIELDS)), ("right", json.dumps(FIELDS))]
        rows.append(("deep", "[" * 100_000))
        database.executemany("INSERT INTO rings (id, fields, state) VALUES (?, ?, 'pending')", rows)
    rings, _ = kept(tmp_path)
    assert [ring.id for ring in rings.pending] == ["right"]
    assert caplog.text.count("can't be read") == 3


def test_a_ring_until_the_end_of_time_survives_a_restart(tmp_path):
    until = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()
    with contextlib.closing(RingStore(tmp_path)) as store:
        store.add(Ring("door", until=until))
    assert kept(tmp_path)[0].pending == (Ring("door", until=until),)


@pytest.mark.simulated_time
@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_the_microphone_opens_as_often_as_the_button_answers(simulated_threads, count):
    """Rings, answers, declines, timeouts, calls of others and repetitions in a random order."""
    chance = random.Random(21)
    presses = rings = 0
    async with Box(ring_s=20.0).running() as box:
        while rings < count:
            step = chance.random()
            if step < 0.5:
                rings += 1
                box.ring(str(rings), until=chance.choice([None, box.unix_s + chance.random() * 50]))
            elif step < 0.6:
                box.ring(str(chance.randint(0, rings)))  # delivered again, or known
            elif step < 0.75:
                presses += box.state is RingState.RINGING
                box.click()
            elif step < 0.8:
                box.gesture(Pressed(0.0))
                box.gesture(Held(1.0, 1000))
                box.gesture(Released(1.1, 1100))
            elif step < 0.9:
                box.ringing.on_call(chance.random() < 0.4)
            else:
                pause_s = chance.random() * 30
                await asyncio.sleep(pause_s)
            assert len(box.target.calls) == presses
            box.ringing.on_call(box.ringing.rings.in_call and chance.random() < 0.5)
    assert presses > count / 30


@pytest.fixture
def simulated_threads(monkeypatch):
    """Writes at once: the simulated clock would run on while a thread writes."""

    async def at_once(work):
        assert threading.current_thread() is threading.main_thread()
        work()

    monkeypatch.setattr("callbox.app.write_queue.asyncio.to_thread", at_once)
