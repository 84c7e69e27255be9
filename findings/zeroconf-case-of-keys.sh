#!/usr/bin/env bash
# zeroconf tells Path and path of a service as two different keys
#
# Software: zeroconf 0.154.0 (PyPI)
# Guess:    The keys of a service's TXT record have no case: "Path" and "path" are one, the first of them counts, and a
#           device that sends PATH is found under path (RFC 6763, section 6.4).
# Seen:     They are keys as they were sent. A program that looks for path finds nothing of a device with PATH, and of
#           one that sends both it may take the second, which is to be ignored.
# Output:   PATH=/offer: path is None
#           Path=/first, path=/second: path is /second
# Callbox:  finds no services by mDNS.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check zeroconf==0.154.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from zeroconf import ServiceInfo


def path(*pairs):
    """The value of path in a record with these pairs."""
    text = b"".join(bytes([len(pair)]) + pair.encode() for pair in pairs)
    return ServiceInfo("_rtvi._tcp.local.", "box._rtvi._tcp.local.", properties=text).decoded_properties.get("path")


capitals, both = path("PATH=/offer"), path("Path=/first", "path=/second")
print("PATH=/offer: path is", capitals)
print("Path=/first, path=/second: path is", both)
if (capitals, both) != (None, "/second"):
    sys.exit("changed: no path, and the second one, were expected")
PY
