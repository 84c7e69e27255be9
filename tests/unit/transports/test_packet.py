"""Packets as bytes, beside aiortc's own reading and writing of them."""

from aiortc import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from callbox.transports.rtp.packet import FIXED_BYTES, HeaderTemplate, payload_of

numbers, stamps = st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
payloads = st.binary(min_size=1, max_size=200)


def extensions_map():
    found = HeaderExtensionsMap()
    found.configure(RTCRtpParameters(headerExtensions=[RTCRtpHeaderExtensionParameters(id=1, uri=MID)]))
    return found


def serialized(number, stamp, payload, mid="0", sources=()):
    packet = RtpPacket(payload_type=96, marker=1, sequence_number=number, timestamp=stamp, ssrc=7, payload=payload)
    packet.csrc = list(sources)
    packet.extensions = HeaderExtensions(mid=mid)
    return packet.serialize(extensions_map())


@given(number=numbers, stamp=stamps, first=st.integers(0, 2**40), after=st.integers(0, 2**33), payload=payloads)
def test_the_pattern_makes_what_aiortc_would_make(number, stamp, first, after, payload):
    pattern = HeaderTemplate(serialized(number, stamp, b"the first"), first)
    made = pattern.packet(payload, first + after)
    later = (stamp + after) & 0xFFFFFFFF
    assert made == serialized((number + 1) & 0xFFFF, later, payload)
    assert pattern.timestamp == later


@given(payload=payloads, sources=st.lists(stamps, max_size=15), mid=st.sampled_from(["0", "audio"]))
def test_the_payload_is_what_was_put_in(payload, sources, mid):
    assert payload_of(serialized(1, 2, payload, mid, sources)) == payload


@given(payload=payloads, padding=st.integers(1, 60))
def test_padding_is_not_played(payload, padding):
    packet = bytearray(serialized(1, 2, payload))
    packet[0] |= 0x20
    padded = bytes(packet) + bytes(padding - 1) + bytes([padding])
    assert payload_of(padded) == payload == RtpPacket.parse(padded, extensions_map()).payload


@given(st.binary(min_size=FIXED_BYTES, max_size=100))
def test_a_header_that_lies_carries_no_more_than_there_is(packet):
    assert payload_of(packet) in packet
