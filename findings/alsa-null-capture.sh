#!/usr/bin/env bash
# ALSA's null PCM captures no silence: the caller's buffer keeps what it had
#
# Software: alsa-lib 1.2.8-1+b1 (libasound2 of Debian 12), its plugins null and file
# Guess:    Capture from "null" is digital silence: alsa-lib's documentation says that the plugin makes a stream with
#           zero samples. Capture from a PCM of type file is its infile, and then the slave's sound: silence with null.
# Seen:     snd_pcm_readi() returns as many frames as were asked for and writes none of them. A program that reads into
#           one buffer hears its last period again and again, behind the end of an infile too.
# Output:   null: frames, first and last sample: (480, 21845, 21845) (480, 21845, 21845) (480, 21845, 21845) (480,
#             21845, 21845)
#           file over null, infile of two periods: frames, first and last sample: (480, 1, 480) (480, 481, 960) (480,
#             21845, 21845) (480, 21845, 21845)
# Callbox:  its test rig has a PulseAudio sink's silence as the slave, and silence follows (tests/rig/alsa.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  libasound2=1.2.8-1+b1 && dpkg-deb -x libasound2_*.deb root)
cat > "$tmp/asound.conf" <<CONF
pcm.nothing { type null }
pcm.recording { type file slave.pcm { type null } file /dev/null infile "$tmp/in.raw" format raw }
CONF
export ALSA_CONFIG_PATH=$tmp/asound.conf
python3 - "$(echo "$tmp"/root/usr/lib/*-linux-gnu/libasound.so.2)" "$tmp/in.raw" <<'PY'
import array
import ctypes
import sys

PERIOD, BEFORE = 480, 21845  # BEFORE: what the buffer holds before each call
S16_LE, INTERLEAVED, CAPTURE = 2, 3, 1

alsa = ctypes.CDLL(sys.argv[1])
alsa.snd_pcm_readi.restype = ctypes.c_long
alsa.snd_pcm_readi.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong]


def captured(name):
    """What each of four calls for 480 frames returns, and the first and last sample behind it."""
    pcm, buffer = ctypes.c_void_p(), (ctypes.c_int16 * PERIOD)()
    assert alsa.snd_pcm_open(ctypes.byref(pcm), name, CAPTURE, 0) == 0
    assert alsa.snd_pcm_set_params(pcm, S16_LE, INTERLEAVED, 1, 48000, 0, 40_000) == 0
    rows = []
    for _ in range(4):
        buffer[:] = [BEFORE] * PERIOD
        rows.append((alsa.snd_pcm_readi(pcm, buffer, PERIOD), buffer[0], buffer[PERIOD - 1]))
    alsa.snd_pcm_close(pcm)
    return rows


with open(sys.argv[2], "wb") as file:  # two periods: 1, 2, … 960
    array.array("h", range(1, 2 * PERIOD + 1)).tofile(file)
null, recording = captured(b"nothing"), captured(b"recording")
for name, rows in (("null", null), ("file over null, infile of two periods", recording)):
    print(f"{name}: frames, first and last sample:", *rows)
untouched = (PERIOD, BEFORE, BEFORE)
if null != [untouched] * 4 or recording != [(PERIOD, 1, 480), (PERIOD, 481, 960), untouched, untouched]:
    sys.exit(f"changed: samples of {BEFORE}, as before the call, were expected where nothing is captured")
PY
