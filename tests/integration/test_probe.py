"""`callbox probe`: its figures beside those of bots that know their own delay, and its reports."""

import asyncio
import functools
import json
import math
import xml.etree.ElementTree as ET

import pytest
from tests.rig.faulty_bot import FaultyBot
from tests.rig.known_delay_bot import WebRTCDelayBot, WebSocketDelayBot, tone

from callbox.audio.wav_media import speech
from callbox.cli import main
from callbox.demo.terminal_demo import SPEECH
from callbox.probe.call import Plan, probe
from callbox.probe.load_media import LoadMedia
from callbox.probe.media import ProbeMedia
from callbox.probe.model.networks import networks
from callbox.probe.model.segments import ending_at_last_loud
from callbox.probe.udp_relay import ImpairedWebRTCTransport
from callbox.rtvi import APIRequest, SessionLostError
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox.transports.websocket import WebSocketTransport
from callbox_device.wav import create_wav

WITHIN_MS = 5.0
PLAN = Plan(tone(0.5), turns=5, interrupts=False, greeting_s=0.0)


async def probed(transport, params, plan=PLAN):
    lines: list[str] = []
    call = await probe(transport, params, plan, say=lines.append)
    return call, lines


def differences_ms(call, answerer):
    latencies = [turn.latency_ms for turn in call.results.turns]
    assert len(latencies) == len(answerer.truth_ms)
    return [measured - true for measured, true in zip(latencies, answerer.truth_ms, strict=True)]


def limit_ms(machine):
    """For the best of the turns: a busy machine delays most of them, by a packet if it was late once."""
    if machine.had_no_time:
        return math.inf
    return 20.0 if machine.share else WITHIN_MS


@pytest.mark.slow
@pytest.mark.parametrize("delay_s", [0.2, 0.45])
async def test_latency_over_webrtc_is_the_bots(delay_s, machine):
    bot = WebRTCDelayBot(delay_s)
    await bot.start()
    try:
        call, lines = await probed(SmallWebRTCTransport, APIRequest(bot.url, request_data={"transport": "webrtc"}))
    finally:
        await bot.stop()
    found = differences_ms(call, bot.answerer)
    assert min(map(abs, found)) < limit_ms(machine), (found, bot.answerer.truth_ms, str(machine))
    assert [line.partition(":")[0] for line in lines[1:]] == [f"turn {number}" for number in range(1, 6)]


@pytest.mark.slow
async def test_latency_over_websocket_is_the_bots(machine):
    async with WebSocketDelayBot(0.3) as bot:
        call, _ = await probed(WebSocketTransport, {"ws_url": bot.url})
    found = differences_ms(call, bot.answerer)
    assert min(map(abs, found)) < limit_ms(machine), (found, bot.answerer.truth_ms, str(machine))


@pytest.mark.parametrize("media", [ProbeMedia, LoadMedia])
async def test_a_bot_that_hangs_up_while_it_is_spoken_to_ends_the_probe(media):
    async with FaultyBot() as bot:
        steps: asyncio.Queue[str] = asyncio.Queue()
        request = APIRequest(bot.url, request_data={"transport": "webrtc"})
        plan = Plan(tone(3), turns=1, interrupts=False, greeting_s=0.0)
        probing = asyncio.create_task(probe(SmallWebRTCTransport, request, plan, say=steps.put_nowait, media=media()))
        assert (await steps.get()).startswith("ready after")
        await bot.calls[-1].end()
        async with asyncio.timeout(60):
            with pytest.raises(SessionLostError, match="The bot hung up before the probe was over"):
                await probing


async def test_a_real_pipecat_server_is_measured(pipecat):
    plan = Plan(ending_at_last_loud(speech(SPEECH, lead_s=0.0)), turns=2)
    call, _ = await probed(
        SmallWebRTCTransport, APIRequest(pipecat.start_url, request_data={"transport": "webrtc"}), plan
    )
    assert [turn.answer is not None for turn in call.results.turns] == [True, True]
    assert len(call.results.latencies_ms) == 2
    assert min(call.results.latencies_ms) > 0
    phases_ms = dict(call.results.phases_ms)
    assert phases_ms.pop("first_audio") > phases_ms["connecting"]  # the bot sends sound before and after it is ready
    assert list(phases_ms.values()) == sorted(phases_ms.values())


async def test_a_bad_network_loses_what_it_says_and_delays():
    bot = WebRTCDelayBot(0.2)
    await bot.start()
    made = []

    def transport(media, listener):
        made.append(ImpairedWebRTCTransport(media, listener, networks()["loss-10"].impairment, 1))
        return made[0]

    try:
        request = APIRequest(bot.url, request_data={"transport": "webrtc"})
        call, _ = await probed(transport, request, Plan(tone(0.5), turns=1, interrupts=False, greeting_s=0.0))
    finally:
        await bot.stop()
    lost_up, lost_down = made[0].relays[0].lost
    assert call.results.turns[0].answer
    assert lost_up
    assert lost_down
    assert call.results.sound.lost <= lost_down
    assert call.results.sound.packets


def test_reports_of_a_call_by_the_command(tmp_path, capsys):
    files = ["--json", "--junit", str(tmp_path / "probe.xml"), "--html", str(tmp_path / "probe.html")]

    async def command(bot, *more):
        await bot.start()
        try:
            options = ["probe", bot.url, "--turns", "1", "--wav", str(tmp_path / "tone.wav"), *more, *files]
            return await asyncio.to_thread(functools.partial(main, options))
        finally:
            await bot.stop()

    with create_wav(tmp_path / "tone.wav") as file:
        file.writeframesraw(tone(0.5))
    code = asyncio.run(command(WebRTCDelayBot(0.2), "--no-interrupt", "--max-latency-p95-ms", "1"))
    assert code == 1
    figures = json.loads(capsys.readouterr().out)
    assert figures["summary"]["answered"] == 1
    assert figures["phases_ms"]["ready"] > 0
    assert [(check["name"], check["passed"]) for check in figures["checks"]] == [
        ("unanswered", True),
        ("latency_p95_ms", False),
    ]
    suite = ET.parse(tmp_path / "probe.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    page = (tmp_path / "probe.html").read_text()
    assert page.count("<svg") == 2
    assert "latency_p95_ms" in page


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["http://127.0.0.1:1/start"], 69, "http://127.0.0.1:1/start"),
        (["nowhere"], 64, "'nowhere' is no address"),
        (["http://127.0.0.1:1", "--network", "bad"], 64, "there are clean, loss-1, loss-3"),
        (["ws://127.0.0.1:1", "--network", "burst"], 64, "needs SmallWebRTC"),
        (["http://127.0.0.1:1", "--wav", "/nowhere.wav"], 74, "/nowhere.wav"),
        (["http://127.0.0.1:1", "--wav", __file__], 64, "--wav"),
    ],
)
def test_a_wrong_command_line_gets_one_line(arguments, code, complaint, capsys):
    assert main(["probe", *arguments]) == code
    complaints = capsys.readouterr().err
    assert complaint in complaints
    assert complaints.count("\n") == 1


@pytest.mark.parametrize("turns", ["many", "0", "1001", "9" * 5000])
def test_a_wrong_number_of_turns_is_named(turns, capsys):
    with pytest.raises(SystemExit, match="64"):
        main(["probe", "http://127.0.0.1:1", "--turns", turns])
    assert f"argument --turns: a whole number from 1 to 1000 is needed, not '{turns[:10]}" in capsys.readouterr().err
