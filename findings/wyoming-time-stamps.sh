#!/usr/bin/env bash
# wyoming's time stamps fall behind the sound by up to a millisecond with each chunk
#
# Software: wyoming 1.10.2
# Guess:    wav_to_chunks() stamps each chunk with the milliseconds of sound before it: a minute of speech ends with
#           audio-stop at 60000 ms, whatever the sample rate. With timestamp=5000 it begins at 5000, audio-start too.
# Seen:     Each chunk's length is cut to whole milliseconds before it is added: 1024 samples at 22050 Hz (the rate of
#           many voices) are 46.4 ms, and count as 46. After a minute the stamps are half a second behind. audio-start
#           says 0 whatever timestamp is.
# Output:   16000 Hz: audio-start 0, first chunk 5000, audio-stop 5000 + 60000 ms after 60000 ms of sound
#           22050 Hz: audio-start 0, first chunk 5000, audio-stop 5000 + 59432 ms after 60000 ms of sound
#           44100 Hz: audio-start 0, first chunk 5000, audio-stop 5000 + 59431 ms after 60000 ms of sound
# Callbox:  nothing to do; what it sends is timed by RTP, which counts samples.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check wyoming==1.10.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import io
import sys
import wave

from wyoming.audio import wav_to_chunks


def stamps(rate):
    """The time stamps of audio-start, the first chunk and audio-stop of a minute that begins at 5000 ms."""
    file = io.BytesIO()
    with wave.open(file, "wb") as minute:
        minute.setnchannels(1)
        minute.setsampwidth(2)
        minute.setframerate(rate)
        minute.writeframes(bytes(2 * 60 * rate))
    file.seek(0)
    events = list(wav_to_chunks(wave.open(file), 1024, timestamp=5000, start_event=True, stop_event=True))
    return events[0].timestamp, events[1].timestamp, events[-1].timestamp


seen = {rate: stamps(rate) for rate in (16000, 22050, 44100)}
for rate, (start, first, stop) in seen.items():
    print(
        f"{rate} Hz: audio-start {start}, first chunk {first}, audio-stop 5000 + {stop - 5000} ms after 60000 ms of sound"
    )
if any(row[:2] != (0, 5000) for row in seen.values()) or seen[16000][2] != 65000 or seen[22050][2] > 64600:
    sys.exit("changed: audio-start at 0 was expected, and half a second too little at 22050 Hz")
PY
