#!/usr/bin/env bash
# wpasupplicantconf renames a network whose SSID is in hexadecimal, and keeps one of two with the same SSID
#
# Software: wpasupplicantconf 0.1
# Guess:    ssid= is a string in quotation marks, or its octets in hexadecimal without them (the example configuration of
#           wpa_supplicant), and several networks may have one SSID, such as with WPA2 and with WPA3. What is read is
#           written again.
# Seen:     436166c3a9, which is "Café", gets quotation marks: a network with the name
#           436166c3a9, which isn't there. Of two with the same name the first is gone.
# Output:   ssid=436166c3a9 becomes ssid="436166c3a9"
#           "Home" with WPA-PSK and SAE becomes key_mgmt=SAE
# Callbox:  reads and writes no Wi-Fi settings.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check wpasupplicantconf==0.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import io
import re
import sys

from wpasupplicantconf import WpaSupplicantConf


def written(text):
    output = io.StringIO()
    WpaSupplicantConf(text.splitlines(keepends=True)).write(output)
    return output.getvalue()


hexadecimal = re.findall("ssid=.*", written("network={\n\tssid=436166c3a9\n\tkey_mgmt=NONE\n}\n"))
HOME = 'network={{\n\tssid="Home"\n\tkey_mgmt={}\n}}\n'
both = re.findall("key_mgmt=.*", written(HOME.format("WPA-PSK") + HOME.format("SAE")))
print("ssid=436166c3a9 becomes", *hexadecimal)
print('"Home" with WPA-PSK and SAE becomes', *both)
if (hexadecimal, both) != (['ssid="436166c3a9"'], ["key_mgmt=SAE"]):
    sys.exit("changed: quotation marks, and one network of two, were expected")
PY
