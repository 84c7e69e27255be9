"""When a box tries its broker again, without a broker."""

from hypothesis import given
from hypothesis import strategies as st

from callbox.mqtt.model.backoff import HELD_S, LONGEST_PAUSE_S, End, Pauses

ENDS = st.lists(st.tuples(st.sampled_from(End), st.floats(0, 1000)), max_size=60)


def after(*ends, pauses=None):
    pauses, within_s = pauses or Pauses(), None
    for end, lasted_s in ends:
        pauses, within_s = pauses.after(end, lasted_s)
    return within_s


def test_a_broker_that_is_not_there_is_tried_each_second_however_long_it_is_away():
    assert after((End.ABSENT, 0.0)) == after(*[(End.ABSENT, 0.0)] * 100_000) == (0.5, 1.5)


def test_who_refuses_is_asked_ever_more_seldom():
    longest_s = [after(*[(End.REFUSED, 0.1)] * times)[1] for times in range(1, 10)]
    assert longest_s == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_broker_that_goes_and_comes_between_refusals_is_no_new_one():
    assert after(*[(End.REFUSED, 0.1)] * 4, (End.ABSENT, 0.0), (End.REFUSED, 0.1)) == (0, 16)


def test_a_connection_that_held_makes_all_new():
    refused = [(End.REFUSED, 0.1)] * 9
    assert after(*refused, (End.LOST, HELD_S + 1)) == (0, 1)
    assert after(*refused, (End.LOST, HELD_S + 1), (End.REFUSED, 0.1)) == (0, 1)


def test_to_be_thrown_out_at_once_is_a_refusal():
    assert [after(*[(End.LOST, 0.2)] * times)[1] for times in (1, 2, 3, 9)] == [1, 2, 4, 60]


def test_a_fleet_is_spread():
    fleet = Pauses(retry_s=20)
    assert after((End.LOST, 3600.0), pauses=fleet) == (0, 20)
    assert after((End.ABSENT, 0.0), pauses=fleet) == (10, 30)
    assert after((End.REFUSED, 0.1), pauses=fleet) == (0, 20)
    assert after(*[(End.REFUSED, 0.1)] * 9, pauses=fleet) == (0, 60)
    assert after(*[(End.REFUSED, 0.1)] * 9, pauses=Pauses(retry_s=300)) == (0, 300)


@given(ENDS, st.sampled_from([1.0, 20.0, 300.0]))
def test_a_pause_is_never_longer_than_the_longest_and_an_absent_broker_is_never_waited_for_longer_than_set(
    ends, retry_s
):
    pauses = Pauses(retry_s)
    for end, lasted_s in ends:
        pauses, (least_s, longest_s) = pauses.after(end, lasted_s)
        assert 0 <= least_s <= longest_s <= max(LONGEST_PAUSE_S, 1.5 * retry_s)
        assert longest_s > 0
        if end is End.ABSENT or (end is End.LOST and lasted_s > HELD_S):
            assert longest_s <= 1.5 * retry_s
