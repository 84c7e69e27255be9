"""Edges of several contacts: decoded by their times, whoever's callback came first."""

from hypothesis import given
from hypothesis import strategies as st

from callbox_device.model.edge_order import MAX_LATE_S, NAP_S, Arrival, Lateness, in_order

HOLD_S = 0.01
EDGES = st.lists(
    st.tuples(st.integers(0, 2), st.floats(0, 0.02), st.floats(0, HOLD_S)), max_size=30
)  # contact, time since the last edge, time until the callback


def decoded(arrivals, hold_s=HOLD_S):
    """All of `arrivals`, in the order in which they are decoded, looked at whenever one comes and once at the end."""
    out: list[Arrival[int]] = []
    held: list[Arrival[int]] = []
    for arrival in sorted(arrivals, key=lambda arrival: arrival.arrived_s):
        due, held = in_order([*held, arrival], arrival.arrived_s, hold_s)
        out += due
    due, held = in_order(held, float("inf"), hold_s)
    assert held == []
    return out + due


@given(EDGES)
def test_edges_that_come_less_than_the_hold_time_too_late_are_decoded_by_their_times(edges):
    arrivals: list[Arrival[int]] = []
    arrived_s: dict[int, float] = {}
    at_s = 1.0
    for number, (contact, gap_s, delay_s) in enumerate(edges):
        at_s += gap_s
        arrived_s[contact] = max(
            at_s + delay_s, arrived_s.get(contact, 0.0)
        )  # callbacks of one contact keep their order
        arrivals.append(Arrival(contact, number, at_s, arrived_s[contact]))
    out = decoded(arrivals)
    assert [arrival.at_s for arrival in out] == [arrival.at_s for arrival in arrivals]
    for contact in range(3):
        assert [a.change for a in out if a.contact == contact] == [a.change for a in arrivals if a.contact == contact]


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1), st.floats(0, 1)), max_size=30))
def test_each_edge_is_decoded_once_and_one_contact_keeps_its_order_whatever_its_times(edges):
    arrivals = [Arrival(contact, n, at_s, n + later_s) for n, (contact, at_s, later_s) in enumerate(edges)]
    out = decoded(arrivals)
    for contact in range(3):
        assert [a.change for a in out if a.contact == contact] == [a.change for a in arrivals if a.contact == contact]


@given(EDGES)
def test_without_a_hold_time_nothing_waits(edges):
    arrivals = [Arrival(0, n, n * 0.1 - late_s, n * 0.1) for n, (_, _, late_s) in enumerate(edges)]
    for arrival in arrivals:
        assert in_order([arrival], arrival.arrived_s, 0.0) == ([arrival], [])


def test_an_edge_waits_for_an_earlier_one_that_comes_later():
    late, early = Arrival(0, "later", 1.002, 1.003), Arrival(1, "earlier", 1.001, 1.009)
    assert in_order([late], 1.009, HOLD_S) == ([], [late])
    assert in_order([late, early], 1.014, HOLD_S) == ([early, late], [])


def test_time_passes_for_the_decoder_as_late_as_edges_come():
    lateness = Lateness(HOLD_S)
    assert lateness.wake_s(None, 0.0) is None
    assert lateness.wake_s(10.0, 0.0) == NAP_S
    assert lateness.of(10.0) == 10.0 + HOLD_S
    lateness.came(0.2)
    lateness.came(0.1)
    assert lateness.of(10.0) == 10.0 + HOLD_S + 0.2
    assert lateness.decoded_s(lateness.of(10.0)) == 10.0
    lateness.stopped(0.3, None, 10.0)
    lateness.stopped(0.3, 10.0, 10.1)
    assert lateness.of(10.0) == 10.1 + 0.3  # as long as it was stopped, from now on
    lateness.came(60.0)
    assert lateness.of(10.0) == 10.0 + HOLD_S + MAX_LATE_S
    lateness.forget()
    assert lateness.wake_s(10.0, 10.0) == 10.0 + HOLD_S


def test_what_has_to_act_at_once_waits_for_nothing():
    lateness = Lateness(0.0)
    lateness.came(0.2)
    lateness.stopped(0.3, 10.0, 10.1)
    assert (lateness.of(10.0), lateness.wake_s(10.0, 0.0), lateness.decoded_s(10.0)) == (10.0, 10.0, 10.0)
