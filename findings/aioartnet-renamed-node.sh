#!/usr/bin/env bash
# aioartnet sends all twice to a node that has got another name, and answers no poll for a range of universes
#
# Software: aioartnet 0.2.1 (PyPI)
# Guess:    A node that subscribes to a universe gets each packet of it once, whatever it is called: its name may be
#           changed while it runs (Art-Net 4, ArtAddress). A poll in targeted mode, which has a range of port addresses
#           behind the priority, is answered as one without (Art-Net 4, ArtPoll).
# Seen:     After a change of the name the universe has the old node and the new one as subscribers, at one address.
#           Unpacking a poll that is longer than 14 octets raises struct.error, so there is no answer.
# Output:   node "lamp": 1 packet
#           node "lamp" renamed to "desk": 2 packets
#           poll: answered; poll in targeted mode: struct.error
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps aioartnet==0.2.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from aioartnet import ArtNetClient
from aioartnet.client import ArtNetClientProtocol

POLL, REPLY, DMX = 0x2000, 0x2100, 0x5000
ADDRESS = ("192.0.2.7", 6454)
OUTPUT = 0x80
TARGETED = 0x20


class Network:
    """What the client sends, instead of a socket."""

    def __init__(self):
        self.packets = []

    def get_extra_info(self, _name):
        return None

    def sendto(self, packet, addr=None):
        self.packets.append(packet)

    def count(self, opcode):
        count = sum(packet[8:10] == opcode.to_bytes(2, "little") for packet in self.packets)
        self.packets.clear()
        return count


def packet(opcode, body):
    return b"Art-Net\0" + opcode.to_bytes(2, "little") + body


def reply(name):
    """The ArtPollReply of a node with one output for universe 0."""
    head = bytes([192, 0, 2, 7]) + ADDRESS[1].to_bytes(2, "little") + bytes(12)
    names = struct.pack("18s64s64s", name.encode(), name.encode(), b"")
    return packet(REPLY, head + names + bytes([0, 1, OUTPUT]) + bytes(19) + bytes(40))


client = ArtNetClient()
client.unicast_ip, client.broadcast_ip = "192.0.2.1", "192.0.2.255"
protocol, network = ArtNetClientProtocol(client), Network()
protocol.connection_made(network)
universe = client.set_port_config("0:0:0", is_input=True)
network.packets.clear()
seen = []
for name, words in (("lamp", 'node "lamp"'), ("desk", 'node "lamp" renamed to "desk"')):
    protocol.datagram_received(reply(name), ADDRESS)
    universe.set_dmx(bytes(512))
    seen.append(network.count(DMX))
    print(f"{words}: {seen[-1]} packet{'s' * (seen[-1] > 1)}")

version, low_priority = bytes([0, 14]), bytes([0x10])
everywhere = bytes.fromhex("7FFF 0000 0000 0000")
for targeted, body in ((0, b""), (TARGETED, everywhere)):
    try:
        protocol.datagram_received(packet(POLL, version + bytes([targeted]) + low_priority + body), ADDRESS)
        seen.append("answered" if network.count(REPLY) else "not answered")
    except struct.error:
        seen.append("struct.error")
print(f"poll: {seen[2]}; poll in targeted mode: {seen[3]}")
if seen != [1, 2, "answered", "struct.error"]:
    sys.exit("changed: two packets were expected, and no answer in targeted mode")
PY
