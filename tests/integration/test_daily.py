"""The Daily transport, against a stand-in for daily-python: not yet run against Daily's service."""

import asyncio
import inspect
import json
import sys
from pathlib import Path

import pytest
from tests.integration.test_small_webrtc import WAY_DOWN, WAY_UP
from tests.rig import fake_daily
from tests.rig.real_calls import RecordingClient

from callbox.rtvi import (
    ConnectionTimeoutError,
    Deadlines,
    InvalidTransportParamsError,
    RTVIEvent,
    SessionAbortedError,
    SessionLostError,
    TransportStartError,
    TransportState,
)
from callbox.transports import daily
from callbox_device.model import pcm

S = TransportState
BUNDLE = {"dailyRoom": "https://x.daily.co/room", "dailyToken": "secret", "sessionId": "1"}


@pytest.fixture
def room(monkeypatch):
    monkeypatch.setitem(sys.modules, "daily", fake_daily)
    daily._library.cache_clear()
    room = fake_daily.Room()
    yield room
    room.end()
    daily._library.cache_clear()


@pytest.fixture
async def caller(room):
    loud = (b"\xff\x3f" * pcm.PERIOD_FRAMES) * 50
    caller = RecordingClient(BUNDLE, loud, transport=daily.DailyTransport)
    yield caller
    await caller.client.disconnect()


async def test_a_session_in_a_room(caller, room):
    bot = await caller.client.connect()
    assert bot.version == (2, 2, 0)
    assert (caller.client.bot_participant.id, caller.client.bot_participant.name) == ("bot-1", "EchoSpeaker")
    assert room.joined == ("https://x.daily.co/room", "secret")
    assert room.settings["inputs"]["microphone"]["settings"]["customTrack"]["id"] == "track-1"
    async with asyncio.timeout(60):
        while min(pcm.peak_dbfs(bytes(sound)) for sound in (room.received, caller.speaker.played)) <= -10:
            await asyncio.sleep(0.02)
    room.say("server-message", {"a": 1})
    assert await caller.until(RTVIEvent.ServerMessage) == {"a": 1}
    await caller.client.disconnect()
    assert (room.left, room.released) == (1, 1)
    assert caller.states == [*WAY_UP[:2], *WAY_UP[4:], *WAY_DOWN]
    assert caller.count(RTVIEvent.ParticipantConnected) == 1
    assert caller.count(RTVIEvent.TrackStarted) == caller.count(RTVIEvent.TrackStopped) == 2  # ours and the bot's


async def test_each_session_has_a_call_of_its_own_and_the_library_is_begun_once(caller, room):
    for _ in range(3):
        await caller.client.connect()
        await caller.client.disconnect()
    assert (room.left, room.released) == (3, 3)
    assert fake_daily.Daily.inits >= 1


async def test_a_call_that_is_being_made_when_it_is_given_up_is_released(caller, room):
    room.may_be_made.clear()
    connecting = asyncio.ensure_future(caller.client.connect())
    while not room.made:
        await asyncio.sleep(0.01)
    hanging_up = asyncio.ensure_future(caller.client.disconnect())
    with pytest.raises(SessionAbortedError):
        await connecting
    room.may_be_made.set()
    await hanging_up
    assert (room.made, room.left, room.released) == (1, 0, 1)


async def test_the_bot_leaving_ends_the_session(caller, room):
    await caller.client.connect()
    room.later(room.handler.on_participant_left, room.bot("off"), "leftCall")
    await caller.until_state(S.DISCONNECTED)
    assert caller.count(RTVIEvent.BotDisconnected) == 1


@pytest.mark.parametrize("how", ["error", "ejected"])
async def test_a_call_that_breaks(caller, room, how):
    await caller.client.connect()
    if how == "error":
        room.later(room.handler.on_error, "signalling lost")
    else:
        room.later(room.handler.on_call_state_updated, "left")
    await caller.until_state(S.ERROR)
    assert isinstance(caller.client.error, SessionLostError)


@pytest.mark.parametrize(
    ("mood", "kind", "text"),
    [
        ("no such room", TransportStartError, "room not found"),
        ("empty", ConnectionTimeoutError, "0.5 s"),
        ("leaves at once", SessionLostError, "left"),
    ],
)
async def test_rooms_in_a_bad_mood(caller, room, mood, kind, text):
    room.mood = mood
    patient = caller.client._deadlines
    if mood == "empty":
        caller.client._deadlines = caller.client._session._deadlines = Deadlines(connect_s=0.5)
    with pytest.raises(kind, match=text):
        await caller.client.connect()
    caller.client._deadlines = caller.client._session._deadlines = patient
    await caller.client.disconnect()
    assert room.released == 1
    room.mood = "good"
    await caller.client.connect()


async def test_messages_of_others_are_none_of_ours(caller, room):
    await caller.client.connect()
    for message in ("text", {"chat": "hi"}, ["rtvi-ai"], {"label": "rtvi-ai", "type": 5}):
        room.later(room.handler.on_app_message, message, "x")
    room.say("bot-started-speaking")
    await caller.until(RTVIEvent.BotStartedSpeaking)
    assert caller.client.state is S.READY


async def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "daily", None)
    daily._library.cache_clear()
    caller = RecordingClient(BUNDLE, transport=daily.DailyTransport)
    with pytest.raises(TransportStartError, match=r"'daily-python>="):
        await caller.client.connect()
    await caller.client.disconnect()


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (BUNDLE, ("https://x.daily.co/room", "secret")),
        ({"room_url": "https://x.daily.co/r", "token": "t"}, ("https://x.daily.co/r", "t")),
        ({"url": "https://x.daily.co/r", "token": ""}, ("https://x.daily.co/r", None)),
    ],
)
def test_bundles_of_today_and_of_the_seed_era(params, expected):
    assert daily.parse_room(params, None) == expected


@pytest.mark.parametrize("params", [{}, {"sessionId": "1"}, {"room_url": 5}, {"room_url": "x.daily.co"}])
def test_a_bundle_without_a_room(params):
    with pytest.raises(InvalidTransportParamsError):
        daily.parse_room(params, None)


@pytest.mark.parametrize("name", ["CallClient", "CustomAudioSource", "CustomAudioTrack", "EventHandler", "Daily"])
def test_the_stand_in_has_the_interface_of_the_real_module(name):
    real = json.loads(Path(fake_daily.__file__).with_suffix(".json").read_text())  # from daily-python 0.36's stub
    stand_in = getattr(fake_daily, name)
    for method, parameters in real[name].items():
        if found := getattr(stand_in, method, None):
            assert list(inspect.signature(found).parameters) == parameters, method
