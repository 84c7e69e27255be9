#!/usr/bin/env bash
# MIDIFile, the Python package, leaves out the first eight octets of each track
#
# Software: MIDIFile 0.2.0 (PyPI)
# Guess:    A track's parse() finds each event behind the length of the chunk: a bell of one note has a note on, a note
#           off and the end of the track (Standard MIDI Files 1.0, "MTrk").
# Seen:     The chunk's head is taken off twice: of two notes on and off the first note is gone, and what follows is
#           read from the middle of an event when that doesn't happen to end there. Messages without a status octet of
#           their own, as the standard allows, are read as other ones.
# Output:   two notes:
#             MIDI@0 NOTE_ON[0] E5 ON velocity := 100
#             MIDI@96 NOTE_OFF[0] E5 OFF velocity := 64
#             META@96 End Of Track ->
#           one note:
#             META@0 End Of Track ->
# Callbox:  plays sounds, no MIDI (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check MIDIFile==0.2.0
"$tmp/venv/bin/python" -W ignore - "$tmp/bell.mid" <<'PY'
import contextlib
import io
import sys

from MIDI import MIDIFile

END = bytes((0, 0xFF, 0x2F, 0))
NOTES = (
    bytes((0, 0x90, 60, 100, 96, 0x80, 60, 64)),
    bytes((0, 0x90, 64, 100, 96, 0x80, 64, 64)),
)


def events(track):
    with open(sys.argv[1], "wb") as file:
        file.write(b"MThd" + bytes((0, 0, 0, 6, 0, 0, 0, 1, 0, 96)) + b"MTrk" + len(track).to_bytes(4, "big") + track)
    midi = MIDIFile(sys.argv[1])
    midi.parse()
    with contextlib.redirect_stderr(io.StringIO()):
        midi[0].parse()
    return [str(event).strip() for event in midi[0]]


seen = [events(b"".join(NOTES) + END), events(NOTES[0] + END)]
print("two notes:", *seen[0], sep="\n  ")
print("one note:", *seen[1], sep="\n  ")
if (len(seen[0]), len(seen[1])) != (3, 1):
    sys.exit("changed: three events and one were expected")
PY
