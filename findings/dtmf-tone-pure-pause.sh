#!/usr/bin/env bash
# dtmf-tone-pure leaves 10 ms between two keys, so the second of two equal ones isn't heard
#
# Software: dtmf-tone-pure 0.1.0 (PyPI), libspandsp2 0.0.6+dfsg-2+b1 (Debian 12)
# Guess:    tones("911") makes three keys with "ITU-spec durations", as its documentation says: tones and pauses of 40
#           ms or more each are what a receiver must take (ITU-T Q.24, table A-1), so spandsp's, of Asterisk and
#           FreeSWITCH, hears 911.
# Seen:     The pauses last 10 ms, which a receiver takes for a short break within one key (Q.24: break of a signal): it
#           hears 91. Of its tones alone, with 60 ms between them, it hears 911.
# Output:   tones("911"): spandsp hears 91
#           tone("9"), tone("1"), tone("1") with pauses of 60 ms: spandsp hears 911
# Callbox:  sends keys as RTVI messages, not as tones (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check dtmf-tone-pure==0.1.0
apt-get download -qq -o APT::Sandbox::User=root libspandsp2=0.0.6+dfsg-2+b1 libtiff6 libwebp7 liblerc4 libjbig0 \
  libjpeg62-turbo libdeflate0
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
venv/bin/python - <<'PY'
import ctypes
import io
import sys
import wave

from dtmf_tone_pure import DTMFTone

spandsp = ctypes.CDLL("libspandsp.so.2")
spandsp.dtmf_rx_init.restype = ctypes.c_void_p
spandsp.dtmf_rx_init.argtypes = [ctypes.c_void_p] * 3
spandsp.dtmf_rx.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
spandsp.dtmf_rx_get.restype = ctypes.c_size_t
spandsp.dtmf_rx_get.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
PAUSE = bytes(2 * 8 * 60)


def samples(content):
    with wave.open(io.BytesIO(content)) as file:
        return file.readframes(file.getnframes())


def heard(sound):
    receiver, keys = spandsp.dtmf_rx_init(None, None, None), ctypes.create_string_buffer(32)
    spandsp.dtmf_rx(receiver, sound, len(sound) // 2)
    spandsp.dtmf_rx_get(receiver, keys, 31)
    return keys.value.decode()


together = heard(PAUSE + samples(DTMFTone().tones("911")) + PAUSE)
apart = heard(PAUSE + b"".join(samples(DTMFTone().tone(key)) + PAUSE for key in "911"))
print(f'tones("911"): spandsp hears {together}')
print(f'tone("9"), tone("1"), tone("1") with pauses of 60 ms: spandsp hears {apart}')
if (together, apart) != ("91", "911"):
    sys.exit("changed: one 1 was expected of two")
PY
