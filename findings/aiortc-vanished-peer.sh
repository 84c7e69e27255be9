#!/usr/bin/env bash
# aiortc says "closed" of a connection whose peer has vanished
#
# Software: aiortc 1.16.0, aioice 0.13.0
# Guess:    When the peer's process is killed, connectionState goes to "disconnected" after some seconds and then to
#           "failed"; "closed" is what an own close() leads to (W3C, RTCPeerConnectionState), so it needs no reaction.
# Seen:     The state stays "connected" for half a minute, while nothing arrives, and then goes to "closed" at once; so
#           does iceConnectionState. A program that tries again on "failed" never does.
# Output:   connectionState connecting, iceConnectionState checking
#           connectionState connected, iceConnectionState completed
#           connectionState closed, iceConnectionState closed
#           31 s after the peer was killed
# Callbox:  counts received packets and acts after 2.5 s (docs/decisions/0010); it takes "closed" for a lost connection.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import multiprocessing
import sys
import time

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


async def answer(pipe):
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    await pc.setRemoteDescription(RTCSessionDescription(pipe.recv(), "offer"))
    await pc.setLocalDescription(await pc.createAnswer())
    pipe.send(pc.localDescription.sdp)
    await asyncio.sleep(120)


def peer(pipe):
    asyncio.run(answer(pipe))


async def main():
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=peer, args=(theirs,), daemon=True)
    process.start()
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.createDataChannel("chat")
    states, ended = [], asyncio.Event()
    killed_s = time.monotonic()

    @pc.on("connectionstatechange")
    def on_state():
        states.append(pc.connectionState)
        print(f"connectionState {pc.connectionState}, iceConnectionState {pc.iceConnectionState}", flush=True)
        if pc.connectionState in ("disconnected", "failed", "closed"):
            ended.set()

    await pc.setLocalDescription(await pc.createOffer())
    ours.send(pc.localDescription.sdp)
    sdp = await asyncio.to_thread(ours.recv)
    await pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
    async with asyncio.timeout(20):
        while pc.connectionState != "connected":
            await asyncio.sleep(0.1)
    process.kill()
    killed_s = time.monotonic()
    async with asyncio.timeout(80):
        await ended.wait()
    waited_s = time.monotonic() - killed_s
    await pc.close()
    print(f"{waited_s:.0f} s after the peer was killed")
    if states != ["connecting", "connected", "closed"] or waited_s < 15:
        sys.exit("changed: connecting, connected and, after more than 15 s, closed were expected")


asyncio.run(main())
PY
