#!/usr/bin/env bash
# aiortc's transports go on from "closed" to "failed" when the connection is closed while ICE is checking
#
# Software: aiortc 1.16.0, aioice 0.13.0
# Guess:    close() is the end: RTCIceTransport.stop() stops it "irreversibly", as aiortc's documentation says, and a
#           closed transport changes its state no more (W3C, RTCIceTransportState, RTCDtlsTransportState).
# Seen:     The checks that close() ends are a failure for the task that waits for them: the ICE transport goes from
#           closed to failed, and DTLS is begun on it, which fails. A program that listens to DTLS, or looks at the state
#           later, takes a connection that it has closed itself for one that has failed.
# Output:   before close(): ICE checking, DTLS new
#           after close(): ICE closed, DTLS connecting, DTLS failed, ICE failed
# Callbox:  replaces the start() of what it closes by one that does nothing.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


async def main():
    offerer, answerer = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    offerer.createDataChannel("chat")
    await offerer.setLocalDescription(await offerer.createOffer())
    await answerer.setRemoteDescription(RTCSessionDescription(offerer.localDescription.sdp, "offer"))
    await answerer.setLocalDescription(await answerer.createAnswer())
    dtls = offerer.sctp.transport
    ice, checking, states = dtls.transport, asyncio.Event(), []

    @ice.on("statechange")
    def on_ice():
        states.append(f"ICE {ice.state}")
        if ice.state == "checking":
            checking.set()

    @dtls.on("statechange")
    def on_dtls():
        states.append(f"DTLS {dtls.state}")

    await offerer.setRemoteDescription(RTCSessionDescription(answerer.localDescription.sdp, "answer"))
    async with asyncio.timeout(20):
        await checking.wait()
    print(f"before close(): ICE {ice.state}, DTLS {dtls.state}")
    count = len(states)
    await offerer.close()
    for _ in range(100):
        await asyncio.sleep(0.1)
        if ice.state == "failed" and dtls.state == "failed":
            break
    after = [*states[count:]]
    if f"ICE {ice.state}" not in after:  # told by no event: its listeners are removed
        after.append(f"ICE {ice.state}")
    print("after close():", ", ".join(after))
    await answerer.close()
    if after != ["ICE closed", "DTLS connecting", "DTLS failed", "ICE failed"]:
        sys.exit("changed: failed was expected after closed")


asyncio.run(main())
PY
