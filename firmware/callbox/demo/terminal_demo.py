"""Demo in a terminal: a bot and a box with a simulated board, used by a person at the keyboard or by a script."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from callbox.app.alarm_clock import AlarmConfig
from callbox.app.announcing import AnnounceConfig
from callbox.app.appliance import Appliance
from callbox.app.appliance_config import ApplianceConfig
from callbox.app.button_control import ButtonConfig
from callbox.app.connection_config import ConnectionConfig
from callbox.app.ringing import RingConfig
from callbox.app.telephone import TelephoneConfig
from callbox.audio.media import AudioConfig
from callbox.audio.wav_media import speech
from callbox.control.gesture_actions import GestureAction, GestureSettings
from callbox.demo import script
from callbox.demo.bot import EchoBot
from callbox.demo.similarity import likeness
from callbox.demo.terminal import SimulatedBoard, Terminal
from callbox.rtvi import APIRequest
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.alsa.devices import AlsaMicrophone, AlsaSpeaker
from callbox_device.alsa.open_pcm import sound_cards
from callbox_device.interfaces import MAIN_BUTTON, Board, Microphone, Speaker
from callbox_device.model.gestures import Gestures
from callbox_device.model.keypad import LAYOUTS
from callbox_device.simulated import (
    SimulatedButton,
    SimulatedKeypad,
    SimulatedKnob,
    SimulatedLamp,
    SimulatedMicrophone,
    SimulatedRotaryDial,
    SimulatedSpeaker,
)
from callbox_device.wav import read_wav

FURTHER_BUTTONS = {
    "interrupt": GestureAction.INTERRUPT,
    "mute": GestureAction.MUTE,
    "next": GestureAction.NEXT_BOT,
}
"""Buttons beside the main one, each with a key of its own."""
BOTS = {"kitchen": "1", "doctor": "2"}
"""Two names of one bot, for the choice, with their digits."""
SPEECH = Path(__file__).parents[1] / "assets/speech.wav"
MIN_LIKENESS = 0.7
"""The answer counts as heard from this likeness on. Another sentence stays below 0.6 (see `similarity`); a hiccup of a
busy machine in the middle was seen to leave 0.85 of 0.97."""
BUSY_S = 0.1
"""A simulated sound card that is later than this, five packets, leaves a gap in what it captures or plays."""


async def interactive(bot_url: str | None, wav: Path, stop: asyncio.Event) -> bool:
    """Show the box in the terminal until `stop`; the space bar is the button."""
    async with _bot(bot_url) as url:
        await _interactive(url, wav, stop)
    return True


async def scripted(bot_url: str | None, wav: Path, stop: asyncio.Event) -> bool:
    """Make one scripted call; returns whether the answer was heard."""
    async with _bot(bot_url) as url:
        return await _scripted(url, wav, stop)


@contextlib.asynccontextmanager
async def _bot(url: str | None) -> AsyncIterator[str]:
    if url:
        yield url
        return
    bot = EchoBot()
    await bot.start()
    try:
        yield bot.url
    finally:
        await bot.stop()


async def _interactive(url: str, wav: Path, stop: asyncio.Event) -> None:
    microphone: Microphone
    speaker: Speaker
    processing = None
    if sound_cards():
        microphone, speaker = AlsaMicrophone(), AlsaSpeaker()
        processing = AudioConfig(echo="auto", noise_suppression=True, gain_control=True)
        footnote = f"bot {url} · microphone and loudspeaker: the sound card"
    else:
        microphone, speaker = SimulatedMicrophone(speech(SPEECH)), SimulatedSpeaker(wav)
        footnote = f"bot {url} · no sound card: recorded speech in, {wav} out"
    terminal = Terminal(footnote, stop)
    box, parts = _box(url, microphone, speaker, [terminal], processing)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(box.run(stop), name="box")
        tasks.create_task(terminal.show(box, parts), name="terminal")


async def _scripted(url: str, wav: Path, stop: asyncio.Event) -> bool:
    console = script.ConsoleObserver()
    console.say(f"bot: {url}")
    microphone, speaker = SimulatedMicrophone(speech(SPEECH)), SimulatedSpeaker(wav)
    box, parts = _box(url, microphone, speaker, [console])
    running = asyncio.create_task(box.run(stop), name="box")
    try:
        failure = await script.run_script(box, parts.button, console, stop)
    finally:
        stop.set()
        await running
    if failure:
        console.say(f"FAILED: {failure}")
        return False
    score = likeness(read_wav(SPEECH), read_wav(wav))
    console.say(f"the answer is in {wav}; likeness to what was said {score:.2f} (1 is the same)")
    console.say(verdict(score, max(microphone.max_late_s, speaker.max_late_s)))
    return score >= MIN_LIKENESS


def verdict(score: float, late_s: float) -> str:
    """Sentence for a likeness of `score`; `late_s`: how late the simulated sound cards were at most."""
    if score >= MIN_LIKENESS:
        return "the bot's answer was heard"
    failed = f"FAILED: the answer was not heard as it was spoken; the limit is {MIN_LIKENESS:g}"
    if late_s < BUSY_S:
        return failed
    return (
        f"{failed}. This machine was busy: a simulated sound card was up to {late_s * 1000:.0f} ms late. "
        "Try again when nothing else runs."
    )


def _box(
    url: str,
    microphone: Microphone,
    speaker: Speaker,
    observers: list[script.ConsoleObserver] | list[Terminal],
    audio: AudioConfig | None = None,
) -> tuple[Appliance, SimulatedBoard]:
    parts = SimulatedBoard(
        SimulatedButton(),
        {name: SimulatedButton() for name in FURTHER_BUTTONS},
        SimulatedButton(),
        SimulatedButton(),
        SimulatedRotaryDial(),
        SimulatedKnob(),
        SimulatedKeypad(LAYOUTS[3]),
    )
    board = Board(
        parts.button,
        SimulatedLamp(),
        SimulatedLamp(),
        microphone,
        speaker,
        mute_switch=parts.mute_switch,
        hook_switch=parts.hook_switch,
        buttons=parts.buttons,
        rotary_dial=parts.rotary_dial.contacts,
        volume_knob=parts.volume_knob.contacts,
        keypad=parts.keypad,
    )
    buttons = {name: ButtonConfig(Gestures(), GestureSettings(press=press)) for name, press in FURTHER_BUTTONS.items()}
    buttons[MAIN_BUTTON] = ButtonConfig(Gestures())
    connection = ConnectionConfig(SmallWebRTCTransport, APIRequest(url, request_data={"transport": "webrtc"}))
    telephone = TelephoneConfig(digits={digit: name for name, digit in BOTS.items()})
    config = ApplianceConfig(
        dict.fromkeys(BOTS, connection),
        audio or AudioConfig(),
        telephone=telephone,
        ring=RingConfig(allowed=True),
        announce=AnnounceConfig(allowed=True),
        alarm=AlarmConfig(allowed=True, snooze_s=30),
    )
    return Appliance(board, config, buttons, observers), parts
