#!/usr/bin/env bash
# Three parsers of NMEA take the signal for one more satellite, whose number is 1
#
# Software: pynmea2 1.19.0 (PyPI); nmea 0.1.2, nmea-simple 3.3.0 (npm), Node.js 20
# Guess:    GSV tells four satellites at most, each by its number, elevation, azimuth and noise; the fields of others
#           aren't sent. Since NMEA 4.10 one more field stands at the end: the signal that was received, 1 for L1 C/A
#           (u-blox 8 / M8 Receiver Description, GSV: signalId).
# Seen:     pynmea2 names fields by their place, so the signal is sv_prn_num_4 behind three satellites. nmea and
#           nmea-simple count (fields - 4) / 4 = 3.25 satellites; the fourth has an elevation and a noise of NaN.
# Output:   pynmea2: without the signal: 05, 02, 26; with it: 05, 02, 26, 1
#           nmea: without the signal: 05, 02, 26; with it: 05, 02, 26, 1
#           nmea-simple: without the signal: 5, 2, 26; with it: 5, 2, 26, 1
# Callbox:  reads no positions.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pynmea2==1.19.0
npm install --silent --no-audit --no-fund --prefix "$tmp" nmea@0.1.2 nmea-simple@3.3.0 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const nmea = require('nmea')
const simple = require('nmea-simple')

const [sentence] = process.argv.slice(2)
console.log(nmea.parse(sentence).satellites.map(satellite => satellite.id).join(', '))
console.log(simple.parseNmeaSentence(sentence).satellites.map(satellite => satellite.prnNumber).join(', '))
JS
cat > "$tmp/run.py" <<'PY'
import functools
import operator
import subprocess
import sys

import pynmea2

FIELDS = "GPGSV,1,1,03,05,58,322,36,02,55,032,32,26,50,173,40"
PARSERS = ("pynmea2", "nmea", "nmea-simple")


def satellites(fields):
    """The numbers of the satellites, by parser."""
    sentence = f"${fields}*{functools.reduce(operator.xor, fields.encode()):02X}"
    message = pynmea2.parse(sentence)
    numbers = (getattr(message, f"sv_prn_num_{place}") for place in range(1, 5))
    of_npm = subprocess.run(["node", sys.argv[1], sentence], capture_output=True, text=True, check=True)
    return [", ".join(filter(None, numbers)), *of_npm.stdout.splitlines()]


seen = [satellites(FIELDS), satellites(f"{FIELDS},1")]
for parser, *results in zip(PARSERS, *seen, strict=True):
    print(f"{parser}: without the signal: {results[0]}; with it: {results[1]}")
if any(with_it != f"{without}, 1" for without, with_it in zip(*seen, strict=True)):
    sys.exit("changed: a satellite 1 was expected with the signal")
PY
"$tmp/venv/bin/python" "$tmp/run.py" "$tmp/run.cjs"
