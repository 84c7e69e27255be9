#!/usr/bin/env bash
# Pipecat's offer route drops the requestData of its own JavaScript client
#
# Software: pipecat-ai 1.14.0, FastAPI 0.165.0
# Guess:    POST /api/offer with "requestData" (as the JavaScript client spells it) hands it to the bot, as the route
#           /sessions/…/api/offer does: SmallWebRTCRequest.from_dict() takes both spellings; an unknown key would be an
#           error 422.
# Seen:     A route that takes SmallWebRTCRequest as its body, as Pipecat's runner has it, reads request_data only. With
#           requestData it answers 200, and the bot gets None.
# Output:   request_data: 200, the route gets {'room': 'kitchen'}, from_dict() {'room': 'kitchen'}
#           requestData: 200, the route gets None, from_dict() {'room': 'kitchen'}
# Callbox:  sends request_data, which both ways read (transports/small_webrtc.py at the time of writing).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
# Without its other dependencies, which are 900 MB: what these modules import.
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pipecat-ai==1.14.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiofiles==25.1.0 aiohttp==3.14.5 aioice==0.13.0 \
  aiortc==1.16.0 av==18.1.0 docstring_parser==0.18.0 fastapi==0.165.0 httpx==0.28.1 \
  loguru==0.7.3 loudness==0.2.0 numpy==2.4.6 pillow==13.0.0 pydantic==2.14.4 sentencex==1.0.32 \
  soxr==1.0.0 wait_for2==0.4.1 websockets==17.4
LOGURU_AUTOINIT=0 "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from fastapi import FastAPI
from fastapi.testclient import TestClient
from pipecat.transports.smallwebrtc.request_handler import SmallWebRTCRequest

app = FastAPI()


@app.post("/api/offer")
async def offer(request: SmallWebRTCRequest):
    return {"request_data": request.request_data}


client, seen = TestClient(app), {}
for key in ("request_data", "requestData"):
    body = {"sdp": "v=0", "type": "offer", key: {"room": "kitchen"}}
    answer = client.post("/api/offer", json=body)
    seen[key] = (answer.status_code, answer.json()["request_data"], SmallWebRTCRequest.from_dict(body).request_data)
    print(f"{key}: {answer.status_code}, the route gets {seen[key][1]}, from_dict() {seen[key][2]}")
room = {"room": "kitchen"}
if seen != {"request_data": (200, room, room), "requestData": (200, None, room)}:
    sys.exit("changed: requestData was expected to be dropped by the route only")
PY
