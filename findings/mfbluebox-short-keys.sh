#!/usr/bin/env bash
# mfbluebox' keys are too short for a telephone exchange, and in stereo an octave too high
#
# Software: mfbluebox 0.3.0 (PyPI), libspandsp2 0.0.6+dfsg-2+b1 (Debian 12)
# Guess:    Keys with the defaults are heard by spandsp, of Asterisk and FreeSWITCH: a receiver must take tones from 40
#           ms on, and none below 20 to 24 ms (ITU-T Q.24, table A-1). A WAV file with two channels lasts as long as one
#           with a single one. A sequence of MF signals can have those that the command "codes" calls valid, as KP.
# Seen:     A tone lasts 22 ms. With two channels the samples of one are written to both in turn, so a sound of twice
#           the frequency lasts half as long. A sequence is read letter by letter: P of KP is a pause, ST is dropped.
# Output:   defaults: spandsp hears 5 of 0123456789
#           100 ms: spandsp hears 0123456789
#           100 ms in stereo: 1.10 s, in mono 2.20 s
#           KP1ST: 1 tone
# Callbox:  sends keys as RTVI messages, not as tones (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --no-deps mfbluebox==0.3.0
apt-get download -qq -o APT::Sandbox::User=root libspandsp2=0.0.6+dfsg-2+b1 libtiff6 libwebp7 liblerc4 libjbig0 \
  libjpeg62-turbo libdeflate0
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
venv/bin/python - <<'PY'
import ctypes
import logging
import sys
import types
import wave

sys.modules["pyaudio"] = types.SimpleNamespace(Stream=object, PyAudio=object)  # Sound goes into files.

from bluebox import DTMF, MF  # noqa: E402
from bluebox.backends import WavBackend  # noqa: E402
from bluebox.box import Sequencer  # noqa: E402

KEYS = "0123456789"
RATE_HZ = 8000
logging.disable()

spandsp = ctypes.CDLL("libspandsp.so.2")
spandsp.dtmf_rx_init.restype = ctypes.c_void_p
spandsp.dtmf_rx_init.argtypes = [ctypes.c_void_p] * 3
spandsp.dtmf_rx.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
spandsp.dtmf_rx_get.restype = ctypes.c_size_t
spandsp.dtmf_rx_get.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]


def sound(keys, channels=1, signals=DTMF, **lengths_ms):
    """The samples of a WAV file with these keys, and how many seconds it lasts."""
    backend = WavBackend(sample_rate=RATE_HZ, channels=channels, output_path="keys.wav")
    Sequencer(signals(), channels=channels, sample_rate=RATE_HZ, backend=backend, **lengths_ms)(keys)
    with wave.open("keys.wav") as file:
        return file.readframes(file.getnframes()), file.getnframes() / file.getframerate()


def received(samples):
    receiver, keys = spandsp.dtmf_rx_init(None, None, None), ctypes.create_string_buffer(32)
    spandsp.dtmf_rx(receiver, samples, len(samples) // 2)
    spandsp.dtmf_rx_get(receiver, keys, 31)
    return keys.value.decode()


short = received(sound(KEYS)[0])
print(f"defaults: spandsp hears {short or 'nothing'} of {KEYS}")
(samples, mono_s), (_, stereo_s) = (sound(KEYS, channels, length=100, pause=100) for channels in (1, 2))
long = received(samples)
print(f"100 ms: spandsp hears {long}")
print(f"100 ms in stereo: {stereo_s:.2f} s, in mono {mono_s:.2f} s")
_, signals_s = sound("KP1ST", signals=MF, length=100, pause=0, pad_pause=0)
print(f"KP1ST: {round(signals_s / 0.1)} tone")
if len(short) > 2 or long != KEYS or stereo_s * 2 != mono_s or round(signals_s, 3) != 0.1:
    sys.exit("changed: next to no keys were expected, half a length in stereo, and one tone of KP1ST")
PY
