"""Limits of a call: which one ends it, and when."""

from hypothesis import given
from hypothesis import strategies as st

from callbox.control.call_limits import CallLimits, CallTimes, Limit, deadline, may_call, sentence

ALL = CallLimits(idle_s=300, call_s=3600, day_s=7200)
SECONDS = st.floats(0, 1e6)
LIMITS = st.builds(CallLimits, st.none() | SECONDS, st.none() | SECONDS, st.none() | SECONDS)
TIMES = st.builds(CallTimes, SECONDS, st.none() | SECONDS, SECONDS)


def test_without_limits_a_call_never_ends() -> None:
    assert deadline(CallLimits(), CallTimes(5, 5)) is None


def test_silence_ends_a_call() -> None:
    assert deadline(ALL, CallTimes(started_s=100, spoke_s=100)) == (400, Limit.IDLE)
    assert deadline(ALL, CallTimes(started_s=100, spoke_s=1000)) == (1300, Limit.IDLE)


def test_speech_is_no_silence_however_long_it_takes() -> None:
    assert deadline(ALL, CallTimes(started_s=100, spoke_s=None)) == (3700, Limit.CALL)


def test_what_was_used_today_counts() -> None:
    assert deadline(ALL, CallTimes(100, None, used_s=7000)) == (300, Limit.DAY)
    assert deadline(ALL, CallTimes(100, None, used_s=9000)) == (100, Limit.DAY)
    assert may_call(ALL, 7199)
    assert not may_call(ALL, 7200)
    assert may_call(CallLimits(), 1e9)


@given(LIMITS, TIMES)
def test_the_earliest_limit_ends_a_call(limits: CallLimits, times: CallTimes) -> None:
    each = {
        Limit.IDLE: CallLimits(idle_s=limits.idle_s),
        Limit.CALL: CallLimits(call_s=limits.call_s),
        Limit.DAY: CallLimits(day_s=limits.day_s),
    }
    alone = [found for one in each.values() if (found := deadline(one, times))]
    found = deadline(limits, times)
    if found is None:
        assert not alone
    else:
        assert found[0] == min(at for at, _ in alone)
        assert found in alone


def test_a_sentence_names_value_and_setting() -> None:
    for limit, setting in ((Limit.IDLE, "calls.idle_s"), (Limit.CALL, "calls.call_s"), (Limit.DAY, "calls.day_s")):
        assert setting in sentence(limit, ALL)
    assert "300 s" in sentence(Limit.IDLE, ALL)
