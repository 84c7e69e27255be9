"""Rings of a whole box: a real Mosquitto, real calls to the demo's bot, a microphone that counts how often it opens."""

import asyncio
import json
import random
from typing import Any, cast

import pytest
from tests.rig.appliance import at, running
from tests.rig.faulty_bot import FaultyBot

from callbox.app.connection_config import ConnectionConfig, with_field
from callbox.app.ring_store import RingStore
from callbox.app.ringing import RingConfig
from callbox.cli import main
from callbox.control.lamps import MISSED_RING, RINGING
from callbox.control.rate_limit import RateLimit
from callbox.control.rings import Ring, RingOutcome, RingState
from callbox.mqtt import blocking_client, request
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker
from callbox.rtvi import APIRequest, TransportState
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.simulated import SimulatedMicrophone

S = TransportState
RINGS = RingConfig(allowed=True, rate=RateLimit(1000, 1.0))
HERE = "callbox/kitchen"


class CountedMicrophone(SimulatedMicrophone):
    """Counts how often its PCM is opened."""

    opened = 0

    def start(self, *arguments, **options):
        self.opened += 1
        return super().start(*arguments, **options)


class RecordingBot(FaultyBot):
    """Keeps what the start requests say."""

    def __init__(self):
        super().__init__()
        self.bodies = []

    async def answer_start(self, request):
        self.bodies.append((await request.json()).get("body"))
        return await super().answer_start(request)


@pytest.fixture
async def bot():
    async with RecordingBot() as server:
        yield server


def rung(state):
    return lambda status: status.rings.state is state


def ring_by_hand(rig, id_, **fields):
    result = rig.box._ringing.request(Ring(id_, **fields))
    assert callable(result), result


async def ring(listener, **fields):
    """The answer to `request/ring`."""
    before = len(listener.of(f"{HERE}/response/ring"))
    payload = json.dumps({**fields, "transaction": before}).encode()
    await asyncio.to_thread(listener.publish, f"{HERE}/request/ring", payload)
    async with asyncio.timeout(60):
        while len(answers := listener.of(f"{HERE}/response/ring")) <= before:
            await asyncio.sleep(0.01)
    return json.loads(answers[before])


@pytest.mark.parametrize("hot", [False, True])
async def test_one_press_answers_and_the_bot_gets_the_reason(bot, hot):
    async with running(bot.url, hot=hot, ring=RINGS, microphone=CountedMicrophone()) as rig:
        if hot:
            await rig.until(at(S.CONNECTED))
        ring_by_hand(rig, "door", reason="Somebody is at the door", request_data={"camera": "porch"})
        await rig.until(rung(RingState.RINGING))
        assert rig.pattern == RINGING
        if hot:  # a session with what the ring says stands by, when the press comes
            await rig.until(lambda status: len(bot.bodies) == 2 and status.transport is S.CONNECTED)
        assert not rig.box.board.microphone.opened
        await rig.click()
        status = await rig.until(at(S.READY))
        assert rig.box.board.microphone.opened == 1
        assert status.rings.ended.outcome is RingOutcome.ANSWERED
        expected = {"id": "door", "reason": "Somebody is at the door", "request_data": {"camera": "porch"}}
        assert bot.bodies[-1] == {"ring": expected}
        count = len(bot.bodies)
        await rig.click()
        await rig.until(lambda status: status.session is None and status.rings.state is RingState.IDLE)
        await rig.until_idle()
        await rig.click()
        await rig.until(at(S.READY))
        assert not any("ring" in (body or {}) for body in bot.bodies[count:])
        assert len(bot.bodies) > count


async def test_a_hold_declines_and_nothing_opens(bot):
    async with running(bot.url, ring=RINGS, microphone=CountedMicrophone()) as rig:
        ring_by_hand(rig, "door")
        await rig.until(rung(RingState.RINGING))
        rig.button.press()
        status = await rig.until(lambda status: status.rings.ended is not None)
        rig.button.release()
        assert status.rings.ended.outcome is RingOutcome.DECLINED
        assert (rig.box.board.microphone.opened, status.session) == (0, None)


async def test_a_missed_ring_stays_until_the_next_press_which_calls(bot):
    ringing = RingConfig(allowed=True, ring_s=0.2)
    async with running(bot.url, ring=ringing) as rig:
        ring_by_hand(rig, "door")
        await rig.until(rung(RingState.MISSED))
        assert rig.pattern == MISSED_RING
        await rig.click()
        status = await rig.until(at(S.READY))
        assert not status.rings.missed


async def test_a_ring_in_a_call_rings_after_it(bot):
    async with running(bot.url, ring=RINGS, microphone=CountedMicrophone()) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        ring_by_hand(rig, "door")
        await rig.until(rung(RingState.WAITING))
        await rig.click()
        await rig.until(rung(RingState.RINGING))
        await rig.until_idle()
        await rig.click()
        await rig.until(lambda status: status.transport is S.READY and status.rings.state is RingState.IN_CALL)
        assert rig.box.board.microphone.opened == 2


async def test_rings_are_kept_over_a_restart(bot, tmp_path):
    async with running(bot.url, ring=RINGS, ring_store=RingStore(tmp_path)) as rig:
        ring_by_hand(rig, "door", reason="Somebody is at the door")
        await rig.until(rung(RingState.RINGING))
    async with running(bot.url, ring=RINGS, ring_store=RingStore(tmp_path)) as rig:
        await rig.until(rung(RingState.RINGING))
        await rig.click()
        await rig.until(at(S.READY))
    assert bot.bodies[-1]["ring"]["reason"] == "Somebody is at the door"


