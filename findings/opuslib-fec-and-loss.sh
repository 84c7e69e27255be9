#!/usr/bin/env bash
# opuslib can neither turn FEC on nor conceal a lost packet
#
# Software: opuslib 3.0.1 with libopus 1.3.1-3 (Debian 12)
# Guess:    Encoder.inband_fec is set like bitrate and complexity beside it, and Decoder.decode(None, 960) conceals a
#           packet, as its signature passes data on to opus_decode(), where no data means loss.
# Seen:     Setting inband_fec raises TypeError although reading it works; decode(None, …) raises TypeError before
#           libopus is asked. decode(b"", …) conceals.
# Output:   bitrate = 16000: 16000
#           inband_fec: 0
#           inband_fec = 1: TypeError("ctl_set.<locals>.inner() missing 1 required positional argument: 'value'")
#           decode(None, 960): TypeError("object of type 'NoneType' has no len()")
#           decode(b"", 960): 1920
# Callbox:  calls libopus by ctypes itself (docs/decisions/0013).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  libopus0=1.3.1-3 && dpkg-deb -x libopus0_*.deb root)
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check opuslib==3.0.1
LIBOPUS=$(echo "$tmp"/root/usr/lib/*-linux-gnu/libopus.so.0) "$tmp/venv/bin/python" -W ignore - <<'PY'
import ctypes.util
import os
import sys

find_library = ctypes.util.find_library
ctypes.util.find_library = lambda name: os.environ["LIBOPUS"] if name == "opus" else find_library(name)
import opuslib

encoder, decoder = opuslib.Encoder(48000, 1, opuslib.APPLICATION_VOIP), opuslib.Decoder(48000, 1)
decoder.decode(encoder.encode(bytes(1920), 960), 960)


def bitrate():
    encoder.bitrate = 16000
    return encoder.bitrate


def fec():
    encoder.inband_fec = 1
    return encoder.inband_fec


def tried(action):
    try:
        return action()
    except Exception as error:
        return repr(error)


seen = {
    "bitrate = 16000": tried(bitrate),
    "inband_fec": tried(lambda: encoder.inband_fec),
    "inband_fec = 1": tried(fec),
    "decode(None, 960)": tried(lambda: len(decoder.decode(None, 960))),
    'decode(b"", 960)': tried(lambda: len(decoder.decode(b"", 960))),
}
for name, result in seen.items():
    print(f"{name}: {result}")
kinds = ["TypeError" if "TypeError" in str(result) else result for result in seen.values()]
if kinds != [16000, 0, "TypeError", "TypeError", 1920]:
    sys.exit("changed: a TypeError was expected for inband_fec = 1 and for decode(None, 960) only")
PY
