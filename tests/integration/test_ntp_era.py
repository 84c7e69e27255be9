"""Calls after 7 February 2036, when NTP's seconds begin at 0 again, and calls in which the wall clock is set."""

import asyncio
import datetime as dt
import struct
import time
from pathlib import Path
from typing import Any

import aiortc.clock
import pytest
from tests.rig.faulty_bot import FaultyBot
from tests.rig.speaking_media import OpusSpeechMedia, PcmSpeechMedia

from callbox.rtvi import APIRequest, RTVIClient
from callbox.transports.aiortc_patches import ntp_time
from callbox.transports.small_webrtc import SmallWebRTCTransport

ROLL_OVER_S = (1 << 32) - 2_208_988_800


@pytest.mark.parametrize(("offset_s", "seconds"), [(-1, 0xFFFFFFFF), (0, 0), (1, 1), (86400 * 365, 86400 * 365)])
def test_timestamps_have_64_bits(monkeypatch, offset_s, seconds):
    monkeypatch.setattr(time, "time", lambda: ROLL_OVER_S + offset_s + 0.5)
    stamp = ntp_time.ntp_time()
    assert stamp >> 32 == seconds
    assert stamp & 0xFFFFFFFF == 1 << 31


def sender_of(client):
    return client._session.transport._peer._pc.getSenders()[0]


def receiver_of(client):
    return client._session.transport._peer._pc.getReceivers()[0]


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("media_type", [OpusSpeechMedia, PcmSpeechMedia])
async def test_a_call_after_the_roll_over_has_reports_and_leaves_nothing(monkeypatch, caplog, media_type):
    now_s = time.time
    shift_s = ROLL_OVER_S + 60 - now_s()
    shift = dt.timedelta(seconds=shift_s)
    current_datetime = aiortc.clock.current_datetime
    monkeypatch.setattr(time, "time", lambda: now_s() + shift_s)
    monkeypatch.setattr(aiortc.clock, "current_datetime", lambda: current_datetime() + shift)
    tasks, files = asyncio.all_tasks(), open_files()
    async with FaultyBot() as bot:
        client = RTVIClient(SmallWebRTCTransport, media_type(), params=APIRequest(bot.url))
        await client.connect()
        sender = sender_of(client)
        async with asyncio.timeout(60):
            while not [each for each in (await sender.getStats()).values() if each.type == "remote-inbound-rtp"]:
                await asyncio.sleep(0.1)
        await client.disconnect()
    async with asyncio.timeout(60):
        while asyncio.all_tasks() - tasks or open_files() > files:
            await asyncio.sleep(0.1)
    assert "A report of RTCP failed" not in caplog.text


async def test_a_call_in_which_the_clock_is_set_has_reports_and_leaves_nothing(monkeypatch):
    """As NTP does on a Pi, which has no real-time clock."""
    now_s = time.time
    tasks, files = asyncio.all_tasks(), open_files()
    async with FaultyBot() as bot:
        client = RTVIClient(SmallWebRTCTransport, OpusSpeechMedia(), params=APIRequest(bot.url))
        await client.connect()
        receiver: Any = receiver_of(client)
        reports, send = [], receiver._send_rtcp

        async def send_rtcp(packet):
            reports.append(packet)
            await send(packet)

        receiver._send_rtcp = send_rtcp
        async with asyncio.timeout(60):
            while not reports:
                await asyncio.sleep(0.1)
            monkeypatch.setattr(time, "time", lambda: now_s() + 3600)
            del reports[:]
            while len(reports) < 2:
                await asyncio.sleep(0.1)
        assert max(info.jitter for report in reports for info in report.reports) < 48_000
        await client.disconnect()
    async with asyncio.timeout(60):
        while asyncio.all_tasks() - tasks or open_files() > files:
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("of", [sender_of, receiver_of])
@pytest.mark.parametrize("always", [False, True])
async def test_a_report_that_fails_ends_neither_rtcp_nor_the_way_out(of, always, caplog):
    """`always`: also that of the end."""
    tasks, files = asyncio.all_tasks(), open_files()
    async with FaultyBot() as bot:
        client = RTVIClient(SmallWebRTCTransport, OpusSpeechMedia(), params=APIRequest(bot.url))
        await client.connect()
        part: Any = of(client)
        send, sent, failed = part._send_rtcp, asyncio.Event(), asyncio.Event()

        async def send_rtcp(packets):
            if always or not failed.is_set():
                failed.set()
                raise struct.error("argument out of range")
            await send(packets)
            sent.set()

        part._send_rtcp = send_rtcp
        async with asyncio.timeout(60):
            await (failed if always else sent).wait()
        await client.disconnect()
    async with asyncio.timeout(60):
        while asyncio.all_tasks() - tasks or open_files() > files:
            await asyncio.sleep(0.1)
    assert len([one for one in caplog.records if one.message == "A report of RTCP failed"]) == 1
