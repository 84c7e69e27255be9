"""Answers: every direction, every part that is missing, every line that can't be read."""

import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rig.sdp import ANSWER

from callbox.transports.small_webrtc.sdp import MAX_ANSWER_CHARS, usable_answer


def without(*lines):
    text = ANSWER
    for line in lines:
        assert line in text
        text = "\r\n".join(each for each in text.split("\r\n") if not each.startswith(line))
    return text


def sentence_of(sdp):
    """What makes the answer unusable; None: nothing."""
    try:
        usable_answer(sdp, audio=True)
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize("direction", ["sendrecv", "recvonly"])
def test_a_bot_that_listens_is_accepted(direction):
    assert f"a={direction}\r\n" in usable_answer(ANSWER.replace("sendrecv", direction), audio=True)


@pytest.mark.parametrize(
    ("direction", "sentence"),
    [
        ("sendonly", "answered with a=sendonly: it speaks, but does not listen, so it can't be spoken to."),
        ("inactive", "answered with a=inactive: it takes no audio now, so it can't be spoken to."),
    ],
)
def test_a_bot_that_does_not_listen_is_refused(direction, sentence):
    for sdp in (
        ANSWER.replace("a=sendrecv", f"a={direction}"),
        without("a=sendrecv").replace("t=0 0\r\n", f"t=0 0\r\na={direction}\r\n"),  # for the session
    ):
        assert sentence_of(sdp) == sentence


def test_without_a_direction_an_answer_is_sendrecv():
    sdp = usable_answer(without("a=sendrecv"), audio=True)
    assert "a=sendrecv" in sdp.partition("m=application")[0]


def test_a_sections_direction_counts_more_than_the_sessions():
    sdp = ANSWER.replace("t=0 0\r\n", "t=0 0\r\na=inactive\r\n")
    assert "a=inactive" not in usable_answer(sdp, audio=True).partition("m=audio")[2].partition("m=application")[0]


def test_lines_may_end_without_a_carriage_return():
    assert usable_answer(ANSWER.replace("\r\n", "\n"), audio=True) == usable_answer(ANSWER, audio=True)


@pytest.mark.parametrize(
    ("sdp", "sentence"),
    [
        ("", "answered without audio: it can't be spoken to."),
        ("\nm=", "answered with an SDP that can't be used: line 1, 'm='."),
        (ANSWER.replace("m=audio 9", "m=audio 0"), "answered without audio: it can't be spoken to."),
        (
            ANSWER.replace("m=application 9", "m=application 0"),
            "answered without a data channel: no RTVI messages can be exchanged.",
        ),
        (without("a=sctp-port"), "answered with an SDP that can't be used: a=sctp-port is missing."),
        (without("a=ice-pwd"), "answered with an SDP that can't be used: a=ice-ufrag or a=ice-pwd is missing."),
        (without("a=setup"), "answered with an SDP that can't be used: a=setup is missing."),
        (
            without("a=fingerprint"),
            "answered with an SDP that can't be used: a=fingerprint with sha-256, sha-384, sha-512 is missing.",
        ),
        (
            ANSWER.replace("65536", "much"),
            "answered with an SDP that can't be used: line 22, 'a=max-message-size:much'.",
        ),
        (
            ANSWER.replace("setup:active", "setup:hold"),
            "answered with an SDP that can't be used: line 17, 'a=setup:hold'.",
        ),
        (
            ANSWER.replace("m=audio 9", "m=audio nine"),
            "answered with an SDP that can't be used: line 7, 'm=audio nine UDP/TLS/RTP/SAVPF 96'.",
        ),
        (
            ANSWER + "a=ssrc:\x1b[2J\r\n",
            "answered with an SDP that can't be used: line 27, 'a=ssrc: [2J'.",
        ),
        (
            ANSWER + "a=x\r\n" * MAX_ANSWER_CHARS,
            f"answered with an SDP of {len(ANSWER) + 5 * MAX_ANSWER_CHARS} characters; at most 65536 are read.",
        ),
    ],
)
def test_what_can_not_be_used_is_named(sdp, sentence):
    assert sentence_of(sdp) == sentence


def test_a_client_without_audio_needs_the_data_channel_only():
    channel = ANSWER.partition("m=audio")[0] + "m=application" + ANSWER.partition("m=application")[2]
    assert usable_answer(channel, audio=False)


@given(st.text(), st.integers(0, len(ANSWER)), st.integers(0, 40))
def test_nothing_but_a_sentence_comes_of_a_broken_answer(text, place, cut):
    sentence = sentence_of(ANSWER[:place] + text + ANSWER[place + cut :])
    assert sentence is None or (sentence.startswith("answered with") and sentence.isprintable())


def test_an_answer_is_taken_unread_if_aiortcs_parser_has_moved(monkeypatch):
    monkeypatch.setitem(sys.modules, "aiortc.sdp", None)
    assert usable_answer("v=0\r\nm=audio 0", audio=True) == "v=0\r\nm=audio 0\r\na=sendrecv\r\n"


def test_an_answer_is_taken_unread_if_what_the_parser_returns_has_changed(monkeypatch, caplog):
    moved = SimpleNamespace(SessionDescription=SimpleNamespace(parse=lambda sdp: SimpleNamespace(sections=[])))
    monkeypatch.setitem(sys.modules, "aiortc.sdp", moved)
    assert usable_answer(ANSWER, audio=True).startswith(ANSWER)
    assert "isn't checked" in caplog.text
