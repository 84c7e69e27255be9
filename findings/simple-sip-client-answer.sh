#!/usr/bin/env bash
# simple-sip-client answers each offer with PCMU, also one without it, a section on hold, and that of a video
#
# Software: simple-sip-client 0.0.3 (PyPI)
# Guess:    make_sdp_answer() takes the offer, so it answers with formats that are offered (RFC 3264, section 6.1), with a
#           direction that fits (a=inactive of a call on hold; section 6.1), and refuses what it can't do with port 0
#           (section 6).
# Seen:     Each section, of whatever kind, is accepted with PCMU and a=sendrecv, all at the same port: A-law is answered
#           with mu-law, which the offerer may not know, a call on hold goes on, and a camera is to be sent as PCMU.
# Output:   m=audio 4000 RTP/AVP 9 8 -> m=audio 5000 RTP/AVP 0, a=rtpmap:0 PCMU/8000, a=sendrecv
#           m=audio 4000 RTP/AVP 0, a=inactive -> m=audio 5000 RTP/AVP 0, a=rtpmap:0 PCMU/8000, a=sendrecv
#           m=video 4002 RTP/AVP 96 -> m=video 5000 RTP/AVP 0, a=rtpmap:0 PCMU/8000, a=sendrecv
# Callbox:  speaks no SIP; it sends and takes Opus, as WebRTC asks for.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check simple-sip-client==0.0.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from simple_sip.sip_sdp import make_sdp_answer

SESSION = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"]
SECTIONS = {
    "m=audio 4000 RTP/AVP 9 8": ["a=rtpmap:9 G722/8000", "a=rtpmap:8 PCMA/8000"],
    "m=audio 4000 RTP/AVP 0, a=inactive": ["a=rtpmap:0 PCMU/8000"],
    "m=video 4002 RTP/AVP 96": ["a=rtpmap:96 H264/90000"],
}
answers = []
for name, lines in SECTIONS.items():
    first, *direction = name.split(", ")
    offer = "\r\n".join([*SESSION, first, *lines, *direction, ""])
    answer = make_sdp_answer(offer, "192.0.2.9", 5000).split("\r\n")
    start = next(number for number, line in enumerate(answer) if line.startswith("m="))
    answers.append(", ".join(line for line in answer[start:] if line))
    print(f"{name} -> {answers[-1]}")
expected = "m={} 5000 RTP/AVP 0, a=rtpmap:0 PCMU/8000, a=sendrecv"
if answers != [expected.format(kind) for kind in ("audio", "audio", "video")]:
    sys.exit("changed: PCMU and a=sendrecv were expected three times")
PY
