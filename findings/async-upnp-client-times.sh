#!/usr/bin/env bash
# async-upnp-client reads half a second as 5 milliseconds, and writes 1:5 for a minute and five seconds
#
# Software: async-upnp-client 0.49.0 (Home Assistant's DLNA)
# Guess:    Times of UPnP are H+:MM:SS[.F+]: minutes and seconds have two digits, and the part behind the dot is a
#           fraction of a second (UPnP AVTransport:1, section 2.2.16): 0:00:01.5 is 1.5 s, 65 s are 0:01:05.
# Seen:     What is behind the dot counts as milliseconds whatever its length: .5 is 0.005 s, .500 is 0.5 s,
#           microseconds are minutes. A seek to 65 s asks the speaker for 0:1:5.
# Output:   0:00:01.5 is 1.005 s
#           0:00:01.50 is 1.05 s
#           0:00:01.500 is 1.5 s
#           0:00:01.123456 is 124.456 s
#           65 s are 0:1:5
# Callbox:  plays no DLNA.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check async-upnp-client==0.49.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import timedelta

from async_upnp_client.utils import str_to_time, time_to_str

texts = ("0:00:01.5", "0:00:01.50", "0:00:01.500", "0:00:01.123456")
read = {text: str_to_time(text).total_seconds() for text in texts}
for text, seconds in read.items():
    print(f"{text} is {seconds} s")
written = time_to_str(timedelta(seconds=65))
print("65 s are", written)
if list(read.values()) != [1.005, 1.05, 1.5, 124.456] or written != "0:1:5":
    sys.exit("changed: milliseconds behind the dot, and 0:1:5, were expected")
PY
