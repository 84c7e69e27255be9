#!/usr/bin/env bash
# libopus at 14 kb/s never repeats a packet, whatever loss it is told of
#
# Software: libopus 1.3.1-3 (Debian 12), one channel of speech, OPUS_APPLICATION_VOIP, in-band FEC on, complexity 10
# Guess:    In-band FEC is for low bit rates, where SILK codes speech: at 14 kb/s and with 20 % of expected loss or more
#           the encoder gives up some quality and repeats packets (RFC 6716, section 2.1.7).
# Seen:     No packet carries FEC, at 100 % neither; at 18 kb/s and 10 % most do. A receiver of a 14 kb/s stream waits for
#           the packet after a gap in vain.
# Output:
#OUT
# Callbox:  sends 32 kb/s (docs/sound/README.md); it waits for FEC only where the bot's packets carry it.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq libopus0=1.3.1-3 2>/dev/null && dpkg-deb -x libopus0_*.deb root)
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
        last, before = source + 2 * radius * math.cos(2 * math.pi * formant_hz / 48000) * last - radius**2 * before, last
        samples.append(max(-32767, min(32767, int(3000 * last))))
    return samples


def has_fec(packet):
    """Whether a packet of 20 ms, one channel, carries the one before (RFC 6716, 4.2.4: the flag after that of speech)."""
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
seen = {
    (bitrate, loss): packets_with_fec(sound, SET_BITRATE=bitrate, SET_COMPLEXITY=10, SET_PACKET_LOSS_PERC=loss)
    for bitrate, loss in ((14000, 10), (14000, 50), (14000, 100), (18000, 10))
}
for (bitrate, loss), count in seen.items():
    print(f"{bitrate // 1000} kb/s, {loss} % of loss: {count}")
*low, high = seen.values()
if any(low) or high <= 50:
    sys.exit("changed: none was expected at 14 kb/s, and more than 50 at 18 kb/s")
PY
