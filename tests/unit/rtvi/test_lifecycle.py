import re
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from

from callbox.rtvi.protocol.lifecycle import TABLE, Effect, Event, Move, TransportState, Verdict, decide, draw

S, E = TransportState, Event


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


AT_REST = (S.DISCONNECTED, S.INITIALIZED, S.ERROR)
IN_A_SESSION = (S.CONNECTING, S.CONNECTED, S.READY)
BY_EVENT: dict[Event, dict[TransportState, Move | Verdict]] = {
    E.INIT_DEVICES: dict.fromkeys(AT_REST, Move(S.INITIALIZING)),
    E.START_BOT: dict.fromkeys((*AT_REST, S.AUTHENTICATED), Move(S.AUTHENTICATING)),
    E.CONNECT: dict.fromkeys((*AT_REST, S.AUTHENTICATED), Move(S.CONNECTING)),
    E.DISCONNECT: {
        **dict.fromkeys(S, Move(S.DISCONNECTING, (Effect.CLOSE,))),
        S.DISCONNECTED: Verdict.IGNORED,
        S.DISCONNECTING: Verdict.IGNORED,
        S.ERROR: Move(S.DISCONNECTED),
    },
    E.ACTIVATE: {S.CONNECTED: Move(S.CONNECTED, (Effect.SEND_CLIENT_READY,))},
    E.STANDBY_LOST: {S.CONNECTED: Move(S.INITIALIZED, (Effect.EMIT_DISCONNECTED, Effect.DROP))},
    E.DEVICES_OPENED: {S.INITIALIZING: Move(S.INITIALIZED)},
    E.BOT_STARTED: {S.AUTHENTICATING: Move(S.AUTHENTICATED, (Effect.EMIT_BOT_STARTED,))},
    E.TRANSPORT_CONNECTED: {S.CONNECTING: Move(S.CONNECTED, (Effect.EMIT_CONNECTED, Effect.SEND_CLIENT_READY))},
    E.STANDS_BY: {S.CONNECTING: Move(S.CONNECTED, (Effect.EMIT_CONNECTED,))},
    E.BOT_READY: {S.CONNECTED: Move(S.READY, (Effect.EMIT_BOT_READY,))},
    E.STALLED: {S.READY: Move(S.CONNECTING)},
    E.RECOVERED: {S.CONNECTING: Move(S.READY)},
    E.BOT_LEFT: dict.fromkeys(IN_A_SESSION, Move(S.DISCONNECTING, (Effect.EMIT_BOT_DISCONNECTED, Effect.CLOSE))),
    E.FAILED: {
        **dict.fromkeys((S.INITIALIZING, S.AUTHENTICATING), Move(S.ERROR, (Effect.EMIT_ERROR, Effect.CLOSE))),
        **dict.fromkeys(IN_A_SESSION, Move(S.ERROR, (Effect.EMIT_ERROR, Effect.EMIT_DISCONNECTED, Effect.CLOSE))),
    },
    E.CLOSED: {S.DISCONNECTING: Move(S.DISCONNECTED, (Effect.EMIT_DISCONNECTED,))},
}
"""The table read by column: where an event means something, and what. Elsewhere a call is refused, a fact ignored."""
CALLS = (E.INIT_DEVICES, E.START_BOT, E.CONNECT, E.DISCONNECT, E.ACTIVATE)


@pytest.mark.parametrize("event", E)
def test_what_an_event_means_in_each_state(event):
    otherwise = Verdict.REFUSED if event in CALLS else Verdict.IGNORED
    for state in S:
        assert decide(state, event) == BY_EVENT[event].get(state, otherwise), state


def test_a_move_is_shared_by_all_sessions_and_cannot_be_changed():
    move: Any = decide(S.DISCONNECTED, E.CONNECT)
    with pytest.raises(FrozenInstanceError):
        move.to = S.READY
    assert not hasattr(move, "__dict__")


def test_the_picture_has_an_arrow_for_each_move_and_no_other():
    first, start, *arrows = draw().removesuffix("\n").split("\n")
    assert (first, start) == ("stateDiagram-v2", "    [*] --> disconnected")
    drawn = [found for arrow in arrows for found in re.findall(r"^    (\w+) --> (\w+): (.+)$", arrow)]
    assert len(drawn) == len(arrows)
    moves = {(state, event): decide(state, event) for state in S for event in E}
    wanted = [(*pair, move.to) for pair, move in moves.items() if isinstance(move, Move)]
    assert sorted(drawn) == sorted((state.value, to.value, event.value) for state, event, to in wanted)


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
        if self.state in (S.INITIALIZING, S.AUTHENTICATING, S.CONNECTING):
            self.open = True
        for effect in decision.effects:
            match effect:
                case Effect.CLOSE:
                    self.open = False
                case Effect.EMIT_CONNECTED:
                    assert not self.connected
                    self.connected = True
                case Effect.EMIT_DISCONNECTED:
                    self.connected = False

    @invariant()
    def nothing_is_open_at_rest(self):
        if self.state in (S.DISCONNECTED, S.DISCONNECTING, S.ERROR):
            assert not self.open

    @invariant()
    def connected_means_on_connected_was_emitted(self):
        if self.state in (S.CONNECTED, S.READY):
            assert self.connected
        if self.state in (S.DISCONNECTED, S.ERROR):
            assert not self.connected


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=200, deadline=None)
