#!/usr/bin/env bash
# aiortc can't parse an a=extmap line with extension attributes
#
# Software: aiortc 1.16.0
# Guess:    "a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level vad=on" is taken: RFC 8285 lets attributes follow
#           the URI, and this one is RFC 6464's own example of how to offer the audio level.
# Seen:     setRemoteDescription() raises ValueError, too many values to unpack: no call.
# Output:   a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level: taken
#           a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level vad=on: ValueError('too many values to unpack
#             (expected 2)')
# Callbox:  refuses an answer with such a line, and names the line (callbox/transports/small_webrtc/sdp.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"


async def main():
    results = []
    for line in (LEVEL, LEVEL + " vad=on"):
        here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
        here.addTransceiver("audio")
        offer = (await here.createOffer()).sdp
        assert LEVEL in offer
        try:
            await there.setRemoteDescription(RTCSessionDescription(offer.replace(LEVEL, line), "offer"))
            results.append("taken")
        except ValueError as error:
            results.append(repr(error))
        print(f"a=extmap:2 {line}: {results[-1]}")
        await here.close()
        await there.close()
    if results[0] != "taken" or "unpack" not in results[1]:
        sys.exit("changed: ValueError was expected of the second line alone")


asyncio.run(main())
PY
