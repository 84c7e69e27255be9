"""When a box tries its broker again, without a broker."""

from hypothesis import given
from hypothesis import strategies as st

from callbox.mqtt.model.backoff import MAX_PAUSE_S, MIN_STABLE_S, EndReason, ReconnectBackoff

ENDS = st.lists(st.tuples(st.sampled_from(EndReason), st.none() | st.floats(0, 1000)), max_size=60)


def after(*ends, pauses=None):
    pauses, within_s = pauses or ReconnectBackoff(), None
    for end, served_s in ends:
        pauses, within_s = pauses.after(end, served_s)
    return within_s


def test_a_broker_that_is_not_there_is_tried_each_second_however_long_it_is_away():
    assert after((EndReason.ABSENT, None)) == after(*[(EndReason.ABSENT, None)] * 100_000) == (0.5, 1.5)


def test_refusals_lengthen_the_pauses():
    longest_s = [after(*[(EndReason.REFUSED, None)] * times)[1] for times in range(1, 10)]
    assert longest_s == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_broker_that_goes_and_comes_between_refusals_is_no_new_one():
    assert after(*[(EndReason.REFUSED, None)] * 4, (EndReason.ABSENT, None), (EndReason.REFUSED, None)) == (0, 16)


def test_a_connection_that_held_makes_all_new():
    refused = [(EndReason.REFUSED, None)] * 9
    assert after(*refused, (EndReason.LOST, MIN_STABLE_S + 1)) == (0, 1)
    assert after(*refused, (EndReason.LOST, MIN_STABLE_S + 1), (EndReason.REFUSED, None)) == (0, 1)


def test_to_be_thrown_out_at_once_is_a_refusal():
    assert [after(*[(EndReason.LOST, 0.2)] * times)[1] for times in (1, 2, 3, 9)] == [1, 2, 4, 60]


def test_connections_without_suback_are_refusals_and_one_that_is_served_makes_all_new():
    unserved = [(EndReason.LOST, None)] * 9
    assert [after(*unserved[:times])[1] for times in (1, 2, 3, 9)] == [1, 2, 4, 60]
    assert after((EndReason.LOST, 3600.0), *unserved[:3]) == (0, 4)
    assert after(*unserved, (EndReason.LOST, MIN_STABLE_S + 1), (EndReason.LOST, None)) == (0, 1)


def test_a_fleet_is_spread():
    fleet = ReconnectBackoff(retry_s=20)
    assert after((EndReason.LOST, 3600.0), pauses=fleet) == (0, 20)
    assert after((EndReason.ABSENT, None), pauses=fleet) == (10, 30)
    assert after((EndReason.REFUSED, None), pauses=fleet) == (0, 20)
    assert after(*[(EndReason.REFUSED, None)] * 9, pauses=fleet) == (0, 60)
    assert after(*[(EndReason.REFUSED, None)] * 9, pauses=ReconnectBackoff(retry_s=300)) == (0, 300)


@given(ENDS, st.sampled_from([1.0, 20.0, 300.0]))
def test_a_pause_is_never_longer_than_the_longest_and_an_absent_broker_is_never_waited_for_longer_than_set(
    ends, retry_s
):
    pauses = ReconnectBackoff(retry_s)
    for end, served_s in ends:
        pauses, (least_s, longest_s) = pauses.after(end, served_s)
        assert 0 <= least_s <= longest_s <= max(MAX_PAUSE_S, 1.5 * retry_s)
        assert longest_s > 0
        if end is EndReason.ABSENT or (end is EndReason.LOST and served_s is not None and served_s > MIN_STABLE_S):
            assert longest_s <= 1.5 * retry_s
