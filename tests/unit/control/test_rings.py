from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from callbox.control.rings import (
    MAX_MISSED,
    TABLE,
    EndedRing,
    Ring,
    RingAction,
    RingEvent,
    RingOutcome,
    Rings,
    RingState,
    call_data,
    markdown,
    timeout,
)

VISIT, LUNCH = Ring("door", "Somebody is at the door", until=1000.0), Ring("lunch", bot="kitchen")
E, A, S = RingEvent, RingAction, RingState


def after(*events, rings=None):
    rings = rings or Rings()
    for event in events:
        ring = event if isinstance(event, Ring) else None
        rings, _ = rings.on(E.RING if ring else event, ring)
    return rings


def test_every_pair_is_decided():
    assert set(TABLE) == set(product(RingState, RingEvent))
    assert all(f"| **{state.value}** |" in markdown() for state in RingState)


def test_a_press_answers_the_oldest_and_what_was_missed_is_seen():
    rings = after(VISIT, E.TIMEOUT, LUNCH, VISIT)
    assert (rings.state, rings.missed, rings.current) == (S.RINGING, (VISIT,), LUNCH)
    answered, action = rings.on(E.PRESS)
    assert action is A.ANSWER
    assert answered == Rings((VISIT,), (), True, EndedRing(LUNCH, RingOutcome.ANSWERED))
    assert answered.state is S.WAITING  # the other one doesn't ring into the call that is about to begin


def test_a_hold_declines_and_is_no_missed_ring():
    assert after(VISIT, E.HOLD) == Rings(ended=EndedRing(VISIT, RingOutcome.DECLINED))


def test_a_missed_ring_stays_until_a_press_that_does_what_it_does():
    missed = after(VISIT, E.TIMEOUT)
    assert (missed.state, after(E.HOLD, E.TIMEOUT, rings=missed)) == (S.MISSED, missed)
    seen, action = missed.on(E.PRESS)
    assert (seen.state, action) == (S.IDLE, A.SEE)


def test_a_ring_waits_for_the_end_of_a_call():
    waiting = after(E.CALL_BEGAN, VISIT)
    assert waiting.state is S.WAITING
    assert after(E.PRESS, E.HOLD, rings=waiting) == waiting
    assert after(E.CALL_ENDED, rings=waiting).state is S.RINGING
    assert after(E.TIMEOUT, E.CALL_ENDED, rings=waiting).state is S.MISSED


def test_missed_rings_are_bounded():
    rings = Rings()
    for number in range(MAX_MISSED + 5):
        rings = after(Ring(str(number)), E.TIMEOUT, rings=rings)
    assert [ring.id for ring in rings.missed] == [str(number) for number in range(5, MAX_MISSED + 5)]


def test_a_ring_rings_for_its_time_or_until_its_time():
    assert timeout(Rings(), 0, 0, 60) == (None, None)
    assert timeout(after(LUNCH), 0, 10, 60) == (None, 50)
    assert timeout(after(LUNCH), 0, 60, 60) == (LUNCH, None)
    assert timeout(after(VISIT), 990, 10, 60) == (None, 10)
    assert timeout(after(VISIT), 1000, 10, 60) == (VISIT, None)
    assert timeout(after(VISIT), 1000 - 1e-9, 10, 60) == (VISIT, None)  # not a timer of a nanosecond
    # One that waits behind another, or for the end of a call, has only its `until`.
    assert timeout(after(LUNCH, VISIT), 1000, 10, 60) == (VISIT, None)
    assert timeout(after(E.CALL_BEGAN, LUNCH), 1000, 1e6, 60) == (None, None)
    assert timeout(after(E.CALL_BEGAN, VISIT), 400, 1e6, 60) == (None, 600)


def test_the_bot_gets_the_reason():
    ring = Ring("door", "Somebody is at the door", request_data={"camera": 1})
    assert call_data(ring) == {
        "id": "door",
        "reason": "Somebody is at the door",
        "request_data": {"camera": 1},
    }


@given(st.lists(st.one_of(st.sampled_from([e for e in E if e is not E.RING]), st.integers(0, 30))))
def test_no_ring_is_lost_or_doubled_and_only_a_press_answers(steps):
    rings, accepted, ended = Rings(), [], []
    for number, step in enumerate(steps):
        before = rings
        if isinstance(step, int):
            accepted.append(f"{number}")
            rings, action = rings.on(E.RING, Ring(f"{number}"))
        else:
            rings, action = rings.on(step)
        if rings.ended is not before.ended:
            assert rings.ended
            ended.append(rings.ended.ring.id)
        assert (action is A.ANSWER) == (step is E.PRESS and before.state is S.RINGING)
    assert sorted([*ended, *(ring.id for ring in rings.pending)]) == sorted(accepted)
