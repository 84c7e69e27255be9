"""The frame that the terminal shows."""

import asyncio
import functools

from callbox.demo.terminal import Terminal, press_keys
from callbox.demo.terminal_demo import FURTHER_BUTTONS, _box
from callbox.demo.terminal_view import _keys
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
    box, button = _box("http://127.0.0.1:9/start", SimulatedMicrophone(b""), SimulatedSpeaker(), [])
    edges: list[tuple[str, bool]] = []
    contacts = {"button": button, "switch": box.board.mute_switch, **box.board.buttons}

    def note(name, edge):
        edges.append((name, edge.closed))

    for name, contact in contacts.items():
        assert contact
        contact.start(functools.partial(note, name))
    scans: list[KeypadScan] = []
    assert box.board.keypad
    box.board.keypad.start(scans.append)
    for keys in (b" ", b"i", b"m", b"s", b"s", b"x", b"#\xff"):
        press_keys(keys, box.board)
    clicks = [(name, closed) for name in ("button", "interrupt", "mute") for closed in (True, False)]
    assert edges == [*clicks, ("switch", True), ("switch", False)]
    assert [scan.closed for scan in scans] == [{(3, 2)}, set()]


def test_each_key_is_offered():
    keys = {" ": "space", "q": "q:", "s": "s:", **{name[0]: f"{name[0]}:" for name in FURTHER_BUTTONS}}
    assert len(keys) == 3 + len(FURTHER_BUTTONS)
    assert all(word in _keys(TransportState.READY) for word in keys.values())
