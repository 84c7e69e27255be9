#!/usr/bin/env bash
# arecord's WAV file of a microphone with 24 bits is noise, or nearly silent, for whoever reads it
#
# Software: arecord 1.2.8-1 (Debian 12: alsa-utils), soundfile 0.14.0 (libsndfile), PyAV 16.0.1 (FFmpeg), scipy 1.17.1
# Guess:    S24_LE, what I2S and USB microphones often have, is 24 bits in 4 octets. A WAV file of 24 bits has 3 octets a
#           sample, or it is WAVE_FORMAT_EXTENSIBLE, whose 24 valid bits are the upper ones of 32 (Microsoft, "Multiple
#           channel audio data and WAVE files"): each reader gets the level that arecord was given.
# Seen:     The header says plain PCM with 24 bits and 4 octets, and the samples are in the lower 3: for Python's wave
#           there is a third more samples, which are noise, for the others it is 48 dB too quiet, and FFmpeg takes it
#           for floats, and hears nothing. S24_3LE and S32_LE are right.
# Output:   S24_LE, -18 dB: format 1, 24 bits, 4 octets; wave 64000 samples of 3 octets, soundfile -66 dB, scipy -66 dB,
#           FFmpeg pcm_f24le
#           S32_LE, -18 dB: format 1, 32 bits, 4 octets; wave 48000 samples of 4 octets, soundfile -18 dB, scipy -18 dB,
#           FFmpeg pcm_s32le
# Callbox:  captures 16 bits by alsa-lib, and doesn't use arecord.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root alsa-utils=1.2.8-1 libasound2=1.2.8-1+b1
for package in *.deb; do dpkg-deb -x "$package" root; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check soundfile==0.14.0 av==16.0.1 scipy==1.17.1
cat > asound.conf <<CONF
pcm.nothing { type null }
pcm.S24_LE { type file slave.pcm "nothing" file "/dev/null" infile "$tmp/S24_LE.raw" format "raw" }
pcm.S32_LE { type file slave.pcm "nothing" file "/dev/null" infile "$tmp/S32_LE.raw" format "raw" }
CONF
cat > run.py <<'PY'
import array
import math
import os
import struct
import subprocess
import sys
import wave
from pathlib import Path

import av
import soundfile
from scipy.io import wavfile

libraries = next(Path("root/usr/lib").glob("*-linux-gnu")).resolve()
environment = dict(os.environ, ALSA_CONFIG_PATH="asound.conf", LD_LIBRARY_PATH=str(libraries))


def decibels(peak):
    return round(20 * math.log10(peak))


seen = {}
for kind, bits in (("S24_LE", 24), ("S32_LE", 32)):
    tone = [int(math.sin(math.tau * sample / 100) * 2 ** (bits - 4)) for sample in range(48000)]
    Path(f"{kind}.raw").write_bytes(array.array("i", tone).tobytes())
    command = ["root/usr/bin/arecord", "-q", "-D", kind, "-f", kind, "-r", "48000", "-d", "1", "out.wav"]
    subprocess.run(command, env=environment, check=True)
    tag, _, _, _, octets, told = struct.unpack_from("<HHIIHH", Path("out.wav").read_bytes(), 20)
    with wave.open("out.wav") as file:
        samples, width = file.getnframes(), file.getsampwidth()
    sound, _ = soundfile.read("out.wav")
    _, words = wavfile.read("out.wav")
    with av.open("out.wav") as file:
        codec = file.streams.audio[0].codec_context.name
    levels = decibels(abs(sound).max()), decibels(abs(words / 2**31).max())
    print(
        f"{kind}, {decibels(1 / 8)} dB: format {tag}, {told} bits, {octets} octets; wave {samples} samples of {width} "
        f"octets, soundfile {levels[0]} dB, scipy {levels[1]} dB,\nFFmpeg {codec}"
    )
    seen[kind] = (samples, *levels, codec)
if seen != {"S24_LE": (64000, -66, -66, "pcm_f24le"), "S32_LE": (48000, -18, -18, "pcm_s32le")}:
    sys.exit("changed: a sound that is too long, too quiet, or floats, was expected of S24_LE")
PY
venv/bin/python -W ignore run.py
