import pytest

from callbox.control.faults import Fault, Problem
from callbox.control.status import Activity, Speech, Status
from callbox.rtvi import TransportState as S

WAITING = (S.INITIALIZING, S.INITIALIZED, S.AUTHENTICATING, S.AUTHENTICATED, S.CONNECTING, S.CONNECTED)
TABLE = {
    **{(state, speech): Activity.CONNECTING for state in WAITING for speech in Speech},
    **{(S.DISCONNECTED, speech): Activity.IDLE for speech in Speech},
    **{(S.DISCONNECTING, speech): Activity.IDLE for speech in Speech},
    **{(S.ERROR, speech): Activity.ERROR for speech in Speech},
    (S.READY, Speech.NONE): Activity.LISTENING,
    (S.READY, Speech.USER): Activity.LISTENING,
    (S.READY, Speech.THINKING): Activity.THINKING,
    (S.READY, Speech.BOT): Activity.SPEAKING,
}


def test_the_table_is_whole():
    assert set(TABLE) == {(state, speech) for state in S for speech in Speech}


@pytest.mark.parametrize(("pair", "activity"), TABLE.items(), ids=str)
def test_what_the_box_is_doing(pair, activity):
    status = Status(*pair)
    assert status.activity is activity
    assert status.bot_ready is (pair[0] is S.READY)


def test_one_line_for_the_journal():
    assert Status().sentence == "disconnected, idle, microphone closed"
    wrong = Status(S.ERROR, mic_live=True, problem=Problem(Fault.BOT_FAILED, "It left."))
    assert wrong.sentence == "error, error, microphone open; It left."
