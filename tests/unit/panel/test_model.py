"""The panel's pure rooms: what pages are told, what they may say, who they are."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.audio.stats import AudioStats
from callbox.control.faults import Fault, Problem
from callbox.control.lamps import STATES, error_pattern, status_lamp
from callbox.control.status import Speech, Status
from callbox.panel.model import client_messages, server_messages
from callbox.panel.model.access import Guard, is_loopback
from callbox.panel.model.clock_sync import PageClock
from callbox.panel.model.connect_timing import Phases
from callbox.panel.model.replay import LINES, Memory
from callbox.rtvi import TransportState as S
from callbox_device.model.led_patterns import LedPattern, PatternStep

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_each_state_has_a_rhythm_of_its_own_in_words_too():
    told = [server_messages.rhythm(pattern) for pattern in STATES.values()]
    told += [server_messages.rhythm(status_lamp(Status(S.READY, speech))) for speech in (Speech.THINKING, Speech.BOT)]
    told += [server_messages.rhythm(error_pattern(Problem(fault, ""))) for fault in Fault]
    assert len(set(told)) == len(told)
    assert told[0] == "dark"


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 5000)), min_size=1, max_size=20), st.booleans())
def test_any_pattern_can_be_said(steps, repeat):
    assert server_messages.rhythm(LedPattern(tuple(PatternStep(*step) for step in steps), repeat))


def test_a_status_says_nothing_that_a_page_needn_t_know():
    status = Status(S.ERROR, session="secret-session", problem=Problem(Fault.BOT_REFUSED, "no"))
    told = json.dumps(server_messages.status(status, NOW))
    assert "secret-session" not in told
    assert json.loads(told)["problem"] == {"code": "bot_refused", "text": "no"}


def test_words_of_the_bot_have_no_control_characters():
    assert server_messages.said("bot", "a\x1b[31mb\u202ec\n", NOW)["text"] == "a[31mbc"


def test_long_payloads_are_cut():
    told = server_messages.published("t", b"x" * 5000, retained=False, moment=NOW)
    assert len(told["payload"]) == 601


# -- memory --------------------------------------------------------------------------------------------


def test_a_later_page_is_told_the_newest_of_each_and_the_last_of_each_list():
    memory = Memory()
    for number in range(200):
        memory.note({"type": "event", "text": str(number)})
        memory.note({"type": "lamp", "lamp": "status", "brightness": number})
        memory.note({"type": "lamp", "lamp": "microphone", "brightness": -number})
        memory.note({"type": "level", "part": "speaker", "amplitude": number})
    told = list(memory)
    assert [message["text"] for message in told if message["type"] == "event"] == [str(n) for n in range(140, 200)]
    assert [message["brightness"] for message in told if message["type"] == "lamp"] == [199, -199]
    assert len(told) == LINES + 2


# -- phases --------------------------------------------------------------------------------------------


def test_phases_of_a_connect():
    phases = Phases()
    assert phases.state(S.DISCONNECTED, 0) is None
    for state, at_s in ((S.INITIALIZING, 1.0), (S.AUTHENTICATING, 1.01), (S.CONNECTING, 1.05), (S.CONNECTED, 1.1)):
        told = phases.state(state, at_s)
    told = phases.state(S.READY, 1.2)
    assert told == {
        "type": "connect",
        "phases": [["initializing", 10.0], ["authenticating", 40.0], ["connecting", 50.0], ["connected", 100.0]],
        "now": "ready",
        "total_ms": 200.0,
    }
    assert phases.state(S.DISCONNECTING, 9) is None


def test_a_call_out_of_hot_standby_is_timed_from_its_press():
    phases = Phases()
    for at_s, state in enumerate((S.AUTHENTICATING, S.CONNECTING, S.DISCONNECTED)):  # what stands by counts as nothing
        phases.state(state, at_s)
    phases.state(S.CONNECTED, 100.0)
    told = phases.state(S.READY, 100.05)
    assert told is not None
    assert told["phases"] == [["connected", 50.0]]


@given(st.lists(st.sampled_from(S)))
def test_any_order_of_states_has_phases(states):
    phases = Phases()
    for number, state in enumerate(states):
        told = phases.state(state, number)
        assert told is None or told["total_ms"] == sum(ms for _, ms in told["phases"])


# -- the page's clock ----------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 500)), min_size=1, max_size=50),
    st.floats(-1e6, 1e6),
)
def test_edges_keep_their_distances_however_late_they_come(moves, difference_s):
    clock, page_s, arrived_s = PageClock(), 0.0, 0.0
    for wait_ms, late_ms in moves:
        page_s += wait_ms / 1000
        arrived_s = max(arrived_s, page_s + late_ms / 1000)
        at_s = clock.at_s(page_s * 1000, arrived_s + difference_s)
        assert at_s <= arrived_s + difference_s + 1e-6
        assert at_s >= page_s + difference_s - 1e-6  # never before it happened


@pytest.mark.parametrize("page_ms", [float("inf"), float("-inf"), float("nan"), 1e300, -1e300])
def test_a_page_without_a_clock(page_ms):
    clock = PageClock()
    clock.at_s(0, 1000.0)
    assert 995 <= clock.at_s(page_ms, 1000.0) <= 1000


def test_a_burst_that_comes_at_once_is_spread_as_it_was():
    clock = PageClock()
    clock.at_s(0, 10.0)
    at = [clock.at_s(1000 + ms, 11.2) for ms in (0, 1, 3, 80)]
    assert [round(1000 * (time - at[0]), 6) for time in at[:3]] == [0, 1, 3]


# -- what a page may say -------------------------------------------------------------------------------


@given(
    st.text()
    | st.recursive(st.none() | st.booleans() | st.text() | st.floats(), st.lists, max_leaves=5).map(json.dumps)
)
def test_anything_else_is_not_understood(text):
    with pytest.raises(client_messages.BadMessage):
        client_messages.read(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"edge","closed":1,"at_ms":0}',
        '{"type":"edge","closed":true,"at_ms":0,"more":1}',
        '{"type":"edge","closed":true}',
        '{"type":"edge","closed":true,"at_ms":NaN}',
        '{"type":"run","command":"rm"}',
        '{"type":"token","token":"' + "x" * 2000 + '"}',
        "[" * 1000,
    ],
)
def test_what_is_nearly_right(text):
    with pytest.raises(client_messages.BadMessage):
        client_messages.read(text)


def test_a_token_is_in_no_repr():
    assert "hush" not in repr(client_messages.read('{"type":"token","token":"hush"}'))
    assert "hush" not in repr(Guard("127.0.0.1", "pi", "hush"))


# -- who it is -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8067", "localhost:8067", "[::1]:8067", "LOCALHOST"])
def test_names_of_this_machine(host):
    assert Guard("127.0.0.1", "pi").is_ours(host)
    assert Guard("127.0.0.1", "pi").is_our_page(f"http://{host}", host)


@pytest.mark.parametrize(
    "host", [None, "", "pi", "pi.local", "192.168.1.9", "evil.example", "127.0.0.1.evil.example", ":80"]
)
def test_at_loopback_there_are_no_others(host):
    assert not Guard("127.0.0.1", "pi").is_ours(host)
    assert not Guard("127.0.0.1", "pi").is_our_page(f"http://{host}", host)


def test_for_a_network_the_machine_s_names_and_addresses_are_ours():
    guard = Guard("0.0.0.0", "Pi")
    for host in ("pi:8067", "pi.local:8067", "192.168.1.9:8067", "[fe80::1]:8067"):
        assert guard.is_ours(host), host
    assert not guard.is_ours("evil.example:8067")
    assert not guard.is_our_page("http://evil.example", "192.168.1.9:8067")


def test_without_a_token_nobody_knows_it():
    assert not Guard("127.0.0.1", "pi", None).knows("")
    assert not Guard("127.0.0.1", "pi", "abc").knows("")
    assert not Guard("127.0.0.1", "pi", "abc").knows("äbc")
    assert Guard("127.0.0.1", "pi", "abc").knows("abc")


@pytest.mark.parametrize(
    ("address", "is_ours_only"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("box", False)],
)
def test_which_addresses_nobody_else_can_reach(address, is_ours_only):
    assert is_loopback(address) is is_ours_only


def test_a_second_of_a_call_is_told_with_all_that_is_known_of_it():
    unknown: dict[str, Any] = dict.fromkeys(field.name for field in fields(AudioStats))
    now = AudioStats(**{**unknown, "mic_dbfs": -20.5, "jitter_ms": 12.0})
    assert server_messages.health(now) == {"type": "health", **unknown, "mic_dbfs": -20.5, "jitter_ms": 12.0}
