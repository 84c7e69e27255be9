"""Hook switch: lifted and put down, whatever the contact does meanwhile."""

from hypothesis import given
from hypothesis import strategies as st

from callbox_device.interfaces import Edge
from callbox_device.model.hook_switch import HookSwitch, OffHook, OnHook


def events(hook, *edges, until_s=None):
    found = [event for closed, at_s in edges for event in hook.edge(Edge(closed, at_s))]
    if until_s is not None:
        found += hook.tick(until_s)
    return found


def started(off_hook=False):
    hook = HookSwitch(25)
    hook.start(off_hook, 0.0)
    return hook


def test_lifted_and_put_down():
    hook = started()
    assert events(hook, (True, 1.0), until_s=1.025) == [OffHook(1.0)]
    assert events(hook, (False, 5.0), until_s=5.025) == [OnHook(5.0)]


def test_a_contact_that_bounces_for_200_ms_is_one_event():
    bounces = [(number % 2 == 0, 1.0 + number / 100) for number in range(21)]  # every 10 ms, at last closed
    hook = started()
    assert events(hook, *bounces, until_s=2.0) == [OffHook(1.2)]


def test_a_spike_is_nothing():
    hook = started()
    assert events(hook, (True, 1.0), (False, 1.01), until_s=2.0) == []
    assert hook.next_deadline_s is None


def test_lifted_at_the_start_is_no_event_until_it_was_put_down():
    hook = started(off_hook=True)
    assert not events(hook, until_s=60.0)
    assert events(hook, (False, 61.0), until_s=62.0) == [OnHook(61.0)]
    assert events(hook, (True, 70.0), until_s=71.0) == [OffHook(70.0)]


def test_the_deadline_is_when_the_contact_has_been_stable():
    hook = started()
    assert [hook.next_deadline_s] == [None]
    hook.edge(Edge(True, 1.0))
    assert hook.next_deadline_s == 1.025
    assert hook.tick(1.02) == ()
    assert hook.tick(1.025) == (OffHook(1.0),)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=40), st.booleans())
def test_events_alternate_and_end_as_the_contact_does(steps, first):
    hook, now_s, found, last = started(first), 0.0, [], first
    for closed, pause_s in steps:
        now_s += pause_s
        found += hook.tick(now_s)
        found += hook.edge(Edge(closed, now_s))
        last = closed
    found += hook.tick(now_s + 1)
    lifted = [isinstance(event, OffHook) for event in found]
    assert [first, *lifted][-1] is last
    assert lifted == [(not first) ^ bool(number % 2) for number in range(len(lifted))]
    assert [event.at_s for event in found] == sorted(event.at_s for event in found)
