#!/usr/bin/env bash
# pymidi loses each key behind a pitch bend in an RTP packet, and all of a packet that begins with a delta time
#
# Software: pymidi 0.5.0, construct 2.10.70 (PyPI)
# Guess:    An RTP packet of MIDI may have several commands, each but the first one behind a delta time of one to four
#           octets, the most significant seven bits first; with the flag Z the first one has a delta time too (RFC 6295,
#           section 3). 0x81 0x00 is 128.
# Seen:     What isn't a key, a touch or a controller takes the rest of the packet: the key behind a pitch bend or
#           another program is never told. Z is read and left aside, so the first command is taken for one without a
#           status, and none is told. Delta times are read from the other end: 128 is 1.
# Output:   key: 'note_on'
#           pitch bend, key: '224'
#           program, key: '192'
#           delta time 0 by Z, key: nothing
#           key, delta time 128, key: 'note_on', 'note_off' after 1
# Callbox:  takes keys from GPIOs or an input device of the kernel (docs/settings.md), not from MIDI.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pymidi==0.5.0 construct==2.10.70
"$tmp/venv/bin/python" - <<'PY'
import struct
import sys

from pymidi.packets import MIDIPacket

KEY, RELEASE, BEND, PROGRAM = b"\x90\x3c\x64", b"\x80\x3c\x00", b"\xe0\x00\x40", b"\xc0\x05"
seen = []
for name, z, commands in (
    ("key", 0, KEY),
    ("pitch bend, key", 0, BEND + b"\x00" + KEY),
    ("program, key", 0, PROGRAM + b"\x00" + KEY),
    ("delta time 0 by Z, key", 0x20, b"\x00" + KEY),
    ("key, delta time 128, key", 0, KEY + b"\x81\x00" + RELEASE),
):
    packet = struct.pack("!BBHIIB", 0x80, 0x61, 1, 0, 7, z | len(commands)) + commands
    told = []
    for command in MIDIPacket.parse(packet).command.midi_list:
        after = f" after {command.delta_time}" if command.delta_time else ""
        told.append(f"{str(command.command)!r}{after}")
    seen.append(", ".join(told) or "nothing")
    print(f"{name}: {seen[-1]}")
if seen != ["'note_on'", "'224'", "'192'", "nothing", "'note_on', 'note_off' after 1"]:
    sys.exit("changed: no key behind a pitch bend, a program and Z, and 1 in place of 128, were expected")
PY
