"""Figures of `callbox probe` on each of its bad networks, in simulated time: bot, network, codec and client are real."""

import asyncio
import statistics

import pytest
from tests.rig import fake_session, known_delay_bot
from tests.rig.known_delay_bot import QUIET_PACKETS, Answerer, tone

from callbox.audio.opus import OpusDecoder, OpusEncoder
from callbox.probe.call import Plan, probe
from callbox.probe.load_media import LoadMedia
from callbox.probe.model.networks import DELAY_MS, ImpairedDirection, networks
from callbox_device.model import pcm

WITHIN_MS = 5.0
PLAN = Plan(tone(0.5), turns=8, interrupts=False, greeting_s=0.0)
ROUND_TRIP_MS = 2 * DELAY_MS


class SimulatedCall(fake_session.Transport):
    """Transport to a bot that delays by a given time, over a bad network, on the loop's clock."""

    def __init__(self, media, listener, delay_s, network, *, is_opus=True):
        super().__init__(media, listener)
        self._loop = asyncio.get_running_loop()
        self.answerer = Answerer(delay_s)
        impairment = networks()[network].impairment
        self.up, self.down = (ImpairedDirection(impairment, f"1/{side}") for side in range(2))
        self.sent_packets = 0
        self._newest_arrival_s = 0.0
        self._is_opus = is_opus
        self._first_sound_s = self._loop.time()
        self.outcome.set_result(None)

    async def connect(self, params, request):
        await super().connect(params, request)
        self._tasks = [asyncio.create_task(self._capture()), asyncio.create_task(self._speak())]

    def send(self, text):
        super().send(text)
        if self.sent[-1].type == "client-ready":
            self._loop.call_soon(self.receive, "bot-ready", {"version": "2.2.0"}, self.sent[-1].id)

    async def close(self):
        await super().close()
        for task in self._tasks:
            task.cancel()

    def _arrivals(self, direction):
        now_s = self._loop.time()
        return direction.release_times(now_s, is_sound=True, since_first_sound_s=now_s - self._first_sound_s)

    def _pass_up(self, decoder, sound):
        for at_s in self._arrivals(self.up):  # none overtakes another: the bot has no jitter buffer
            self._newest_arrival_s = max(at_s, self._newest_arrival_s + 1e-6)
            self._loop.call_at(self._newest_arrival_s, self._receive, decoder, sound)

    def _pass_down(self, take, *arguments):
        for at_s in self._arrivals(self.down):
            self._loop.call_at(at_s, take, *arguments)

    async def _capture(self):
        decoder = OpusDecoder()
        while True:
            if self._is_opus:
                self._pass_up(decoder, (await self.media.read_opus()).payload)
            else:
                self._pass_up(None, await self.media.read())

    def _receive(self, decoder, payload):
        self.answerer.take(self._loop.time(), decoder.decode(payload) if decoder else payload)

    async def _speak(self):
        encoder, decoder, began_s = OpusEncoder(), OpusDecoder(), self._loop.time()
        while True:
            self.sent_packets += 1
            await asyncio.sleep(began_s + self.sent_packets * 0.02 - self._loop.time())
            now_s = self._loop.time()
            sound = self.answerer.period(now_s)
            if self._is_opus:
                payload = encoder.encode(sound)
                self.answerer.sent(now_s, decoder.decode(payload))
                self._pass_down(self._deliver, self.sent_packets, payload)
            else:
                self.answerer.sent(now_s, sound)
                self._pass_down(self.media.write, sound)

    def _deliver(self, number, payload):
        self.media.write_rtp(1, number, number * pcm.PERIOD_FRAMES, payload, self._loop.time())


async def probed(network, delay_s=0.3, plan=PLAN, **more):
    made = []

    def transport(media, listener):
        made.append(SimulatedCall(media, listener, delay_s, network, **more))
        return made[0]

    call = await probe(transport, {}, plan, say=lambda _: None, media=LoadMedia())
    return call.results, made[0]


