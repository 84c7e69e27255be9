"""A call under control, with a real bot: gestures that mute, interrupt and hang up; limits that warn and end."""

import asyncio

import pytest
from tests.rig.appliance import S, Watcher, at, running

from callbox.app.call_limiter import CallLimiter, DailyUsage
from callbox.audio.wav_media import speech
from callbox.control.call_limits import CallLimits, Limit
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.control.lamps import ENDS_SOON, MUTED, status_lamp
from callbox.control.status import Speech
from callbox.demo.terminal_demo import SPEECH
from callbox.mqtt.model.payloads import SessionLog, advance
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone

GESTURES = GestureSettings(GestureAction.INTERRUPT, GestureAction.MUTE, double_press_ms=400)


async def hold(rig, s=1.3):
    await asyncio.sleep(0.5)  # longer than `double_press_ms` after the last press
    rig.button.press()
    await asyncio.sleep(s)
    rig.button.release()


def played_periods(rig, begin, end):
    """What the loudspeaker has played from byte `begin` to `end`, in periods."""
    played = bytes(rig.speaker.played[begin:end])
    return [played[at : at + pcm.PLAYBACK_PERIOD_BYTES] for at in range(0, len(played), pcm.PLAYBACK_PERIOD_BYTES)]


async def test_a_hold_mutes_and_unmutes_and_a_press_hangs_up(bot):
    async with running(bot.url, double_press_ms=400, gesture_settings=GESTURES) as rig:
        await rig.click()
        await rig.until(at(S.READY))
        await hold(rig)
        muted = await rig.until(lambda status: status.soft_mute)
        assert muted.transport is S.READY
        assert status_lamp(muted) == MUTED
        await hold(rig)
        await rig.until(lambda status: not status.soft_mute)
        assert rig.box.status.transport is S.READY
        await asyncio.sleep(0.5)
        await rig.click()
        await rig.until(at(S.DISCONNECTED))


async def test_a_double_press_stops_what_the_bot_says_and_tells_it(bot):
    microphone = SimulatedMicrophone(speech(SPEECH))
    async with running(bot.url, double_press_ms=400, gesture_settings=GESTURES, microphone=microphone) as rig:
        await rig.click()
        await rig.until(lambda status: status.speech is Speech.BOT)
        player = rig.box.media.player
        async with asyncio.timeout(60):
            while player.level_dbfs < -40:
                await asyncio.sleep(0.01)
        rig.double_click()
        async with asyncio.timeout(60):
            while not any(message.data == {"t": "interrupt"} for message in bot.calls[0].received):
                await asyncio.sleep(0.01)
        begin, end = len(rig.speaker.played), len(rig.speaker.played) + 75 * pcm.PLAYBACK_PERIOD_BYTES
        async with asyncio.timeout(60):
            while len(rig.speaker.played) < end:
                await asyncio.sleep(0.01)
        levels = [pcm.peak_dbfs(period) for period in played_periods(rig, begin, end)]  # of some 5 s of speech
        assert sum(level > -60 for level in levels) < len(levels) / 3, levels  # what was on its way
        assert rig.box.status.transport is S.READY
        async with asyncio.timeout(60):
            while player.is_bot_silenced:  # until the bot has told that it was interrupted
                await asyncio.sleep(0.01)


async def test_a_bot_that_does_not_stop_is_silent_at_the_card(bot):
    """Whatever it sends: silence is played until it tells that what it said has ended."""
    microphone = SimulatedMicrophone(speech(SPEECH))
    async with running(bot.url, microphone=microphone) as rig:
        await rig.click()
        await rig.until(lambda status: status.speech is Speech.BOT)
        rig.box.client.send_client_message = lambda *_: ""  # a bot that doesn't know the message
        rig.box.interrupt_bot()
        begin = end = len(rig.speaker.played)
        async with asyncio.timeout(60):
            while rig.box.media.player.is_bot_silenced:
                end = len(rig.speaker.played)
                await asyncio.sleep(0.02)
        silenced = played_periods(rig, begin, end)[4:]  # what was on its way
        assert len(silenced) > 10
        assert not any(map(any, silenced))


@pytest.mark.parametrize(
    ("limits", "limit"),
    [
        (CallLimits(idle_s=2, warning_s=1), Limit.IDLE),
        (CallLimits(call_s=2, warning_s=1), Limit.CALL),
        (CallLimits(day_s=2, warning_s=1), Limit.DAY),
    ],
)
async def test_a_limit_warns_and_ends_the_call_and_is_reported_as_the_reason(bot, limits, limit, caplog):
    caplog.set_level("INFO")
    limiter = CallLimiter(limits, DailyUsage(None))
    async with running(bot.url, observers=[limiter]) as rig:
        await rig.click()
        warned = await rig.until(lambda status: status.ends_soon is limit)
        assert status_lamp(warned) == ENDS_SOON
        ended = await rig.until(lambda status: status.transport is S.DISCONNECTED and status.ended_by is limit)
        assert ended.ends_soon is None
        log, events = SessionLog(), []
        for status in rig.watcher.statuses:
            log, reported = advance(log, status, 0.0)
            events += reported
        assert events[-1]["reason"] == limit.value
        await rig.until_idle()
        if limit is not Limit.DAY:
            await rig.click()
            again = await rig.until(at(S.READY))
            assert again.ended_by is None
    assert f"calls.{ {Limit.IDLE: 'idle_s', Limit.CALL: 'call_s', Limit.DAY: 'day_s'}[limit] }" in caplog.text


async def test_a_warning_that_is_taken_back_is_so_for_each_observer(bot):
    limiter, behind = CallLimiter(CallLimits(idle_s=3600, warning_s=3600), DailyUsage(None)), Watcher()
    async with running(bot.url, observers=[limiter, behind]) as rig:
        await rig.click()
        await rig.until(lambda status: status.ends_soon is Limit.IDLE)
        rig.box.update(speech=Speech.USER)
        assert rig.box.status.ends_soon is None
        assert behind.statuses[-1] == rig.watcher.statuses[-1] == rig.box.status
