"""Announcing without a loudspeaker: what is accepted, what waits, and for how long."""

import asyncio
import contextlib
import types
from typing import Any, cast

import pytest

from callbox.app import announcing
from callbox.app.announcing import MAX_IDS, AnnounceConfig, Announcer
from callbox.app.clocks import Clocks
from callbox.audio.playout.sound_file import preimport
from callbox.control.announcements import (
    MAX_WAITING,
    Announcement,
    AnnouncementOutcome,
    AnnouncementState,
    Priority,
    SoundBytes,
    SoundUrl,
    Words,
)
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.control.rate_limit import RateLimit
from callbox.control.remote_commands import Denied
from callbox_device.model.gestures import Held, Pressed, Released

MANY = RateLimit(10**9, 1.0)
SOUND = SoundBytes(b"RIFF\0\0\0\0WAVEx")


class Player:
    """Keeps what it is given; a test ends it."""

    sound: Any = None
    announced = 0

    def announce(self, sound):
        self.sound = sound
        self.announced += 1

    def drop_announcement(self):
        self.sound = None


class Box:
    """Its clock goes with the loop's; `offset_s` sets it."""

    def __init__(self, **config):
        self.offset_s, self.player, self.answers = 1_000_000.0, Player(), []
        target = types.SimpleNamespace(media=types.SimpleNamespace(player=self.player), update=lambda: None)
        clocks = Clocks(lambda: self.unix_s, lambda: asyncio.get_running_loop().time())
        self.config = AnnounceConfig(**{"allowed": True, "rate": MANY, **config})
        self.announcer = Announcer(cast("Any", target), self.config, clocks)

    @property
    def unix_s(self):
        return self.offset_s + asyncio.get_running_loop().time()

    @property
    def state(self):
        return self.announcer.announcements.state

    @property
    def ended(self):
        ended = self.announcer.announcements.ended
        return ended and (ended.id, ended.outcome, ended.reason)

    def announce(self, id_="door", source=SOUND, priority=Priority.NORMAL, **fields):
        result = self.announcer.request(Announcement(id_, source, priority, **fields))
        if isinstance(result, Denied):
            return result.code
        result(self.answers.append)
        return self.answers[-1]["new"]

    async def played(self):
        """Until the sound is at the player, and has been played."""
        while self.player.sound is None:
            await asyncio.sleep(0)
        self.player.sound.end(None)
        await asyncio.sleep(0)

    @contextlib.asynccontextmanager
    async def running(self):
        tasks = [asyncio.create_task(work) for _, work in self.announcer.tasks()]
        try:
            yield self
        finally:
            self.announcer.stop()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


@pytest.fixture(autouse=True)
def no_threads(monkeypatch):
    """Nothing is decoded; the simulated clock would run on while a thread works."""

    async def at_once(work, *arguments):
        if work is not preimport:
            assert arguments[0] == SOUND.data

    monkeypatch.setattr("callbox.app.announcing.asyncio.to_thread", at_once)


async def test_the_same_id_is_one_announcement():
    async with Box().running() as box:
        assert (box.announce(), box.announce()) == (True, False)
        await box.played()
        assert (box.ended, box.state) == (("door", AnnouncementOutcome.PLAYED, ""), AnnouncementState.IDLE)
        assert box.announce() is False
        assert box.announce("") is True
        assert len({answer["id"] for answer in box.answers}) == 2
        for number in range(MAX_IDS):
            box.announcer._known[str(number)] = 0.0
        box.announcer.on_busy(True)
        box.announce("next")
        assert len(box.announcer._known) == MAX_IDS


