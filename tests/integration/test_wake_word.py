"""Hands-free: a whole box with the real detector, a real call, and nothing on the wire before the name."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile

from tests.integration.test_standby import ListeningBot, stands_by
from tests.rig.appliance import at, running
from tests.rig.echo_room import EchoRoom
from tests.rig.espeak import needs_espeak, say
from tests.rig.speech import RECEIVED_FROM, likeness

from callbox.app.wake_word import WakeConfig
from callbox.audio.capture.model import pre_roll
from callbox.audio.capture.model.gate_states import GateState
from callbox.audio.capture.wake_word import WakeWord
from callbox.control.lamps import WAKE_WORD, status_lamp
from callbox.rtvi import TransportState
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone

S = TransportState
NABU = WakeConfig((WakeWord("okay_nabu"),))


def seconds(sound, begin_s, end_s=None):
    bytes_ = [None if at_s is None else int(at_s * pcm.RATE_HZ) * pcm.BYTES_PER_FRAME for at_s in (begin_s, end_s)]
    return sound[bytes_[0] : bytes_[1]]


@needs_espeak
async def test_in_one_breath_the_bot_receives_the_sentence_and_nothing_from_before_the_name(machine, monkeypatch):
    monkeypatch.setattr(pre_roll, "LIMIT_PERIODS", 3000)  # a busy machine may connect for longer than 3 s
    before, _ = say("good evening everybody, it was a long day and the weather was cold")
    request, end_s = say("okay nabu what time is it in the city of Sydney")
    _, name_s = say("okay nabu")
    microphone = SimulatedMicrophone(before + request)
    async with ListeningBot() as bot, running(bot.url, hot=True, microphone=microphone, wake=NABU) as rig:
        rig.box._hard_mute.command(True)  # no speech before the session stands by
        await rig.until(stands_by)
        rig.box._hard_mute.command(False)
        listening = await rig.until(lambda status: status.wake_word)
        assert (status_lamp(listening), rig.mic_lamp.brightness) == (WAKE_WORD, 0.5)
        await rig.until(lambda status: status.mic_live and not status.wake_word)
        assert bot.calls[0].periods == []
        assert rig.mic_lamp.brightness == 1.0
        await rig.until(at(S.READY))
        sentence = seconds(request, name_s + 0.15, end_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                while likeness(sentence, b"".join(bot.calls[0].periods)) < RECEIVED_FROM:
                    await asyncio.sleep(0.2)
        assert machine.received(sentence, b"".join(bot.calls[0].periods))
        assert likeness(seconds(before, 1.0, len(before) / 96_000 - 1), b"".join(bot.calls[0].periods)) < 0.5
        ring = rig.box.media.gate._ring
        assert ring
        assert ring._memory[:].count(b"\0") == len(ring._memory)


async def test_no_packet_leaves_and_nothing_is_written_while_a_wake_word_is_listened_for(tmp_path, monkeypatch):
    loud = b"\x00\x40\x00\xc0" * (pcm.RATE_HZ * 2)
    monkeypatch.chdir(tmp_path)
    async with (
        ListeningBot() as bot,
        running(bot.url, hot=True, microphone=SimulatedMicrophone(loud), wake=NABU) as rig,
    ):
        await rig.until(lambda status: status.wake_word and stands_by(status))
        gate = rig.box.media.gate
        async with asyncio.timeout(60):
            while not (gate._ring and len(gate._ring.since(0)) > 50):  # a second of it was captured
                await asyncio.sleep(0.05)
        stats = await rig.box.client._session.transport._peer._pc.getStats()
        assert [found.packetsSent for found in stats.values() if found.type == "outbound-rtp"] == [0]
        assert bot.calls[0].periods == []
        assert (gate.level_dbfs, rig.watcher.stats, list(tmp_path.iterdir())) == (pcm.MIN_DBFS, [], [])
        assert not len(gate._periods)
        rig.box._hard_mute.command(True)
        await rig.until(lambda status: status.hard_mute and not status.mic_live)
        assert (gate.state, gate._listening, rig.mic_lamp.brightness) == (GateState.CLOSED, None, 0.0)
        assert gate._ring._memory[:].count(b"\0") == len(gate._ring._memory)


async def test_a_press_calls_while_a_wake_word_is_listened_for_and_after_the_call_it_is_again():
    async with ListeningBot() as bot, running(bot.url, wake=NABU) as rig:
        await rig.until(lambda status: status.wake_word)
        await rig.click()
        await rig.until(at(S.READY))
        assert not rig.watcher.statuses[-1].wake_word
        await rig.click()
        await rig.until(lambda status: status.transport is S.DISCONNECTED and status.wake_word)


@needs_espeak
async def test_a_press_before_it_is_decided_which_box_answers_sends_nothing_of_what_followed_the_name(monkeypatch):
    monkeypatch.setattr(pre_roll, "LIMIT_PERIODS", 3000)  # more than 3 s would be dropped, whatever they are
    request, end_s = say("okay nabu what time is it in the city of Sydney")
    _, name_s = say("okay nabu")
    sentence = seconds(request, name_s + 0.15, end_s)
    microphone = SimulatedMicrophone(request + bytes(60 * pcm.RATE_HZ * pcm.BYTES_PER_FRAME))
    verdict = asyncio.Event()

    async def answers(_):
        return await verdict.wait()

    async with ListeningBot() as bot, running(bot.url, microphone=microphone, wake=NABU) as rig:
        rig.watcher.answers_wake_word = answers
        await rig.until(lambda status: status.mic_live and not status.wake_word)
        gate = rig.box.media.gate
        async with asyncio.timeout(60):
            while likeness(sentence, b"".join(gate._periods.pending)) < RECEIVED_FROM:  # it is kept
                await asyncio.sleep(0.05)
        await rig.click()
        await rig.until(at(S.CONNECTING))
        verdict.set()
        await rig.until(at(S.READY))
        async with asyncio.timeout(60):
            while len(bot.calls[0].periods) < 100:
                await asyncio.sleep(0.05)
        assert likeness(sentence, b"".join(bot.calls[0].periods)) < 0.5


@needs_espeak
async def test_a_stop_word_ends_the_call():
    sound, _ = say("alexa")
    stop = WakeConfig((WakeWord("okay_nabu"), WakeWord("alexa", ends_call=True)))
    room = EchoRoom()
    parts = {"microphone": room.microphone, "speaker": room.speaker, "wake": stop}
    async with ListeningBot() as bot, running(bot.url, **parts) as rig:
        await rig.until(lambda status: status.wake_word)
        await rig.click()
        await rig.until(at(S.READY))
        async with asyncio.timeout(60):
            while rig.box.media.gate.call_detector is None:
                await asyncio.sleep(0.01)
        room.say(sound)
        await rig.until(at(S.DISCONNECTED))
        await rig.until(lambda status: status.wake_word)
        assert S.ERROR not in rig.watcher.transports


def test_a_box_without_a_wake_word_imports_no_detector():
    code = """
import asyncio, sys, threading
from callbox.app import compose
from callbox.config import load
from pathlib import Path
file = Path(sys.argv[1]); file.write_text("bot: {start_url: http://b/start}\\nboard: {kind: simulated}\\nsound: {echo: half_duplex}\\n")
async def main():
    box = compose.make_composition(load(file)).make_appliance()
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    await asyncio.sleep(0)
    stop.set()
    await running
    print(sorted({"micro_features_cpp", "pymicro_features", "pymicro_wakeword"} & set(sys.modules)), box.media.gate._ring)
asyncio.run(main())
"""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", code, f"{folder}/callbox.yaml"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[] None\n"
