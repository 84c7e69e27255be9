#!/usr/bin/env bash
# simplesip asks for G.722 in the first place, then sends mu-law as if it were G.722, and hears noise
#
# Software: simplesip 0.1.5, g722 1.2.8, numpy 2.4.6 (PyPI), Python 3.11
# Guess:    Its offer has G722 before PCMU, so most telephones answer with payload type 9, and its callback gets "pcm".
#           send_audio() takes mu-law, and what is sent as type 9 is G.722 (RFC 3551, section 4.5.2). Its README has
#           G.722 among what is to be done.
# Seen:     send_audio() sends the mu-law as it is, with type 9. What arrives in G.722 is decoded as if each octet were
#           a sample of 8 bits that is played twice: most of what is heard is noise.
# Output:   offer: m=audio RTP/AVP 9 0 101
#           silence in mu-law sent: payload type 9, octets ff
#           a tone of 1 kHz: 100 % of the power decoded by g722, 12 % by simplesip
# Callbox:  is no SIP telephone; its calls are in Opus.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check simplesip==0.1.5 g722==1.2.8 numpy==2.4.6
"$tmp/venv/bin/python" - <<'PY'
import contextlib
import io
import logging
import re
import socket
import sys

import numpy
from G722 import G722
from simplesip import SimpleSIPClient

client = SimpleSIPClient("box", "secret", "127.0.0.1")
logging.disable()
client.running = True
client.rtp_sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as telephone:
    telephone.bind(("127.0.0.1", 0))
    telephone.settimeout(10)
    offer = re.search(r"m=audio \d+ (.*)", client._generate_sdp_offer())[1].strip()
    print("offer: m=audio", offer)
    answer = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        f"m=audio {telephone.getsockname()[1]} RTP/AVP 9\r\na=rtpmap:9 G722/8000\r\n"
    )
    with contextlib.redirect_stdout(io.StringIO()):
        client._parse_sdp_answer(answer)
    client.send_audio(b"\xff" * 160)
    packet = telephone.recv(2048)
    payload_type, octets = packet[1] & 0x7F, set(packet[12:])
    print(f"silence in mu-law sent: payload type {payload_type}, octets {' '.join(f'{o:x}' for o in octets)}")

tone = (10000 * numpy.sin(2 * numpy.pi * 1000 * numpy.arange(16000) / 16000)).astype("<i2")
coded = bytes(G722(16000, 64000).encode(tone))
heard = []
client.audio_received_callback = lambda pcm, *_: heard.append(numpy.frombuffer(pcm, "<i2"))
client._handle_g722_payload(coded, 0)


def share(decoded):
    """The share of 1 kHz in the power of a second, in percent."""
    power = numpy.abs(numpy.fft.rfft(numpy.asarray(decoded, float)[:16000])) ** 2
    return round(100 * power[998:1003].sum() / power.sum())


right, wrong = share(G722(16000, 64000).decode(coded)), share(heard[0])
print(f"a tone of 1 kHz: {right} % of the power decoded by g722, {wrong} % by simplesip")
if not offer.startswith("RTP/AVP 9 ") or (payload_type, octets) != (9, {0xFF}) or right < 90 or wrong > 50:
    sys.exit("changed: mu-law sent and noise heard as G.722 were expected")
PY
