from callbox.control.call_control import IGNORED, TABLE, CallAction, CallEvent, CallState, Transition, transition

S, E = CallState, CallEvent


def test_every_pair_is_decided_once():
    assert set(TABLE) | IGNORED == {(state, event) for state in S for event in E}
    assert not set(TABLE) & IGNORED


def walk(*events):
    state, actions = S.IDLE, []
    for event in events:
        decided = transition(state, event)
        state = decided.to
        if decided.action:
            actions.append(decided.action)
    return state, actions


def test_a_press_connects_and_the_next_hangs_up():
    assert walk(E.PRESSED, E.BOT_READY, E.PRESSED, E.ENDED) == (S.IDLE, [CallAction.CONNECT, CallAction.DISCONNECT])


def test_a_press_while_dialling_cancels():
    assert walk(E.PRESSED, E.PRESSED, E.ENDED) == (S.IDLE, [CallAction.CONNECT, CallAction.DISCONNECT])


def test_a_press_while_hanging_up_calls_again_when_that_is_done():
    assert walk(E.PRESSED, E.BOT_READY, E.PRESSED, E.PRESSED, E.ENDED) == (
        S.DIALLING,
        [CallAction.CONNECT, CallAction.DISCONNECT, CallAction.CONNECT],
    )


def test_a_press_while_redialling_cancels_the_redial():
    assert walk(E.PRESSED, E.PRESSED, E.PRESSED, E.PRESSED, E.ENDED)[0] is S.IDLE


def test_a_nervous_double_click_dials_once():
    assert walk(E.PRESSED, E.DOUBLE_PRESSED) == (S.DIALLING, [CallAction.CONNECT])


def test_after_a_failure_the_next_press_dials():
    assert walk(E.PRESSED, E.ENDED, E.PRESSED) == (S.DIALLING, [CallAction.CONNECT, CallAction.CONNECT])


def test_a_session_stands_by_only_while_the_call_is_idle():
    assert walk(E.STANDBY_DUE, E.ENDED, E.STANDBY_DUE) == (S.IDLE, [CallAction.STAND_BY, CallAction.STAND_BY])
    assert walk(E.PRESSED, E.STANDBY_DUE, E.BOT_READY, E.STANDBY_DUE, E.PRESSED, E.STANDBY_DUE)[1] == [
        CallAction.CONNECT,
        CallAction.DISCONNECT,
    ]


def test_a_press_while_the_session_that_stood_by_ends_calls_when_that_is_done():
    assert walk(E.STANDBY_DUE, E.ENDING, E.PRESSED, E.ENDED) == (S.DIALLING, [CallAction.STAND_BY, CallAction.CONNECT])
    assert walk(E.STANDBY_DUE, E.ENDING, E.ENDED)[0] is S.IDLE


def test_an_ignored_pair_stays_where_it_is():
    for state, event in IGNORED:
        assert transition(state, event) == Transition(state)
