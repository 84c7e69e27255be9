#!/usr/bin/env bash
# ALSA's own rate conversion folds what is above the new band into it
#
# Software: alsa-lib 1.2.8-1+b1 (libasound2 of Debian 12) without and with libasound2-plugins 1.2.7.1-1, numpy 2.4.6
# Guess:    A program that asks plug for 16 kHz from a card of 48 kHz gets speech without what 16 kHz can't hold: a
#           conversion has a low-pass filter before it takes every third sample.
# Seen:     libasound2 alone converts by straight lines between samples: a tone of 12 kHz comes out as one of 4 kHz, as
#           loud as before; hiss, switching supplies and s sounds land in the middle of speech. No message tells it.
#           With the package libasound2-plugins, which libasound2 only suggests, the converter is Speex's, and the tone
#           is 30 dB down or more.
# Output:   libasound2 alone: 1000 Hz: 0 dB at 1.0 kHz, 12000 Hz: 0 dB at 4.0 kHz
#           with libasound2-plugins: 1000 Hz: 0 dB at 1.0 kHz, 12000 Hz: 30 dB down or more
# Callbox:  asks for 48 kHz, which nearly all USB cards have. Where a card hasn't, ALSA converts behind `plughw`:
#           install libasound2-plugins, which Callbox's Debian package suggests.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root \
  libasound2=1.2.8-1+b1 libasound2-plugins=1.2.7.1-1 libspeexdsp1=1.2.1-1
for package in *.deb; do dpkg-deb -x "$package" root; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check numpy==2.4.6
libraries=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
cat > asound.conf <<CONF
pcm.nothing { type null }
pcm.card { type file slave.pcm "nothing" file "/dev/null" infile "$tmp/tone.raw" format "raw" }
pcm.voice { type plug slave { pcm "card" channels 1 rate 48000 format S16_LE } }
CONF
cat > measure.py <<'PY'
import ctypes
import sys

import numpy as np

CARD_HZ, WANTED_HZ, PERIOD = 48000, 16000, 320
S16_LE, INTERLEAVED, CAPTURE = 2, 3, 1
alsa = ctypes.CDLL(sys.argv[1])
alsa.snd_pcm_readi.restype = ctypes.c_long
alsa.snd_pcm_readi.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong]


def heard(tone_hz):
    """Level against the tone's own, in dB, and the frequency of what a program hears that asks for 16 kHz."""
    tone = 8000 * np.sin(2 * np.pi * tone_hz * np.arange(2 * CARD_HZ) / CARD_HZ)
    tone.astype(np.int16).tofile("tone.raw")
    pcm, buffer, sound = ctypes.c_void_p(), np.zeros(PERIOD, np.int16), []
    assert alsa.snd_pcm_open(ctypes.byref(pcm), b"voice", CAPTURE, 0) == 0
    assert alsa.snd_pcm_set_params(pcm, S16_LE, INTERLEAVED, 1, WANTED_HZ, 1, 80_000) == 0
    for _ in range(50):
        assert alsa.snd_pcm_readi(pcm, buffer.ctypes.data, PERIOD) == PERIOD
        sound.append(buffer.copy())
    alsa.snd_pcm_close(pcm)
    steady = np.concatenate(sound)[-8000:].astype(float)
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(len(steady))))
    level = 20 * np.log10(np.sqrt((steady**2).mean()) / (8000 / 2**0.5) + 1e-9)
    return level, spectrum.argmax() * WANTED_HZ / len(steady)


for tone_hz in (1000, 12000):
    level, heard_hz = heard(tone_hz)
    print(f"{tone_hz} {level:.0f} {heard_hz / 1000:.1f}")
PY
measure() { ALSA_PLUGIN_DIR=$1 ALSA_CONFIG_PATH=$tmp/asound.conf LD_LIBRARY_PATH=$libraries \
  venv/bin/python measure.py "$libraries/libasound.so.2"; }
mkdir empty
alone=$(measure "$tmp/empty")
with=$(measure "$libraries/alsa-lib")
tell() {
  echo "$1: 1000 Hz: $(awk 'NR == 1 {print $2 + 0 " dB at " $3 " kHz"}' <<< "$2"), 12000 Hz:" \
    "$(awk 'NR == 2 {print ($2 < -30 ? "30 dB down or more" : $2 + 0 " dB at " $3 " kHz")}' <<< "$2")"
}
tell "libasound2 alone" "$alone"
tell "with libasound2-plugins" "$with"
awk 'NR == 2 && ($2 < -1 || $3 != 4.0) {exit 1}' <<< "$alone" && awk 'NR == 2 && $2 > -30 {exit 1}' <<< "$with" || {
  echo "changed: 12 kHz was expected at 4 kHz, as loud as before, without the plugins alone" >&2
  exit 1
}
