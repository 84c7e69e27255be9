#!/usr/bin/env bash
# candied reads no number of a CAN bus whose highest octet comes first: NaN of 4660, and 241 of 154
#
# Software: candied 2.2.0 (npm), Node.js 20; cantools 45.1.0 (PyPI) beside it
# Guess:    "7|16@0+" is a signal of 16 bits with the highest octet first, whose highest bit is bit 7 of octet 0: of
#           such signals the start bit is the highest one (Vector, DBC File Format Documentation, signal definitions; so
#           it is for cantools). 12 34 is 4660.
# Seen:     The start bit is taken for the lowest one, and what is read stands in front of it: nothing, or parts of the
#           octets before. Signals with the lowest octet first are right.
# Output:   7|16@0+: cantools 4660, candied NaN
#           39|8@0+: cantools 154, candied 241
#           43|4@0+: cantools 12, candied 7
#           16|16@1+: cantools 30806, candied 30806
# Callbox:  knows no CAN bus.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check cantools==45.1.0
npm install --silent --no-audit --no-fund --prefix "$tmp" candied@2.2.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { Dbc, Can } = require('candied')

const [database, octets] = process.argv.slice(2)
const can = new Can()
can.database = new Dbc().load(database)
const message = can.decode(can.createFrame(100, [...Buffer.from(octets, 'hex')]))
console.log([...message.boundSignals.values()].map(signal => signal.value).join(' '))
JS
cat > "$tmp/run.py" <<'PY'
import subprocess
import sys

import cantools

SIGNALS = ("7|16@0+", "39|8@0+", "43|4@0+", "16|16@1+")
OCTETS = bytes.fromhex("12 34 56 78 9A BC 00 00")

lines = (f' SG_ S{number} : {signal} (1,0) [0|0] "" A' for number, signal in enumerate(SIGNALS))
database = "\n".join(('VERSION ""', "", "NS_ :", "", "BS_:", "", "BU_: A", "", "BO_ 100 M: 8 A", *lines, ""))
values = cantools.database.load_string(database, "dbc").decode_message(100, OCTETS)
known = [values[f"S{number}"] for number in range(len(SIGNALS))]
told = subprocess.run(
    ["node", sys.argv[1], database, OCTETS.hex()], capture_output=True, text=True, check=True
).stdout.split()
for signal, right, seen in zip(SIGNALS, known, told, strict=True):
    print(f"{signal}: cantools {right}, candied {seen}")
if (known, told) != ([4660, 154, 12, 30806], ["NaN", "241", "7", "30806"]):
    sys.exit("changed: NaN, 241 and 7 were expected")
PY
"$tmp/venv/bin/python" "$tmp/run.py" "$tmp/run.cjs"
