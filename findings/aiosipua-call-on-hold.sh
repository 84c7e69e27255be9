#!/usr/bin/env bash
# aiosipua answers a call on hold as one that goes on, and accepts audio that is taken away
#
# Software: aiosipua 0.7.1
# Guess:    An attribute a=sendonly above the first m= line holds for each section that says nothing else (RFC 8866,
#           section 6.7), so the answer is recvonly (RFC 3264, section 6.1). A section that is offered with port 0 is
#           answered with port 0 (section 6).
# Seen:     negotiate_sdp() looks for the direction in the section only: the answer to a held call is sendrecv, so the
#           box talks to the music. A section with port 0 is answered with a port, and sendrecv.
# Output:   a=sendonly of the section: m=audio 30000, a=recvonly
#           a=sendonly of the session: m=audio 30000, a=sendrecv
#           port 0: m=audio 30000, a=sendrecv
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiosipua==0.7.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from aiosipua.sdp import negotiate_sdp, parse_sdp, serialize_sdp

SESSION = "v=0\r\no=- 1 1 IN IP4 192.0.2.8\r\ns=-\r\nc=IN IP4 192.0.2.8\r\nt=0 0\r\n"
HOLD = "a=sendonly\r\n"


def answered(offer):
    answer, _ = negotiate_sdp(parse_sdp(offer), local_ip="192.0.2.7", rtp_port=30000)
    lines = serialize_sdp(answer).split("\r\n")
    media = next(line for line in lines if line.startswith("m="))
    direction = next(line for line in lines if line in ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"))
    return f"{' '.join(media.split()[:2])}, {direction}"


seen = {
    "a=sendonly of the section": answered(f"{SESSION}m=audio 40000 RTP/AVP 0\r\n{HOLD}"),
    "a=sendonly of the session": answered(f"{SESSION}{HOLD}m=audio 40000 RTP/AVP 0\r\n"),
    "port 0": answered(f"{SESSION}m=audio 0 RTP/AVP 0\r\n"),
}
for name, answer in seen.items():
    print(f"{name}: {answer}")
if list(seen.values()) != ["m=audio 30000, a=recvonly", "m=audio 30000, a=sendrecv", "m=audio 30000, a=sendrecv"]:
    sys.exit("changed: recvonly was expected of the first only, and a port of the last one")
PY
