"""RTP packets as bytes: packets of one stream from the header of its first, and the payload of one.

Pure (RFC 3550, 5.1 and 5.3.1). Before protection.
"""

FIXED_BYTES = 12
_HAS_PADDING, _HAS_EXTENSION, _CSRC_COUNT = 0x20, 0x10, 0x0F


def header_bytes(packet: bytes) -> int:
    """Length of the header with CSRCs and extension; longer than the packet if that is malformed."""
    size = FIXED_BYTES + 4 * (packet[0] & _CSRC_COUNT)
    if packet[0] & _HAS_EXTENSION:
        size += 4 + 4 * int.from_bytes(packet[size + 2 : size + 4])
    return size


def payload_of(packet: bytes) -> bytes:
    """Payload of `packet`, which has `FIXED_BYTES` or more; empty if its header is malformed."""
    end = len(packet) - (packet[-1] if packet[0] & _HAS_PADDING else 0)
    return packet[header_bytes(packet) : end]


class HeaderTemplate:
    """Template of the packets after `first`, which differ in sequence number, timestamp and payload.

    `first_timestamp`: that of `first` on the clock of the timestamps given to `packet`, in ticks of 48 kHz.
    """

    def __init__(self, first: bytes, first_timestamp: int) -> None:
        self._kind = first[:2]
        self._number = int.from_bytes(first[2:4])
        self._origin = int.from_bytes(first[4:8]) - first_timestamp
        self._rest = first[8 : header_bytes(first)]
        self.timestamp = int.from_bytes(first[4:8])
        """Of the last packet, as sent."""

    def packet(self, payload: bytes, timestamp: int) -> bytes:
        """The next packet; `timestamp` in ticks of 48 kHz."""
        self._number = number = (self._number + 1) & 0xFFFF
        self.timestamp = stamp = (self._origin + timestamp) & 0xFFFFFFFF
        return b"".join((self._kind, number.to_bytes(2), stamp.to_bytes(4), self._rest, payload))
