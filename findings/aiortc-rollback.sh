#!/usr/bin/env bash
# aiortc takes a rollback and does nothing
#
# Software: aiortc 1.16.0
# Guess:    RTCSessionDescription takes the type "rollback", so setLocalDescription() with it takes the offer back:
#           signalingState is "stable" again, and the peer's offer can be answered (RFC 9429, section 4.1.10.2).
# Seen:     It returns without an error, signalingState stays have-local-offer, and the peer's offer is refused as
#           before. Two peers that offer at the same time can't solve it.
# Output:   have-local-offer, after the rollback: have-local-offer
#           the other peer's offer: Cannot handle offer in signaling state "have-local-offer"
# Callbox:  offers first and alone; after a failure it makes a new connection.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

from aiortc import InvalidStateError, RTCConfiguration, RTCPeerConnection, RTCSessionDescription


async def main():
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    for each in (here, there):
        each.createDataChannel("chat")
        await each.setLocalDescription(await each.createOffer())
    before = here.signalingState
    await here.setLocalDescription(RTCSessionDescription("", "rollback"))
    after = here.signalingState
    try:
        await here.setRemoteDescription(there.localDescription)
        offer = "taken"
    except InvalidStateError as error:
        offer = str(error)
    print(f"{before}, after the rollback: {after}")
    print("the other peer's offer:", offer)
    await here.close()
    await there.close()
    if after != "have-local-offer" or offer == "taken":
        sys.exit("changed: a rollback without effect was expected")


asyncio.run(main())
PY
