#!/usr/bin/env bash
# espeak-ng's WAV on its standard output says that it lasts 13 hours
#
# Software: espeak-ng 1.51+dfsg-10+deb12u2 (Debian 12), Python 3.11's wave
# Guess:    espeak-ng --stdout writes the same WAV file as -w, to the standard output: a program that plays a spoken
#           error takes its length from the header.
# Seen:     The header has 2147479552 bytes of sound as its length, so wave's getnframes() tells more than 13 hours of
#           an "error" of 0.5 s. What counts frames, shows a time or waits for the end goes wrong; -w has the length.
# Output:   -w: 0.5 s by its header, 0.5 s of samples
#           --stdout: 48695.7 s by its header, 0.5 s of samples
# Callbox:  its spoken errors are WAV files that were made before (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root espeak-ng=1.51+dfsg-10+deb12u2 \
  espeak-ng-data=1.51+dfsg-10+deb12u2 libespeak-ng1=1.51+dfsg-10+deb12u2 libpcaudio0 libsonic0)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
lib=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH=$lib ESPEAK_DATA_PATH=$lib
"$tmp/root/usr/bin/espeak-ng" -w "$tmp/file.wav" error
"$tmp/root/usr/bin/espeak-ng" --stdout error > "$tmp/stdout.wav"
python3 - "$tmp/file.wav" "$tmp/stdout.wav" <<'PY'
import sys
import wave


def seconds(path):
    """How long a file is by its header, and by its samples."""
    with wave.open(path) as file:
        frames = file.getnframes()
        samples = len(file.readframes(frames)) // 2
        return round(frames / file.getframerate(), 1), round(samples / file.getframerate(), 1)


by_option, by_stdout = (seconds(path) for path in sys.argv[1:])
for name, (header, samples) in (("-w", by_option), ("--stdout", by_stdout)):
    print(f"{name}: {header} s by its header, {samples} s of samples")
if by_option[0] != by_option[1] or by_stdout[0] < 40000 or by_stdout[1] > 2:
    sys.exit("changed: a length of hours was expected of --stdout only")
PY
