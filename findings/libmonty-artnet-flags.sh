#!/usr/bin/env bash
# libmonty-artnet sends the eight flags of a poll as eight octets, so that nodes read none of them
#
# Software: libmonty-artnet 0.2.0 (PyPI)
# Guess:    An ArtPoll's flags are one octet, with the priority of diagnostics after it; bit 4 is 0 if VLC transmission
#           is enabled (Art-Net 4, ArtPoll), as the comments of field_5_flags say.
# Seen:     Each flag becomes an octet of its own, so nodes read 00, no flags, and 00 as the priority; the ports of the
#           targeted mode come too late. "Enable VLC" is written as 1, which disables it.
# Output:   length: 25 octets, instead of 18
#           targeted mode to 5, diagnostics of high priority: 00 00 01 01 00 01 00 00 80 00 05 00 00
#           read by a node: flags 00, priority 00, ports 257 to 1
#           VLC transmission enabled: 01, disabled: 00
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps libmonty-artnet==0.2.0 webcolors==1.13
"$tmp/venv/bin/python" - <<'PY'
import sys

from libmonty_artnet.packets.art_poll import ArtPollPacket
from libmonty_artnet.protocol.diag_priority_codes import DiagPriorityCode

FLAGS_AT = 12  # After the ID, the operation's code and the version
VLC_AT = 3  # Of the octets of the flags, from bit 7 on
ART_POLL_OCTETS = 18  # Up to TargetPortAddressBottom, which is the last field here
LAST_PORT = 5
SEEN = (25, "00 00 01 01 00 01 00 00 80 00 05 00 00", (0, 0, 257, 1), (1, 0))


def flags(packet):
    return packet.compose()[FLAGS_AT:]


poll = ArtPollPacket(send_diagnostics=True, diag_priority=DiagPriorityCode.DP_HIGH)
poll.enable_targeted_mode(target_port_top=LAST_PORT)
length = len(poll.compose())
sent = flags(poll)
top, bottom = (int.from_bytes(sent[at : at + 2], "big") for at in (2, 4))
vlc = tuple(flags(ArtPollPacket(vlc_transmission=enabled))[VLC_AT] for enabled in (True, False))
print(f"length: {length} octets, instead of {ART_POLL_OCTETS}")
print(f"targeted mode to {LAST_PORT}, diagnostics of high priority: {sent.hex(' ')}")
print(f"read by a node: flags {sent[0]:02x}, priority {sent[1]:02x}, ports {top} to {bottom}")
print(f"VLC transmission enabled: {vlc[0]:02x}, disabled: {vlc[1]:02x}")
if (length, sent.hex(" "), (sent[0], sent[1], top, bottom), vlc) != SEEN:
    sys.exit("changed: see the output")
PY
