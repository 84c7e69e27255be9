"""Limits of calls in simulated time: warned of, put off by speech, ended, counted by the day."""

import asyncio
from datetime import date

import pytest

from callbox.app.call_limiter import CallLimiter, DailyUsage
from callbox.control.call_limits import CallLimits, Limit
from callbox.control.remote_commands import EndCall, WarnOfEnd
from callbox.control.status import Speech, Status
from callbox.rtvi import TransportState

simulated_time = pytest.mark.simulated_time
READY = Status(transport=TransportState.READY, session="1")
OVER = Status()


class Box:
    """Notes what the limiter orders, with the time."""

    def __init__(self, limits, folder=None, day=lambda: date(2026, 11, 28)):
        self.usage = DailyUsage(folder, day)
        self.limiter = CallLimiter(limits, self.usage)
        self.limiter.attach(self.execute)
        self.orders = []

    def execute(self, command):
        self.orders.append((round(asyncio.get_running_loop().time(), 3), command))
        if isinstance(command, EndCall):
            asyncio.get_running_loop().call_soon(self.limiter.on_status, OVER)

    def speech(self, speech):
        self.limiter.on_status(Status(transport=TransportState.READY, session="1", speech=speech))


@simulated_time
async def test_a_silent_call_is_warned_of_and_ended():
    box = Box(CallLimits(idle_s=300, warning_s=10))
    box.limiter.on_status(READY)
    await asyncio.sleep(1000)
    assert box.orders == [(290, WarnOfEnd(Limit.IDLE)), (300, EndCall(Limit.IDLE))]


@simulated_time
async def test_speech_puts_the_end_off_and_takes_the_warning_back():
    box = Box(CallLimits(idle_s=300, warning_s=10))
    box.limiter.on_status(READY)
    await asyncio.sleep(295)
    box.speech(Speech.USER)
    await asyncio.sleep(1000)  # a long speech
    box.speech(Speech.THINKING)
    await asyncio.sleep(100)
    box.speech(Speech.NONE)
    await asyncio.sleep(1000)
    assert box.orders == [
        (290, WarnOfEnd(Limit.IDLE)),
        (295, WarnOfEnd(None)),
        (1585, WarnOfEnd(Limit.IDLE)),
        (1595, EndCall(Limit.IDLE)),
    ]


@simulated_time
async def test_the_longest_call_ends_in_mid_speech():
    box = Box(CallLimits(idle_s=300, call_s=600, warning_s=10))
    box.limiter.on_status(READY)
    box.speech(Speech.BOT)
    await asyncio.sleep(1000)
    assert box.orders == [(590, WarnOfEnd(Limit.CALL)), (600, EndCall(Limit.CALL))]


@simulated_time
async def test_a_call_that_has_ended_has_no_limits():
    box = Box(CallLimits(idle_s=300, call_s=600))
    box.limiter.on_status(READY)
    await asyncio.sleep(299)
    box.limiter.on_status(OVER)
    await asyncio.sleep(1000)
    assert box.orders == [(290, WarnOfEnd(Limit.IDLE))]


@simulated_time
async def test_while_the_bot_is_not_ready_nothing_is_counted():
    box = Box(CallLimits(idle_s=5, call_s=5, warning_s=1))
    box.limiter.on_status(Status(transport=TransportState.CONNECTING, session="1"))
    await asyncio.sleep(100)
    assert box.orders == []


async def _call(box, seconds):
    box.limiter.on_status(READY)
    await asyncio.sleep(seconds)
    box.limiter.on_status(OVER)


@simulated_time
async def test_calls_of_a_day_are_counted_together():
    box = Box(CallLimits(day_s=1000, warning_s=10))
    await _call(box, 400)
    box.limiter.on_status(READY)
    await asyncio.sleep(1000)
    assert box.orders == [(990, WarnOfEnd(Limit.DAY)), (1000, EndCall(Limit.DAY))]


@simulated_time
async def test_a_call_keeps_to_the_limits_that_it_began_with():
    box = Box(CallLimits(idle_s=300, call_s=350, warning_s=10))
    box.limiter.on_status(READY)
    await asyncio.sleep(100)
    box.limiter.limits = CallLimits(call_s=50, warning_s=20)
    box.speech(Speech.USER)
    box.speech(Speech.NONE)
    await asyncio.sleep(350)
    await _call(box, 40)
    assert box.orders == [
        (340, WarnOfEnd(Limit.CALL)),
        (350, EndCall(Limit.CALL)),
        (480, WarnOfEnd(Limit.CALL)),
    ]


@simulated_time
async def test_a_limit_that_is_taken_away_still_ends_the_call_that_is_on():
    box = Box(CallLimits(idle_s=300, warning_s=10))
    box.limiter.on_status(READY)
    box.limiter.limits = CallLimits()
    await asyncio.sleep(1000)
    assert box.orders == [(290, WarnOfEnd(Limit.IDLE)), (300, EndCall(Limit.IDLE))]


async def test_what_was_used_survives_a_restart_and_ends_with_the_day(tmp_path):
    today = date(2026, 11, 28)
    usage = DailyUsage(tmp_path, lambda: today)
    usage.add(123.5)
    usage.write()
    assert DailyUsage(tmp_path, lambda: today).used_s == 123.5
    assert DailyUsage(tmp_path, lambda: date(2026, 11, 29)).used_s == 0


async def test_a_call_that_the_end_of_the_process_ended_is_kept(tmp_path):
    box = Box(CallLimits(), tmp_path)
    running = asyncio.create_task(box.limiter.run())
    await asyncio.sleep(0)
    box.limiter.on_status(READY)
    await asyncio.sleep(0.02)
    box.limiter.on_status(OVER)
    running.cancel()
    await asyncio.wait([running])
    kept_s = DailyUsage(tmp_path, lambda: date(2026, 11, 28)).used_s
    assert kept_s == pytest.approx(box.usage.used_s, abs=0.001)
    assert kept_s > 0


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"day": 5, "used_s": 1}', '{"day": "2026-11-28", "used_s": "x"}', "[" * 5000]
)
def test_a_file_that_cannot_be_read_is_none(tmp_path, content):
    (tmp_path / "usage.json").write_text(content)
    assert DailyUsage(tmp_path).used_s == 0


async def test_a_folder_that_cannot_be_written_costs_no_call(tmp_path):
    usage = DailyUsage(tmp_path / "missing")
    usage.add(5)
    usage.write()
    assert usage.used_s == 5
