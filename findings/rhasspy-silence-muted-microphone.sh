#!/usr/bin/env bash
# rhasspy-silence hears a command that never ends when the microphone is muted
#
# Software: rhasspy-silence 0.4.0 (webrtcvad 2.0.10)
# Guess:    With the method ratio_only a chunk is speech when the loudest chunk so far isn't more than so many times as
#           loud as it (documentation of WebRtcVadRecorder). A muted microphone gives zeros, the least loud of all:
#           after a command they end it, as the noise of a room does.
# Seen:     Zeros have the ratio 0, which is speech: a command begins by them alone, and none ends by them.
# Output:   2 s of speech, then noise: speech silence
#           2 s of speech, then zeros: speech
#           zeros alone: speech
# Callbox:  leaves the turns to the bot's VAD, and sends zeros while it is muted (docs/microphone.md).
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
    """The changes that are told of this sound of (seconds, amplitude)."""
    recorder = WebRtcVadRecorder(
        sample_rate=RATE, chunk_size=CHUNK, silence_method=SilenceMethod.RATIO_ONLY, max_current_ratio_threshold=4
    )
    recorder.start()
    sound = b"".join(struct.pack("<2h", size, -size) * int(seconds * RATE / 2) for seconds, size in parts)
    for start in range(0, len(sound), CHUNK):
        if recorder.process_chunk(sound[start : start + CHUNK]):
            break
    return " ".join(event.type.value for event in recorder.events if event.type.name in ("SPEECH", "SILENCE"))


seen = {
    "2 s of speech, then noise": told((2, 5000), (2, 10)),
    "2 s of speech, then zeros": told((2, 5000), (2, 0)),
    "zeros alone": told((2, 0)),
}
for name, changes in seen.items():
    print(f"{name}: {changes}")
if list(seen.values()) != ["speech silence", "speech", "speech"]:
    sys.exit("changed: speech was expected of zeros")
PY
