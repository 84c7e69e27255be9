"""Pure parts of the panel: messages in both directions, access, replay, timing, clock."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.audio.stats import AudioStats
from callbox.control.alarm_overview import AlarmEntry, AlarmOverview
from callbox.control.alarm_table import AlarmKind, AlarmState
from callbox.control.announcements import Announcement, Announcements, SoundBytes, Words
from callbox.control.faults import Fault, Problem
from callbox.control.lamps import STATES, error_pattern, status_lamp
from callbox.control.rings import Ring, Rings
from callbox.control.status import Speech, Status
from callbox.panel.model import client_messages, server_messages
from callbox.panel.model.access import AccessPolicy, is_loopback
from callbox.panel.model.clock_sync import ClockOffset
from callbox.panel.model.connect_timing import ConnectTiming
from callbox.panel.model.rate_limit import BURST, RATE_PER_S, PageRateLimit
from callbox.panel.model.replay import MAX_LINES, ReplayBuffer
from callbox.rtvi import TransportState as S
from callbox_device.interfaces import Edge
from callbox_device.model.gestures import Gestures, Pressed, Released
from callbox_device.model.led_patterns import LedPattern, PatternStep

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def test_each_state_has_its_own_rhythm_in_words():
    message = [server_messages.rhythm(pattern) for pattern in STATES.values()]
    message += [
        server_messages.rhythm(status_lamp(Status(S.READY, speech))) for speech in (Speech.THINKING, Speech.BOT)
    ]
    message += [server_messages.rhythm(error_pattern(Problem(fault, ""))) for fault in Fault]
    assert len(set(message)) == len(message)
    assert message[0] == "dark"


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 5000)), min_size=1, max_size=20), st.booleans())
def test_each_pattern_has_words(steps, repeat):
    assert server_messages.rhythm(LedPattern(tuple(PatternStep(*step) for step in steps), repeat))


def test_status_has_no_session_id():
    status = Status(S.ERROR, session="secret-session", problem=Problem(Fault.BOT_REFUSED, "no"))
    message = json.dumps(server_messages.status(status, NOW))
    assert "secret-session" not in message
    assert json.loads(message)["problem"] == {"code": "bot_refused", "text": "no"}


@pytest.mark.parametrize(
    ("status", "part"),
    [
        (Status(S.READY), "listening: speak"),
        (Status(S.READY, push_to_talk=True, talk_released=True), "Hold the button to speak; nothing is sent"),
        (Status(S.READY, push_to_talk=True), "while you hold the button"),
        (Status(S.READY, user_muted=True), "doesn't listen for a while: wait"),
        (Status(S.READY, mute=True, hard_mute=True), "switched off (hard mute)"),
        (Status(S.READY, mute=True, soft_mute=True), "is muted"),
    ],
)
def test_the_sentence_tells_whether_the_bot_receives_sound(status, part):
    assert part in server_messages.sentence(status)


def test_the_bot_is_named_where_there_are_several_and_its_server_in_a_call():
    assert server_messages.status(Status(), NOW)["bot"] is None
    assert server_messages.status(Status(bot="kitchen"), NOW)["bot"] == "kitchen"
    call = Status(S.READY, bot="kitchen", session="s", session_bot="doctor", session_server="http://b/start")
    assert server_messages.status(call, NOW)["bot"] == "doctor, at http://b/start"


def test_transcript_is_one_line_without_control_characters():
    assert server_messages.transcript("bot", "a\x1b[31mb\u202ec\n", NOW)["text"] == "a [31mb c"


def test_long_payload_is_cut():
    message = server_messages.published("t", b"x" * 5000, retained=False, moment=NOW)
    assert len(message["payload"]) == 601


# -- replay --------------------------------------------------------------------------------------------


def test_replay_has_the_newest_of_each_and_the_last_of_each_list():
    replay = ReplayBuffer()
    for number in range(200):
        replay.add({"type": "event", "text": str(number)})
        replay.add({"type": "lamp", "lamp": "status", "brightness": number})
        replay.add({"type": "lamp", "lamp": "microphone", "brightness": -number})
        replay.add({"type": "level", "part": "speaker", "amplitude": number})
    message = list(replay)
    assert [message["text"] for message in message if message["type"] == "event"] == [str(n) for n in range(140, 200)]
    assert [message["brightness"] for message in message if message["type"] == "lamp"] == [199, -199]
    assert len(message) == MAX_LINES + 2


# -- timing --------------------------------------------------------------------------------------------


def test_timing_of_a_connect():
    timing = ConnectTiming()
    assert timing.on_state(S.DISCONNECTED, 0) is None
    for state, at_s in ((S.INITIALIZING, 1.0), (S.AUTHENTICATING, 1.01), (S.CONNECTING, 1.05), (S.CONNECTED, 1.1)):
        message = timing.on_state(state, at_s)
    message = timing.on_state(S.READY, 1.2)
    assert message == {
        "type": "connect",
        "phases": [["initializing", 10.0], ["authenticating", 40.0], ["connecting", 50.0], ["connected", 100.0]],
        "now": "ready",
        "total_ms": 200.0,
    }
    assert timing.on_state(S.DISCONNECTING, 9) is None


def test_call_from_hot_standby_is_timed_from_its_press():
    timing = ConnectTiming()
    for at_s, state in enumerate((S.AUTHENTICATING, S.CONNECTING, S.DISCONNECTED)):  # what stands by counts as nothing
        timing.on_state(state, at_s)
    timing.on_state(S.CONNECTED, 100.0)
    message = timing.on_state(S.READY, 100.05)
    assert message is not None
    assert message["phases"] == [["connected", 50.0]]


@given(st.lists(st.sampled_from(S)))
def test_each_order_of_states_has_timing(states):
    timing = ConnectTiming()
    for number, state in enumerate(states):
        message = timing.on_state(state, number)
        assert message is None or message["total_ms"] == sum(ms for _, ms in message["phases"])


# -- the page's clock ----------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 500)), min_size=1, max_size=50),
    st.floats(-1e6, 1e6),
)
def test_edges_keep_their_distances_however_late_they_come(moves, difference_s):
    clock, page_s, arrived_s = ClockOffset(), 0.0, 0.0
    for wait_ms, late_ms in moves:
        page_s += wait_ms / 1000
        arrived_s = max(arrived_s, page_s + late_ms / 1000)
        at_s = clock.at_s(page_s * 1000, arrived_s + difference_s)
        assert at_s <= arrived_s + difference_s + 1e-6
        assert at_s >= page_s + difference_s - 1e-6  # never before it happened


@pytest.mark.parametrize("page_ms", [float("inf"), float("-inf"), float("nan"), 1e300, -1e300])
def test_page_time_that_is_not_finite(page_ms):
    clock = ClockOffset()
    clock.at_s(0, 1000.0)
    assert 995 <= clock.at_s(page_ms, 1000.0) <= 1000


def test_edges_that_arrive_at_once_keep_their_distances():
    clock = ClockOffset()
    clock.at_s(0, 10.0)
    at = [clock.at_s(1000 + ms, 11.2) for ms in (0, 1, 3, 80)]
    assert [round(1000 * (time - at[0]), 6) for time in at[:3]] == [0, 1, 3]


@given(
    st.lists(st.tuples(st.floats(1, 400), st.floats(0, 3000)), min_size=2, max_size=10),
    st.lists(st.floats(0, 3000), max_size=3),
)
def test_edges_keep_their_distances_when_a_quicker_message_corrects_the_offset(moves, samples_late_ms):
    clock, page_ms, arrived_ms = ClockOffset(), 0.0, 0.0
    for late_ms in samples_late_ms:
        clock.at_s(0, late_ms / 1000)
    edges = []
    for wait_ms, late_ms in moves:
        page_ms += wait_ms
        arrived_ms = max(arrived_ms, page_ms + late_ms)
        edges.append((page_ms, 1000 * clock.edge_at_s(page_ms, arrived_ms / 1000)))
        assert edges[-1][1] <= arrived_ms + 3000 + 1e-6
    first_page_ms, first_ms = edges[0]
    assert [at_ms - first_ms for _, at_ms in edges] == pytest.approx([ms - first_page_ms for ms, _ in edges])


def test_a_short_press_counts_though_both_edges_arrive_late_and_at_once():
    clock, gestures = ClockOffset(), Gestures()
    clock.at_s(0, 0.3)
    happened = gestures.edge(Edge(True, clock.edge_at_s(1000, 1.3)))
    happened += gestures.edge(Edge(False, clock.edge_at_s(1060, 1.3)))
    pressed, released = happened + gestures.tick(1.5)
    assert isinstance(pressed, Pressed)
    assert isinstance(released, Released)
    assert released.held_ms == pytest.approx(60)


def test_an_edge_after_a_long_hold_has_the_offset_as_it_is_known_then():
    clock = ClockOffset()
    assert clock.edge_at_s(0, 10.5) == 10.5
    assert clock.edge_at_s(6000, 16.0) == pytest.approx(16.0)
    assert clock.edge_at_s(5000, 16.0) == pytest.approx(15.0)  # a clock that was set back


# -- client messages ----------------------------------------------------------------------------------


@given(
    st.text()
    | st.recursive(st.none() | st.booleans() | st.text() | st.floats(), st.lists, max_leaves=5).map(json.dumps)
)
def test_other_messages_are_refused(text):
    with pytest.raises(client_messages.BadMessage):
        client_messages.parse(text)


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
def test_nearly_right_messages_are_refused(text):
    with pytest.raises(client_messages.BadMessage):
        client_messages.parse(text)


def test_token_is_not_in_repr():
    assert "hush" not in repr(client_messages.parse('{"type":"token","token":"hush"}'))
    assert "hush" not in repr(AccessPolicy("127.0.0.1", "pi", "hush"))


# -- access -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8067", "localhost:8067", "[::1]:8067", "LOCALHOST"])
def test_loopback_names_are_allowed(host):
    assert AccessPolicy("127.0.0.1", "pi").allows_host(host)
    assert AccessPolicy("127.0.0.1", "pi").allows_origin(f"http://{host}", host)


@pytest.mark.parametrize(
    "host", [None, "", "pi", "pi.local", "192.168.1.9", "evil.example", "127.0.0.1.evil.example", ":80"]
)
def test_at_loopback_other_names_are_refused(host):
    assert not AccessPolicy("127.0.0.1", "pi").allows_host(host)
    assert not AccessPolicy("127.0.0.1", "pi").allows_origin(f"http://{host}", host)


def test_in_a_network_host_names_and_addresses_are_allowed():
    policy = AccessPolicy("0.0.0.0", "Pi")
    for host in ("pi:8067", "pi.local:8067", "192.168.1.9:8067", "[fe80::1]:8067"):
        assert policy.allows_host(host), host
    assert not policy.allows_host("evil.example:8067")
    assert not policy.allows_origin("http://evil.example", "192.168.1.9:8067")


def test_only_the_token_is_the_token():
    assert not AccessPolicy("127.0.0.1", "pi", None).is_token("")
    assert not AccessPolicy("127.0.0.1", "pi", "abc").is_token("")
    assert not AccessPolicy("127.0.0.1", "pi", "abc").is_token("äbc")
    assert AccessPolicy("127.0.0.1", "pi", "abc").is_token("abc")


@pytest.mark.parametrize(
    ("address", "is_local_only"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("box", False)],
)
def test_loopback_addresses(address, is_local_only):
    assert is_loopback(address) is is_local_only


def test_health_message_has_all_stats():
    unknown: dict[str, Any] = dict.fromkeys(field.name for field in fields(AudioStats))
    now = AudioStats(**{**unknown, "mic_dbfs": -20.5, "jitter_ms": 12.0})
    assert server_messages.health(now) == {"type": "health", **unknown, "mic_dbfs": -20.5, "jitter_ms": 12.0}


# -- further names, proxies ----------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize(
    ("name", "is_allowed"),
    [
        ("box.fritz.box", True),
        ("BOX.fritz.box.", True),
        ("any.lan", True),
        ("a.b.lan", True),
        ("lan", False),
        ("evil-lan", False),
        ("fritz.box", False),
        ("xbox.fritz.box", False),
        ("box.fritz.box.evil.example", False),
    ],
)
def test_allowed_hosts(address, name, is_allowed):
    policy = AccessPolicy(address, "pi", None, ("box.fritz.box", ".lan"))
    for host in (name, f"{name}:8443"):
        assert policy.allows_host(host) is is_allowed
        assert policy.allows_origin(f"https://{host}", host) is is_allowed
        assert policy.allows_origin(f"http://{host}", host) is is_allowed
        assert policy.allows_origin(f"https://{host}", "127.0.0.1:8067") is is_allowed  # the proxy sends its own Host
        assert not policy.allows_origin(f"http://{host}", "127.0.0.1:8067")
        assert not policy.allows_origin(f"https://user@{host}", host)


@pytest.mark.parametrize(
    ("origin", "host", "is_allowed"),
    [
        ("https://127.0.0.1", "127.0.0.1", True),
        ("https://127.0.0.1", "127.0.0.1:443", True),
        ("https://127.0.0.1:443", "127.0.0.1", True),
        ("http://127.0.0.1", "127.0.0.1:80", True),
        ("https://127.0.0.1:8443", "127.0.0.1:8067", False),
        ("https://127.0.0.1", "127.0.0.1:80", False),
        ("ftp://127.0.0.1", "127.0.0.1", False),
        ("https://127.0.0.1/", "127.0.0.1", False),
        ("null", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        (None, "127.0.0.1", False),
    ],
)
def test_origin_of_the_own_host_over_http_and_https(origin, host, is_allowed):
    assert AccessPolicy("127.0.0.1", "pi").allows_origin(origin, host) is is_allowed


@pytest.mark.parametrize("is_websocket", [False, True])
def test_refusals(is_websocket):
    policy = AccessPolicy("127.0.0.1", "pi")
    for hosts, origins, status in (
        ([], [], 400),
        (["127.0.0.1"] * 2, [], 400),
        (["127.0.0.1"], ["http://127.0.0.1"] * 2, 400),
        (["evil.example"], ["http://evil.example"], 421),
        (["\ud800\n" * 1000], [], 421),
    ):
        refusal = policy.refuse(hosts, origins, is_websocket=is_websocket)
        assert refusal is not None
        assert refusal.status == status
        assert refusal.text.isprintable()
        assert len(refusal.text) < 400
    assert policy.refuse(["127.0.0.1"], ["http://127.0.0.1"], is_websocket=is_websocket) is None
    assert (policy.refuse(["127.0.0.1"], [], is_websocket=is_websocket) is None) is not is_websocket


@pytest.mark.parametrize(
    ("forwarded", "is_allowed"),
    [
        (["192.168.1.9"], True),
        (["192.168.1.9:443"], True),
        (["127.0.0.1:8067, 192.168.1.9"], True),
        ([], False),
        (["192.168.1.10"], False),
        (["evil.example"], False),
    ],
)
def test_host_that_a_proxy_forwards(forwarded, is_allowed):
    policy = AccessPolicy("0.0.0.0", "pi")
    for origin, is_own in (("https://192.168.1.9", True), ("https://evil.example", False)):
        refusal = policy.refuse(["127.0.0.1:8067"], [origin], forwarded, is_websocket=True)
        assert (refusal is None) is (is_allowed and is_own)


def test_token_of_any_text_is_compared():
    policy = AccessPolicy("127.0.0.1", "pi", "abc")
    assert not policy.is_token("\N{SNOWMAN}\x00")


# -- text of others, rates -----------------------------------------------------------------------------


@given(st.text(st.characters(), max_size=700))
def test_text_of_others_becomes_one_bounded_line(text):
    messages = [
        server_messages.transcript("bot", text, NOW),
        server_messages.event(text, NOW),
        server_messages.status(Status(S.ERROR, problem=Problem(Fault.BOT_FAILED, text)), NOW)["problem"],
    ]
    for message in messages:
        message["text"].encode()
        assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in message["text"])
    payload = server_messages.published(text, text.encode(errors="surrogatepass"), retained=True, moment=NOW)
    json.dumps(payload, ensure_ascii=False).encode()


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("mute", [False, True])
@pytest.mark.parametrize("standing_by", [False, True])
def test_each_status_is_a_sentence_without_names_of_states(state, mute, standing_by):
    now = Status(
        state, mute=mute, standing_by=standing_by, problem=Problem(Fault.BOT_FAILED, "x") if state is S.ERROR else None
    )
    text = server_messages.status(now, NOW)["sentence"]
    assert text.endswith((".", "…"))
    assert "bot_failed" not in text
    assert "error" not in text
    assert ("muted" in text) is (mute and not standing_by)


def test_rate_is_limited_after_a_burst():
    limit = PageRateLimit()
    assert [limit.delay_s(5.0) for _ in range(BURST)] == [0] * BURST
    assert limit.delay_s(5.0) == 1 / RATE_PER_S
    assert limit.delay_s(5.0 + 3 / RATE_PER_S) == 0


@given(st.lists(st.floats(0, 0.1), min_size=1, max_size=3000))
def test_no_page_gets_more_than_its_rate(waits_s):
    limit, now_s = PageRateLimit(), 0.0
    for wait_s in waits_s:
        now_s += wait_s
        now_s += limit.delay_s(now_s)  # as the server waits
    assert len(waits_s) <= BURST + RATE_PER_S * now_s + 1


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"edge","closed":true,"at_ms":1' + "0" * 400 + "}",
        '{"type":"use","part":"camera","device":"x"}',
        '{"type":"take","periods":1.5,"delay_ms":0}',
        '{"type":"take","periods":1,"delay_ms":Infinity}',
    ],
)
def test_values_out_of_range_are_refused(text):
    with pytest.raises(client_messages.BadMessage) as refused:
        client_messages.parse(text)
    assert str(refused.value).isprintable()


def test_lone_surrogate_of_a_page_becomes_encodable():
    request = client_messages.parse('{"type":"refuse","part":"speaker","reason":"\\ud800"}')
    assert isinstance(request, client_messages.MediaDenied)
    assert request.reason == "\ufffd"


def test_alarms_come_before_all_else():
    tea = AlarmEntry("tea", AlarmKind.TIMER, "Tea", AlarmState.RINGING, 1e9)
    ringing = Status(alarms=AlarmOverview((tea,), (tea,), 1))
    assert server_messages.sentence(ringing) == "The timer rings: Tea. Press to stop it."
    assert server_messages.status(ringing, NOW)["alarms"][0]["due"] == "2001-09-09T01:46:40Z"
    wake = replace(tea, kind=AlarmKind.ALARM, text="")
    assert server_messages.sentence(Status(alarms=AlarmOverview((wake,)))) == (
        "The alarm rings. Press to snooze it, hold to stop it."
    )
    missed = Status(alarms=AlarmOverview(missed=(replace(tea, state=AlarmState.MISSED),)))
    assert server_messages.sentence(missed) == "Missed: timer Tea."


def test_rings_and_announcements_say_what_a_press_does():
    first = Ring("first", "Somebody is at the door")
    ringing = Status(rings=Rings((first,)))
    assert server_messages.sentence(ringing) == "It rings: Somebody is at the door. Press to answer, hold to decline."
    assert server_messages.sentence(Status(rings=Rings((replace(first, reason=""),)))).startswith("It rings. Press")
    lunch = Announcement("lunch", Words("Lunch is ready"))
    playing = Status(announcements=Announcements(playing=lunch))
    assert server_messages.sentence(playing) == "An announcement: Lunch is ready. Press to stop it."
    sound = Status(announcements=Announcements(playing=replace(lunch, source=SoundBytes(b"RIFF"))))
    assert server_messages.sentence(sound) == "An announcement. Press to stop it."
    missed = Status(rings=Rings(missed=(first,)))
    assert server_messages.sentence(missed) == "A ring was missed. Press the button to call the bot."
