from callbox.control.call_control import IGNORED, TABLE, Happening, Line, Order, Step, step

L, H = Line, Happening


def test_every_pair_is_decided_once():
    assert set(TABLE) | IGNORED == {(line, happening) for line in L for happening in H}
    assert not set(TABLE) & IGNORED


def walk(*happenings):
    line, orders = L.IDLE, []
    for happening in happenings:
        decided = step(line, happening)
        line = decided.to
        if decided.order:
            orders.append(decided.order)
    return line, orders


def test_a_press_connects_and_the_next_hangs_up():
    assert walk(H.PRESSED, H.BOT_READY, H.PRESSED, H.ENDED) == (L.IDLE, [Order.CONNECT, Order.DISCONNECT])


def test_a_press_while_dialling_cancels():
    assert walk(H.PRESSED, H.PRESSED, H.ENDED) == (L.IDLE, [Order.CONNECT, Order.DISCONNECT])


def test_a_press_while_hanging_up_calls_again_when_that_is_done():
    assert walk(H.PRESSED, H.BOT_READY, H.PRESSED, H.PRESSED, H.ENDED) == (
        L.DIALLING,
        [Order.CONNECT, Order.DISCONNECT, Order.CONNECT],
    )


def test_a_press_while_redialling_changes_ones_mind():
    assert walk(H.PRESSED, H.PRESSED, H.PRESSED, H.PRESSED, H.ENDED)[0] is L.IDLE


def test_a_nervous_double_click_dials_once():
    assert walk(H.PRESSED, H.DOUBLE_PRESSED) == (L.DIALLING, [Order.CONNECT])


def test_after_a_failure_the_next_press_dials():
    assert walk(H.PRESSED, H.ENDED, H.PRESSED) == (L.DIALLING, [Order.CONNECT, Order.CONNECT])


def test_a_session_stands_by_only_while_the_line_is_on_the_hook():
    assert walk(H.STANDBY_DUE, H.ENDED, H.STANDBY_DUE) == (L.IDLE, [Order.STAND_BY, Order.STAND_BY])
    assert walk(H.PRESSED, H.STANDBY_DUE, H.BOT_READY, H.STANDBY_DUE, H.PRESSED, H.STANDBY_DUE)[1] == [
        Order.CONNECT,
        Order.DISCONNECT,
    ]


def test_a_press_while_the_session_that_stood_by_ends_calls_when_that_is_done():
    assert walk(H.STANDBY_DUE, H.ENDING, H.PRESSED, H.ENDED) == (L.DIALLING, [Order.STAND_BY, Order.CONNECT])
    assert walk(H.STANDBY_DUE, H.ENDING, H.ENDED)[0] is L.IDLE


def test_an_ignored_pair_stays_where_it_is():
    for line, happening in IGNORED:
        assert step(line, happening) == Step(line)
