#!/usr/bin/env bash
# stupidartnet gives all packets the same number once another universe is set, and never starts again after stop()
#
# Software: stupidartnet 1.6.0
# Guess:    ArtDmx packets are numbered from 1 to 255, so that a receiver drops what is late, or all have 0, which means
#           "no numbers" (Art-Net 4, ArtDmx, Sequence). start() sends fps packets a second until stop() (documentation),
#           so it does the same after stop(). A packet's length is that of its data.
# Seen:     The number is written with the other fields of the head: it is 0 until set_universe() is called, and then
#           the number of packets that were sent by then, in each packet. start() after stop() sends one packet. With
#           set_packet_size(48) the length is 48, but the data are 24 channels until clear().
# Output:   three packets: numbers 0 0 0
#           three more behind set_universe(2): numbers 3 3 3
#           set_packet_size(48): length 48, data 24
#           start() for half a second: several packets
#           start() again after stop(): 1 packet
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check stupidartnet==1.6.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import socket
import sys
import time

from stupidArtnet import StupidArtnet

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
receiver.settimeout(10)
sender = StupidArtnet("127.0.0.1", 1, 24, fps=30, port=receiver.getsockname()[1])


def packet():
    sender.show()
    return receiver.recv(1024)


def arrived():
    """How many packets come before 0.2 s without any."""
    count = 0
    receiver.settimeout(0.2)
    while True:
        try:
            receiver.recv(1024)
            count += 1
        except TimeoutError:
            return count


def started():
    """How many packets come in half a second of start()."""
    arrived()  # what is under way
    sender.start()
    time.sleep(0.5)
    sender.stop()
    return arrived()


numbers = [packet()[12] for _ in range(3)]
sender.set_universe(2)
frozen = [packet()[12] for _ in range(3)]
sender.set_packet_size(48)
long = packet()
length, data = int.from_bytes(long[16:18], "big"), len(long) - 18
first, again = started(), started()
print("three packets: numbers", *numbers)
print("three more behind set_universe(2): numbers", *frozen)
print(f"set_packet_size(48): length {length}, data {data}")
print(f"start() for half a second: {'several packets' if first > 2 else first}")
print(f"start() again after stop(): {again} packet{'s' * (again != 1)}")
if numbers != [0, 0, 0] or frozen != [3, 3, 3] or (length, data) != (48, 24) or first <= 2 or again != 1:
    sys.exit("changed: numbers 0 and 3, a length of 48, and one packet behind stop() were expected")
PY
