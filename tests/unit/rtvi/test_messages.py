import json

from hypothesis import given
from hypothesis import strategies as st

from callbox.rtvi.errors import MalformedMessageError
from callbox.rtvi.protocol import messages
from callbox.rtvi.protocol.messages import Message, decode, encode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def test_the_envelope_is_the_standards_own():
    assert json.loads(encode(Message("client-message", {"t": "x"}, "a1"))) == {
        "label": "rtvi-ai",
        "type": "client-message",
        "id": "a1",
        "data": {"t": "x"},
    }


@given(st.text(), JSON.filter(lambda data: data is not None), st.none() | st.text())
def test_what_is_encoded_is_decoded_again(kind, data, identity):
    assert decode(encode(Message(kind, data, identity))) == Message(kind, data, identity)


@given(st.text() | JSON.map(json.dumps))
def test_anything_else_is_malformed_and_nothing_worse(text):
    try:
        decode(text)
    except MalformedMessageError:
        pass


def test_client_ready_says_version_and_library():
    ready = messages.client_ready("a1", "callbox", "0.1.0")
    assert ready.data["version"] == messages.PROTOCOL_VERSION
    assert ready.data["about"]["library"] == "callbox"
    assert ready.id == "a1"
