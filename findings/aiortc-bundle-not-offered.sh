#!/usr/bin/env bash
# aiortc answers with a BUNDLE group that wasn't offered, and the call fails
#
# Software: aiortc 1.16.0, aioice 0.13.0
# Guess:    An offer without a=group:BUNDLE, as of a peer that has a transport for each media section, gets an answer
#           without it: an answer's groups correspond to the offer's (RFC 8829, section 5.3.1).
# Seen:     aiortc gathers ICE candidates for two transports, with ports of their own, and writes a=group:BUNDLE over
#           both. A peer that believes the group uses the first one only: aiortc's second transport is never connected,
#           and the data channel never opens, on both sides.
# Output:   offered with BUNDLE: answer's group BUNDLE 0 1, different ports 1, data channel open True, the answerer is
#             connected
#           offered without: answer's group BUNDLE 0 1, different ports 2, data channel open False, the answerer is
#             connecting
# Callbox:  offers BUNDLE itself, and never answers.
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
from aiortc.mediastreams import AudioStreamTrack


async def called(bundle, limit_s):
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    opened = asyncio.Event()
    here.addTrack(AudioStreamTrack())
    here.createDataChannel("chat").on("open", opened.set)
    there.addTrack(AudioStreamTrack())
    await here.setLocalDescription(await here.createOffer())
    offer = here.localDescription.sdp
    if not bundle:
        offer = re.sub(r"a=group:BUNDLE.*\r\n", "", offer)
    await there.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    await there.setLocalDescription(await there.createAnswer())
    answer = there.localDescription.sdp
    await here.setRemoteDescription(there.localDescription)
    try:
        await asyncio.wait_for(opened.wait(), limit_s)
    except TimeoutError:
        pass
    group = re.findall(r"a=group:(.*)\r\n", answer)
    result = group, len(set(re.findall(r"m=\w+ (\d+)", answer))), opened.is_set(), there.connectionState
    await here.close()
    await there.close()
    return result


with_bundle, without = asyncio.run(called(True, 20)), asyncio.run(called(False, 10))
for name, (group, ports, is_open, state) in (("with BUNDLE", with_bundle), ("without", without)):
    print(
        f"offered {name}: answer's group {', '.join(group) or 'none'}, different ports {ports},"
        f" data channel open {is_open}, the answerer is {state}"
    )
if with_bundle != (["BUNDLE 0 1"], 1, True, "connected") or without != (["BUNDLE 0 1"], 2, False, "connecting"):
    sys.exit("changed: a group over two ports was expected of the second answer, and no data channel")
PY
