#!/usr/bin/env bash
# govee-bt-client takes the low octet of a temperature from the humidity, and tells 6.5792 degrees of 23.04
#
# Software: govee-bt-client 1.0.14 (npm), Node.js 20; bleparser 3.7.3, pycryptodomex 3.24.2 (PyPI) beside it
# Guess:    Govee's H5179 advertises temperature and humidity in hundredths, with the low octet first: 2E 09 74 0E are
#           23.50 degrees and 37.00 %, which bleparser, Home Assistant's former one, tells, too. The octets are those of
#           the library's own test.
# Seen:     It takes octets 7 and 8, 09 and 74, for the temperature, which is 24.20. Any advertisement with the digits
#           0100 within it is one of an H5101, also an H5179's behind 01 if the low octet of the temperature is 00.
# Output:   2E 09 74 0E: bleparser 23.5 degrees, 37.0 %; govee-bt-client 24.2 degrees, 37 %
#           00 09 74 0E: bleparser 23.04 degrees, 37.0 %; govee-bt-client 6.5792 degrees, 79.2 %
# Callbox:  reads no thermometers.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps bleparser==3.7.3 pycryptodomex==3.24.2
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" govee-bt-client@1.0.14 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { decodeAny } = require('govee-bt-client/dist/decode')

const { tempInC, humidity } = decodeAny(process.argv[2])
console.log(JSON.stringify([tempInC, humidity]))
JS
cat > "$tmp/run.py" <<'PY'
import json
import subprocess
import sys

from bleparser import BleParser

ADDRESS = bytes.fromhex("a4c1388d18b2")
MAKER_AND_MODEL, BATTERY = bytes.fromhex("0188 ec00 01 01"), b"\x64"
SEEN = [[23.5, 37.0], [24.2, 37], [23.04, 37.0], [6.5792, 79.2]]


def of_bleparser(data):
    """Temperature and humidity of an advertisement of this maker's data, as a Bluetooth controller reports it."""
    structures = b"\x02\x01\x06" + bytes([len(data) + 1, 0xFF]) + data
    report = b"\x02\x01\x00\x00" + ADDRESS[::-1] + bytes([len(structures)]) + structures + b"\xc0"
    sensor, _ = BleParser().parse_raw_data(b"\x04\x3e" + bytes([len(report)]) + report)
    return [sensor["temperature"], sensor["humidity"]]


def of_npm(data):
    told = subprocess.run(["node", sys.argv[1], data.hex()], capture_output=True, text=True, check=True)
    return json.loads(told.stdout)


seen = []
for octets in ("2E 09 74 0E", "00 09 74 0E"):
    data = MAKER_AND_MODEL + bytes.fromhex(octets) + BATTERY
    seen += of_bleparser(data), of_npm(data)
    texts = (f"{temperature} degrees, {humidity} %" for temperature, humidity in seen[-2:])
    print("{}: bleparser {}; govee-bt-client {}".format(octets, *texts))
if seen != SEEN:
    sys.exit("changed: 24.2 and 6.5792 degrees were expected")
PY
"$tmp/venv/bin/python" "$tmp/run.py" "$tmp/run.cjs"
