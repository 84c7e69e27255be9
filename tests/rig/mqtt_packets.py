"""MQTT packets as bytes, as a broker sends them (MQTT 3.1.1 section 3; MQTT 5 section 3)."""

import struct


def length(number: int) -> bytes:
    """Remaining Length."""
    encoded = bytearray()
    while True:
        number, digit = divmod(number, 128)
        encoded.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(encoded)


def packet(header: int, body: bytes) -> bytes:
    return bytes([header]) + length(len(body)) + body


def connack(code: int = 0, *, v5: bool = False, properties: bytes = b"") -> bytes:
    return packet(0x20, bytes([0, code]) + (length(len(properties)) + properties if v5 else b""))


def publish(
    topic: bytes, payload: bytes, *, qos: int = 0, retained: bool = False, number: int = 1, v5: bool = False
) -> bytes:
    body = struct.pack("!H", len(topic)) + topic + (struct.pack("!H", number) if qos else b"") + (b"\0" if v5 else b"")
    return packet(0x30 | qos << 1 | retained, body + payload)


def puback(number: int) -> bytes:
    return packet(0x40, struct.pack("!H", number))
