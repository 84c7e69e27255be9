"""Announcements of a whole box: a real Mosquitto, real HTTP, real calls, a loudspeaker that keeps what it played."""

import asyncio
import base64
import json
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from tests.integration.test_rings import HERE, CountedMicrophone, RecordingBot, rung
from tests.rig.appliance import at, running
from tests.rig.espeak import needs_espeak
from tests.unit.audio.test_sound_file import TONE_HZ, wav

from callbox.app.announcing import AnnounceConfig
from callbox.app.ringing import RingConfig
from callbox.audio.playout.cues import RING, periods
from callbox.cli import main
from callbox.control.announcements import MAX_SOUND_BYTES, AnnouncementOutcome, AnnouncementState
from callbox.control.rate_limit import RateLimit
from callbox.control.rings import Ring, RingSound, RingState
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.command_arguments import MAX_ANNOUNCE_BYTES
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import MAX_PACKET_BYTES, Broker
from callbox.rtvi import TransportState
from callbox_device.model import pcm
from callbox_device.model.gestures import Held, Pressed, Released

S, A = TransportState, AnnouncementState
MANY = RateLimit(1000, 1.0)
CONFIG = AnnounceConfig(allowed=True, rate=MANY, volume_percent=100)
RINGS = RingConfig(allowed=True, rate=MANY)
TONE = wav(0.3)


@pytest.fixture
async def bot():
    async with RecordingBot() as server:
        yield server


def observer(broker):
    packet = MAX_PACKET_BYTES + MAX_ANNOUNCE_BYTES
    return MqttObserver(
        Broker("127.0.0.1", broker.port, retry_s=1, max_packet_bytes=packet), Topics("callbox", "kitchen")
    )


async def until(is_so):
    async with asyncio.timeout(60):
        while not (found := is_so()):
            await asyncio.sleep(0.01)
        return found


async def announce(listener, topic="request", **fields):
    """The answer to `request/announce`."""
    await listener.until_online(HERE)
    before = len(listener.of(f"{HERE}/response/announce"))
    payload = json.dumps({**fields, "transaction": before}).encode()
    await asyncio.to_thread(listener.publish, f"{HERE}/request/announce", payload)
    return json.loads((await until(lambda: listener.of(f"{HERE}/response/announce")[before:]))[0])


def events(listener, id_):
    found = [json.loads(payload) for payload in listener.of(f"{HERE}/event/announce")]
    return [event["event_type"] for event in found if event["id"] == id_]


def ended(outcome):
    return lambda status: status.announcements.ended is not None and status.announcements.ended.outcome is outcome


