"""Hot standby of a whole box: real aiortc, a real bot's server, and everything that goes wrong between calls."""

import asyncio
import random
from dataclasses import replace

import pytest
from tests.rig.appliance import at
from tests.rig.appliance import running as running_box
from tests.rig.fake_session import Media
from tests.rig.faulty_bot import FaultyBot
from tests.rig.ports import free_port
from tests.rig.real_calls import RecordingClient
from tests.system.soak.world import Bot

from callbox.app import standby
from callbox.backoff import Backoff
from callbox.control.faults import Fault
from callbox.control.lamps import STANDBY_READY, STANDBY_STATES, error_pattern, status_lamp
from callbox.control.status import Activity, Status
from callbox.demo.terminal_demo import SPEECH
from callbox.rtvi import (
    APIRequest,
    BotAlreadyStartedError,
    ReconnectionPolicy,
    RTVIEvent,
    SessionAbortedError,
    TransportState,
)
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.interfaces import PartMissing
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker
from callbox_device.wav import read_wav

S = TransportState


def running(url, **parts):
    return running_box(url, hot=True, **parts)


def stands_by(status):
    return status.standing_by and status.transport is S.CONNECTED


async def test_a_session_waits_with_everything_closed_and_a_press_takes_it_up(bot):
    async with running(bot.url) as rig:
        status = await rig.until(stands_by)
        await asyncio.sleep(0.3)
        assert (status.activity, status.session, status.bot_ready, status.mic_live) == (
            Activity.IDLE,
            None,
            False,
            False,
        )
        assert status_lamp(status) == STANDBY_READY
        assert rig.is_dark()
        assert rig.box.is_idle
        assert [message.type for message in bot.calls[0].received] == []
        await rig.click()
        status = await rig.until(at(S.READY))
        assert not status.standing_by
        assert status.session
        assert rig.microphone.is_open
        assert [message.type for message in bot.calls[0].received] == ["client-ready"]
        assert len(bot.calls) == 1
        # No way up was shown: the session was there.
        assert rig.watcher.transports[-2:] == [S.CONNECTED, S.READY]
        await rig.click()
        await rig.until(at(S.DISCONNECTED))
        await rig.until(stands_by)  # the next one
        assert rig.is_dark()
        assert len(bot.calls) == 2
        await rig.click()
        await rig.until(at(S.READY))


class ListeningBot(FaultyBot):
    """Counts what it hears."""

    def new_call(self):
        call = super().new_call()
        call.periods = []
        receive = call._echo.receive
        call._echo.receive = lambda sound: (call.periods.append(sound), receive(sound))
        return call


async def test_nothing_of_the_microphone_leaves_while_a_session_stands_by():
    """Neither sound nor silence: the bot receives no packet of ours, and ALSA's PCM is closed."""
    loud = b"\x00\x40" * (pcm.RATE_HZ * 5)
    async with ListeningBot() as bot, running(bot.url, microphone=SimulatedMicrophone(loud)) as rig:
        opened = []
        start = rig.box.board.microphone.start

        def watched(*given):
            opened.append(given)
            return start(*given)

        rig.box.board.microphone.start = watched
        await rig.until(stands_by)
        await asyncio.sleep(1.5)
        assert opened == []
        assert not rig.box.media.is_open
        assert bot.calls[0].periods == []
        stats = await rig.box.client._session.transport._peer._pc.getStats()
        assert [found.packetsSent for found in stats.values() if found.type == "outbound-rtp"] == [0]
        await rig.click()
        await rig.until(at(S.READY))
        async with asyncio.timeout(60):
            while not any(pcm.peak_dbfs(period) > -20 for period in bot.calls[0].periods):
                await asyncio.sleep(0.02)


async def test_a_session_that_the_server_ends_is_made_anew(bot):
    async with running(bot.url) as rig:
        for count in (1, 2):
            await rig.until(stands_by)
            assert len(bot.calls) == count
            await bot.calls[-1].end()
            await rig.until(lambda status: status.transport is not S.CONNECTED)
        await rig.until(stands_by)
        assert all(not status.mic_live for status in rig.watcher.statuses)


async def test_a_session_whose_bot_vanishes_is_made_anew_and_the_fault_is_over(bot):
    async with running(bot.url) as rig:
        await rig.until(stands_by)
        await bot.calls[-1].vanish()
        status = await rig.until(lambda status: stands_by(status) and len(bot.calls) == 2)
        assert status.problem is None
        failed = next(status for status in rig.watcher.statuses if status.transport is S.ERROR)
        assert failed.problem.fault is Fault.BOT_FAILED


async def test_what_ended_a_call_stays_in_status_until_the_next_press(bot):
    async with running(bot.url) as rig:
        await rig.until(stands_by)
        await rig.click()
        await rig.until(at(S.READY))
        await bot.calls[-1].vanish()
        status = await rig.until(lambda status: stands_by(status) and len(bot.calls) == 2)
        assert status.problem is not None
        assert status.problem.fault is Fault.BOT_FAILED
        assert status_lamp(status) == error_pattern(status.problem)
        await rig.click()
        status = await rig.until(at(S.READY))
        assert status.problem is None


