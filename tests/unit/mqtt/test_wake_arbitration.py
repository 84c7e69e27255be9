"""Which of the boxes that detect one wake word answers."""

import heapq
import json
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.model.wake_arbitration import (
    CONTEND_S,
    MAX_BOXES,
    MAX_TRANSIT_S,
    REMEMBERED_S,
    WINDOW_S,
    BoxMessage,
    Claim,
    ClaimVerdict,
    WakeArbitration,
    claim_payload,
    patterns,
    take_message,
)

V = ClaimVerdict
NABU = frozenset({"okay_nabu"})
KITCHEN = Topics("callbox", "kitchen")


def claim(box="kitchen", at_s=10.0, score=0.9, level=-30.0, word="okay_nabu"):
    return Claim(box, word, score, level, at_s)


def hall(**knows):
    """What the kitchen knows: the hall's words, whether it is online, and its claim."""
    found = WakeArbitration("kitchen")
    found.on_words("hall", knows.get("words", NABU))
    if "online" in knows:
        found.on_status("hall", online=knows["online"])
    if "claim" in knows:
        found.on_claim(knows["claim"])
    return found


@pytest.mark.parametrize(
    ("knows", "after_s", "verdict"),
    [
        ({"words": frozenset()}, 0.0, V.ANSWER),
        ({"words": frozenset({"alexa"})}, 0.0, V.ANSWER),
        ({"online": False}, 0.0, V.ANSWER),
        ({"online": True}, 0.0, V.WAIT),
        ({}, WINDOW_S - 0.001, V.WAIT),
        ({}, WINDOW_S + 0.001, V.ANSWER),
        ({"claim": claim("hall", 10.02, score=0.8)}, 0.03, V.ANSWER),  # all have claimed
        ({"claim": claim("hall", 10.02, score=0.99)}, 0.03, V.YIELD),
        ({"claim": claim("hall", 10.02, score=0.91, level=-40)}, 0.03, V.ANSWER),  # scores as good as the same
        ({"claim": claim("hall", 10.02, level=-20)}, 0.03, V.YIELD),
        ({"claim": claim("zoo", 10.02)}, 0.03, V.YIELD),
        ({"claim": claim("attic", 10.02)}, 0.03, V.WAIT),
        ({"claim": claim("hall", 10.02, score=0.99, word="alexa")}, 0.03, V.WAIT),
        ({"claim": claim("hall", 10.0 - REMEMBERED_S - 0.1, score=0.99)}, 0.0, V.WAIT),
        ({"claim": claim("kitchen", 10.0, score=0.99)}, 0.0, V.WAIT),  # its own, come back
    ],
)
def test_each_case_is_decided(knows, after_s, verdict):
    assert hall(**knows).verdict(claim(), 10.0 + after_s) is verdict


@pytest.mark.parametrize(
    ("ago_s", "is_late"), [(CONTEND_S - 0.001, False), (CONTEND_S + 0.001, True), (REMEMBERED_S + 0.1, False)]
)
def test_who_detects_long_after_another_claims_nothing(ago_s, is_late):
    assert hall(claim=claim("hall", 10.0 - ago_s, score=0.1)).is_late(claim()) is is_late


def test_what_is_known_ends_with_the_connection_and_with_another_group():
    known = hall(online=False, claim=claim("hall", score=0.99))
    known.on_status("hall", online=True)
    verdicts = [known.verdict(claim(), 10.0)]
    known.forget()
    assert [*verdicts, known.verdict(claim(), 10.0)] == [V.YIELD, V.ANSWER]
    for number in range(MAX_BOXES + 5):
        known.on_words(f"box-{number}", NABU)
        known.on_status(f"box-{number}", online=False)
        known.on_claim(claim(f"box-{number}", score=0.1))
    assert (len(known._words), len(known._offline), len(known._claims)) == (MAX_BOXES,) * 3
    known.on_words("box-0", frozenset())
    assert "box-0" not in known._words