async def test_permission_can_be_taken_while_the_box_runs(bot):
    async with running(bot.url, ring=RINGS) as rig:
        assert rig.box.context.allow_ring
        rig.box.reconfigure(rig.reconfiguration())
        assert not rig.box.context.allow_ring


async def test_over_mqtt_nothing_opens_the_microphone_but_presses(bot, broker, listener, tmp_path):
    """Rings, repetitions, answers, declines, hang-ups and outages of the broker, in a random order."""
    observer = MqttObserver(Broker("127.0.0.1", broker.port, retry_s=1), Topics("callbox", "kitchen"))
    chance = random.Random(21)
    microphone, answered, rung_ids = CountedMicrophone(), 0, set()
    async with running(
        bot.url, ring=RINGS, ring_store=RingStore(tmp_path), observers=[observer], microphone=microphone
    ) as rig:
        async with asyncio.timeout(60):
            while f"{HERE}/status" not in {topic for topic, payload, _ in listener.messages if payload == b"online"}:
                await asyncio.sleep(0.01)
        for number in range(8):
            id_ = f"ring-{number if number % 4 else max(0, number - 1)}"
            answer = await ring(listener, id=id_, reason="a test", request_data={"n": number})
            assert (answer["status"], answer["data"]) == ("ok", {"id": id_, "new": id_ not in rung_ids})
            if id_ in rung_ids:
                continue
            rung_ids.add(id_)
            await rig.until(rung(RingState.RINGING))
            if chance.random() < 0.5:
                answered += 1
                await rig.click()
                await rig.until(at(S.READY))
                assert bot.bodies[-1]["ring"]["id"] == id_
                await rig.click()
            else:
                rig.button.press()
                await rig.until(rung(RingState.IDLE))
                rig.button.release()
            await rig.until(rung(RingState.IDLE))
            await rig.until_idle()
            assert microphone.opened == answered
        async with asyncio.timeout(60):
            while len(listener.of(f"{HERE}/event/ring")) < 2 * len(rung_ids):
                await asyncio.sleep(0.01)
            while json.loads(listener.of(f"{HERE}/ring")[-1])["state"] != "idle":
                await asyncio.sleep(0.01)
        events = [json.loads(payload) for payload in listener.of(f"{HERE}/event/ring")]
    assert {event["id"] for event in events if event["event_type"] == "ringing"} == rung_ids
    ended = [event for event in events if event["event_type"] != "ringing"]
    assert len(ended) == len(rung_ids)
    assert answered == sum(event["event_type"] == "answered" for event in ended)


async def test_a_broken_message_is_refused_with_a_reason(bot, broker, listener):
    observer = MqttObserver(Broker("127.0.0.1", broker.port, retry_s=1), Topics("callbox", "kitchen"))
    async with running(bot.url, observers=[observer]) as rig:
        await listener.until_online(HERE)
        refused = await ring(listener, id="door")
        assert refused["error"] == {"code": "not_allowed", "text": "ring.allow_ring is false."}
        for wrong in ({}, {"id": ""}, {"id": "a", "until": "tomorrow"}, {"id": "a", "request_data": {"x": "y" * 2048}}):
            assert (await ring(listener, **wrong))["error"]["code"] == "bad_argument"
        assert rig.box.status.rings.state is RingState.IDLE


async def test_the_command_line_rings(bot, broker, listener, tmp_path, capsys, monkeypatch):
    for module in (blocking_client, request):
        monkeypatch.setattr(module, "RESPONSE_TIMEOUT_S", 60.0)  # a busy machine is late
    observer = MqttObserver(Broker("127.0.0.1", broker.port, retry_s=1), Topics("callbox", "kitchen"))
    settings = tmp_path / "callbox.yaml"
    settings.write_text(
        "bot: {start_url: 'http://127.0.0.1:1/start'}\nboard: {kind: simulated}\ndevice: {id: kitchen}\n"
        f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\n"
    )
    command = ["ring", "Lunch is ready", "--id", "lunch", "--data", '{"soup": true}', "--config", str(settings)]
    async with running(bot.url, ring=RINGS, observers=[observer]) as rig:
        await listener.until_online(HERE)
        assert await asyncio.to_thread(main, command) == 0
        status = await rig.until(rung(RingState.RINGING))
        assert status.rings.current == Ring("lunch", "Lunch is ready", request_data={"soup": True})
        assert await asyncio.to_thread(main, command) == 0
        assert await asyncio.to_thread(main, [*command, "--id", "soup", "--bot", "nurse"]) == 69
        assert await asyncio.to_thread(main, [*command, "--data", "soup"]) == 64
    output = capsys.readouterr()
    assert "It rings: lunch\nIt is known already: lunch\n" in output.out
    assert "There is no bot nurse" in output.err
    assert "--data is no JSON" in output.err


def request_data(params: Any) -> Any:
    return params.request_data


def test_what_the_settings_give_the_bot_is_not_replaced():
    start = APIRequest("http://bot/start", request_data={"transport": "webrtc", "body": {"language": "de"}})
    assert request_data(with_field(start, "ring", {"id": "door"})) == {
        "transport": "webrtc",
        "body": {"language": "de", "ring": {"id": "door"}},
    }
    offer: dict[str, Any] = {
        "webrtc_request_params": APIRequest("http://bot/api/offer", request_data={"language": "de"})
    }
    assert request_data(cast("dict[str, Any]", with_field(offer, "ring", {"id": "door"}))["webrtc_request_params"]) == {
        "language": "de",
        "ring": {"id": "door"},
    }
    assert ConnectionConfig(SmallWebRTCTransport, start).params is start
