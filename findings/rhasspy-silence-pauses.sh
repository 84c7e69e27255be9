#!/usr/bin/env bash
# rhasspy-silence adds up the pauses of a command, and takes half of each time that it is given
#
# Software: rhasspy-silence 0.4.0 (webrtcvad 2.0.10)
# Guess:    A voice command ends when there has been silence_seconds (0.5) of silence, and is given up after max_seconds
#           (30); the times of its events are seconds of the sound (documentation of WebRtcVadRecorder). Speech after a
#           short pause begins a new count.
# Seen:     Octets are counted as samples, so a second of sound is two: 0.25 s end a command, and 15 s give it up. The
#           count isn't begun anew after a pause: two pauses of 0.2 s cut the command off in its middle.
# Output:   2 s of speech, then silence: success 0.3 s behind its end
#           40 s of speech: failure 15.0 s after the start, told as TIMEOUT at 30.0 s
#           4 s of speech with three pauses of 0.2 s: success after 2.5 s, in the second pause
# Callbox:  leaves the turns to the bot's VAD (docs/microphone.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check 'setuptools<81' rhasspy-silence==0.4.0 webrtcvad==2.0.10
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from rhasspysilence import SilenceMethod, WebRtcVadRecorder

RATE, CHUNK = 16000, 960  # octets: 30 ms


def told(*parts):
    """The end of the command in this sound of (seconds, amplitude): seconds of sound, its result and last event."""
    recorder = WebRtcVadRecorder(
        sample_rate=RATE, chunk_size=CHUNK, silence_method=SilenceMethod.CURRENT_ONLY, current_energy_threshold=300
    )
    recorder.start()
    sound = b"".join(struct.pack("<2h", size, -size) * int(seconds * RATE / 2) for seconds, size in parts)
    for start in range(0, len(sound), CHUNK):
        command = recorder.process_chunk(sound[start : start + CHUNK])
        if command:
            return start / 2 / RATE, command.result.value, command.events[-1]
    return None


at, result, event = told((2, 5000), (2, 10))
print(f"2 s of speech, then silence: {result} {at - 2:.1f} s behind its end")
timeout_at, timeout, timeout_event = told((40, 5000))
name, time = timeout_event.type.name, timeout_event.time
print(f"40 s of speech: {timeout} {timeout_at:.1f} s after the start, told as {name} at {time:.1f} s")
cut_at, cut, _ = told((2, 5000), (0.2, 10), (0.1, 5000), (0.2, 10), (0.1, 5000), (0.2, 10), (1.8, 5000), (2, 10))
print(f"4 s of speech with three pauses of 0.2 s: {cut} after {cut_at:.1f} s, in the second pause")
if round(at - 2, 1) != 0.3 or round(timeout_at, 1) != 15.0 or not 2.3 < cut_at < 2.7:
    sys.exit("changed: ends at 0.3 s, 15 s and about 2.5 s were expected")
PY
