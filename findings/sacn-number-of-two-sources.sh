#!/usr/bin/env bash
# sacn, the Python package, drops one of two sources whose packets happen to have near numbers
#
# Software: sacn 1.11.0
# Guess:    Each source counts its packets itself, so a receiver compares a packet's number with the last one of the
#           same source (ANSI E1.31, 6.2.5 and 6.7.2): -19 to 0 behind it is late. Of two sources with the same priority
#           both are handed out. A preview isn't for the lamps (6.2.6): the same colours, sent in earnest later, are
#           new.
# Seen:     There is one last number for all sources of a universe: the source whose number is a bit behind the other's
#           is dropped, for as long as both send. Colours that came as a preview are not handed out when they are sent
#           in earnest.
# Output:   numbers 100 apart: 50 packets of one, 50 of the other
#           numbers 10 apart: 50 packets of one, 0 of the other
#           preview of 50, then 50: preview of 50
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sacn==1.11.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from sacn.messages.data_packet import DataPacket
from sacn.receiving.receiver_handler import ReceiverHandler, ReceiverHandlerListener


class Told(ReceiverHandlerListener):
    """The packets of universe 1 that are handed out."""

    def __init__(self):
        self.packets = []

    def on_availability_change(self, universe, changed):
        pass

    def on_dmx_data_change(self, packet):
        self.packets.append(packet)


def receive(packets):
    """Hands (source, number, colour, preview) to a receiver, one every 25 ms."""
    told = Told()
    handler = ReceiverHandler("0.0.0.0", 5568, told, socket=object())
    for index, (source, number, colour, preview) in enumerate(packets):
        packet = DataPacket((source,) * 16, "desk", 1, (colour,) * 3, 100, number, previewData=preview)
        handler.on_data(bytes(packet.getBytes()), index * 0.025)
    return told.packets


def of_each(apart):
    """How many of 50 packets each of two sources are handed out, whose colours are never the same."""
    both = [[(1, 100 + i, i, False), (2, 100 + i - apart, 200 - i, False)] for i in range(50)]
    packets = receive(sum(both, []))
    return [sum(packet.dmxData[0] in colours for packet in packets) for colours in (range(50), range(151, 201))]


seen = []
for apart in (100, 10):
    seen.append(of_each(apart))
    print(f"numbers {apart} apart: {seen[-1][0]} packets of one, {seen[-1][1]} of the other")
names = ", ".join(
    ("preview of " if packet.option_PreviewData else "") + str(packet.dmxData[0])
    for packet in receive([(1, 0, 50, True), (1, 1, 50, False)])
)
print("preview of 50, then 50:", names)
if seen != [[50, 50], [50, 0]] or names != "preview of 50":
    sys.exit("changed: none of the second source, and the preview only, were expected")
PY
