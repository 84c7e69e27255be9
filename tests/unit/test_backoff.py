"""Exponential back-off."""

from callbox.backoff import Backoff


def bounds(backoff, failures):
    found = []
    for _ in range(failures):
        backoff = backoff.next()
        found.append(backoff.bound_s)
    return found


def test_the_bound_doubles_up_to_the_largest():
    assert bounds(Backoff(), 9) == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert bounds(Backoff(first_s=5, max_s=30), 5) == [5, 10, 20, 30, 30]


def test_a_first_bound_above_the_largest_is_the_largest():
    assert bounds(Backoff(first_s=300, max_s=60), 2) == [60, 60]


def test_a_success_begins_anew():
    backoff = Backoff().next().next()
    assert backoff.reset() == Backoff()
    assert backoff.reset().next().bound_s == 1
