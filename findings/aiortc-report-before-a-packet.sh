#!/usr/bin/env bash
# aiortc sends sender reports before its first packet, dated 1900
#
# Software: aiortc 1.16.0
# Guess:    A track that has not begun yet has no sender reports: RFC 3550, section 6.4, has them from those that have
#           sent data, and their NTP timestamp is the time of the report.
# Seen:     A report comes each second or so with packet count 0 and NTP timestamp 0. The peer's getStats() tells it as
#           remoteTimestamp 1900-01-01: the age of the report is a century.
# Output:   packetsSent: 0, remoteTimestamp: 1900-01-01 00:00:00+00:00
# Callbox:  takes no time of the bot's from sender reports.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection


class Silent(MediaStreamTrack):
    """A track whose sound has not begun."""

    kind = "audio"

    async def recv(self):
        await asyncio.Event().wait()


async def main():
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    here.addTrack(Silent())
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.2)
            reports = [each for each in (await there.getStats()).values() if each.type == "remote-outbound-rtp"]
            if reports:
                break
    print(f"packetsSent: {reports[0].packetsSent}, remoteTimestamp: {reports[0].remoteTimestamp}")
    await here.close()
    await there.close()
    if reports[0].packetsSent or reports[0].remoteTimestamp.year != 1900:
        sys.exit("changed: a report of 1900 about no packet was expected")


asyncio.run(main())
PY
