#!/usr/bin/env bash
# espeak-ng --stdout writes a WAV header of 2 GiB
#
# Software: espeak-ng 1.51+dfsg-10+deb12u2 (Debian 12)
# Guess:    `espeak-ng --stdout TEXT > prompt.wav` is the same file as `espeak-ng -w prompt.wav TEXT`: the sound is made
#           in one go, and the shell's redirection is a file like any other.
# Seen:     The sound is the same, but the header of the first says 1073739776 samples, 13 hours and a half; a player or
#           a test that goes by the header waits for them.
# Output:   file.wav: 24717 samples by the header, 24717 in the file
#           stdout.wav: 1073739776 samples by the header, 24717 in the file
# Callbox:  makes no prompts with it; its own sounds are files of the package.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  espeak-ng=1.51+dfsg-10+deb12u2 libespeak-ng1=1.51+dfsg-10+deb12u2 \
  espeak-ng-data=1.51+dfsg-10+deb12u2 libpcaudio0 libsonic0 libpulse0)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
libraries=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
speak() { LD_LIBRARY_PATH=$libraries:$libraries/pulseaudio "$tmp/root/usr/bin/espeak-ng" --path="$libraries" "$@"; }
speak -w "$tmp/file.wav" "The bot is ready"
speak --stdout "The bot is ready" > "$tmp/stdout.wav"
python3 - "$tmp/file.wav" "$tmp/stdout.wav" <<'PY'
import sys
import wave

seen = []
for path in sys.argv[1:]:
    with wave.open(path) as file:
        seen.append((file.getnframes(), file.readframes(file.getnframes())))
    print(f"{path.rsplit('/')[-1]}: {seen[-1][0]} samples by the header, {len(seen[-1][1]) // 2} in the file")
(in_file, sound), (in_stdout, same) = seen
if in_file != len(sound) // 2 or in_stdout != 1073739776 or sound != same:
    sys.exit("changed: the same sound was expected, and 1073739776 samples in the header of the second")
PY
