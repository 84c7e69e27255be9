#!/usr/bin/env bash
# siprobo's test call can't be ended by its BYE, and its sound goes to the address of the video
#
# Software: siprobo 1.0.0 (PyPI)
# Guess:    Its builders are "RFC 3261-compliant": a BYE has the tag of the other side in To, as that is a part of the
#           dialog's identity (section 12.2.1.1), and goes to the address of the answer's Contact. In an SDP answer each
#           section may have a c= line of its own, which stands for that section alone (RFC 8866, section 5.7). A WAV
#           file of 8 bits is read as one, "any WAV encoding (8/16/24/32-bit)": its silence is 128.
# Seen:     create_bye(), by which siprobo-diag ends its test call, takes neither the tag nor the Contact, so that the
#           telephone that has answered finds no call to end (481); create_ack() has the tag. The last c= line is taken
#           for the sound. 8 bits are read as signed ones: silence is full scale below zero.
# Output:   To of create_ack: <sip:100@192.0.2.1>;tag=456
#           To of create_bye: <sip:100@192.0.2.1>
#           the sound at 192.0.2.10 port 4000, the video at 192.0.2.20 port 5000: ('192.0.2.20', 4000)
#           silence of 8 bits: -32768
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check siprobo==1.0.0
cd "$tmp" && "$tmp/venv/bin/python" -W ignore - <<'PY'
import contextlib
import io
import struct
import sys
import wave

from siprobo.caller import _load_wav_as_pcm16, _parse_sdp_rtp
from siprobo.sip_core import create_ack, create_bye

answer = "\r\n".join(
    [
        "SIP/2.0 200 OK",
        "From: <sip:callbox@192.0.2.3>;tag=123",
        "To: <sip:100@192.0.2.1>;tag=456",
        "Contact: <sip:100@192.0.2.2:5062>",
        "",
        "v=0",
        "o=- 1 1 IN IP4 192.0.2.10",
        "s=-",
        "c=IN IP4 192.0.2.10",
        "t=0 0",
        "m=audio 4000 RTP/AVP 0",
        "m=video 5000 RTP/AVP 31",
        "c=IN IP4 192.0.2.20",
        "",
    ]
)
call = ("192.0.2.1", 5060, "100", "192.0.2.3", 5060, "call-id", "123")
seen = []
for name, request in (("create_ack", create_ack(*call, answer)), ("create_bye", create_bye(*call))):
    (to,) = (line for line in request.split("\r\n") if line.startswith("To: "))
    seen.append(to.removeprefix("To: "))
    print(f"To of {name}: {seen[-1]}")
seen.append(_parse_sdp_rtp(answer))
print(f"the sound at 192.0.2.10 port 4000, the video at 192.0.2.20 port 5000: {seen[-1]}")
with wave.open("silence.wav", "wb") as file:
    file.setparams((1, 1, 8000, 0, "NONE", ""))
    file.writeframes(b"\x80" * 8000)
with contextlib.redirect_stdout(io.StringIO()):  # it tells what it reads
    samples = _load_wav_as_pcm16("silence.wav")
seen.append(struct.unpack("<h", samples[:2])[0])
print(f"silence of 8 bits: {seen[-1]}")
if seen[1:] != ["<sip:100@192.0.2.1>", ("192.0.2.20", 4000), -32768]:
    sys.exit("changed: no tag in the BYE, the video's address, and -32768 were expected")
PY