async def test_a_server_that_is_away_keeps_the_lamp_through_all_attempts_and_found_when_it_is_back(monkeypatch):
    monkeypatch.setattr(standby, "BACKOFF", Backoff(first_s=0.05, max_s=0.1))
    port, bot = free_port(), FaultyBot()
    async with running(f"http://127.0.0.1:{port}/start") as rig:
        await rig.until(at(S.ERROR))
        failures = [status for status in rig.watcher.statuses if status.transport is S.ERROR]
        await rig.until(lambda _: sum(status.transport is S.ERROR for status in rig.watcher.statuses) > 3)
        first = rig.watcher.statuses.index(failures[0])
        for status in rig.watcher.statuses[first + 1 :]:
            assert status.problem.fault is Fault.BOT_UNREACHABLE
            assert status.activity is Activity.ERROR
            assert status_lamp(status) == error_pattern(status.problem)
        await bot.start(port=port)
        status = await rig.until(stands_by)
        assert status.problem is None
        assert status_lamp(status) == STANDBY_READY
    await bot.stop()


async def test_attempts_that_fail_come_less_and_less_often(monkeypatch):
    drawn, stop = [], asyncio.Event()

    def draw(least, most):
        drawn.append(most)
        return 0

    monkeypatch.setattr(random, "uniform", draw)
    waiting = standby.Standby(None, Media(), lambda: asyncio.create_task(fail()))

    async def fail():
        waiting.set_idle(False)
        if len(drawn) == 9:
            stop.set()
            await asyncio.Event().wait()
        asyncio.get_running_loop().call_soon(waiting.set_idle, True)

    running_ = asyncio.create_task(waiting.run())
    waiting.set_idle(True)
    await stop.wait()
    assert drawn == [0, 1, 2, 4, 8, 16, 32, 60, 60]
    running_.cancel()
    await asyncio.wait([running_])


@pytest.mark.parametrize("mood", ["slow start", "slow offer"])
async def test_a_press_while_the_session_is_being_made_takes_it_up_when_it_is_there(bot, mood):
    bot.mood = mood
    async with running(bot.url) as rig:
        await rig.until(at(S.AUTHENTICATING if mood == "slow start" else S.CONNECTING))
        await rig.click()
        status = await rig.until(lambda status: status.session is not None)
        assert not status.standing_by
        await rig.until(lambda status: status.mic_live)  # what is said from now on is kept
        await rig.until(at(S.READY))
        assert len(bot.calls) == 1


async def test_a_second_press_gives_that_up_too(bot):
    bot.mood = "slow offer"
    async with running(bot.url) as rig:
        await rig.until(at(S.CONNECTING))
        await rig.click()
        await rig.until(lambda status: status.mic_live)
        await rig.click()
        await rig.until(at(S.DISCONNECTED))
        await rig.until_dark()
        bot.mood = "good"
        await rig.until(stands_by)
        await rig.click()
        await rig.until(at(S.READY))


async def test_a_press_in_the_moment_when_the_server_ends_the_session_calls_all_the_same(bot):
    async with running(bot.url) as rig:
        await rig.until(stands_by)
        pressed: list[Status] = []
        tell = rig.watcher.on_status

        def press(status):
            tell(status)
            if status.transport is S.DISCONNECTING and not pressed:
                pressed.append(status)
                rig.button.click(30)

        rig.watcher.on_status = press
        await bot.calls[-1].end()
        await rig.until(at(S.READY))
        assert pressed


async def test_a_press_soon_after_a_restart_of_the_server_calls_all_the_same():
    """The session that stands by is lost, and there is no sign of it: another one is made in its place."""
    server = Bot()
    restarted = FaultyBot()  # in this process: a new one may begin later than the box notices the loss
    try:
        await asyncio.to_thread(server.start)
        async with running(server.url) as rig:
            await rig.until(stands_by)
            notice_no_loss(rig)
            server.kill()
            await restarted.start(port=server.port)
            first = len(rig.watcher.statuses)
            await rig.click()
            await rig.until(at(S.READY))
            since = rig.watcher.statuses[first:]
            assert all(status.problem is None and status.transport is not S.ERROR for status in since)
            assert len({status.session for status in since if status.session}) == 1  # one call to the person
            assert rig.microphone.is_open
            await rig.click()
            await rig.until(stands_by)
            assert rig.is_dark()
    finally:
        server.kill()
        await restarted.stop()


def notice_no_loss(rig):
    """As a box that is pressed before it notices that nothing arrives: however late this machine is."""
    rig.box.client._session.transport._monitor._policy = ReconnectionPolicy(silence_s=3600.0)