def differences_ms(results, bot):
    """Latency as measured, less the bot's own and the network's; of a call without a lost turn."""
    latencies = [turn.latency_ms for turn in results.turns]
    truths = bot.answerer.truth_ms
    assert len(latencies) == len(truths)
    return [measured - true - ROUND_TRIP_MS for measured, true in zip(latencies, truths, strict=True)]


@pytest.mark.simulated_time
@pytest.mark.parametrize("is_opus", [True, False], ids=["packets of Opus", "pcm"])
@pytest.mark.parametrize("delay_s", [0.15, 0.337, 1.2])
async def test_each_latency_is_the_bots(delay_s, is_opus):
    results, bot = await probed(
        "clean", delay_s, Plan(tone(0.5), turns=3, interrupts=False, greeting_s=0.0), is_opus=is_opus
    )
    found = differences_ms(results, bot)
    assert max(map(abs, found)) < WITHIN_MS, found
    assert results.latencies_ms == pytest.approx([delay_s * 1000 + ROUND_TRIP_MS] * 3, abs=WITHIN_MS + 5)


@pytest.mark.simulated_time
@pytest.mark.parametrize("network", ["clean", "loss-1", "loss-3", "loss-5", "loss-10", "burst"])
async def test_loss_is_counted_and_delays_by_the_packets_that_are_missing(network):
    results, bot = await probed(network)
    sound = results.sound
    assert sound.lost == bot.down.lost
    assert sound.packets + sound.lost == pytest.approx(bot.sent_packets, abs=2)
    assert bool(sound.gaps) == bool(bot.down.lost)
    found = differences_ms(results, bot)
    assert abs(statistics.median(found)) < WITHIN_MS, found
    late = [round(each / 20) * 20 for each in found]  # a lost first packet of the answer, or last one of the question
    assert found == pytest.approx(late, abs=WITHIN_MS)


@pytest.mark.simulated_time
async def test_an_interruption_lasts_from_the_callers_first_loud_sample(monkeypatch):
    monkeypatch.setattr(known_delay_bot, "ANSWER_S", 5.0)
    sound = bytes(pcm.RATE_HZ * pcm.BYTES_PER_FRAME) + tone(0.5)  # after 1 s of silence
    results, _ = await probed("clean", delay_s=2.0, plan=Plan(sound, turns=1, interrupts=True, greeting_s=0.0))
    # This bot falls silent so many packets after the caller's last loud one, until it answers.
    expected_ms = 500 + QUIET_PACKETS * pcm.PERIOD_MS + ROUND_TRIP_MS
    assert results.summary()["interruption_ms"] == pytest.approx(expected_ms, abs=3 * pcm.PERIOD_MS)


@pytest.mark.simulated_time
async def test_jitter_is_in_the_latency():
    results, bot = await probed("jitter")
    found = differences_ms(results, bot)
    assert all(2 * 20 - WITHIN_MS < each < 2 * 80 + WITHIN_MS for each in found), found
    assert results.sound.packets < bot.sent_packets  # those that were overtaken are too late
    assert bot.down.lost == 0


@pytest.mark.simulated_time
async def test_an_outage_that_loses_costs_a_turn():
    results, bot = await probed("outage-lost")
    assert bot.down.lost == 100
    assert results.sound.lost == 100
    assert 0 < [turn.answer for turn in results.turns].count(None) <= 2


@pytest.mark.simulated_time
async def test_an_outage_that_holds_delays_a_turn():
    results, bot = await probed("outage-held")
    assert results.sound.lost == 0
    assert all(turn.answer for turn in results.turns)
    # What fell into the 2 s came at their end.
    assert max(results.latencies_ms) > statistics.median(results.latencies_ms) + 200
    assert bot.answerer.truth_ms[0] == pytest.approx(300, abs=WITHIN_MS)
