"""RTP packets as bytes: those of one stream after the pattern of its first, and what one carries.

Pure (RFC 3550, 5.1 and 5.3.1). Before protection.
"""

FIXED_BYTES = 12
_HAS_PADDING, _HAS_EXTENSION, _SOURCES = 0x20, 0x10, 0x0F


def header_bytes(packet: bytes) -> int:
    """How long the header is, with sources and extension; longer than the packet if it is none."""
    size = FIXED_BYTES + 4 * (packet[0] & _SOURCES)
    if packet[0] & _HAS_EXTENSION:
        size += 4 + 4 * int.from_bytes(packet[size + 2 : size + 4])
    return size


def payload_of(packet: bytes) -> bytes:
    """What `packet`, of `FIXED_BYTES` or more, carries; nothing if its header lies."""
    end = len(packet) - (packet[-1] if packet[0] & _HAS_PADDING else 0)
    return packet[header_bytes(packet) : end]


class Pattern:
    """Makes the packets that follow `first`, of which only number, timestamp and payload are others.

    `first_timestamp`: on the clock of those that `packet` is given, whatever number the stream began with.
    """

    def __init__(self, first: bytes, first_timestamp: int) -> None:
        self._kind = first[:2]
        self._number = int.from_bytes(first[2:4])
        self._origin = int.from_bytes(first[4:8]) - first_timestamp
        self._rest = first[8 : header_bytes(first)]
        self.timestamp = int.from_bytes(first[4:8])
        """Of the last packet, as it is sent."""

    def packet(self, payload: bytes, timestamp: int) -> bytes:
        """The next one; `timestamp` in frames of 48 kHz."""
        self._number = number = (self._number + 1) & 0xFFFF
        self.timestamp = stamp = (self._origin + timestamp) & 0xFFFFFFFF
        return b"".join((self._kind, number.to_bytes(2), stamp.to_bytes(4), self._rest, payload))