async def test_a_server_that_is_gone_when_the_press_comes_is_named():
    server = Bot()
    await asyncio.to_thread(server.start)
    async with running(server.url) as rig:
        await rig.until(stands_by)
        notice_no_loss(rig)
        server.kill()
        await rig.click()
        failed = await rig.until(at(S.ERROR))
        assert failed.problem.fault is Fault.BOT_UNREACHABLE
        await rig.until_dark()


async def test_a_microphone_that_cannot_be_opened_is_the_end_of_the_call_and_stays_in_status(bot):
    async with running(bot.url) as rig:
        rig.microphone.fail_with(PartMissing("There is no microphone"))
        await rig.until(stands_by)
        await rig.click()
        failed = await rig.until(at(S.ERROR))
        assert failed.problem.fault is Fault.NO_MICROPHONE
        status = await rig.until(stands_by)
        assert status.problem.fault is Fault.NO_MICROPHONE
        assert status_lamp(status) == error_pattern(status.problem)
        assert not rig.box.media.is_open


async def test_other_settings_end_the_session_that_stands_by_and_another_one_follows(bot):
    async with FaultyBot() as another, running(bot.url) as rig:
        await rig.until(stands_by)
        connection = replace(rig.connection, params=APIRequest(another.url, request_data={}))
        rig.box.reconfigure(rig.reconfiguration(connection, SimulatedMicrophone(), SimulatedSpeaker()))
        async with asyncio.timeout(60):
            while not another.calls:
                await asyncio.sleep(0.01)
        await rig.until(stands_by)
        assert len(bot.calls) == 1
        await rig.click()
        await rig.until(at(S.READY))
        assert [message.type for message in another.calls[0].received] == ["client-ready"]


async def test_settings_that_are_no_longer_hot_leave_no_session(bot):
    async with running(bot.url) as rig:
        await rig.until(stands_by)
        connection = replace(rig.connection, hot=False)
        rig.box.reconfigure(rig.reconfiguration(connection, SimulatedMicrophone(), SimulatedSpeaker()))
        await rig.until(lambda status: status.transport is S.DISCONNECTED and not status.standing_by)
        await asyncio.sleep(0.3)
        assert rig.box.client.state is S.DISCONNECTED
        assert len(bot.calls) == 1


# -- the client alone ------------------------------------------------------------------------------------


async def test_a_conversation_with_pipecat_after_it_has_waited(pipecat, machine):
    speech = read_wav(SPEECH)
    caller = RecordingClient(
        APIRequest(pipecat.start_url, request_data={"transport": "webrtc"}), bytes(2 * pcm.RATE_HZ) + speech
    )
    await caller.client.stand_by()
    stands_by = caller.client.stands_by
    assert stands_by
    assert caller.states == ["authenticating", "authenticated", "connecting", "connected"]
    await asyncio.sleep(4)  # longer than Pipecat waits for a sound, or for a ping
    assert caller.client.state is S.CONNECTED
    assert caller.lamp == []
    ready = await caller.client.connect()
    assert ready.version >= (2, 0, 0)
    assert not caller.client.stands_by
    await caller.until(RTVIEvent.UserStoppedSpeaking)
    await caller.until_bot_has_spoken()
    await caller.client.disconnect()
    assert machine.received(speech, bytes(caller.speaker.played))
    assert caller.states[4:] == ["ready", "disconnecting", "disconnected"]
    assert caller.lamp == [True, False]


async def test_a_session_that_stands_by_refuses_a_second_one(bot):
    caller = RecordingClient({"webrtc_url": bot.offer_url}, transport=SmallWebRTCTransport)
    await caller.client.stand_by()
    with pytest.raises(BotAlreadyStartedError):
        await caller.client.stand_by()
    with pytest.raises(BotAlreadyStartedError):
        await caller.client.connect({"webrtc_url": bot.offer_url})  # somewhere else, as far as the client knows
    await caller.client.connect()
    await caller.client.disconnect()
    assert not caller.client.stands_by


async def test_disconnect_ends_a_session_that_stands_by_or_is_being_made_for_that(bot):
    caller = RecordingClient(APIRequest(bot.url))
    await caller.client.stand_by()
    await caller.client.disconnect()
    assert caller.states[-2:] == ["disconnecting", "disconnected"]
    assert not caller.client.stands_by
    bot.mood = "offer never"
    making = asyncio.create_task(caller.client.stand_by())
    await caller.until_state(S.CONNECTING)
    await caller.until_state(S.CONNECTING)
    joined = asyncio.create_task(caller.client.connect())
    await asyncio.sleep(0.1)
    await caller.client.disconnect()
    for call in (making, joined):
        with pytest.raises(SessionAbortedError):
            await call
    assert not caller.media.is_open
    assert caller.client.state is S.DISCONNECTED


def test_every_state_has_a_lamp_while_standing_by():
    assert set(STANDBY_STATES) == set(S) - {S.ERROR}
