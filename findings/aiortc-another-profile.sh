#!/usr/bin/env bash
# aiortc answers RTP/SAVPF to an offer of RTP/SAVP
#
# Software: aiortc 1.16.0
# Guess:    An answer's m= line has the offer's protocol: a gateway that offers UDP/TLS/RTP/SAVP, without feedback, gets
#           that back (RFC 8829, section 5.3.1: it must match exactly; RFC 3264, section 6).
# Seen:     The audio section is answered with UDP/TLS/RTP/SAVPF whatever was offered, while the application section
#           keeps what was offered. A gateway that compares them takes the section for another one, and drops it.
# Output:   offered UDP/TLS/RTP/SAVPF: answered UDP/TLS/RTP/SAVPF
#           offered UDP/TLS/RTP/SAVP: answered UDP/TLS/RTP/SAVPF
#           offered UDP/DTLS/SCTP: answered UDP/DTLS/SCTP
#           offered DTLS/SCTP: answered DTLS/SCTP
# Callbox:  offers, and never answers.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import re
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

OLD_DATA_CHANNEL = ("UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000"), (
    "a=sctp-port:5000",
    "a=sctpmap:5000 webrtc-datachannel 256",
)


async def protocols(*replacements):
    """The protocols of the answer's sections to an offer with replacements."""
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    here.addTransceiver("audio")
    here.createDataChannel("chat")
    await here.setLocalDescription(await here.createOffer())
    offer = here.localDescription.sdp
    for old, new in replacements:
        assert old in offer
        offer = offer.replace(old, new)
    await there.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    await there.setLocalDescription(await there.createAnswer())
    answer = there.localDescription.sdp
    await here.close()
    await there.close()
    found = [re.findall(r"m=\w+ \d+ (\S+)", sdp) for sdp in (offer, answer)]
    return list(zip(*found, strict=True))


audio, data = asyncio.run(protocols())
other_audio, _ = asyncio.run(protocols(("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP")))
_, old_data = asyncio.run(protocols(*OLD_DATA_CHANNEL))
seen = [audio, other_audio, data, old_data]
for offered, answered in seen:
    print(f"offered {offered}: answered {answered}")
if [offered == answered for offered, answered in seen] != [True, False, True, True]:
    sys.exit("changed: another protocol was expected in the answer to UDP/TLS/RTP/SAVP only")
PY
