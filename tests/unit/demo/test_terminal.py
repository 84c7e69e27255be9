"""The frame that the terminal shows."""

import asyncio
import functools
import io
from dataclasses import replace

from rich.console import Console

from callbox.audio.stats import AudioStats
from callbox.control.status import Speech, Status
from callbox.demo.terminal import LINES, Terminal
from callbox.demo.terminal_demo import FURTHER_BUTTONS, _box
from callbox.demo.terminal_view import View, _keys, render
from callbox.rtvi import TransportState
from callbox_device.interfaces import KeypadScan
from callbox_device.model.pcm import MIN_DBFS
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker


async def test_meters_are_silent_outside_of_a_call():
    terminal = Terminal("", asyncio.Event())
    box, _ = _box("http://127.0.0.1:9/start", SimulatedMicrophone(b""), SimulatedSpeaker(), [terminal])
    loud = b"\x00\x40" * 480
    box.media.player._period = box.media.gate._left = loud  # the last of a call that has ended
    assert box.media.player.level_dbfs > -10
    view = terminal._view(box)
    assert view.speaker_dbfs == view.microphone_dbfs == MIN_DBFS


async def test_keys_move_the_contacts_of_the_box():
    box, parts = _box("http://127.0.0.1:9/start", SimulatedMicrophone(b""), SimulatedSpeaker(), [])
    edges: list[tuple[str, bool]] = []
    board = box.board
    switches = {"switch": board.mute_switch, "handset": board.hook_switch}
    encoder = {"a": board.volume_knob[0], "b": board.volume_knob[1]}
    contacts = {"button": board.button, **switches, **board.buttons, "pulse": board.rotary_dial[0], **encoder}

    def note(name, edge):
        edges.append((name, edge.closed))

    for name, contact in contacts.items():
        assert contact
        contact.start(functools.partial(note, name))
    scans: list[KeypadScan] = []
    parts.keypad.start(scans.append)
    for keys in (b" ", b"i", b"m", b"n", b"s", b"s", b"h", b"2", b"+", b"x\xff", b"#"):
        parts.press_keys(keys)
    clicks = [(name, closed) for name in ("button", "interrupt", "mute", "next", "switch") for closed in (True, False)]
    dialled = [("pulse", closed) for closed in (True, False)] * 2
    detent = [("a", True), ("b", True), ("a", False), ("b", False)]
    assert edges == [*clicks, ("handset", True), *dialled, *detent]
    assert [scan.closed for scan in scans] == [{(3, 2)}, set()]


def test_each_key_is_offered():
    keys = {name[0] for name in FURTHER_BUTTONS} | set("qshz")
    assert len(keys) == 4 + len(FURTHER_BUTTONS)
    words = ("space", "0-9, *, #:", "+ and -:", *(f"{key}:" for key in keys))
    assert all(word in _keys(TransportState.READY) for word in words)


def test_a_frame_shows_the_state_first_and_fits_in_24_lines():
    stats = AudioStats(-20.0, -20.0, 10.5, 10.5, 10.5, 100.0, 100.0, 100.0, 3, 100, 100, 100.0)
    status = Status(transport=TransportState.READY, speech=Speech.BOT, session="1")
    lines = [f"bot: {'words ' * 40}"] * LINES
    console = Console(width=100, height=24, record=True, file=io.StringIO())
    footnote = f"bot http://127.0.0.1:45389/start · {'x' * 100}"
    console.print(render(View(status, 1.0, 1.0, -20.0, -20.0, tuple(lines), stats, footnote)))
    rendered = console.export_text().splitlines()
    assert "ready · speaking" in rendered[0]
    assert len(rendered) <= 24


def test_a_frame_tells_who_is_not_listening():
    status = Status(transport=TransportState.READY, session="1")
    statuses = {
        "The bot doesn't listen for a while": replace(status, user_muted=True),
        "The microphone is muted": replace(status, mute=True),
        "The microphone is switched off": replace(status, mute=True, hard_mute=True),
    }
    for words, muted in statuses.items():
        console = Console(width=120, height=24, record=True, file=io.StringIO())
        console.print(render(View(muted, 1.0, 1.0)))
        assert words in console.export_text()
