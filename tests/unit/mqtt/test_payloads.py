import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from callbox import cli
from callbox.audio.stats import AudioSnapshot, stats_between
from callbox.control.call_limits import Limit
from callbox.control.faults import Fault, Problem
from callbox.control.status import Speech, Status
from callbox.mqtt.model import payloads
from callbox.mqtt.model.payloads import SessionLog, advance
from callbox.mqtt.model.topics import encoded
from callbox.rtvi import TransportState as S
from callbox.rtvi.media import NetworkReport
from callbox_device.model.gestures import DoublePressed, Held, Pressed, Released


def test_state_tells_the_status_in_words():
    assert payloads.state(Status(S.READY, Speech.BOT, mic_live=True, session="ab12")) == {
        "transport": "ready",
        "activity": "speaking",
        "bot_ready": True,
        "mic_live": True,
        "wake_word": False,
        "mute": False,
        "hard_mute": False,
        "push_to_talk": None,
        "volume": None,
        "quiet_hours": False,
        "problem": None,
        "problem_text": None,
        "settings_version": None,
        "rollout": None,
        "upgrade": None,
        "bot": "bot",
        "session": "ab12",
        "session_bot": None,
        "session_server": None,
    }


def test_times_are_utc():
    moment = datetime(2026, 11, 23, 9, 0, 0, 5000, tzinfo=timezone(timedelta(hours=1)))
    assert payloads.utc(moment) == "2026-11-23T08:00:00.005Z"


def test_a_problem_is_a_code_and_a_sentence():
    published = payloads.state(Status(S.ERROR, problem=Problem(Fault.BOT_REFUSED, "http://a/ answered 404 – ja?")))
    assert (published["problem"], published["problem_text"]) == ("bot_refused", "http://a/ answered 404 – ja?")
    assert "–".encode() in encoded(published)


@pytest.mark.parametrize("fault", Fault)
def test_each_alert_names_a_command_that_there_is(fault):
    published = payloads.alert(Problem(fault, "text"), datetime.now(UTC), "b")
    program, *rest = published["help"].split()
    if program == "callbox":
        assert cli._parser().parse_args(rest)
    else:
        assert program == "journalctl"


@pytest.mark.parametrize(
    ("gesture", "published"),
    [
        (Pressed(1.0), {"event_type": "press", "button": "main"}),
        (DoublePressed(1.0), {"event_type": "double_press", "button": "main"}),
        (Held(1.0, 1000), {"event_type": "long_press", "button": "main", "held_ms": 1000}),
        (Released(1.0, 99.6), {"event_type": "release", "button": "main", "held_ms": 100}),
    ],
)
def test_gestures(gesture, published):
    assert payloads.button_event(gesture) == published
    assert payloads.button_event(gesture, "red") == {**published, "button": "red"}


IDLE = Status()
DIALLING = Status(S.CONNECTING, session="s1", session_bot="kitchen")
READY = replace(DIALLING, transport=S.READY)


def payloads_of(*statuses):
    log, published = SessionLog(), []
    for second, status in enumerate(statuses):
        log, events = advance(log, status, float(second))
        published += events
    return published


STARTED = {"event_type": "started", "session": "s1", "bot": "kitchen"}
BECAME_READY = {"event_type": "ready", "session": "s1", "bot": "kitchen", "after_ms": 1000}
FAILED = Problem(Fault.BOT_FAILED, "gone")


@pytest.mark.parametrize(
    ("statuses", "published"),
    [
        ([IDLE, IDLE], []),
        (
            [IDLE, DIALLING, READY, replace(READY, ended_by=Limit.IDLE), replace(IDLE, ended_by=Limit.IDLE)],
            [
                STARTED,
                BECAME_READY,
                {"event_type": "ended", "session": "s1", "bot": "kitchen", "duration_s": 3.0, "reason": "idle_limit"},
            ],
        ),
        (
            [IDLE, DIALLING, READY, READY, replace(READY, transport=S.DISCONNECTING), IDLE, IDLE],
            [
                STARTED,
                BECAME_READY,
                {"event_type": "ended", "session": "s1", "bot": "kitchen", "duration_s": 4.0, "reason": "hung_up"},
            ],
        ),
        (
            [DIALLING, READY, replace(READY, transport=S.DISCONNECTING, bot_left=True), replace(IDLE, bot_left=True)],
            [
                STARTED,
                BECAME_READY,
                {"event_type": "ended", "session": "s1", "bot": "kitchen", "duration_s": 3.0, "reason": "bot_left"},
            ],
        ),
        (
            [DIALLING, IDLE],
            [
                STARTED,
                {"event_type": "ended", "session": "s1", "bot": "kitchen", "duration_s": 1.0, "reason": "cancelled"},
            ],
        ),
        (
            [DIALLING, READY, Status(S.ERROR, problem=FAILED)],
            [
                STARTED,
                BECAME_READY,
                {"event_type": "failed", "session": "s1", "bot": "kitchen", "duration_s": 2.0, "code": "bot_failed"},
            ],
        ),
        (
            [DIALLING, replace(DIALLING, session="s2")],
            [
                STARTED,
                {"event_type": "ended", "session": "s1", "bot": "kitchen", "duration_s": 1.0, "reason": "cancelled"},
                {"event_type": "started", "session": "s2", "bot": "kitchen"},
            ],
        ),
    ],
)
def test_session_events_follow_the_status(statuses, published):
    assert payloads_of(*statuses) == published


def test_sound_is_one_json_with_its_session():
    network = NetworkReport(lost_fraction=0.01, round_trip_ms=20, copies=1)
    reading = AudioSnapshot(-20.0, -30.0, 10, 0, 200.0, 0.0, 1.5, 12.0, 0, 0, None, network)
    published = payloads.sound(stats_between(reading, reading), "s1")
    assert (published["session"], published["mic_dbfs"], published["loss_out_percent"], published["copies"]) == (
        "s1",
        -20.0,
        1.0,
        1,
    )
    assert json.loads(encoded(published)) == published
