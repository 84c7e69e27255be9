#!/usr/bin/env bash
# aiortp sends each key with the same time stamp, so only the first one of a number arrives
#
# Software: aiortp 0.8.0 (PyPI)
# Guess:    send_dtmf("1"), send_dtmf("2") some time later are two keys for the other side: each has the time stamp of its
#           beginning, a packet each 20 ms, and the marker bit in the first packet (RFC 4733, section 2.5.1).
# Seen:     The time stamp is 0 unless one is given (the documentation's example gives 0, too): the other side, aiortp
#           itself, takes the second key for more of the first. A key of 160 ms is sent within a millisecond, and the
#           marker bit is in the first of the last packets.
# Output:   keys sent: 1 2 3, keys that another aiortp tells: 1
#           time stamps of the keys: 0 0 0
#           first key: packets 10, marker bit in packet 8, all within 20 ms: True
# Callbox:  a digit goes to the bot as RTVI's dtmf message, not as telephone-event.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortp==0.8.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import socket
import struct
import sys
import time

from aiortp import RTPSession


def free_port():
    """An even port whose successor is free, too."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first, socket.socket(type=socket.SOCK_DGRAM) as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                if port % 2 == 0 and second.bind(("127.0.0.1", port + 1)) is None:
                    return port
            except OSError:
                pass


async def told():
    """What another session tells of three keys."""
    here, there = ("127.0.0.1", free_port()), ("127.0.0.1", free_port())
    sender = await RTPSession.create(here, there, payload_type=0)
    receiver, keys = await RTPSession.create(there, here, payload_type=0), []
    receiver.on_dtmf = lambda key, _duration: keys.append(key)
    for key in "123":
        sender.send_dtmf(key)
        await asyncio.sleep(0.5)
    await sender.close()
    await receiver.close()
    return keys


async def packets_of(keys):
    """The packets of each key, as (arrival in seconds, marker bit, time stamp)."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 0))
    listener.settimeout(2)
    sender = await RTPSession.create(("127.0.0.1", free_port()), listener.getsockname(), payload_type=0)
    result = []
    for key in keys:
        sender.send_dtmf(key)
        packets = []
        while len(packets) < 10:
            _, marker, _, stamp = struct.unpack("!BBHI", (await asyncio.to_thread(listener.recv, 2000))[:8])
            packets.append((time.monotonic(), bool(marker & 0x80), stamp))
        result.append(packets)
    await sender.close()
    listener.close()
    return result


keys, packets = asyncio.run(told()), asyncio.run(packets_of("123"))
first = packets[0]
marked = [number + 1 for number, packet in enumerate(first) if packet[1]]
at_once = first[-1][0] - first[0][0] < 0.02
stamps = [key[0][2] for key in packets]
print("keys sent: 1 2 3, keys that another aiortp tells:", *keys)
print("time stamps of the keys:", *stamps)
print(f"first key: packets {len(first)}, marker bit in packet {marked[0]}, all within 20 ms: {at_once}")
if keys != ["1"] or stamps != [0, 0, 0] or marked != [8]:
    sys.exit("changed: the first key alone was expected, and the marker bit in packet 8")
PY
