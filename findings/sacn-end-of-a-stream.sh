#!/usr/bin/env bash
# sacn, the Python package, shows the colours of a stream's end, tells the end three times, and keeps others waiting
#
# Software: sacn 1.11.0
# Guess:    A source that ends sends three packets with Stream_Terminated, whose colours are to be ignored, and by which
#           a receiver needn't wait for a timeout (ANSI E1.31, 6.2.6). So the end is told once, and a source of a lower
#           priority is heard from then on.
# Seen:     "timeout" is told three times, and the colours of the last packets are handed out as any others: LEDs keep
#           the white that the source has left in them. The lower priority is heard 2.5 s later, as if nothing had been
#           said.
# Output:   colour 10, colour 20, then three last packets of white: 10 20 timeout 255 timeout timeout
#           the lower priority, which is sent every 50 ms, is heard 2.55 s behind the end
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
    """What is told of universe 1, in words, and when."""

    def __init__(self):
        self.now, self.events = 0.0, []

    def on_availability_change(self, universe, changed):
        if changed == "timeout":
            self.events.append((self.now, changed))

    def on_dmx_data_change(self, packet):
        self.events.append((self.now, str(packet.dmxData[0])))


def receive(packets):
    """Hands (seconds, source, number, colour, priority, whether it is the end) to a receiver."""
    told = Told()
    handler = ReceiverHandler("0.0.0.0", 5568, told, socket=object())
    for told.now, source, number, colour, priority, end in packets:
        packet = DataPacket((source,) * 16, "desk", 1, (colour,) * 3, priority, number, streamTerminated=end)
        handler.on_data(bytes(packet.getBytes()), told.now)
    return told.events


last = [(0.2, 1, 2 + i, 255, 100, True) for i in range(3)]
white = receive([(0, 1, 0, 10, 100, False), (0.1, 1, 1, 20, 100, False), *last])
words = " ".join(word for _, word in white)
print("colour 10, colour 20, then three last packets of white:", words)
ends = [(0, 1, 0, 10, 200, False), *((0.05, 1, 1 + i, 10, 200, True) for i in range(3))]
events = receive(ends + [(0.05 + i * 0.05, 2, i, 50, 100, False) for i in range(1, 80)])
late = next(at for at, word in events if word == "50") - 0.05
print(f"the lower priority, which is sent every 50 ms, is heard {late:.2f} s behind the end")
if words != "10 20 timeout 255 timeout timeout" or late < 2.4:
    sys.exit("changed: three timeouts around 255, and a wait of 2.5 s, were expected")
PY
