#!/usr/bin/env bash
# sndfile-concat plays the second of two sounds six times too fast when their sample rates differ
#
# Software: sndfile-concat 1.2.0-1+deb12u1 (Debian 12: sndfile-programs)
# Guess:    Its manual: data of the other files "are converted to this encoding", and "the only restriction is that the
#           files must have the same number of channels". A second at 8 kHz behind one at 48 kHz makes two seconds.
# Seen:     The samples are copied as they are: 1.17 s, the second sound at six times its speed, without a word, and the
#           exit status is 0. Two different numbers of channels are refused.
# Output:   1 s at 48000 Hz and 1 s at 8000 Hz: exit status 0, 1.17 s at 48000 Hz
#           one channel and two: exit status 1
# Callbox:  converts each sound to 48 kHz as it decodes it (firmware/callbox/audio/playout/sound_file.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root sndfile-programs=1.2.0-1+deb12u1 libsndfile1=1.2.0-1+deb12u1 \
  libflac12 libvorbis0a libvorbisenc2 libopus0 libogg0 libmpg123-0 libmp3lame0
for package in *.deb; do dpkg-deb -x "$package" root; done
libraries=(root/usr/lib/*-linux-gnu)
LD_LIBRARY_PATH=$tmp/${libraries[0]} python3 -W ignore - <<'PY'
import subprocess
import sys
import wave


def second(name, rate, channels):
    with wave.open(name, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * rate * channels))


second("first.wav", 48000, 1)
second("slow.wav", 8000, 1)
second("stereo.wav", 48000, 2)


def joined(other):
    command = ["root/usr/bin/sndfile-concat", "first.wav", other, "out.wav"]
    return subprocess.run(command, capture_output=True).returncode


status = joined("slow.wav")
with wave.open("out.wav") as file:
    seconds, rate = file.getnframes() / file.getframerate(), file.getframerate()
refused = joined("stereo.wav")
print(f"1 s at 48000 Hz and 1 s at 8000 Hz: exit status {status}, {seconds:.2f} s at {rate} Hz")
print(f"one channel and two: exit status {refused}")
if (status, round(seconds, 2), rate) != (0, 1.17, 48000) or not refused:
    sys.exit("changed: 1.17 seconds, and status 0, were expected")
PY