async def test_refusals_say_why():
    async with Box(origins=("http://house:8123",), rate=RateLimit(1, 60.0)).running() as box:
        assert box.announce(source=SoundUrl("http://house/bell.wav")) == "not_allowed"
        assert box.announce(source=SoundUrl("http://house:8123@evil/bell.wav")) == "not_allowed"
        assert box.announce(source=SoundUrl("http://house:8123\\@evil/bell.wav")) == "not_allowed"
        assert box.announce(source=SoundBytes(b"text")) == "bad_argument"
        assert box.announce(until=box.unix_s - 1) == "too_late"
        assert box.announce("low", priority=Priority.LOW) is True
        assert box.announce("soon") == "too_often"
    async with Box().running() as box:
        box.announcer.on_busy(True)
        assert box.announce("low", priority=Priority.LOW) == "busy"
        assert box.announce("low", priority=Priority.LOW) == "busy"  # it isn't known
        assert all(box.announce(str(number)) for number in range(MAX_WAITING))
        assert box.announce("more") == "busy"


async def test_without_espeak_ng_words_are_refused(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    async with Box().running() as box:
        assert box.announce(source=Words("Lunch")) == "not_possible"


@pytest.mark.parametrize(
    ("allowed", "normal", "high"), [("play", True, True), ("high", False, True), ("refuse", False, False)]
)
async def test_quiet_hours(allowed, normal, high):
    async with Box(in_quiet_hours=allowed).running() as box:
        box.announcer.on_busy(True)
        box.announce("waits")
        box.announcer.set_quiet(True)
        assert (box.ended is None) is normal
        box.announcer.on_busy(False)
        assert box.announce("normal") == (True if normal else "quiet_hours")
        assert box.announce("high", priority=Priority.HIGH) == (True if high else "quiet_hours")
        box.announcer.set_quiet(False)
        assert box.announce("day") is True


@pytest.mark.simulated_time
async def test_what_waits_too_long_has_expired():
    async with Box(wait_s=600.0).running() as box:
        box.announcer.on_busy(True)
        box.announce("long")
        box.announce("short", until=box.unix_s + 100)
        await asyncio.sleep(101)
        assert box.ended == ("short", AnnouncementOutcome.EXPIRED, "it waited too long")
        box.announce("late", until=box.unix_s + 3600)
        box.offset_s += 3601  # the clock is set
        await asyncio.sleep(31)
        assert box.ended == ("late", AnnouncementOutcome.EXPIRED, "it waited too long")
        await asyncio.sleep(480)
        assert box.ended == ("long", AnnouncementOutcome.EXPIRED, "it waited too long")


async def test_a_press_stops_it_and_its_release_does_nothing():
    async with Box().running() as box:
        main, volume = GestureSettings(), GestureSettings(press=GestureAction.VOLUME_UP)
        box.announce()
        on_gesture = box.announcer.on_gesture
        assert not on_gesture(Pressed(0.0), "up", volume)
        assert [
            on_gesture(gesture, "main", main) for gesture in (Pressed(0.0), Held(1.0, 900), Released(2.0, 1900))
        ] == [True] * 3
        assert box.ended == ("door", AnnouncementOutcome.STOPPED, "")
        assert not on_gesture(Pressed(3.0), "main", main)
        box.announcer.on_busy(True)
        box.announce("fire", priority=Priority.HIGH)
        assert not on_gesture(Pressed(4.0), "main", main)
        assert box.state is AnnouncementState.BUSY_PLAYING


async def test_other_settings_begin_it_anew_and_take_the_permission():
    async with Box().running() as box:
        box.announce()
        while not box.player.announced:
            await asyncio.sleep(0)
        box.announcer.use(AnnounceConfig(rate=RateLimit(1, 1.0)))
        await box.played()
        assert (box.player.announced, box.announcer.is_allowed) == (2, False)
        assert box.ended == ("door", AnnouncementOutcome.PLAYED, "")


async def test_a_defect_is_logged_and_the_next_one_is_played(monkeypatch, caplog):
    async with Box().running() as box:
        monkeypatch.setattr(announcing, "download_sound", None)
        box.announcer.use(AnnounceConfig(allowed=True, rate=MANY, origins=("http://house",)))
        box.announce("broken", source=SoundUrl("http://house/bell.wav"))
        box.announce("door")
        while box.state is not AnnouncementState.PLAYING or box.announcer.announcements.waiting:
            await asyncio.sleep(0)
        assert box.ended == ("broken", AnnouncementOutcome.FAILED, "it failed; the journal says more")
        assert "could not be played" in caplog.text
