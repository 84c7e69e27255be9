"""The box in a terminal: the space bar is the button, and `terminal_view` is drawn ten times a second."""

import asyncio
import os
import sys
import termios
import tty
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from rich.console import Console
from rich.live import Live

from callbox.app.appliance import Appliance
from callbox.app.observers import Observer
from callbox.audio.stats import AudioStats
from callbox.control.alarm_requests import AlarmRequest
from callbox.control.alarm_table import AlarmKind
from callbox.control.announcements import Announcement, SoundBytes
from callbox.control.quiet_hours import QuietHours
from callbox.control.remote_commands import Announce, RequestRing, SetAlarm
from callbox.control.rings import Ring
from callbox.demo.terminal_view import View, render
from callbox.rtvi import BotOutput, RTVIClient, RTVIEvent, Text, Transcript
from callbox.system.event_loop import is_set_within
from callbox.text import one_line
from callbox_device.model.pcm import MIN_DBFS
from callbox_device.simulated import SimulatedButton, SimulatedKeypad, SimulatedKnob, SimulatedLamp, SimulatedRotaryDial

SENTENCE = Path(__file__).parents[1] / "assets/speech.wav"
"""A short sound file, for the announcement."""
FRAME_S = 0.1
LINES = 3
"""Of what is said. A frame fits in a terminal of 24 lines."""
ALL_DAY = QuietHours(time(0, 0), time(23, 59), max_volume_percent=20)


@dataclass(frozen=True, slots=True)
class SimulatedBoard:
    """The contacts that keys move."""

    button: SimulatedButton
    buttons: dict[str, SimulatedButton]
    """Further ones, by name."""
    mute_switch: SimulatedButton
    hook_switch: SimulatedButton
    rotary_dial: SimulatedRotaryDial
    volume_knob: SimulatedKnob
    keypad: SimulatedKeypad

    def press_keys(self, keys: bytes) -> None:
        """Move contacts as `keys` say: space or Enter click the button, the first letter of its name another one; ``s``
        turns the mute switch, ``h`` lifts the handset and puts it down, digits are dialled, ``*`` and ``#`` are
        keys of the keypad, ``+`` and ``-`` turn the knob.
        """
        if set(keys) & set(b" \r\n"):
            self.button.click()
        for name, button in self.buttons.items():
            if name[0].encode() in keys:
                button.click()
        for key, switch in ((b"s", self.mute_switch), (b"h", self.hook_switch)):
            if key in keys:
                (switch.release if switch.closed else switch.press)()
        for character in keys.decode("ascii", "ignore"):
            if character in "0123456789":
                self.rotary_dial.dial(character)
            elif character in "*#":
                self.keypad.click(character)
            elif character in "+-":
                self.volume_knob.turn(1 if character == "+" else -1)


class Terminal(Observer):
    """View of a box in a terminal; an observer of it too, so that it needs no extra task."""

    def __init__(self, footnote: str, stop: asyncio.Event) -> None:
        self._footnote = footnote
        self._stop = stop
        self._transcript: deque[str] = deque(maxlen=LINES)
        self._audio_stats: AudioStats | None = None
        self._has_quiet_hours = False

    def on_audio_stats(self, stats: AudioStats) -> None:
        """Keep it for the next frame."""
        self._audio_stats = stats

    def _on_output(self, output: BotOutput) -> None:
        if output.will_be_spoken is False:  # else it comes as BotTtsText
            self._transcript.append(f"bot: {_text(output)}")

    def listen(self, client: RTVIClient) -> None:
        """Collect what is said in the sessions of `client`."""
        add = self._transcript.append
        client.on(RTVIEvent.BotTtsText, lambda text: add(f"bot: {_text(text)}"))
        client.on(RTVIEvent.BotOutput, self._on_output)
        client.on(RTVIEvent.UserTranscript, lambda text: add(f"you: {_text(text)}"))
        client.on(RTVIEvent.UserStartedSpeaking, lambda: add("(the bot hears you)"))
        client.on(RTVIEvent.BotStartedSpeaking, lambda: add("(the bot speaks)"))

    async def show(self, box: Appliance, parts: SimulatedBoard) -> None:
        """Draw `box` and move its `parts` as keys come, until `stop`."""

        def on_keys(keys: bytes) -> None:
            parts.press_keys(keys)
            if b"r" in keys:
                box.remote.execute(RequestRing(Ring("", "You asked to be called")))
            if b"a" in keys:
                box.remote.execute(Announce(Announcement("", SoundBytes(SENTENCE.read_bytes()))))
            if b"t" in keys:
                box.remote.execute(
                    SetAlarm(AlarmRequest(AlarmKind.REMINDER, text="Ten seconds have passed", seconds=10))
                )
            if b"z" in keys:
                self._has_quiet_hours = not self._has_quiet_hours
                box.use_quiet_hours(ALL_DAY if self._has_quiet_hours else None)

        with _keys(on_keys, self._stop), Live(console=Console(), auto_refresh=False, transient=False) as live:
            while not self._stop.is_set():
                live.update(render(self._view(box)), refresh=True)
                await is_set_within(self._stop, FRAME_S)

    def _view(self, box: Appliance) -> View:
        return View(
            box.status,
            _brightness(box.board.status_lamp),
            _brightness(box.board.microphone_lamp),
            # Outside of a call the last level stays where it was.
            box.media.gate.level_dbfs if box.status.session else MIN_DBFS,
            box.media.player.level_dbfs if box.status.session else MIN_DBFS,
            tuple(self._transcript),
            self._audio_stats if box.status.session else None,
            self._footnote,
        )


@contextmanager
def _keys(on_keys: Callable[[bytes], None], stop: asyncio.Event) -> Iterator[None]:
    """The keyboard, key by key; as it was before when the block ends."""
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    loop = asyncio.get_running_loop()

    def on_key() -> None:
        keys = os.read(keyboard, 64)
        if not keys or b"q" in keys or b"\x04" in keys:
            stop.set()
        else:
            on_keys(keys)

    tty.setcbreak(keyboard)
    loop.add_reader(keyboard, on_key)
    try:
        yield
    finally:
        loop.remove_reader(keyboard)
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def _brightness(lamp: object) -> float:
    return lamp.brightness if isinstance(lamp, SimulatedLamp) else 0.0


def _text(message: Text | Transcript | BotOutput) -> str:
    return one_line(message.text)  # for a terminal: no control characters
