import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from

from callbox.rtvi.protocol.lifecycle import TABLE, Effect, Event, Move, TransportState, Verdict, decide

S, E = TransportState, Event
CALLS = (E.INIT_DEVICES, E.START_BOT, E.CONNECT, E.DISCONNECT, E.TAKE_UP)


def test_the_states_are_the_ten_of_the_official_client():
    assert [state.value for state in S] == [
        "disconnected",
        "initializing",
        "initialized",
        "authenticating",
        "authenticated",
        "connecting",
        "connected",
        "ready",
        "disconnecting",
        "error",
    ]


def test_every_pair_of_state_and_event_is_decided():
    decided = {(state, event) for state, row in TABLE.items() for event in row}
    assert decided == {(state, event) for state in S for event in E}


def test_a_call_through_all_ten_states():
    state = S.DISCONNECTED
    visited = [state]
    for event in (
        E.INIT_DEVICES,
        E.DEVICES_OPENED,
        E.START_BOT,
        E.BOT_STARTED,
        E.CONNECT,
        E.TRANSPORT_CONNECTED,
        E.BOT_READY,
        E.FAILED,
        E.CONNECT,
        E.DISCONNECT,
        E.CLOSED,
    ):
        decision = decide(state, event)
        assert isinstance(decision, Move)
        state = decision.to
        visited.append(state)
    assert set(visited) == set(S)
    assert state is S.DISCONNECTED


@pytest.mark.parametrize("state", S)
def test_disconnect_is_never_refused(state):
    assert decide(state, E.DISCONNECT) is not Verdict.REFUSED


@pytest.mark.parametrize("state", [S.AUTHENTICATING, S.CONNECTING, S.CONNECTED, S.READY, S.DISCONNECTING])
def test_a_second_connect_is_refused(state):
    assert decide(state, E.CONNECT) is Verdict.REFUSED


@pytest.mark.parametrize("state", S)
def test_no_fact_raises(state):
    for event in set(E) - set(CALLS):
        assert decide(state, event) is not Verdict.REFUSED


def test_a_session_that_stands_by_is_taken_up_by_client_ready():
    assert decide(S.CONNECTING, E.STANDS_BY) == Move(S.CONNECTED, (Effect.TELL_CONNECTED,))
    assert decide(S.CONNECTED, E.TAKE_UP) == Move(S.CONNECTED, (Effect.SEND_CLIENT_READY,))
    for state in set(S) - {S.CONNECTED}:
        assert decide(state, E.TAKE_UP) is Verdict.REFUSED


def test_every_way_into_error_or_disconnecting_closes_everything():
    for row in TABLE.values():
        for decision in row.values():
            if isinstance(decision, Move) and decision.to in (S.ERROR, S.DISCONNECTING):
                assert Effect.CLOSE in decision.effects


def test_every_state_can_be_reached_and_left_for_disconnected():
    def reachable(start):
        found, open_ = {start}, [start]
        while open_:
            for decision in TABLE[open_.pop()].values():
                if isinstance(decision, Move) and decision.to not in found:
                    found.add(decision.to)
                    open_.append(decision.to)
        return found

    assert reachable(S.DISCONNECTED) == set(S)
    for state in S:
        assert S.DISCONNECTED in reachable(state)


class Walk(RuleBasedStateMachine):
    """Any order of events: what is announced in pairs stays paired, and nothing is left open."""

    def __init__(self):
        super().__init__()
        self.state = S.DISCONNECTED
        self.open = False
        self.connected = False
        self.stalled = False

    @rule(event=sampled_from(Event))
    def happen(self, event):
        if event in ((E.TRANSPORT_CONNECTED, E.STANDS_BY) if self.stalled else (E.RECOVERED,)):
            return  # a transport connects once; from then on its network goes and comes
        decision = decide(self.state, event)
        if not isinstance(decision, Move):
            return
        self.stalled = event is E.STALLED
        self.state = decision.to
        for effect in decision.effects:
            match effect:
                case Effect.OPEN_DEVICES | Effect.REQUEST_START | Effect.OPEN_TRANSPORT:
                    self.open = True
                case Effect.CLOSE:
                    self.open = False
                case Effect.TELL_CONNECTED:
                    assert not self.connected
                    self.connected = True
                case Effect.TELL_DISCONNECTED:
                    self.connected = False

    @invariant()
    def nothing_is_open_at_rest(self):
        if self.state in (S.DISCONNECTED, S.DISCONNECTING, S.ERROR):
            assert not self.open

    @invariant()
    def connected_means_told(self):
        if self.state in (S.CONNECTED, S.READY):
            assert self.connected
        if self.state in (S.DISCONNECTED, S.ERROR):
            assert not self.connected


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=200, deadline=None)
