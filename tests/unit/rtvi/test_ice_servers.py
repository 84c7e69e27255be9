"""STUN and TURN URLs: which are used, and what is said of the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.rtvi.protocol.ice_servers import MAX_URLS, IceUrl, parse_url, select


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("stun:stun.example.org", IceUrl("stun", "stun.example.org", 3478, "udp")),
        ("STUN:192.0.2.1:19302", IceUrl("stun", "192.0.2.1", 19302, "udp")),
        ("stun:[2001:db8::1]:3479", IceUrl("stun", "2001:db8::1", 3479, "udp")),
        ("turn:[2001:db8::1]", IceUrl("turn", "2001:db8::1", 3478, "udp")),
        ("turn:relay:80?transport=TCP", IceUrl("turn", "relay", 80, "tcp")),
        ("turns:relay", IceUrl("turns", "relay", 5349, "tcp")),
        ("turns:[::1]:443?transport=tcp", IceUrl("turns", "::1", 443, "tcp")),
    ],
)
def test_urls_that_are_used(url, read):
    assert parse_url(url) == read
    assert parse_url(str(read)) == read


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("stun:host?transport=udp", "'stun:host?transport=udp': a STUN URL has no ?transport= (RFC 7064)"),
        ("stuns:host", "'stuns:host': STUN over TLS is not supported; use stun:"),
        ("turns:host?transport=udp", "'turns:host?transport=udp': transport=udp is not supported; turns: takes tcp"),
        (
            "turn:host?transport=sctp",
            "'turn:host?transport=sctp': transport=sctp is not supported; turn: takes udp or tcp",
        ),
        ("turn:host:0", "'turn:host:0': port 0, 1 to 65535 are possible"),
        ("turn:host:65536", "'turn:host:65536': port 65536, 1 to 65535 are possible"),
        ("stun:[1:2]:3", "'stun:[1:2]:3': 1:2 is no IPv6 address"),
        ("stun:2001:db8::1", "'stun:2001:db8::1' is no STUN or TURN URL: stun:HOST:PORT or turn:HOST:PORT"),
        ("host:3478", "'host:3478' is no STUN or TURN URL: stun:HOST:PORT or turn:HOST:PORT"),
        ("stun:", "'stun:' is no STUN or TURN URL: stun:HOST:PORT or turn:HOST:PORT"),
        (
            "turn:box:hunter2@host",
            "a STUN or TURN URL holds no user and password; they stand in username and credential",
        ),
        (7, "'7' is no STUN or TURN URL: stun:HOST:PORT or turn:HOST:PORT"),
        (None, "'None' is no STUN or TURN URL: stun:HOST:PORT or turn:HOST:PORT"),
    ],
)
def test_urls_that_are_not_used_say_why(url, sentence):
    with pytest.raises(ValueError, match=r".") as error:
        parse_url(url)
    assert str(error.value) == sentence


def test_the_first_usable_servers_are_selected_whatever_stands_before_them():
    chosen = select(
        [
            {"urls": "stun:host?transport=udp"},
            {"urls": ["stun:[2001:db8::1]", "stun:good", "stun:other"]},
            {"urls": "turn:relay", "username": 7, "credential": "x"},
            {"urls": ["turn:[::1]:9?transport=tcp", "turn:other"], "username": "box", "credential": "secret"},
            {},
        ]
    )
    assert str(chosen.stun) == "stun:good:3478"
    assert chosen.turn is not None
    assert (str(chosen.turn.url), chosen.turn.username) == ("turn:[::1]:9?transport=tcp", "box")
    assert chosen.turn.password == "secret"
    assert len(chosen.skipped) == 4
    assert "secret" not in repr(chosen)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["urls", "username", "credential"]),
            st.one_of(st.text(), st.integers(), st.lists(st.text()), st.none()),
        ),
        max_size=MAX_URLS,
    )
)
def test_no_list_of_servers_raises(servers):
    chosen = select(servers)
    assert all(sentence.isprintable() for sentence in chosen.skipped)
