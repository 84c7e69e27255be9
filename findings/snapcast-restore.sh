#!/usr/bin/env bash
# snapcast leaves all rooms equally loud after an announcement
#
# Software: snapcast 2.3.8, the Python client of Snapserver that Home Assistant uses
# Guess:    snapshot() keeps a group's state and restore() brings it back: a bedroom at 20 and a kitchen at 80 have
#           these volumes again after an announcement at 100.
# Seen:     Only the mean of the group is kept. After 100, or 0, the members have no ratio left, and both get it: 50.
# Output:   before 20 80, announcement at 100: 100 100, after restore() 50 50
#           before 20 80, announcement at 0: 0 0, after restore() 50 50
# Callbox:  has no Snapcast client; it turns its own music down by the PCM it plays to.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check snapcast==2.3.8
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys

from snapcast.control.client import Snapclient
from snapcast.control.group import Snapgroup


class Server:
    """What a group and its clients ask of Snapserver."""

    def __init__(self, volumes):
        self.clients = {}
        for identifier, volume in enumerate(volumes):
            client = {"id": str(identifier), "host": {"name": ""}}
            client["config"] = {"name": "", "volume": {"percent": volume, "muted": False}}
            self.clients[str(identifier)] = Snapclient(self, client)

    def group(self, _):
        return self.groups[0]

    def client(self, identifier):
        return self.clients[identifier]

    def __getattr__(self, name):
        async def call(*_):
            return None

        return call


async def volumes(before, announcement):
    server = Server(before)
    members = [{"id": identifier} for identifier in server.clients]
    rooms = {"id": "group", "name": "all", "muted": False, "stream_id": "music", "clients": members}
    group = Snapgroup(server, rooms)
    server.groups = [group]
    group.snapshot()
    await group.set_volume(announcement)
    meanwhile = [client.volume for client in server.clients.values()]
    await group.restore()
    return meanwhile, [client.volume for client in server.clients.values()]


seen = []
for announcement in (100, 0):
    meanwhile, after = asyncio.run(volumes([20, 80], announcement))
    print(f"before 20 80, announcement at {announcement}: {meanwhile[0]} {meanwhile[1]},", end=" ")
    print(f"after restore() {after[0]} {after[1]}")
    seen.append(after)
if seen != [[50, 50], [50, 50]]:
    sys.exit("changed: 50 and 50 were expected")
PY