@given(st.data())
def test_of_claims_that_arrive_in_time_exactly_one_is_answered(data):
    boxes = [f"box-{number}" for number in range(data.draw(st.integers(1, 5)))]
    scores = {box: data.draw(st.sampled_from((0.9, 0.95, 0.97))) for box in boxes}
    known = {box: WakeArbitration(box) for box in boxes}
    for box in boxes:
        for other in boxes:
            known[box].on_words(other, NABU)
    order = count()
    events: list[tuple[float, int, str, str, Claim | None]]
    events = [(data.draw(st.floats(0, 1.5)), next(order), "detect", box, None) for box in boxes]
    heapq.heapify(events)
    own: dict[str, Claim] = {}
    verdicts: dict[str, ClaimVerdict] = {}
    delays_s = []
    while events:
        now_s, _, what, box, arrived = heapq.heappop(events)
        if what == "detect":
            mine = claim(box, now_s, scores[box])
            if known[box].is_late(mine):
                verdicts[box] = V.YIELD
                continue
            own[box] = mine
            for other in boxes:
                transit_s = data.draw(st.floats(0, MAX_TRANSIT_S - 0.001))
                heapq.heappush(events, (now_s + transit_s, next(order), "claim", other, mine))
            heapq.heappush(events, (now_s + WINDOW_S + 1e-9, next(order), "look", box, None))
        elif arrived:
            known[box].on_claim(Claim(arrived.box, arrived.word, arrived.score, arrived.level_dbfs, now_s))
        if box in own and verdicts.get(box, V.WAIT) is V.WAIT:
            verdicts[box] = known[box].verdict(own[box], now_s)
            if verdicts[box] is V.ANSWER:
                delays_s.append(now_s - own[box].at_s)
    assert list(verdicts.values()).count(V.ANSWER) == 1
    assert max(delays_s) <= WINDOW_S + 1e-6
    assert len(boxes) > 1 or delays_s == [0.0]


def message(suffix, fields, box="hall", retained=False):
    payload = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    return BoxMessage(f"callbox/{box}/{suffix}", payload, retained, 10.01)


def nested(depth):
    """Deeper than any JSON from outside may be."""
    return [nested(depth - 1)] if depth else []


CLAIM = claim_payload(claim(score=0.99, level=-20.04), "home")


@pytest.mark.parametrize(
    ("taken", "messages", "verdict"),
    [
        (True, [message("wake", {"words": ["okay_nabu", 1], "group": "home"}, retained=True)], V.WAIT),
        (True, [message("wake", {"words": ["okay_nabu"], "group": "office"}, retained=True)], V.ANSWER),
        (True, [message("wake", {"words": "okay_nabu", "group": "home"}, retained=True)], V.ANSWER),
        (True, [message("wake", b"", retained=True)], V.ANSWER),
        (True, [message("wake", b"[" * 100_000)], V.ANSWER),
        (True, [message("wake", b"[1]")], V.ANSWER),
        (True, [message("wake", {"words": ["okay_nabu"], "group": "home", "more": nested(40)})], V.ANSWER),
        (True, [message("event/wake", CLAIM)], V.YIELD),
        (True, [message("event/wake", {**CLAIM, "group": "office"})], V.ANSWER),
        (True, [message("event/wake", {**CLAIM, "score": True})], V.ANSWER),
        (True, [message("event/wake", {**CLAIM, "score": float("nan")})], V.ANSWER),
        (True, [message("event/wake", {**CLAIM, "level_dbfs": "loud"})], V.ANSWER),
        (True, [message("event/wake", {**CLAIM, "word": 7})], V.ANSWER),
        (True, [message("event/wake", CLAIM, retained=True)], V.ANSWER),
        (
            True,
            [message("wake", {"words": ["okay_nabu"], "group": "home"}), message("status", b"offline")],
            V.ANSWER,
        ),
        (False, [message("event/wake", CLAIM, box="kitchen")], V.ANSWER),
        (False, [message("state", {})], V.ANSWER),
        (False, [BoxMessage("homeassistant/status", b"online", True, 10.0)], V.ANSWER),
    ],
)
def test_messages_of_other_boxes(taken, messages, verdict):
    arbitration = WakeArbitration("kitchen")
    assert [take_message(arbitration, KITCHEN, "home", one) for one in messages] == [taken] * len(messages)
    assert arbitration.verdict(claim(), 10.02) is verdict


def test_what_is_subscribed_and_published():
    assert patterns(KITCHEN) == ["callbox/+/status", "callbox/+/wake", "callbox/+/event/wake"]
    assert set(CLAIM) == set(json.loads(json.dumps(topics.EVENT_WAKE.example)))
    assert CLAIM["level_dbfs"] == -20.0
