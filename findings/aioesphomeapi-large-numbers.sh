#!/usr/bin/env bash
# aioesphomeapi tells 16777220 of a number that the device has as 16777215
#
# Software: aioesphomeapi 46.23.0
# Guess:    A number of ESPHome is a float of 32 bits, in which each whole number up to 2^24 is exact: a colour of
#           0xffffff is 16777215 here as on the device. The library rounds only what the conversion of 0.1 adds.
# Seen:     State and limits are rounded to seven digits: 16777215 becomes 16777220, which is more than the
#           largest colour, and 12345678 becomes 12345680. A sensor's state is left as it is.
# Output:   number 0.1: 0.1, sensor: 0.10000000149011612
#           number 9999999: 9999999.0, sensor: 9999999.0
#           number 12345678: 12345680.0, sensor: 12345678.0
#           number 16777215: 16777220.0, sensor: 16777215.0
# Callbox:  its numbers are JSON by MQTT (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aioesphomeapi==46.23.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from aioesphomeapi import NumberState, SensorState
from aioesphomeapi.api_pb2 import NumberStateResponse, SensorStateResponse

seen = []
for number in (0.1, 9999999, 12345678, 16777215):
    # As they come from the device.
    message = NumberStateResponse.FromString(NumberStateResponse(key=1, state=number).SerializeToString())
    state = NumberState.from_pb(message).state
    sensor = SensorStateResponse.FromString(SensorStateResponse(key=1, state=number).SerializeToString())
    print(f"number {number}: {state}, sensor: {SensorState.from_pb(sensor).state}")
    seen.append(state)
if seen != [0.1, 9999999, 12345680, 16777220]:
    sys.exit("changed: seven digits were expected")
PY
