#!/usr/bin/env bash
# Adafruit's MIDI reads the first key of a keyboard only, and none when the clock ticks within a message
#
# Software: adafruit-circuitpython-midi 1.6.0
# Guess:    A message with the same status octet as the last one may leave it out, and keyboards do so (MIDI 1.0,
#           Running Status); a clock, of one octet, may come at any time, also within another message (System Real Time
#           Messages). So a key that is pressed and let go is told as two messages, and a clock as one beside them.
# Seen:     Octets without a status are skipped without a word: the key is never let go. A clock within a message makes
#           a MIDIBadEvent of both, and the rest of the message is skipped.
# Output:   pressed and let go: NoteOn 60 64, NoteOn 60 0
#           pressed and let go with running status: NoteOn 60 64
#           a clock before it: TimingClock, NoteOn 60 64
#           a clock within it: MIDIBadEvent
# Callbox:  takes keys from GPIOs or an input device of the kernel (docs/settings.md), not from MIDI.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-midi==1.6.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import io
import sys

from adafruit_midi import MIDI
from adafruit_midi.note_on import NoteOn
from adafruit_midi.timing_clock import TimingClock

KNOWN = (NoteOn, TimingClock)  # those that are imported are known
OCTETS = {
    "pressed and let go": "90 3c 40 90 3c 00",
    "pressed and let go with running status": "90 3c 40 3c 00",
    "a clock before it": "f8 90 3c 40",
    "a clock within it": "90 f8 3c 40",
}


def received(octets):
    midi = MIDI(midi_in=io.BytesIO(bytes.fromhex(octets)))
    messages = filter(None, (midi.receive() for _ in range(10)))
    return ", ".join(
        f"NoteOn {message.note} {message.velocity}" if isinstance(message, NoteOn) else type(message).__name__
        for message in messages
    )


seen = {name: received(octets) for name, octets in OCTETS.items()}
for name, messages in seen.items():
    print(f"{name}: {messages}")
if list(seen.values()) != ["NoteOn 60 64, NoteOn 60 0", "NoteOn 60 64", "TimingClock, NoteOn 60 64", "MIDIBadEvent"]:
    sys.exit("changed: one NoteOn, and a MIDIBadEvent, were expected")
PY