def tone_s(rig):
    """For how many s the tone was played."""
    played = np.frombuffer(bytes(rig.speaker.played), "<i2").astype(float)
    size = pcm.PLAYBACK_PERIOD_FRAMES
    wave = np.exp(2j * np.pi * TONE_HZ * np.arange(size) / pcm.RATE_HZ)
    pieces = played[: len(played) // size * size].reshape(-1, size)
    return float(np.sum(np.abs(pieces @ wave) / size > 2000)) * pcm.PLAYBACK_PERIOD_MS / 1000


async def test_a_sound_over_mqtt_is_played_once_and_nothing_opens_the_microphone(bot, broker, listener):
    async with running(
        bot.url, announce=CONFIG, observers=[observer(broker)], microphone=(microphone := CountedMicrophone())
    ) as rig:
        sound = base64.b64encode(TONE).decode()
        for new in (True, False):
            answer = await announce(listener, id="door", sound=sound)
            assert (answer["status"], answer["data"]) == ("ok", {"id": "door", "new": new})
        await until(lambda: events(listener, "door") == ["playing", "played"])
        await asyncio.to_thread(listener.publish, f"{HERE}/announce/set", TONE)  # the file itself
        await until(lambda: len(listener.of(f"{HERE}/event/announce")) == 4)
        assert tone_s(rig) == pytest.approx(0.6, abs=0.06)
        for key, value in (("state", "idle"), ("playing", None)):
            await until(lambda key=key, value=value: json.loads(listener.of(f"{HERE}/announce")[-1])[key] == value)
        assert json.loads(listener.of(f"{HERE}/announce")[-1])["last"]["outcome"] == "played"
        assert (microphone.opened, rig.box.status.session) == (0, None)


async def test_one_waits_for_the_end_of_the_call_and_one_of_high_priority_does_not(bot, broker, listener):
    async with running(
        bot.url, announce=CONFIG, observers=[observer(broker)], microphone=(microphone := CountedMicrophone())
    ) as rig:
        sound = base64.b64encode(TONE).decode()
        await rig.click()
        await rig.until(at(S.READY))
        assert (await announce(listener, id="lunch", sound=sound))["status"] == "ok"
        assert (await announce(listener, id="hour", sound=sound, priority="low"))["error"]["code"] == "busy"
        assert (await announce(listener, id="fire", sound=sound, priority="high"))["status"] == "ok"
        await until(lambda: events(listener, "fire") == ["playing", "played"])
        assert (events(listener, "lunch"), rig.box.status.session is not None) == (["waiting"], True)
        await rig.click()
        await until(lambda: events(listener, "lunch") == ["waiting", "playing", "played"])
        assert microphone.opened == 1


async def test_a_press_stops_it_and_does_nothing_else(bot):
    async with running(bot.url, announce=CONFIG, microphone=CountedMicrophone()) as rig:
        start(rig, id="long", sound=base64.b64encode(wav(20, 8_000)).decode())
        await rig.until(lambda status: status.announcements.state is A.PLAYING)
        await rig.click()
        status = await rig.until(ended(AnnouncementOutcome.STOPPED))
        assert (status.session, rig.box.board.microphone.opened) == (None, 0)
        await rig.click()  # the next one calls
        await rig.until(at(S.READY))


async def test_a_ring_that_is_answered_puts_it_off(bot):
    async with running(bot.url, announce=CONFIG, ring=RINGS) as rig:
        start(rig, id="long", sound=base64.b64encode(wav(5, 8_000)).decode())
        await rig.until(lambda status: status.announcements.state is A.PLAYING)
        rig.box._ringing.request(Ring("door"))
        await rig.until(lambda status: status.announcements.state is A.BUSY and len(status.announcements.waiting) == 1)
        await rig.click()
        await rig.until(at(S.READY))
        await rig.click()
        await rig.until(ended(AnnouncementOutcome.PLAYED))
        await rig.until(rung(RingState.IDLE))


def start(rig, **fields):
    """Announce by hand."""
    from callbox.mqtt.model.commands import BY_NAME

    result = rig.box.remote.execute(BY_NAME["announce"].order(fields))
    assert callable(result), result


@pytest.fixture
async def server():
    """Files at a real HTTP server: a sound, a redirect, too much, and what is no sound."""

    bodies = {"bell.wav": TONE, "large": bytes(9 << 20), "page": b"<!doctype html>"}

    async def answer(request):
        if request.match_info["name"] == "moved":
            raise web.HTTPFound("/bell.wav")
        if (body := bodies.get(request.match_info["name"])) is None:
            raise web.HTTPNotFound
        return web.Response(body=body)

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert runner.addresses
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_sound_is_downloaded_from_allowed_origins_only(bot, server, broker, listener):
    config = AnnounceConfig(allowed=True, rate=MANY, origins=(server,))
    async with running(bot.url, announce=config, observers=[observer(broker)]) as rig:
        assert (await announce(listener, id="bell", url=f"{server}/bell.wav"))["status"] == "ok"
        await until(lambda: events(listener, "bell") == ["playing", "played"])
        for url in (
            server.replace("127.0.0.1", "localhost"),
            server.replace("//", "//127.0.0.1@"),
            "file:///etc/passwd",
        ):
            assert (await announce(listener, url=f"{url}/bell.wav"))["error"]["code"] == "not_allowed"
        reasons: dict[str, str] = {
            "moved": "answered 302 Found",
            "gone": "answered 404 Not Found",
            "large": "has more than 8388608 bytes",
            "page": "no WAV, Ogg Opus or MP3",
        }
        for name, reason in reasons.items():
            assert (await announce(listener, id=name, url=f"{server}/{name}"))["status"] == "ok"
            await until(lambda name=name: events(listener, name)[-1:] == ["failed"])
            assert reason in rig.box.status.announcements.ended.reason


async def test_what_is_wrong_is_refused_with_a_reason(bot, broker, listener):
    async with running(bot.url, observers=[observer(broker)]):
        refused = await announce(listener, text="Lunch")
        assert refused["error"] == {"code": "not_allowed", "text": "announce.allow_announce is false."}
        too_large = base64.b64encode(bytes(MAX_SOUND_BYTES + 1)).decode()
        wrong: list[dict[str, Any]] = [
            {},
            {"text": ""},
            {"text": "x" * 1001},
            {"text": "x", "url": "http://x/y"},
            {"sound": "%%%"},
            {"sound": too_large},
            {"text": "x", "priority": "urgent"},
            {"text": "x", "volume": 101},
            {"text": "x", "until": "tomorrow"},
            {"text": "x", "id": "a\nb"},
            {"text": "x", "speed": 2},
        ]
        for fields in wrong:
            assert (await announce(listener, **fields))["error"]["code"] == "bad_argument", fields
        assert (await announce(listener, text="x" * (MAX_ANNOUNCE_BYTES + 1)))["error"]["code"] == "too_large"


@pytest.mark.usefixtures("patient_commands")
async def test_the_command_line_announces(bot, broker, listener, tmp_path, capsys):
    settings, file = tmp_path / "callbox.yaml", tmp_path / "bell.wav"
    settings.write_text(
        "bot: {start_url: 'http://127.0.0.1:1/start'}\nboard: {kind: simulated}\ndevice: {id: kitchen}\n"
        f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\n"
    )
    file.write_bytes(TONE)
    here = ["--config", str(settings)]
    async with running(bot.url, announce=CONFIG, observers=[observer(broker)]):
        await listener.until_online(HERE)
        for code, *arguments in (
            (0, "--file", str(file), "--id", "bell"),
            (0, "--file", str(file), "--id", "bell"),
            (69, "--url", "http://127.0.0.1:1/x", "--priority", "high"),
            (74, "--file", str(tmp_path / "none")),
            (64, "Lunch", "--url", "http://127.0.0.1:1/x"),
        ):
            assert await asyncio.to_thread(main, ["announce", *arguments, *here]) == code
        await until(lambda: events(listener, "bell") == ["playing", "played"])
    output = capsys.readouterr()
    assert output.out == "It is announced: bell\nIt is known already: bell\n"
    for text in ("announce.origins has not", "none: No such file", "One of TEXT, --file and --url"):
        assert text in output.err


@needs_espeak
async def test_words_are_spoken(bot):
    async with running(bot.url, announce=CONFIG, ring=RINGS) as rig:
        start(rig, text="-v Lunch")
        await rig.until(ended(AnnouncementOutcome.PLAYED))
        assert np.abs(np.frombuffer(bytes(rig.speaker.played), "<i2").astype(int)).max() > 3000
        start(rig, id="none", text="!")
        await rig.until(lambda status: status.announcements.ended.id == "none")


MELODY = b"".join(periods(RING, RINGS.volume_percent))


async def beside_the_melodies(rig, count):
    """Peak of what was played until `count` melodies of rings were, but for these."""
    await until(lambda: bytes(rig.speaker.played).count(MELODY) >= count)
    played = b"".join(bytes(rig.speaker.played).split(MELODY)[:count])
    return int(np.abs(np.frombuffer(played, "<i2").astype(int)).max(initial=0))


@needs_espeak
async def test_a_ring_with_words_speaks_its_reason_after_the_melody(bot):
    async with running(bot.url, ring=RINGS) as rig:
        rig.box._ringing.request(Ring("tone", reason="Somebody is at the door"))
        assert await beside_the_melodies(rig, 2) == 0
        for gesture in (Pressed(0.0), Held(1.0, 1000), Released(1.5, 1500)):
            rig.box.on_gesture(gesture)
        await rig.until(rung(RingState.IDLE))
        rig.speaker.played.clear()
        rig.box._ringing.request(Ring("words", reason="Somebody is at the door", sound=RingSound.WORDS))
        assert await beside_the_melodies(rig, 3) > 3000


async def test_without_espeak_ng_words_are_refused_plainly(bot, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    async with running(bot.url, announce=CONFIG) as rig:
        from callbox.mqtt.model.command_arguments import announcement_text

        refused = rig.box.remote.execute(announcement_text("Lunch"))
        assert refused.code == "not_possible"
        assert "espeak-ng, which speaks words, is not installed: sudo apt install espeak-ng" in refused.text
