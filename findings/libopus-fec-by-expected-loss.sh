#!/usr/bin/env bash
# libopus repeats nothing below 6 % of expected loss, and with more loss less than with little
#
# Software: libopus 1.3.1-3 (Debian 12), one channel of speech at 32 kb/s, OPUS_APPLICATION_VOIP, in-band FEC on
# Guess:    Once OPUS_SET_PACKET_LOSS_PERC is above 0, packets carry the one before; opus_defines.h says of a higher
#           value that it makes the encoder more resistant to loss.
# Seen:     At complexity 5 (what a small board can afford) no packet carries FEC at 1 to 5 %, and most do from 6 % on.
#           At complexity 6 most do at 1 %, none at 3 and 5 %, and most again at 6 %: telling the encoder of more loss
#           takes the protection away.
# Output:   libopus 1.3.1 - 200 packets, with FEC:
#           complexity 5: 0 at 1 %, 0 at 3 %, 0 at 5 %, 112 at 6 %, 112 at 10 %
#           complexity 6: 112 at 1 %, 0 at 3 %, 0 at 5 %, 112 at 6 %, 112 at 10 %
# Callbox:  tells the encoder at least 6 % as soon as there is any loss (audio/capture/encoder.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root \
  libopus0=1.3.1-3 && dpkg-deb -x libopus0_*.deb root)
python3 - "$(echo "$tmp"/root/usr/lib/*-linux-gnu/libopus.so.0)" <<'PY'
import array
import ctypes
import math
import random
import sys

libopus = ctypes.CDLL(sys.argv[1])
libopus.opus_encoder_create.restype = ctypes.c_void_p
libopus.opus_get_version_string.restype = ctypes.c_char_p
SET_BITRATE, SET_COMPLEXITY, SET_INBAND_FEC, SET_PACKET_LOSS_PERC, VOIP = 4002, 4010, 4012, 4014, 2048


def voice(seconds):
    """A voice's stand-in, 48 kHz: pulses at 90 to 130 Hz through a resonance that wanders between 500 and 1400 Hz."""
    random.seed(2)
    last = before = 0.0
    samples = array.array("h")
    for number in range(48000 * seconds):
        t = number / 48000
        pulse = number % int(48000 / (110 + 20 * math.sin(2 * math.pi * 1.7 * t))) == 0
        source = (pulse + random.gauss(0, 0.004)) * max(0.0, math.sin(2 * math.pi * 2.3 * t)) ** 0.5
        formant_hz = 500 + 900 * (0.5 + 0.5 * math.sin(2 * math.pi * 1.1 * t))
        radius = math.exp(-math.pi * 90 / 48000)
        turn = 2 * radius * math.cos(2 * math.pi * formant_hz / 48000)
        last, before = source + turn * last - radius**2 * before, last
        samples.append(max(-32767, min(32767, int(3000 * last))))
    return samples


def has_fec(packet):
    """Whether a packet of 20 ms, one channel, carries the one before: its LBRR flag (RFC 6716, section 4.2.3)."""
    return packet[0] >> 3 < 16 and len(packet) > 1 and bool(packet[1] & 0x40)


def packets_with_fec(sound, **requests):
    encoder = ctypes.c_void_p(libopus.opus_encoder_create(48000, 1, VOIP, ctypes.byref(ctypes.c_int())))
    for name, value in {"SET_INBAND_FEC": 1, **requests}.items():
        assert libopus.opus_encoder_ctl(encoder, globals()[name], ctypes.c_int(value)) == 0
    buffer, found = ctypes.create_string_buffer(1500), 0
    for start in range(0, len(sound) - 959, 960):
        pcm = (ctypes.c_int16 * 960).from_buffer(sound[start : start + 960])
        found += has_fec(buffer.raw[: libopus.opus_encode(encoder, pcm, 960, buffer, 1500)])
    libopus.opus_encoder_destroy(encoder)
    return found


sound = voice(4)
print(libopus.opus_get_version_string().decode(), "-", len(sound) // 960, "packets, with FEC:")
LOSSES = (1, 3, 5, 6, 10)
seen = {
    complexity: [
        packets_with_fec(sound, SET_BITRATE=32000, SET_COMPLEXITY=complexity, SET_PACKET_LOSS_PERC=loss)
        for loss in LOSSES
    ]
    for complexity in (5, 6)
}
for complexity, found in seen.items():
    print(f"complexity {complexity}:", ", ".join(f"{count} at {loss} %" for loss, count in zip(LOSSES, found)))
five, six = ([count > 50 if count else None for count in found] for found in seen.values())
if five != [None, None, None, True, True] or six != [True, None, None, True, True]:
    sys.exit("changed: none was expected at 3 and 5 %, more than 50 at 6 %, and at 1 % only with complexity 6")
PY
