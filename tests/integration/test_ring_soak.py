"""Rings, answers, declines, announcements and faults over the wire, from a seed: the microphone opens by presses alone.

A real Mosquitto, which is killed meanwhile, real calls to the demo's bot, which fails meanwhile, and a microphone that
counts how often it opens. `RINGS=10000 SEED=7` lets it ring as often.
"""

import asyncio
import base64
import collections
import dataclasses
import itertools
import json
import os
import random
import time

import pytest
from tests.integration import test_announcements
from tests.integration.test_announcements import observer
from tests.integration.test_rings import HERE, CountedMicrophone, RecordingBot, rung
from tests.rig.appliance import running
from tests.rig.mosquitto import Listener
from tests.unit.audio.test_sound_file import wav

from callbox.app.ring_store import RingStore
from callbox.control.announcements import AnnouncementState
from callbox.control.rate_limit import RateLimit
from callbox.control.rings import RingState
from callbox.rtvi import TransportState

S = TransportState
MANY = RateLimit(10**6, 1.0)
"""As many as are asked for."""
RINGS, CONFIG = (
    dataclasses.replace(config, rate=MANY) for config in (test_announcements.RINGS, test_announcements.CONFIG)
)
SOUND, LONG_SOUND = (base64.b64encode(wav(seconds, 8_000)).decode() for seconds in (0.05, 20.0))


class World:
    """The box, and what is done to it. `presses`: those that shall open the microphone."""

    def __init__(self, rig, bot, broker, chance):
        self.rig, self.bot, self.broker, self.chance = rig, bot, broker, chance
        self.microphone, self.presses, self.numbers = rig.box.board.microphone, 0, itertools.count(1)
        self.done: collections.Counter[str] = collections.Counter()
        self.listener = Listener(broker.port)

    async def request(self, name, **fields):
        """The answer; sent again, with the same id, until there is one."""
        transaction = next(self.numbers)
        payload = json.dumps({**fields, "transaction": transaction}).encode()
        for _ in range(10):
            await asyncio.to_thread(self.listener.publish, f"{HERE}/request/{name}", payload)
            deadline_s = time.monotonic() + 20
            while time.monotonic() < deadline_s:
                for answer in self.listener.of(f"{HERE}/response/{name}"):
                    if (fields_ := json.loads(answer))["transaction"] == transaction:
                        self.listener.messages.clear()
                        return fields_
                await asyncio.sleep(0.005)
        raise AssertionError(f"no answer to {name}")

    async def ring(self, **fields):
        id_ = f"ring-{next(self.numbers)}"
        self.done["rings"] += 1
        answer = await self.request("ring", id=id_, reason="a test", **fields)
        assert answer["status"] == "ok", answer
        assert answer["data"]["new"]
        if self.chance.random() < 0.2:
            assert not (await self.request("ring", id=id_))["data"]["new"]
        return id_

    async def announce(self, **fields):
        self.done["announcements"] += 1
        answer = await self.request("announce", id=f"sound-{next(self.numbers)}", **{"sound": SOUND, **fields})
        assert answer["status"] == "ok", answer

    async def hold(self):
        """Decline what rings."""
        await self.rig.until(rung(RingState.RINGING))
        self.rig.button.press()
        await self.rig.until(lambda status: not status.rings.pending)
        self.rig.button.release()
        await asyncio.sleep(0.05)  # the button was up for longer than a click is long

    async def call(self):
        """Press so that a call begins, and wait for its end or its beginning."""
        self.presses += 1
        before = len(self.rig.watcher.statuses)
        await self.rig.click()

        def is_decided(_):
            states = [status.transport for status in self.rig.watcher.statuses[before:] if status.session]
            return S.READY in states or (states and self.rig.box.status.session is None)

        await self.rig.until(is_decided)

    async def hang_up(self):
        if self.bot.mood == "good" and self.rig.box.status.transport is S.READY:
            await self.rig.click()
        await self.rig.until(lambda status: status.session is None and not status.rings.in_call)
        await self.rig.until_idle()

    async def settle(self):
        """Until nothing rings, plays or waits."""
        await self.rig.until(lambda status: status.session is None)
        await self.rig.until(lambda status: status.announcements.state is AnnouncementState.IDLE)
        await self.rig.until_idle()
        await self.rig.until_dark()  # no PCM is open, no microphone lamp lit
        assert self.microphone.opened == self.presses

    # -- what is done ----------------------------------------------------------------------------

    async def answer(self):
        await self.ring()
        await self.rig.until(rung(RingState.RINGING))
        await self.call()
        await self.hang_up()

    async def decline(self):
        await self.ring()
        await self.hold()

    async def miss(self):
        await self.ring()
        await self.rig.until(rung(RingState.RINGING))
        self.rig.box._ringing._began_s -= 1000
        self.rig.box._ringing._due.change()
        await self.rig.until(rung(RingState.MISSED))

    async def ring_in_a_call(self):
        await self.call()
        if self.rig.box.status.transport is S.READY:
            await self.ring()
            await self.announce(priority=self.chance.choice(["normal", "high"]))
            await self.rig.click()
            await self.rig.until(rung(RingState.RINGING))
            await self.rig.until_idle()
            await self.call()
        await self.hang_up()

    async def announce_alone(self):
        await self.announce(priority=self.chance.choice(["low", "normal", "high"]))

    async def stop_an_announcement(self):
        await self.announce(sound=LONG_SOUND)
        await self.rig.until(lambda status: status.announcements.playing is not None)
        await self.rig.click()

    async def announce_while_it_rings(self):
        await self.ring()
        await self.announce()
        await self.announce(priority="high")
        await self.rig.until(rung(RingState.RINGING))
        await self.call()
        await self.hang_up()

    async def broker_away_while_it_rings(self):
        self.done["outages"] += 1
        await self.ring()
        await self.rig.until(rung(RingState.RINGING))
        await asyncio.to_thread(self.broker.stop)
        if self.chance.random() < 0.5:
            await self.call()
            await self.hang_up()
        else:
            await self.hold()
        await asyncio.to_thread(self.broker.start)
        self.listener.close()
        self.listener = await asyncio.to_thread(Listener, self.broker.port)
        await self.listener.until_online(HERE)
        assert json.loads(self.listener.of(f"{HERE}/ring")[-1])["state"] == "idle"  # true again, and retained

    async def bot_away(self):
        self.done["bot faults"] += 1
        self.bot.mood = self.chance.choice(["500", "offer 500", "no sdp", "fatal", "leaves at once"])
        await self.answer()
        self.bot.mood = "good"

    async def loudspeaker_away(self):
        self.done["loudspeaker faults"] += 1
        self.rig.speaker.unplug()
        await self.ring()
        await self.announce()
        await self.rig.until(rung(RingState.RINGING))
        self.rig.speaker.plug_in()
        await self.hold()

    async def orders_that_would_listen(self):
        assert (await self.request("connect"))["error"]["code"] == "not_allowed"


