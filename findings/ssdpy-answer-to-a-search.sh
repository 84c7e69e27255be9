#!/usr/bin/env bash
# ssdpy answers a search with a notification
#
# Software: ssdpy 0.4.1 (PyPI)
# Guess:    SSDPServer answers an M-SEARCH for its device type as UPnP Device Architecture 1.1, section 1.3.3, has it: with
#           "HTTP/1.1 200 OK", the ST of the search, EXT and LOCATION.
# Seen:     It sends the sender a NOTIFY, which is what a device sends to the multicast group by itself: with HOST and NT, and
#           no ST. Control points that wait for responses don't find it; its own client takes both.
# Output:   NOTIFY * HTTP/1.1
#           HOST: 239.255.255.250
#           NT: urn:example-org:device:Callbox:1
#           NTS: ssdp:alive
#           USN: uuid:kitchen
#           LOCATION: http://192.0.2.7/kitchen.xml
# Callbox:  isn't found by SSDP; Home Assistant finds it by MQTT discovery.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check ssdpy==0.4.1
cat > "$tmp/search.py" <<'PY'
import socket
import sys
import threading

from ssdpy import SSDPServer

TYPE = "urn:example-org:device:Callbox:1"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
location = "http://192.0.2.7/kitchen.xml"
server = SSDPServer("uuid:kitchen", device_type=TYPE, port=port, address="127.0.0.1", location=location)
threading.Thread(target=server.serve_forever, daemon=True).start()
search = f'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:{port}\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: {TYPE}\r\n\r\n'
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(30)
    client.sendto(search.encode(), ("127.0.0.1", port))
    first, *headers = client.recv(1024).decode().split("\r\n")
found = [tuple(one.split(":", 1)) for one in headers if one]
print(first, *(f"{name}: {value}" for name, value in found), sep="\n")
names = {name.upper() for name, _ in found}
if first != "NOTIFY * HTTP/1.1" or "NT" not in names or "ST" in names:
    sys.exit("changed: a NOTIFY without ST was expected")
PY
"$tmp/venv/bin/python" "$tmp/search.py"
