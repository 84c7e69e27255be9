#!/usr/bin/env bash
# ALSA's file PCM skips three quarters of its infile when route or plug reads it, and all of it under multi
#
# Software: alsa-lib 1.2.8-1+b1 (libasound2 of Debian 12), its plugins file, route, plug and multi over null
# Guess:    Capture from a recording (infile of type file) goes on through another plugin as through none: route, or
#           plug when two channels are asked for, double its one channel, multi puts two recordings side by side.
# Seen:     Read directly, each period follows the last one. Through route and plug, which look at the slave's whole
#           buffer to take one period of it, each look reads the infile anew for all of it: of a buffer of four periods
#           the first is heard, three are skipped, and so on. multi hears zeros. No error is told.
# Output:   direct: first samples of four periods of 480: 1, 481, 961, 1441
#           route: first samples of four periods of 480: 1, 1921, 3361, 4321
#           plug, two channels: first samples of four periods of 480: 1, 1921, 3361, 4321
#           multi: first samples of four periods of 480: 0, 0, 0, 0
# Callbox:  its test rig reads recordings directly, one PCM for each (tests/rig/alsa.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  libasound2=1.2.8-1+b1 && dpkg-deb -x libasound2_*.deb root)
cat > "$tmp/asound.conf" <<CONF
pcm.recording { type file slave.pcm { type null } file /dev/null infile "$tmp/in.raw" format raw }
pcm.routed { type route slave { pcm recording channels 1 } ttable { 0 { 0 1 } 1 { 0 1 } } }
pcm.plugged { type plug slave { pcm recording channels 1 format S16_LE rate 48000 } }
pcm.side_by_side {
  type multi
  slaves { a { pcm recording channels 1 } b { pcm recording channels 1 } }
  bindings { 0 { slave a channel 0 } 1 { slave b channel 0 } }
}
CONF
export ALSA_CONFIG_PATH=$tmp/asound.conf
python3 - "$(echo "$tmp"/root/usr/lib/*-linux-gnu/libasound.so.2)" "$tmp/in.raw" <<'PY'
import array
import ctypes
import sys

PERIOD = 480
S16_LE, INTERLEAVED, CAPTURE = 2, 3, 1

alsa = ctypes.CDLL(sys.argv[1])
alsa.snd_pcm_readi.restype = ctypes.c_long
alsa.snd_pcm_readi.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong]


def first_samples(name, channels):
    """The first sample of each of four periods, with a buffer of four periods."""
    pcm, buffer = ctypes.c_void_p(), (ctypes.c_int16 * (PERIOD * channels))()
    assert alsa.snd_pcm_open(ctypes.byref(pcm), name, CAPTURE, 0) == 0
    assert alsa.snd_pcm_set_params(pcm, S16_LE, INTERLEAVED, channels, 48000, 0, 40_000) == 0
    samples = []
    for _ in range(4):
        assert alsa.snd_pcm_readi(pcm, buffer, PERIOD) == PERIOD
        samples.append(buffer[0])
    alsa.snd_pcm_close(pcm)
    return samples


with open(sys.argv[2], "wb") as file:  # 1, 2, … 9600
    array.array("h", range(1, 20 * PERIOD + 1)).tofile(file)
seen = {
    "direct": first_samples(b"recording", 1),
    "route": first_samples(b"routed", 2),
    "plug, two channels": first_samples(b"plugged", 2),
    "multi": first_samples(b"side_by_side", 2),
}
for name, samples in seen.items():
    print(f"{name}: first samples of four periods of {PERIOD}:", ", ".join(map(str, samples)))
in_order = [1, 481, 961, 1441]
if [samples == in_order for samples in seen.values()] != [True, False, False, False] or any(seen["multi"]):
    sys.exit("changed: the right samples were expected directly only, and zeros of multi")
PY
