#!/usr/bin/env bash
# aiortc makes an answer to an unknown kind of media that it doesn't accept itself
#
# Software: aiortc 1.16.0
# Guess:    An offer with audio and real-time text (m=text, RFC 4103) gets an answer with both sections, the unknown one
#           rejected by port 0: RFC 3264, section 6, wants as many m= lines in the answer as in the offer.
# Seen:     With audio, a data channel and text in the offer, createAnswer() answers text as a second data channel
#           (m=application), and setLocalDescription() refuses that answer. Without a data channel createAnswer() raises
#           AttributeError.
# Output:   answer: ['m=audio', 'm=application', 'm=application']
#           ['m=audio', 'm=application', 'm=text'] ValueError('Media sections in answer do not match offer')
#           ['m=audio', 'm=text'] AttributeError("'NoneType' object has no attribute 'mid'")
# Callbox:  nothing yet; a bot that answers is offered audio and a data channel only.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


def media(sdp):
    return [line.split()[0] for line in sdp.splitlines() if line.startswith("m=")]


def with_text(sdp):
    """The offer with one more section, in the same BUNDLE group and on the same transport."""
    group = next(line for line in sdp.splitlines() if line.startswith("a=group:BUNDLE"))
    mid = len(media(sdp))
    shared = ("a=ice-", "a=fingerprint", "a=setup", "a=rtcp-mux")
    transport = {line for line in sdp.splitlines() if line.startswith(shared)}
    text = ["m=text 9 UDP/TLS/RTP/SAVPF 98", "c=IN IP4 0.0.0.0", f"a=mid:{mid}", "a=sendrecv", "a=rtpmap:98 t140/1000"]
    return sdp.replace(group, f"{group} {mid}") + "\r\n".join([*text, *sorted(transport), ""])


async def answered(*, data_channel):
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    here.addTransceiver("audio")
    if data_channel:
        here.createDataChannel("chat")
    await here.setLocalDescription(await here.createOffer())
    offer = with_text(here.localDescription.sdp)
    await there.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    try:
        answer = await there.createAnswer()
        print("answer:", media(answer.sdp))
        await there.setLocalDescription(answer)
        return media(offer), "accepted"
    except (ValueError, AttributeError) as error:
        return media(offer), repr(error)
    finally:
        await here.close()
        await there.close()


async def main():
    both, alone = await answered(data_channel=True), await answered(data_channel=False)
    print(*both)
    print(*alone)
    if "do not match" not in both[1] or "AttributeError" not in alone[1]:
        sys.exit("changed: neither offer was expected to be answered")


asyncio.run(main())
PY
