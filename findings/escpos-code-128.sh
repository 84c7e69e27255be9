#!/usr/bin/env bash
# Two libraries of receipt printers print no CODE128 of A12, and a third one none of a12, and 49505152 of 1234
#
# Software: escpos-python 1.0.2; PyESCPOS 0.4, future 1.0.0 (PyPI); escpos 2.5.2 (npm), Node.js 20
# Guess:    A bar code in CODE128 is GS k 73, the number of octets, and these: {A, {B or {C, which names the code set,
#           and the data. Set A has no small letters; in set C an octet from 0 to 99 is two digits (Epson's ESC/POS
#           reference, GS k).
# Seen:     escpos-python leaves out the code set. escpos does so too, and the length as well when it is below 16: it
#           makes octets of a single hexadecimal digit, which are none. So the printer takes the first letter for the
#           length. PyESCPOS writes small letters into set A, its default, and each digit of set C as an octet.
# Output:   escpos-python, A12: refused, no code set
#           escpos, A12: refused, 65 octets of data where 2 are left
#           PyESCPOS, A12: A12
#           PyESCPOS, a12: refused, small letters in set A
#           PyESCPOS, 1234 in set C: 49505152
# Callbox:  prints no bar codes: its card to print is SVG (docs/legend-card.svg).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for name in escpos-python==1.0.2 PyESCPOS==0.4; do # Both are called escpos.
  python3 -m venv "$tmp/${name%%==*}"
  "$tmp/${name%%==*}/bin/pip" install -q --disable-pip-version-check --no-deps "$name" six==1.17.0 \
    future==1.0.0
done
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" escpos@2.5.2 > "$tmp/npm.log"

"$tmp/escpos-python/bin/python" -c 'from escpos import POSBarcodeBuilder
print("escpos-python, A12\t" + POSBarcodeBuilder("A12").build().to_bytes().hex())' > "$tmp/codes"
cat > "$tmp/run.cjs" <<'JS'
const { Printer } = require('escpos')

const octets = []
const adapter = { write: (data) => octets.push(...data) }
new Printer(adapter, { encoding: 'ascii' }).barcode('A12', 'CODE128').flush()
console.log(`escpos, A12\t${Buffer.from(octets).toString('hex')}`)
JS
node --no-deprecation "$tmp/run.cjs" >> "$tmp/codes"
"$tmp/PyESCPOS/bin/python" -W ignore - >> "$tmp/codes" <<'PY'
from escpos import barcode
from escpos.impl.epson import GenericESCPOS


class Device:
    """A connection that keeps what is written."""

    def catch(self):
        self.octets = b""

    def write(self, octets):
        self.octets += octets

    def read(self):
        pass


def show(name, data, **options):
    device = Device()
    GenericESCPOS(device).code128(data, **options)
    print(f"PyESCPOS, {name}\t{device.octets.hex()}")


show("A12", "A12")
show("a12", "a12")
show("1234 in set C", "1234", codeset=barcode.CODE128_C)
PY
"$tmp/PyESCPOS/bin/python" -W ignore - "$tmp/codes" <<'PY'
import sys
from pathlib import Path

COMMAND = b"\x1dk\x49"


def printed(octets):
    """What a printer with Epson's commands prints, or why it doesn't."""
    octets = octets[octets.index(COMMAND) + len(COMMAND):]
    length, octets = octets[0], octets[1:]
    data = octets[:length]
    if len(data) < length:
        return f"refused, {length} octets of data where {len(octets.rstrip(bytes(1)))} are left"
    code_set, data = data[:2], data[2:]
    if code_set not in (b"{A", b"{B", b"{C"):
        return "refused, no code set"
    if code_set == b"{A" and max(data) >= ord("`"):
        return "refused, small letters in set A"
    return "".join(f"{octet:02}" for octet in data) if code_set == b"{C" else data.decode()


seen = []
for line in Path(sys.argv[1]).read_text().splitlines():
    name, octets = line.split("\t")
    seen.append(printed(bytes.fromhex(octets)))
    print(f"{name}: {seen[-1]}")
if [result.split(",")[0] for result in seen] != ["refused", "refused", "A12", "refused", "49505152"]:
    sys.exit("changed: one bar code A12 was expected, and one 49505152")
PY