STEPS = {
    World.answer: 4,
    World.decline: 6,
    World.miss: 2,
    World.ring_in_a_call: 1,
    World.announce_alone: 3,
    World.stop_an_announcement: 2,
    World.announce_while_it_rings: 1,
    World.broker_away_while_it_rings: 0.3,
    World.bot_away: 1,
    World.loudspeaker_away: 1,
    World.orders_that_would_listen: 0.5,
}
"""What is done, and how often in relation."""


@pytest.mark.slow
@pytest.mark.timeout(0)
async def test_the_microphone_opens_as_often_as_a_press_calls(broker, tmp_path):
    chance = random.Random(int(os.environ.get("SEED", "21")))
    count = int(os.environ.get("RINGS", "40"))
    async with (
        RecordingBot() as bot,
        running(
            bot.url,
            ring=RINGS,
            announce=CONFIG,
            ring_store=RingStore(tmp_path),
            observers=[observer(broker)],
            microphone=CountedMicrophone(),
            hold_ms=200,
        ) as rig,
    ):
        world = World(rig, bot, broker, chance)
        await world.listener.until_online(HERE)
        first = [World.broker_away_while_it_rings, World.ring_in_a_call, World.bot_away, World.loudspeaker_away]
        while world.done["rings"] < count:
            [step] = [first.pop()] if first else chance.choices(list(STEPS), list(STEPS.values()))
            if rig.box.status.rings.missed:  # a press would see them, and call
                await world.call()
                await world.hang_up()
            await step(world)
            world.done["steps"] += 1
            await world.settle()
            del rig.watcher.statuses[:-1], bot.bodies[:]
            if world.done["steps"] % 100 == 0:
                print(time.strftime("%H:%M:%S"), dict(world.done), world.microphone.opened, flush=True)
        print(dict(world.done), "microphone opened", world.microphone.opened, "presses that call", world.presses)
        assert world.microphone.opened == world.presses > count / 10
        world.listener.close()
