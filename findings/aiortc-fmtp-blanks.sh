#!/usr/bin/env bash
# aiortc doesn't find the second parameter of an a=fmtp line that has blanks
#
# Software: aiortc 1.16.0
# Guess:    Parameters of a=fmtp may have a blank behind the semicolon, as in each example of RFC 7587 (section 7):
#           they are the same parameters.
# Seen:     The blank becomes a part of the name: ' useinbandfec' isn't 'useinbandfec'. So H.264 with ';
#           packetization-mode=1' is no longer the H.264 that aiortc has, and isn't answered.
# Output:   blank '': ['profile-level-id', 'level-asymmetry-allowed', 'packetization-mode'], answered: ['120', '121']
#           blank ' ': ['profile-level-id', ' level-asymmetry-allowed', ' packetization-mode'], answered: ['121']
# Callbox:  makes the offers itself, writes its parameters without blanks (callbox/transports/small_webrtc/sdp.py), and
#           needs none of an answer.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import SessionDescription

H264 = "profile-level-id=42e01f;{0}level-asymmetry-allowed=1;{0}packetization-mode=1"


async def answered(blank):
    """The names of the parameters of an offer of H.264 and VP8, and the payload types of aiortc's answer."""
    offerer, answerer = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    offerer.addTransceiver("video")
    await offerer.setLocalDescription(await offerer.createOffer())
    lines = []
    for line in offerer.localDescription.sdp.splitlines():
        if line.startswith("m=video"):
            line = "m=video 9 UDP/TLS/RTP/SAVPF 120 121"
            extra = ["a=rtpmap:120 H264/90000", "a=fmtp:120 " + H264.format(blank), "a=rtpmap:121 VP8/90000"]
        elif line.startswith(("a=rtpmap", "a=fmtp", "a=rtcp-fb")):
            continue
        lines.append(line)
    sdp = "\r\n".join(lines + extra) + "\r\n"
    names = list(SessionDescription.parse(sdp).media[0].rtp.codecs[0].parameters)
    await answerer.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
    await answerer.setLocalDescription(await answerer.createAnswer())
    line = next(line for line in answerer.localDescription.sdp.splitlines() if line.startswith("m=video"))
    await offerer.close()
    await answerer.close()
    return names, line.split()[3:]


seen = {blank: asyncio.run(answered(blank)) for blank in ("", " ")}
for blank, (names, formats) in seen.items():
    print(f"blank {blank!r}: {names}, answered: {formats}")
if seen[""][1] != ["120", "121"] or seen[" "][1] != ["121"]:
    sys.exit("changed: H.264 was expected to be answered without blanks only")
PY
