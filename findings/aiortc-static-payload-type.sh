#!/usr/bin/env bash
# aiortc refuses a static RTP payload type that has no a=rtpmap line
#
# Software: aiortc 1.16.0
# Guess:    An offer of PCMU as "m=audio 9 UDP/TLS/RTP/SAVPF 0" is answered with or without "a=rtpmap:0 PCMU/8000":
#           payload types 0 to 34 have a fixed meaning (RFC 3551, section 6), for which RFC 8866, section 6.6, asks for
#           no rtpmap; gateways to telephones leave it out.
# Seen:     With the line aiortc answers. Without it setRemoteDescription() raises OperationError, and its text doesn't
#           speak of the codec.
# Output:   with a=rtpmap:0:    m=audio 9 UDP/TLS/RTP/SAVPF 0
#           without a=rtpmap:0: OperationError('Failed to set remote audio description send parameters')
# Callbox:  nothing yet; the offer is Callbox's own, with an a=rtpmap line for each codec.
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


def connection():
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


async def answer(offer):
    pc = connection()
    try:
        await pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        return next(line for line in (await pc.createAnswer()).sdp.splitlines() if line.startswith("m="))
    except Exception as error:
        return repr(error)
    finally:
        await pc.close()


async def main():
    pc = connection()
    pc.addTransceiver("audio")
    await pc.setLocalDescription(await pc.createOffer())
    offer = re.sub(r"a=(rtpmap|fmtp|rtcp-fb):.*\r\n", "", pc.localDescription.sdp)
    offer = re.sub(r"(m=audio \d+ UDP/TLS/RTP/SAVPF).*\r\n", r"\1 0\r\n", offer)
    with_rtpmap = await answer(offer.replace("a=rtcp-mux\r\n", "a=rtcp-mux\r\na=rtpmap:0 PCMU/8000\r\n"))
    without = await answer(offer)
    await pc.close()
    print("with a=rtpmap:0:   ", with_rtpmap)
    print("without a=rtpmap:0:", without)
    if not with_rtpmap.startswith("m=audio") or "OperationError" not in without:
        sys.exit("changed: aiortc was expected to refuse only the offer without a=rtpmap")


asyncio.run(main())
PY
