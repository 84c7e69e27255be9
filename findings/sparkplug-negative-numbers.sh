#!/usr/bin/env bash
# sparkplug-payload and pysparkplug read -5 of each other as 251 and as an error
#
# Software: sparkplug-payload 1.0.3 (npm), pysparkplug 0.6.1, protobuf 7.36.2 (PyPI), Node.js 20
# Guess:    Both speak Sparkplug B 1.0, so a birth message that one encodes is decoded by the other: a temperature of -5
#           as Int8 and as Int16 is -5 (Sparkplug 3.0, chapter 6: signed integers of 8 and 16 bits).
# Seen:     int_value has no sign and 32 bits. pysparkplug writes the two's complement of 8 or 16 bits into it, and
#           sparkplug-payload takes that for 251 and 65531; sparkplug-payload writes 32 bits, for which pysparkplug
#           raises OverflowError, so that nothing of the message is read. Int32 and Int64 are -5 both ways.
# Output:   pysparkplug to sparkplug-payload: Int8 251, Int16 65531, Int32 -5, Int64 -5
#           sparkplug-payload to pysparkplug: Int8 OverflowError, Int16 OverflowError, Int32 -5, Int64 -5
# Callbox:  publishes JSON by MQTT, no Sparkplug (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm install --silent --no-audit --no-fund --prefix "$tmp" sparkplug-payload@1.0.3 > npm.log
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pysparkplug==0.6.1 protobuf==7.36.2
cat > run.cjs <<'JS'
const fs = require('fs')
const { encodePayload, decodePayload } = require('sparkplug-payload').get('spBv1.0')

const written = ['Int8', 'Int16', 'Int32', 'Int64'].map((type) => {
  const metrics = [{ name: 'box', timestamp: 1, type, value: -5 }]
  return Buffer.from(encodePayload({ timestamp: 1, seq: 0, metrics })).toString('hex')
})
fs.writeFileSync('javascript.txt', written.join('\n'))
const read = fs.readFileSync('python.txt', 'utf8').split('\n').map((line) => {
  const [metric] = decodePayload(Buffer.from(line, 'hex')).metrics
  return `${metric.type} ${metric.value}`
})
console.log('pysparkplug to sparkplug-payload:', read.join(', '))
if (String(read) !== 'Int8 251,Int16 65531,Int32 -5,Int64 -5') {
  console.error('changed: 251 and 65531 were expected')
  process.exit(1)
}
JS
cat > write.py <<'PY'
from pathlib import Path

from pysparkplug import DataType, Metric, NBirth


def birth(data_type):
    metric = Metric(timestamp=1, name="box", datatype=DataType[data_type], value=-5)
    return NBirth(timestamp=1, seq=0, metrics=(metric,)).encode().hex()


Path("python.txt").write_text("\n".join(map(birth, ("INT8", "INT16", "INT32", "INT64"))))
PY
cat > read.py <<'PY'
import sys
from pathlib import Path

from pysparkplug import NBirth

seen = []
lines = Path("javascript.txt").read_text().splitlines()
for name, line in zip(("Int8", "Int16", "Int32", "Int64"), lines, strict=True):
    try:
        seen.append(f"{name} {NBirth.decode(bytes.fromhex(line)).metrics[0].value}")
    except OverflowError:
        seen.append(f"{name} OverflowError")
print("sparkplug-payload to pysparkplug:", ", ".join(seen))
if seen != ["Int8 OverflowError", "Int16 OverflowError", "Int32 -5", "Int64 -5"]:
    sys.exit("changed: two errors were expected")
PY
venv/bin/python write.py
node run.cjs
venv/bin/python read.py
