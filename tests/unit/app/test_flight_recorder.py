"""The last moments: what gets in, and what never does."""

import asyncio
import json
import logging
from enum import Enum

import pytest
from tests.rig.mosquitto import wait_for

from callbox.app import flight_recorder as recording
from callbox.app.flight_recorder import FlightRecorder, sentence
from callbox.control.faults import Fault, Problem
from callbox.control.remote_commands import RemoteCommand
from callbox.control.status import Speech, Status
from callbox.rtvi.protocol.lifecycle import TransportState as S
from callbox_device.model.gestures import Held, Pressed

PLANTED = "s3cr3t at 192.168.1.10"


def moments(recorder):
    return [
        {name: value for name, value in moment.items() if name != "at_s"} for moment in json.loads(recorder.as_json())
    ]


def record(text, *values, name="callbox.app.appliance", level=logging.WARNING):
    return logging.LogRecord(name, level, __file__, 1, text, values, None)


def test_states_and_presses_are_recorded_by_what_changed():
    recorder = FlightRecorder()
    recorder.on_status(Status())
    recorder.on_status(Status())
    recorder.on_gesture(Pressed(1.0), "main")
    recorder.on_status(Status(S.CONNECTING, mic_live=True, session="ab12"))
    recorder.on_gesture(Held(2.0, 1000.0), "main")
    recorder.on_status(Status(S.ERROR, Speech.NONE, problem=Problem(Fault.BOT_REFUSED, PLANTED)))
    first, *others = moments(recorder)
    assert first == {
        "transport": "disconnected", "activity": "idle", "mic_live": False, "wake_word": False, "mute": False,
        "volume": None, "problem": None,
    }  # fmt: skip
    assert others == [
        {"button": "pressed"},
        {"transport": "connecting", "activity": "connecting", "mic_live": True},
        {"button": "held"},
        {"transport": "error", "activity": "error", "mic_live": False, "problem": "bot_refused"},
    ]


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("Connected to the broker at %s", (PLANTED,), "Connected to the broker at …"),
        ("%s stopped (%s); starting again", (PLANTED, PLANTED), "… stopped (…); starting again"),
        ("Ordered from outside: %s%s", (RemoteCommand.MUTE, ""), "Ordered from outside: mute"),
        ("The %s works again", (Colour.RED,), "The red works again"),
        ("%s", (OSError(PLANTED),), "OSError"),
        ("after %d of %.1f s, %r", (3, 2.5, PLANTED), "after 3 of 2.5 s, …"),
        ("%s and %s", ("one is missing",), "… and …"),
        ("%d %% was ordered; at most %d %% will do", (80, 70), "80 % was ordered; at most 70 % will do"),
        ("%(word)s", ({"word": PLANTED},), "%(word)s"),
        ("nothing to fill in", (), "nothing to fill in"),
    ],
)
def test_a_line_of_the_log_keeps_its_own_words_only(text, values, expected):
    assert sentence(record(text, *values)) == expected


def test_the_log_of_libraries_is_not_for_us():
    recorder = FlightRecorder()
    for name in ("aiortc.rtp", "paho", "callboxes"):
        recorder.handle(record(PLANTED, name=name))
    recorder.handle(record("ours", name="callbox_device.alsa.devices"))
    assert moments(recorder) == [{"log": "callbox_device.alsa.devices", "level": "warning", "said": "ours"}]


def test_it_is_a_ring():
    recorder = FlightRecorder()
    for number in range(recording.LONGEST + 5):
        recorder.handle(record("%d", number))
    events = moments(recorder)
    assert len(events) == recording.LONGEST
    assert (events[0]["said"], events[-1]["said"]) == ("5", f"{recording.LONGEST + 4:g}")


async def test_it_is_written_while_no_call_is_on_and_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "QUIET_S", 0.01)
    running, after = tmp_path / "run", tmp_path / "lib"
    running.mkdir()
    after.mkdir()
    recorder = FlightRecorder(running, after)
    task = asyncio.create_task(recorder.run())

    async def soon(count):
        file = running / recording.NAME
        return await asyncio.to_thread(wait_for, lambda: file.exists() and len(json.loads(file.read_bytes())) == count)

    recorder.on_status(Status())
    assert await soon(1)
    recorder.on_status(Status(S.CONNECTING, session="ab12"))
    await asyncio.sleep(0.2)
    assert await soon(1)
    recorder.on_status(Status())
    assert await soon(3)
    recorder.on_gesture(Pressed(1.0), "main")
    task.cancel()
    await asyncio.wait([task])
    assert len(json.loads((after / recording.NAME).read_bytes())) == 4
