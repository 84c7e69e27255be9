#!/usr/bin/env bash
# Two libraries of receipt printers swallow the first two letters behind the pulse that opens the cash drawer
#
# Software: PyESCPOS 0.4, future 1.0.0 (PyPI); escpos 2.5.2 (npm), Node.js 20
# Guess:    The pulse for the drawer is ESC p m t1 t2: the connector, and how long the pulse and the pause after it last
#           (Epson's ESC/POS reference, ESC p). What is printed next is printed whole.
# Seen:     Both send ESC p m alone. The printer takes the next two octets for the times: "Total" is "tal", and the
#           pulse lasts twice the code of T in ms.
# Output:   PyESCPOS prints "tal", pulse of 168 ms
#           escpos prints "tal", pulse of 168 ms
# Callbox:  has no printer; it shows the bot's words in the panel (docs/panel.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps PyESCPOS==0.4 six==1.17.0 \
  future==1.0.0
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" escpos@2.5.2 > "$tmp/npm.log"
cat > "$tmp/run.cjs" <<'JS'
const { Printer } = require('escpos')

const octets = []
const adapter = { write: (data) => octets.push(...data) }
new Printer(adapter, { encoding: 'ascii' }).cashdraw(2).text('Total').flush()
process.stdout.write(Buffer.from(octets).toString('hex'))
JS
node --no-deprecation "$tmp/run.cjs" > "$tmp/escpos.hex"
"$tmp/venv/bin/python" -W ignore - "$tmp/escpos.hex" <<'PY'
import sys
from pathlib import Path

from escpos import feature
from escpos.impl.epson import GenericESCPOS

PULSE = b"\x1bp"


class Device:
    """A connection that keeps what is written."""

    def __init__(self):
        self.octets = b""

    def catch(self):
        pass

    def write(self, octets):
        self.octets += octets


def printed(octets):
    """The text, and the length of the pulse in ms, as a printer with Epson's commands does it."""
    text, pulse_ms = b"", None
    while octets:
        if octets.startswith(PULSE):
            pulse_ms, octets = 2 * octets[3], octets[5:]
        else:
            text, octets = text + octets[:1], octets[1:]
    return text.decode().strip(), pulse_ms


device = Device()
printer = GenericESCPOS(device, features={feature.CASHDRAWER_PORTS: True})
printer.kick_drawer()
printer.text("Total")
seen = [printed(device.octets), printed(bytes.fromhex(Path(sys.argv[1]).read_text()))]
for name, (text, pulse_ms) in zip(("PyESCPOS", "escpos"), seen, strict=True):
    print(f'{name} prints "{text}", pulse of {pulse_ms} ms')
if [text for text, _ in seen] != ["tal", "tal"]:
    sys.exit('changed: "tal" of "Total" was expected twice')
PY
