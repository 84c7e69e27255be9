#!/usr/bin/env bash
# PyChromecast shows the last song's title and length beside what has none, and goes on playing without a session
#
# Software: PyChromecast 14.0.10
# Guess:    A status whose media has no metadata and no duration, both optional in Google's message, is of something
#           without them: a doorbell's sound, or a live stream. A status without any session is a player that is idle.
# Seen:     The title, the artist and the length of the song before stay, beside the new address and LIVE. An empty list
#           of sessions changes nothing: the player "is playing" for good.
# Output:   song: Morning, 180 s, BUFFERED, playing True
#           doorbell: Morning, 180 s, LIVE, playing True, http://192.0.2.7/bell.mp3
#           no session: Morning, 180 s, LIVE, playing True
# Callbox:  plays on its own card; it announces to no Chromecast.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check PyChromecast==14.0.10
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from pychromecast.controllers.media import MediaStatus

SONG = {
    "contentId": "http://192.0.2.7/morning.mp3",
    "contentType": "audio/mpeg",
    "streamType": "BUFFERED",
    "duration": 180,
    "metadata": {"metadataType": 3, "title": "Morning", "artist": "Anna"},
}
BELL = {"contentId": "http://192.0.2.7/bell.mp3", "contentType": "audio/mpeg", "streamType": "LIVE"}
status, seen = MediaStatus(), []
for name, sessions in (
    ("song", [{"mediaSessionId": 1, "playerState": "PLAYING", "currentTime": 5, "media": SONG}]),
    ("doorbell", [{"mediaSessionId": 2, "playerState": "PLAYING", "currentTime": 0, "media": BELL}]),
    ("no session", []),
):
    status.update({"type": "MEDIA_STATUS", "status": sessions})
    seen.append((status.title, status.duration, status.stream_type, status.player_is_playing))
    address = f", {status.content_id}" if name == "doorbell" else ""
    print(f"{name}: {status.title}, {status.duration} s, {status.stream_type}, playing {seen[-1][3]}{address}")
if seen[1:] != [("Morning", 180, "LIVE", True)] * 2:
    sys.exit("changed: the song's title and length were expected throughout, and playing")
PY
