"""Push-to-talk in a real call: by samples, what leaves the box and what the bot receives of it."""

import asyncio
import contextlib
import time
from dataclasses import replace

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError
from tests.rig.appliance import Rig, at, running
from tests.rig.faulty_bot import FaultyBot, FaultyCall

from callbox.audio.capture.model import pre_roll
from callbox.audio.capture.model.push_to_talk import PREROLL_S, RELEASE_DELAY_S
from callbox.audio.opus import OpusEncoder
from callbox.control.call_control import CallEvent
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.control.lamps import MUTED, STATES
from callbox.control.status import Speech
from callbox.rtvi import TransportState
from callbox.transports.tracks import mono_pieces
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedMicrophone

PERIOD_S = pcm.PERIOD_MS / 1000
BLOCK_PERIODS = 5
FIRST_HZ, STEP_HZ, BLOCKS = 400, 150, 60
PUSH_TO_TALK = GestureSettings(press=GestureAction.PUSH_TO_TALK, double_press=GestureAction.HANG_UP)


class MarkedMicrophone(SimulatedMicrophone):
    """Captures a tone whose pitch tells when: another one in each 100 ms. Remembers when each period was captured."""

    def __init__(self):
        frames = np.arange(BLOCKS * BLOCK_PERIODS * pcm.PERIOD_FRAMES)
        hz = FIRST_HZ + STEP_HZ * (frames // (BLOCK_PERIODS * pcm.PERIOD_FRAMES))
        sound = (10_000 * np.sin(2 * np.pi * hz * frames / pcm.RATE_HZ + 0.5)).astype("<i2")
        sound[:: pcm.PERIOD_FRAMES] = 1 + np.arange(BLOCKS * BLOCK_PERIODS)  # no two periods are alike
        super().__init__(sound.tobytes())
        self.captured: list[tuple[bytes, float]] = []

    def start(self, deliver, failed):
        def noting(period, captured_s):
            self.captured.append((period, captured_s))
            deliver(period, captured_s)

        return super().start(noting, failed)

    async def capture(self, count):
        """Until `count` more periods were captured."""
        goal = len(self.captured) + count
        async with asyncio.timeout(60):
            while len(self.captured) < goal:
                await asyncio.sleep(PERIOD_S)


class RecordingCall(FaultyCall):
    """Keeps what it receives: the payload of each RTP packet, and the sound."""

    def __init__(self, mood):
        super().__init__(mood)
        self.payloads: list[bytes] = []
        self.sound = bytearray()

    def _on_track(self, track):
        [receiver] = self._pc.getReceivers()
        take = receiver._handle_rtp_packet

        async def noting(packet, arrival_time_ms):
            self.payloads.append(packet.payload)
            await take(packet, arrival_time_ms)

        receiver._handle_rtp_packet = noting  # type: ignore[method-assign]
        super()._on_track(track)

    async def _receive(self, track):
        with contextlib.suppress(MediaStreamError):
            async for sound in mono_pieces(track):
                self.sound += sound
                self._echo.receive(sound)

    def pitches(self):
        """Block whose tone each received period holds, None: silence."""
        samples = np.frombuffer(bytes(self.sound), "<i2").astype(float)
        found = []
        for period in samples[: len(samples) // pcm.PERIOD_FRAMES * pcm.PERIOD_FRAMES].reshape(-1, pcm.PERIOD_FRAMES):
            spectrum = np.abs(np.fft.rfft(period * np.hanning(len(period)), 8 * len(period)))
            hz = spectrum.argmax() * pcm.RATE_HZ / (8 * len(period))
            found.append(round((hz - FIRST_HZ) / STEP_HZ) if np.abs(period).max() > 5000 else None)
        return found


class RecordingBot(FaultyBot):
    def new_call(self):
        self.calls.append(RecordingCall(self.mood))
        return self.calls[-1]


class Encoded(list[bytes]):
    """Periods that were encoded for the bot, in order."""

    def __init__(self):
        super().__init__()
        self.of: dict[bytes, list[bytes]] = {}
        """Periods of which a payload was made: silent ones may make the same."""

    def words(self):
        return [period for period in self if period != pcm.SILENT_PERIOD]


@pytest.fixture
def encoded(monkeypatch):
    found = Encoded()
    encode = OpusEncoder.encode

    def noting(self, period):
        payload = encode(self, period)
        found.append(period)
        found.of.setdefault(payload, []).append(period)
        return payload

    monkeypatch.setattr(OpusEncoder, "encode", noting)
    return found


class Talk:
    """Presses of a rig's button, and when they were."""

    def __init__(self, rig: Rig) -> None:
        self._rig, self._button = rig, rig.button
        self.presses: list[list[float]] = []

    def press(self):
        self.presses.append([time.monotonic()])
        self._button.press(self.presses[-1][0])

    def release(self):
        self.presses[-1].append(time.monotonic())
        self._button.release(self.presses[-1][1])
        self.presses[-1].append(time.monotonic())  # a busy machine may stall in between, and the box can't know sooner

    async def noticed(self):
        """Until the box has noticed the release."""
        await self._rig.until(lambda status: status.talk_released)

    def holds(self, captured_s, *, known=False):
        """Whether the whole period may leave, and has to. `known`: whether it may, as far as the box knows of releases."""
        return any(
            captured_s >= pressed_s - PREROLL_S
            and captured_s + PERIOD_S <= (known_s if known else released_s) + RELEASE_DELAY_S
            for pressed_s, released_s, known_s in self.presses
        )


async def test_what_is_captured_leaves_around_the_presses_and_nothing_else_does(encoded):
    async with RecordingBot() as bot:
        microphone = MarkedMicrophone()
        async with running(bot.url, gesture_settings=PUSH_TO_TALK, microphone=microphone) as rig:
            talk = Talk(rig)
            talk.press()  # calls
            await microphone.capture(3)
            talk.release()
            await talk.noticed()
            await rig.until(at(TransportState.READY))
            for pressed_periods in (25, 15):
                await microphone.capture(20)
                assert rig.mic_lamp.brightness == 1.0  # the sound is captured, if not sent
                assert rig.pattern == MUTED
                talk.press()
                await rig.until(lambda status: not status.talk_released)
                assert replace(rig.pattern, follows_speech=False) == STATES[TransportState.READY]
                await microphone.capture(pressed_periods)
                talk.release()
                await talk.noticed()
            await rig.until(lambda status: status.speech in (Speech.THINKING, Speech.BOT))  # by silence, its turn
            rig.box.dispatch(CallEvent.HANG_UP_ORDERED)
            await rig.until_idle()
            dropped = rig.box.media.gate.dropped
    has_to_leave = {period for period, captured_s in microphone.captured if talk.holds(captured_s)}
    may_leave = {period for period, captured_s in microphone.captured if talk.holds(captured_s, known=True)}
    left = encoded.words()
    wrong_s = [captured_s for period, captured_s in microphone.captured if period in set(left) - may_leave]
    assert not wrong_s, (wrong_s, talk.presses)
    assert len(left) == len(set(left))
    assert len(has_to_leave - set(left)) <= dropped
    assert encoded.count(pcm.SILENT_PERIOD) > 40
    blocks = {number // BLOCK_PERIODS for number, (period, _) in enumerate(microphone.captured) if period in may_leave}
    on_the_wire = {period for payload in bot.calls[0].payloads for period in encoded.of[payload]}
    assert on_the_wire <= may_leave | {pcm.SILENT_PERIOD}
    assert len(on_the_wire) > len(left) / 2  # a busy machine's socket may overflow
    received = bot.calls[0].pitches()
    # Where a tone begins or ends, its pitch can't be measured in 20 ms.
    inner = [
        block
        for before, block, after in zip(received, received[1:], received[2:], strict=False)
        if block is not None and before is not None and after is not None
    ]
    assert len(inner) >= len(left) / 2
    assert set(inner) <= blocks
    assert len(received) - received.count(None) <= len(left) + 2 * len(talk.presses)


async def test_an_event_loop_that_is_late_with_the_release_sends_nothing_more(encoded):
    async with RecordingBot() as bot:
        microphone = MarkedMicrophone()
        async with running(bot.url, gesture_settings=PUSH_TO_TALK, microphone=microphone) as rig:
            talk = Talk(rig)
            talk.press()
            await rig.until(at(TransportState.READY))
            await microphone.capture(20)
            talk.release()
            goal = len(microphone.captured) + 40
            while len(microphone.captured) < goal:  # the loop is stopped for 800 ms
                time.sleep(PERIOD_S)  # noqa: ASYNC251
            await talk.noticed()
            await microphone.capture(5)
    assert not set(encoded.words()) - {period for period, at_s in microphone.captured if talk.holds(at_s, known=True)}


async def test_a_press_while_connecting_is_kept_and_sent_and_cancels_nothing(encoded, monkeypatch):
    monkeypatch.setattr(pre_roll, "LIMIT_PERIODS", 3000)  # a busy machine may connect for longer than 3 s
    async with RecordingBot() as bot:
        microphone = MarkedMicrophone()
        async with running(bot.url, gesture_settings=PUSH_TO_TALK, microphone=microphone) as rig:
            rig.button.press()
            await rig.until(at(TransportState.READY))
            async with asyncio.timeout(60):
                while len(encoded.words()) < 5:
                    await asyncio.sleep(PERIOD_S)
            assert rig.box.status.session
            assert encoded.words()[:5] == [period for period, _ in microphone.captured[:5]]


async def test_a_button_that_is_jammed_talks_no_more():
    async with RecordingBot() as bot:
        microphone = MarkedMicrophone()
        async with running(bot.url, gesture_settings=PUSH_TO_TALK, microphone=microphone) as rig:
            rig.button.press(time.monotonic() - 61)
            await rig.until(lambda status: status.talk_released and status.problem)
