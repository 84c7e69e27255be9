#!/usr/bin/env bash
# ALSA's file PCM captures the header of a WAV file as sound
#
# Software: alsa-lib 1.2.8-1+b1 (libasound2 of Debian 12), its plugin file
# Guess:    A PCM of type file with `format wav` writes WAV files, and reads its infile as one: what is captured begins
#           with the file's first sample.
# Seen:     The first 22 samples are the header's 44 bytes, beginning with "RI" and "FF" as numbers: a click, and all
#           else 22 samples later. Written through the same PCM it is a WAV file with a correct header.
# Output:   captured: first two samples: 18770 17990 ("RIFF"), from sample 22 on: 1 2 3 4
#           written: first samples behind the header: 1 2 3 4
# Callbox:  its test rig's infile is raw samples (tests/rig/alsa.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root libasound2=1.2.8-1+b1
dpkg-deb -x libasound2_*.deb root
cat > asound.conf <<CONF
pcm.microphone {
  type file
  slave.pcm { type null }
  file "$tmp/written.wav"
  infile "$tmp/in.wav"
  format wav
}
CONF
export ALSA_CONFIG_PATH=$tmp/asound.conf
python3 - "$(echo "$tmp"/root/usr/lib/*-linux-gnu/libasound.so.2)" <<'PY'
import array
import ctypes
import sys
import wave

PERIOD = 480
S16_LE, INTERLEAVED, PLAYBACK, CAPTURE = 2, 3, 0, 1
alsa = ctypes.CDLL(sys.argv[1])
for call in (alsa.snd_pcm_readi, alsa.snd_pcm_writei):
    call.restype = ctypes.c_long
    call.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong]


def opened(direction):
    pcm = ctypes.c_void_p()
    assert alsa.snd_pcm_open(ctypes.byref(pcm), b"microphone", direction, 0) == 0
    assert alsa.snd_pcm_set_params(pcm, S16_LE, INTERLEAVED, 1, 48000, 0, 40_000) == 0
    return pcm


samples = array.array("h", range(1, PERIOD + 1))
with wave.open("in.wav", "wb") as file:
    file.setparams((1, 2, 48000, 0, "NONE", ""))
    file.writeframes(samples.tobytes())

buffer = (ctypes.c_int16 * PERIOD)()
pcm = opened(CAPTURE)
assert alsa.snd_pcm_readi(pcm, buffer, PERIOD) == PERIOD
alsa.snd_pcm_close(pcm)
captured = list(buffer)

pcm = opened(PLAYBACK)
buffer[:] = samples
assert alsa.snd_pcm_writei(pcm, buffer, PERIOD) == PERIOD
alsa.snd_pcm_close(pcm)
with wave.open("written.wav") as file:
    written = array.array("h", file.readframes(PERIOD))

header = array.array("h", b"RIFF").tolist()
print("captured: first two samples:", *captured[:2], '("RIFF"), from sample 22 on:', *captured[22:26])
print("written: first samples behind the header:", *written[:4])
if captured[:2] != header or captured[22:] != samples[:-22].tolist() or written[:4] != samples[:4]:
    sys.exit("changed: the header was expected before the samples that are captured")
PY
