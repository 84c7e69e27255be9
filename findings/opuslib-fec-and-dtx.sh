#!/usr/bin/env bash
# opuslib can't switch FEC on, and takes dtx without doing anything
#
# Software: opuslib 3.0.1 (PyPI), libopus 1.3.1-3 (Debian 12)
# Guess:    Encoder has properties for libopus' settings: after inband_fec = 1 and dtx = 1 packets carry the one before,
#           and silence is sent in few of them.
# Seen:     Setting inband_fec raises TypeError, as the value isn't handed on. There is no property dtx, so any number
#           is kept as an attribute of the object, and the encoder sends silence as before: each packet in full.
# Output:   inband_fec = 1: TypeError, inband_fec is then 0
#           dtx = 1: no error, dtx is then 1; packets of 2 s of silence that are more than 2 bytes long: 100 of 100
#           by libopus' own request: 14 of 100
# Callbox:  calls libopus itself (callbox/audio/opus.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check opuslib==3.0.1
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  libopus0=1.3.1-3 && dpkg-deb -x libopus0_*.deb root)
"$tmp/venv/bin/python" -W ignore - "$(echo "$tmp"/root/usr/lib/*-linux-gnu/libopus.so.0)" <<'PY'
import ctypes.util
import random
import sys

ctypes.util.find_library = lambda _: sys.argv[1]  # where opuslib looks for libopus
import opuslib  # noqa: E402

SET_DTX = 4016


def attempt(encoder, name):
    try:
        setattr(encoder, name, 1)
    except TypeError:
        return "TypeError"
    return "no error"


def full_packets(encoder):
    """How many packets of two seconds of quiet noise, then silence, are longer than 2 bytes: of the silence."""
    random.seed(1)
    for _ in range(50):
        encoder.encode(b"".join(random.randint(-99, 99).to_bytes(2, "little", signed=True) for _ in range(960)), 960)
    return sum(len(encoder.encode(bytes(1920), 960)) > 2 for _ in range(100))


encoder = opuslib.Encoder(48000, 1, opuslib.APPLICATION_VOIP)
fec = attempt(encoder, "inband_fec")
print(f"inband_fec = 1: {fec}, inband_fec is then {encoder.inband_fec}")
dtx = attempt(encoder, "dtx")
full = full_packets(encoder)
print(f"dtx = 1: {dtx}, dtx is then {encoder.dtx};", end=" ")
print(f"packets of 2 s of silence that are more than 2 bytes long: {full} of 100")
other = opuslib.Encoder(48000, 1, opuslib.APPLICATION_VOIP)
libopus = ctypes.CDLL(sys.argv[1])
assert libopus.opus_encoder_ctl(other.encoder_state, SET_DTX, ctypes.c_int(1)) == 0
by_request = full_packets(other)
print(f"by libopus' own request: {by_request} of 100")
if (fec, dtx, full) != ("TypeError", "no error", 100) or by_request > 50:
    sys.exit("changed: TypeError was expected, and each packet in full")
PY
